import re

import pytest

from imbalance_kit.cli import main
from imbalance_kit.cli._compare_options import DEMO_REPEATS
from imbalance_kit.cli._learners import LearnerName
from imbalance_kit.cli._strategies import NAMES


def test_the_help_reads_well_in_80_columns(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERMINAL_WIDTH", "80")
    assert main(["compare", "--help"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    words = " ".join(re.sub(r"[│╭╮╰╯─]", " ", " ".join(lines)).split())
    for name in (*LearnerName, *NAMES):
        assert name in words
    assert "under-sampling (RandomUnderSampler), over-sampling (RandomOverSampler), smote," in words
    for option in ("target", "positive", "drop", "groups", "weights", "estimator", "strategies"):
        assert f"--{option}" in words
    for option in ("folds", "repeats", "seed", "jobs", "json", "html", "quiet"):
        assert f"--{option}" in words
    assert f"without FILE {DEMO_REPEATS}" in words
    assert "[default: logistic]" in words
    assert "…" not in words


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--estimator", "xgboost"], "'--estimator'.*'xgboost'.*logistic"),
        (["--folds", "1"], "'--folds'.*2"),
        (["--folds", "five"], "'--folds'"),
        (["--repeats", "0"], "'--repeats'.*1"),
        (["--seed", "-1"], "'--seed'.*0"),
        (["--jobs", "0"], "'--jobs'.*1"),
        (["--nonsense"], "No such option: --nonsense"),
        (["a.csv", "b.csv"], r"unexpected extra argument"),
    ],
)
def test_wrong_use(capsys: pytest.CaptureFixture[str], arguments: list[str], message: str) -> None:
    assert main(["compare", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert re.search(message, " ".join(re.sub(r"[│╭╮╰╯─]", " ", err).split()))
    assert "Traceback" not in err
