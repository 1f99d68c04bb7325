"""Whatever the command is fed, it is done or says what is wrong, and leaves no half of a file."""

import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imbalance_kit import NonuniformNegativeSampler, RandomUnderSampler, downsample
from tests._tables import click_log, write_parquet
from tests.cli._files import small_frame
from tests.cli._fuzz import EXAMPLES, NAMES, changed_json, csv_files, damaged, run_checked
from tests.cli._weight_files import population_frame, sample_frame

# A fixture that is shared by the examples is read only: every example has a folder of its own.
SHARED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


def fuzz(examples: int) -> Any:
    return settings(max_examples=examples * EXAMPLES, suppress_health_check=SHARED)


@pytest.fixture
def fresh(tmp_path: Path) -> Any:
    """Return a maker of empty folders, one at a time."""

    def make() -> Path:
        folder = tmp_path / "run"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return folder

    return make


COMPARE = st.lists(
    st.sampled_from(
        [
            ["--positive", "1"],
            ["--positive", "yes"],
            ["--drop", "x"],
            ["--groups", "x"],
            ["--weights", "w"],
            ["-e", "gradient-boosting"],
            ["-e", "nothing"],
            ["--strategies", "nothing,smote:2"],
            ["--strategies", ","],
            ["--repeats", "0"],
            ["--seed", "-1"],
            ["--seed", "9" * 30],
            ["--folds", "1"],
            ["--no-such"],
            ["extra"],
        ]
    ),
    max_size=2,
)


@fuzz(20)
@given(content=csv_files(), target=st.sampled_from(("y", "y", "y", *NAMES)), options=COMPARE)
def test_compare(fresh: Any, content: bytes, target: str, options: list[list[str]]) -> None:
    folder = fresh()
    (folder / "data.csv").write_bytes(content)
    outputs = [folder / "a.json", folder / "a.html"]
    given = [word for option in options for word in option]
    run_checked(
        [
            "compare",
            str(folder / "data.csv"),
            "-t",
            target,
            "--folds",
            "2",
            "--strategies",
            "class-weights",
            *given,
            "--json",
            str(outputs[0]),
            "--html",
            str(outputs[1]),
        ],
        folder,
        outputs,
    )


WEIGHT = st.lists(
    st.sampled_from(
        [
            ["-m", "propensity", "--replicates", "2"],
            ["-m", "cbps", "--replicates", "2"],
            ["-m", "raking"],
            ["-m", "post-stratification"],
            ["--bounds", "0.2", "5"],
            ["--bounds", "2", "1"],
            ["--bounds", "nan", "inf"],
            ["--tolerance", "0.1"],
            ["--tolerance", "nan"],
            ["--trim", "-1"],
            ["--collapse", "x"],
            ["--merge-rare", "0.1"],
            ["--id", "x"],
            ["--id", "w"],
            ["--weights", "w"],
            ["--weights", "x"],
            ["--population-weights", "x"],
            ["--outcome", "x"],
            ["--outcome", "y"],
            ["--outcome", "y=1"],
            ["--outcome", "="],
            ["--normalize", "mean"],
            ["-c", "x"],
            ["-c", "y"],
            ["--drop", "x"],
            ["--replicates", "-1"],
        ]
    ),
    max_size=3,
)


def run_weight(folder: Path, *given: str) -> None:
    """Weight s.csv of a folder, with all that can be written."""
    outputs = [folder / name for name in ("w.csv", "a.json", "a.html")]
    written = zip(("-o", "--json", "--html"), map(str, outputs), strict=True)
    command = ["weight", str(folder / "s.csv"), *given]
    run_checked([*command, *(word for pair in written for word in pair)], folder, outputs)


@fuzz(16)
@given(sample=csv_files(), people=csv_files(), same=st.booleans(), options=WEIGHT)
def test_weight(
    fresh: Any, sample: bytes, people: bytes, same: bool, options: list[list[str]]
) -> None:
    folder = fresh()
    (folder / "s.csv").write_bytes(sample)
    (folder / "p.csv").write_bytes(sample if same else people)
    given = [word for option in options for word in option]
    run_weight(folder, "-p", str(folder / "p.csv"), *given)


MARGINS = '{"city": {"no": 300, "yes": 300}, "age": 30000, "job": {"clerk": 350, "nurse": 250}}'
OTHER_MARGINS = (
    '{"margins": [["city", {"no": 0.5, "yes": 0.5}], [["city", "job"], [[["no", "clerk"], 1]]]],'
    ' "size": 100, "kind": "share"}'
)


@fuzz(12)
@given(
    text=st.one_of(changed_json(MARGINS), changed_json(OTHER_MARGINS)),
    method=st.sampled_from(["calibration", "raking", "post-stratification", "propensity"]),
)
def test_margins(fresh: Any, text: str, method: str) -> None:
    folder = fresh()
    sample_frame(60).drop(columns="hours").to_csv(folder / "s.csv", index=False)
    (folder / "m.json").write_text(text, encoding="utf-8")
    run_weight(folder, "--margins", str(folder / "m.json"), "-m", method)


@pytest.fixture(scope="module")
def manifests(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Return the text of three manifests: a pilot, none, and rates by class."""
    folder = tmp_path_factory.mktemp("manifests")
    log = write_parquet(click_log(3000), folder / "log", 1, 3000)
    texts = []
    for k, sampler in enumerate(
        [
            NonuniformNegativeSampler(random_state=0),
            NonuniformNegativeSampler(random_state=0, criterion="uniform"),
            RandomUnderSampler(random_state=0),
        ]
    ):
        out = downsample(log, sampler, label="click", key="id", destination=folder / str(k))
        texts.append((out / "_imbalance_kit.json").read_text("utf-8"))
    return texts


@fuzz(40)
@given(data=st.data(), which=st.integers(0, 2), offsets=st.booleans(), positive=st.booleans())
def test_manifests(
    fresh: Any, manifests: list[str], data: Any, which: int, offsets: bool, positive: bool
) -> None:
    folder = fresh()
    frame = click_log(20, seed=1).assign(raw=np.linspace(0.0, 1.0, 20))
    if offsets:
        frame["log_odds_offset"] = 1.5
    frame.to_csv(folder / "raw.csv", index=False)
    (folder / "m.json").write_text(data.draw(changed_json(manifests[which])), encoding="utf-8")
    out = folder / "out.csv"
    options = ["--positive", "1"] if positive else []
    ran = run_checked(
        [
            "score",
            str(folder / "raw.csv"),
            "-m",
            str(folder / "m.json"),
            "-p",
            "raw",
            "-o",
            str(out),
            *options,
        ],
        folder,
        [out],
    )
    if ran.code == 0:
        corrected = pd.read_csv(out).corrected_probability
        assert corrected.between(0.0, 1.0).all(), data


@fuzz(16)
@given(content=csv_files(), probability=st.sampled_from(("x", "y", *NAMES)))
def test_score(fresh: Any, manifests: list[str], content: bytes, probability: str) -> None:
    folder = fresh()
    (folder / "raw.csv").write_bytes(content)
    (folder / "m.json").write_text(manifests[2], encoding="utf-8")
    suffix = ".parquet" if len(content) % 2 else ".csv"
    out = folder / f"out{suffix}"
    run_checked(
        [
            "score",
            str(folder / "raw.csv"),
            "-m",
            str(folder / "m.json"),
            "-p",
            probability,
            "-o",
            str(out),
        ],
        folder,
        [out],
    )


FILE_NAMES = (
    b"caf\xe9",
    "ü名".encode(),
    b"-a b'\"<b>&$x[red]%s*~",
    b"a\nb\x1b[31m",
    b"x" * 200,
)


@pytest.mark.skipif(os.name != "posix", reason="file names that are any bytes")
@pytest.mark.parametrize("name", FILE_NAMES)
def test_file_names(fresh: Any, name: bytes, manifests: list[str]) -> None:
    folder = fresh() / os.fsdecode(name)
    folder.mkdir()
    text = os.fsdecode(name)
    small_frame(60).assign(y=np.arange(60) % 4 == 0).to_csv(folder / "data", index=False)
    source, people = folder / f"{text}.csv", folder / f"p{text}.csv"
    (folder / "data").rename(source)
    people.write_bytes(source.read_bytes().replace(b"yes", b"no"))
    manifest = folder / f"{text}.json"
    manifest.write_text(manifests[2], encoding="utf-8")
    log = folder / f"{text}.parquet"
    log.write_bytes(_parquet_bytes(click_log(300)))
    page, figures, table = (folder / f"out{text}{end}" for end in (".html", ".json", ".csv"))
    few = ["--folds", "2", "--strategies", "class-weights"]
    pages = ["--html", str(page), "--json", str(figures)]
    weights = ["-p", str(people), "-c", "balance", "-o", str(table)]
    compare = ["compare", "-t", "y", *few, *pages, "--", str(source)]
    assert run_checked(compare, folder, [page, figures]).code == 0
    outputs = [page, figures, table]
    assert run_checked(["weight", *weights, *pages, "--", str(source)], folder, outputs).code == 0
    score = ["score", "-m", str(manifest), "-p", "x", "-o", str(table), "--", str(source)]
    assert run_checked(score, folder, [table]).code == 2  # there is no column x
    made = folder / f"run{text}"
    thin = ["downsample", "-t", "click", "--pilot", "uniform", "-o", str(made), "--", str(log)]
    ran = run_checked(thin, folder, [made])
    assert ran.code == 0 or not _is_text(text)  # pyarrow opens no file whose name is no UTF-8


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _parquet_bytes(frame: pd.DataFrame, **options: Any) -> bytes:
    content: bytes = frame.to_parquet(None, **options)
    return content


@pytest.fixture(scope="module")
def parquet() -> bytes:
    frame = small_frame(60).assign(y=np.arange(60) % 4 == 0, w=1.0)
    return _parquet_bytes(frame, row_group_size=20)


@fuzz(16)
@given(data=st.data(), verb=st.sampled_from(["compare", "weight", "score", "downsample"]))
def test_damaged_parquet(
    fresh: Any, parquet: bytes, manifests: list[str], data: Any, verb: str
) -> None:
    folder = fresh()
    source = folder / "data.parquet"
    source.write_bytes(data.draw(damaged(parquet)))
    (folder / "m.json").write_text(manifests[2], encoding="utf-8")
    population_frame(50).to_csv(folder / "p.csv", index=False)
    out = folder / ("out" if verb == "downsample" else "out.csv")
    arguments = {
        "compare": ["-t", "y", "--folds", "2", "--strategies", "class-weights", "--json", str(out)],
        "weight": ["-p", str(folder / "p.csv"), "-o", str(out)],
        "score": ["-m", str(folder / "m.json"), "-p", "w", "-o", str(out)],
        "downsample": ["-t", "y", "-o", str(out), "--pilot", "uniform"],
    }
    run_checked([verb, str(source), *arguments[verb]], folder, [out])
