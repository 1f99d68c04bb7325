from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from imbalance_kit import NonuniformNegativeSampler, downsample
from imbalance_kit.cli import main
from imbalance_kit.scale_out import read_manifest
from tests._tables import click_log, write_parquet


@pytest.fixture(scope="module")
def sampled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("score")
    log = write_parquet(click_log(6000), folder / "log", 1, 3000)
    sampler = NonuniformNegativeSampler(random_state=0)
    out: Path = downsample(log, sampler, label="click", key="id", destination=folder / "out")
    return out


def predictions(rows: int = 200) -> pd.DataFrame:
    return click_log(rows, seed=1).assign(raw=np.linspace(0.01, 0.99, rows))


def run(file: Path, sampled: Path, out: Path, *options: str) -> int:
    return main(["score", str(file), "-m", str(sampled), "-p", "raw", "-o", str(out), *options])


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_by_features(
    sampled: Path, tmp_path: Path, suffix: str, capsys: pytest.CaptureFixture[str]
) -> None:
    frame = predictions()
    frame.to_parquet(tmp_path / "raw.parquet")
    assert run(tmp_path / "raw.parquet", sampled, tmp_path / f"out.{suffix}") == 0
    out = tmp_path / f"out.{suffix}"
    found = pd.read_csv(out) if suffix == "csv" else pd.read_parquet(out)
    expected = read_manifest(sampled).undo(frame.raw.to_numpy(), frame)
    np.testing.assert_allclose(found.corrected_probability, expected)
    assert list(found.columns) == [*frame.columns, "corrected_probability"]
    assert "200 rows: mean probability 0.5 before" in capsys.readouterr().out


def test_by_offsets(sampled: Path, tmp_path: Path) -> None:
    frame = pd.DataFrame({"raw": [0.5, 0.5], "log_odds_offset": [0.0, np.log(9)]})
    frame.to_csv(tmp_path / "raw.csv", index=False)
    assert run(tmp_path / "raw.csv", sampled, tmp_path / "out.csv", "-q") == 0
    found = pd.read_csv(tmp_path / "out.csv").corrected_probability
    np.testing.assert_allclose(found, [0.5, 0.1])


def test_probabilities_of_the_other_class(sampled: Path, tmp_path: Path) -> None:
    frame = pd.DataFrame({"raw": [0.5, 0.5], "log_odds_offset": [0.0, np.log(9)]})
    frame.to_csv(tmp_path / "raw.csv", index=False)
    assert run(tmp_path / "raw.csv", sampled, tmp_path / "out.csv", "--positive", "0", "-q") == 0
    found = pd.read_csv(tmp_path / "out.csv").corrected_probability
    np.testing.assert_allclose(found, [0.5, 0.9])


@pytest.mark.parametrize(
    ("frame", "options", "message"),
    [
        ({"q": [0.5]}, [], "--probability names 'raw', which is no column"),
        ({"raw": [0.5]}, [], "neither log_odds_offset nor the column 'price'"),
        ({"raw": [1.5], "log_odds_offset": [0]}, [], "must hold probabilities in [0, 1]"),
        ({"raw": ["x"], "log_odds_offset": [0]}, [], "does not hold numbers"),
        ({"raw": [0.5], "corrected_probability": [0]}, [], "'corrected_probability' already"),
        ({"raw": [0.5], "log_odds_offset": [0]}, ["--positive", "2"], "the classes are 0, 1"),
        ({"raw": [0.5, 0.5], "log_odds_offset": [0, None]}, [], "contains NaN or infinity"),
    ],
)
def test_wrong_input_is_one_message(
    sampled: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    frame: dict[str, list[object]],
    options: list[str],
    message: str,
) -> None:
    pd.DataFrame(frame).to_csv(tmp_path / "raw.csv", index=False)
    assert run(tmp_path / "raw.csv", sampled, tmp_path / "out.csv", *options) == 2
    err = capsys.readouterr().err
    assert message in err
    assert "Traceback" not in err
    assert not (tmp_path / "out.csv").exists()


def test_places_that_do_not_fit(
    sampled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    predictions(5).to_csv(tmp_path / "raw.csv", index=False)
    assert run(tmp_path / "raw.csv", tmp_path, tmp_path / "out.csv") == 2
    assert "_imbalance_kit.json' does not exist" in capsys.readouterr().err
    assert run(tmp_path / "raw.csv", sampled, tmp_path / "out.txt") == 2
    assert "--out must end in .csv or .parquet" in capsys.readouterr().err
    assert run(tmp_path / "raw.csv", sampled, tmp_path / "raw.csv") == 2
    assert "would overwrite the input file" in capsys.readouterr().err
