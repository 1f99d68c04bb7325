import json
import os
import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from imbalance_kit.cli import _compare, main
from imbalance_kit.model_selection import ComparisonReport, compare_strategies
from tests.cli._files import small_frame, write_csv

QUICK = ["--target", "default", "--folds", "2", "--strategies", "class-weights"]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `imbalance-kit compare` and return its exit code, output and errors."""

    def call(*arguments: object) -> tuple[int, str, str]:
        code = main(["compare", *map(str, arguments)])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return code, out, err

    return call


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch, compared: Any) -> dict[str, Any]:
    """Record what `compare_strategies` is called with, and spare the work."""
    seen: dict[str, Any] = {}

    def record(estimator: Any, strategies: Any, X: Any, y: Any, **options: Any) -> ComparisonReport:
        seen.update(options, estimator=estimator, strategies=strategies, X=X, y=y)
        report: ComparisonReport = compared[0]
        return report

    monkeypatch.setattr(_compare, "compare_strategies", record)
    return seen


# What comes out -----------------------------------------------------------------------------------


def test_from_a_file_to_table_json_and_page(tmp_path: Path, run: Run) -> None:
    frame = small_frame()
    path = write_csv(tmp_path, frame)
    outputs = tmp_path / "out.json", tmp_path / "out.html"
    code, out, err = run(path, *QUICK, "--json", outputs[0], "--html", outputs[1])
    assert (code, err) == (0, "")
    assert max(map(len, out.splitlines())) <= max(100, 2 + len(str(outputs[1])))
    assert "What to do" in out
    assert str(outputs[0]) in out
    assert str(outputs[1]) in out
    figures = json.loads(outputs[0].read_text())
    assert figures["pos_label"] == "yes"
    assert figures["n_samples"] == 300
    assert [r["variant"] for r in figures["results"]] == ["as is", "raw", "corrected"]
    assert outputs[1].read_text().startswith("<!doctype html>")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["data.csv", "out.html", "out.json"]


def test_the_figures_are_those_of_the_library(tmp_path: Path, run: Run) -> None:
    """Semicolons, commas in numbers, gzip: the same table gives the same figures."""
    frame = small_frame()
    path = write_csv(tmp_path, frame, "a.csv.gz", sep=";", decimal=",")
    assert run(path, *QUICK, "--quiet", "--json", tmp_path / "a.json", "--seed", 3) == (0, "", "")
    frame.to_parquet(tmp_path / "b.parquet")
    code, _, _ = run(
        tmp_path / "b.parquet", *QUICK, "-q", "--json", tmp_path / "b.json", "--seed", 3
    )
    assert code == 0
    first, second = (json.loads((tmp_path / n).read_text()) for n in ("a.json", "b.json"))
    for figures in (first, second):
        for result in figures["results"]:
            del result["fit_seconds"]
    assert first["results"] == second["results"]


def test_json_is_the_dict_of_the_report(
    tmp_path: Path, run: Run, given: Any, compared: Any
) -> None:
    path = write_csv(tmp_path, small_frame())
    run(path, "-t", "default", "--json", tmp_path / "a.json")
    assert json.loads((tmp_path / "a.json").read_text()) == compared[0].to_dict()


def test_without_a_file(run: Run, given: dict[str, Any]) -> None:
    code, out, _ = run()
    assert code == 0
    assert "real data that ship with scikit-learn" in " ".join(out.split())
    assert given["X"].shape == (1797, 61)
    assert given["pos_label"] == "8"
    assert given["n_repeats"] == 2
    assert given["n_jobs"] == 1
    run("--repeats", 1)
    assert given["n_repeats"] == 1


def test_options_reach_the_comparison(tmp_path: Path, run: Run, given: dict[str, Any]) -> None:
    frame = small_frame().assign(who=list("abcdef") * 50, w=2.0)
    path = write_csv(tmp_path, frame)
    options = "--folds 3 --repeats 4 --seed 5 --jobs 6 --groups who --weights w --drop job"
    code, _, err = run(path, "-t", "default", "--positive", "no", *options.split())
    assert (code, err) == (0, "")
    assert given["strategies"] is None
    assert given["cv"] == 3
    assert given["n_repeats"] == 4
    assert given["random_state"] == 5
    assert given["n_jobs"] == 6
    assert given["pos_label"] == "no"
    assert len(np.unique(given["groups"])) == 6
    assert given["sample_weight"].tolist() == [2.0] * 300
    assert given["X"].shape == (300, 2)


def test_large_tables_are_spread_over_the_cores(
    tmp_path: Path, run: Run, given: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_compare, "_SMALL", 100)
    run(write_csv(tmp_path, small_frame()), "-t", "default")
    assert given["n_jobs"] == _compare.joblib.cpu_count()


def test_rows_without_a_target_are_noted(tmp_path: Path, run: Run, given: dict[str, Any]) -> None:
    frame = small_frame()
    frame.loc[:4, "default"] = None
    code, out, _ = run(write_csv(tmp_path, frame), "-t", "default")
    assert code == 0
    assert "5 rows without a target left out." in out
    assert len(given["y"]) == 295


def test_warnings_of_single_fits_stay_off_the_screen(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch, compared: Any
) -> None:
    def warn(*_: Any, **__: Any) -> ComparisonReport:
        assert os.environ["PYTHONWARNINGS"] == "ignore"  # what worker processes read
        warnings.warn("did not converge", UserWarning, stacklevel=2)
        report: ComparisonReport = compared[0]
        return report

    monkeypatch.setattr(_compare, "compare_strategies", warn)
    monkeypatch.setenv("PYTHONWARNINGS", "error")
    code, _, err = run(write_csv(tmp_path, small_frame()), "-t", "default")
    assert (code, err) == (0, "")
    assert os.environ["PYTHONWARNINGS"] == "error"
    monkeypatch.delenv("PYTHONWARNINGS")
    run(write_csv(tmp_path, small_frame()), "-t", "default")
    assert "PYTHONWARNINGS" not in os.environ


def test_another_learner(tmp_path: Path, run: Run) -> None:
    path = write_csv(tmp_path, small_frame(120))
    code, out, err = run(path, *QUICK, "--estimator", "gradient-boosting")
    assert (code, err) == (0, "")
    assert "gradient-boosted trees, 2 folds" in out


# What goes wrong ----------------------------------------------------------------------------------


def bad_files(folder: Path) -> None:
    (folder / "empty.csv").write_text("")
    (folder / "header.csv").write_text("a,b,y\n")
    (folder / "broken.csv").write_text("a,b,y\n1,2,0\n3,4\n5,6,1\n")
    (folder / "junk.csv").write_bytes(np.random.default_rng(0).bytes(3000))
    (folder / "one.csv").write_text("a,y\n1,0\n2,0\n3,0\n")
    (folder / "gaps.csv").write_text("a,y\n1,\n2,?\n3,NA\n")
    (folder / "number.csv").write_text("a,y\n" + "".join(f"{i},{i}.5\n" for i in range(20)))
    (folder / "few.csv").write_text("a,y\n" + "1.5,u\n" * 20 + "2,v\n" * 4)
    (folder / "income.csv").write_text("a,income\n1,u\n2,v\n")
    (folder / "sheet.csv").write_bytes(b"PK\x03\x04" + bytes(100))
    (folder / "fake.parquet").write_text("a,y\n1,0\n")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("missing.csv", r"There is no file '\S+missing\.csv'"),
        (".", "is a folder: expected a CSV or parquet file"),
        ("empty.csv", "is empty: expected a header line and rows"),
        ("header.csv", "has a header line and no rows"),
        ("broken.csv", "line 3: 2 fields, where the header has 3"),
        ("junk.csv", "holds binary data: expected a CSV file"),
        ("sheet.csv", "a zip archive or an Excel workbook"),
        ("fake.parquet", "is not a parquet file"),
        ("one.csv", "The target has one class only, '0'"),
        ("gaps.csv", "The target 'y' is missing in every row"),
        ("number.csv", "The target 'y' is a quantity, not a class: 20 different numbers"),
        ("few.csv", "Class 'v' has 4 rows: 5 folds need at least 5. Hint: --folds 4"),
        ("income.csv", r"There is no column 'y' \(--target\). Hint: there are 'a', 'income'"),
    ],
)
def test_bad_input(
    tmp_path: Path, run: Run, given: dict[str, Any], name: str, message: str
) -> None:
    bad_files(tmp_path)
    code, out, err = run(tmp_path / name, "--target", "y", "--json", tmp_path / "out.json")
    assert (code, out) == (2, "")
    assert re.search(message, err)
    assert err.startswith("Error: ")
    assert err.count("\n") == 1
    assert given == {}
    assert not (tmp_path / "out.json").exists()


def test_the_target_has_to_be_named(tmp_path: Path, run: Run) -> None:
    code, _, err = run(write_csv(tmp_path, small_frame()))
    assert code == 2
    assert "--target is missing. Hint: there are 'balance', 'age', 'job', 'default'." in err


@pytest.mark.parametrize(
    "option", [["--target", "y"], ["--positive", "1"], ["--drop", "a"], ["--weights", "w"]]
)
def test_columns_without_a_file(run: Run, given: dict[str, Any], option: list[str]) -> None:
    code, _, err = run(*option)
    assert code == 2
    assert err.startswith(f"Error: {option[0]} is about the columns of a file")
    assert given == {}


def test_outputs_are_checked_before_the_work(
    tmp_path: Path, run: Run, given: dict[str, Any]
) -> None:
    path = write_csv(tmp_path, small_frame())
    before = path.read_bytes()
    for options, message in (
        (["--html", tmp_path / "no" / "a.html"], "the folder .* does not exist"),
        (["--json", tmp_path], "it is a folder"),
        (["--json", path], "would overwrite the input file"),
        (["--json", tmp_path / "a", "--html", tmp_path / "a"], "name the same file"),
    ):
        code, _, err = run(path, "-t", "default", *options)
        assert code == 2
        assert re.search(message, err)
    assert given == {}
    assert path.read_bytes() == before


def test_what_the_library_refuses_is_a_message(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise ValueError("`groups` do not fit. Hint: other groups.")

    monkeypatch.setattr(_compare, "compare_strategies", refuse)
    code, out, err = run(write_csv(tmp_path, small_frame()), "-t", "default")
    assert (code, out) == (2, "")
    assert err == "Error: `groups` do not fit. Hint: other groups.\n"


def test_an_interrupt_writes_nothing(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(_compare, "compare_strategies", interrupt)
    path, old = write_csv(tmp_path, small_frame()), tmp_path / "old.json"
    old.write_text("old")
    code, out, err = run(path, "-t", "default", "--json", old, "--html", tmp_path / "a.html")
    assert (code, out, err) == (130, "", "Interrupted.\n")
    assert old.read_text() == "old"
    assert not (tmp_path / "a.html").exists()


def test_the_command_computes_nothing_itself(tmp_path: Path, run: Run) -> None:
    """The same call of the library gives the same figures."""
    from imbalance_kit.cli._dataset import make_dataset
    from imbalance_kit.cli._learners import LearnerName, make_learner
    from imbalance_kit.cli._read_table import read_table
    from imbalance_kit.weighting import ClassWeighter

    path = write_csv(tmp_path, small_frame())
    run(path, *QUICK, "-q", "--json", tmp_path / "a.json")
    dataset = make_dataset(read_table(path), target="default")
    report = compare_strategies(
        make_learner(LearnerName.LOGISTIC, dataset.columns, 0),
        {"nothing": None, "class weights": ClassWeighter()},
        dataset.X,
        dataset.y,
        cv=2,
        random_state=0,
    )
    written = json.loads((tmp_path / "a.json").read_text())
    for theirs, ours in zip(written["results"], report.to_dict()["results"], strict=True):
        assert theirs["scores"] == ours["scores"]


def test_a_wide_table_of_numbers_and_text(tmp_path: Path, run: Run) -> None:
    rng = np.random.default_rng(0)
    wide = pd.DataFrame(rng.integers(0, 9, (200, 60))).add_prefix("c").assign(id=range(200))
    wide["who"] = [f"person {i}" for i in range(200)]
    wide["default"] = rng.choice(["yes", "no"], 200, p=[0.2, 0.8])
    code, out, _ = run(write_csv(tmp_path, wide), *QUICK)
    assert code == 0
    assert "1 column left out, numbers the rows: 'id'." in out
    assert "an identifier or free text): 'who'." in " ".join(out.split())
