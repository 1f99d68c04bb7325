import json
import sys
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from imbalance_kit import NonuniformNegativeSampler, downsample
from imbalance_kit.cli import main
from imbalance_kit.scale_out import read_manifest
from imbalance_kit.scale_out._workspace import Workspace
from tests._tables import click_log, write_parquet


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return write_parquet(click_log(6000), tmp_path / "log", 2, 900)


def run(log: Path, *options: str) -> int:
    return main(["downsample", str(log), "-t", "click", "--key", "id", *options])


def test_it_is_the_public_call(
    log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--negatives-per-positive", "2", "--seed", "4", "--feature", "age"]
    assert run(log, "-o", str(tmp_path / "out"), *options) == 0
    sampler = NonuniformNegativeSampler(sampling_strategy=1 / 2, random_state=4)
    expected = downsample(click_log(6000), sampler, label="click", key="id", features=["age"])
    found = pq.read_table(tmp_path / "out").to_pandas()
    pd.testing.assert_frame_equal(found, expected.reset_index(drop=True))
    out = capsys.readouterr().out
    assert f"Kept {len(found):,} of 6,000 rows" in out
    assert "(100.00%)" in out


def test_figures_as_json(log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "figures.json"
    assert run(log, "-o", str(tmp_path / "a"), "--json", str(path), "-q") == 0
    assert capsys.readouterr().out == ""
    figures = json.loads(path.read_text())
    assert figures["rows"] == 6000
    assert figures["kept"] == sum(one["kept"] for one in figures["classes"])
    assert run(log, "-o", str(tmp_path / "b"), "--json", "-") == 0
    assert json.loads(capsys.readouterr().out)["kept"] == figures["kept"]


def test_pilots(log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(log, "-o", str(tmp_path / "a"), "-q") == 0
    assert run(log, "-o", str(tmp_path / "b"), "--pilot", str(tmp_path / "a"), "-q") == 0
    first, second = (read_manifest(tmp_path / name).load_shift() for name in "ab")
    assert second.pilots == first.pilots[:1]
    assert run(log, "-o", str(tmp_path / "c"), "--pilot", "uniform", "-q") == 0
    assert not read_manifest(tmp_path / "c").load_shift().depends_on_row
    assert run(log, "-o", str(tmp_path / "d"), "--pilot", str(tmp_path / "c")) == 2
    assert "had no pilot" in capsys.readouterr().err
    assert run(log, "-o", str(tmp_path / "d"), "--pilot", "boosting") == 2
    assert "--pilot must be logistic, uniform or a folder" in capsys.readouterr().err


def test_the_kept_class_is_read_as_the_column_has_it(
    log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(log, "-o", str(tmp_path / "a"), "--positive", "1", "-q") == 0
    assert run(log, "-o", str(tmp_path / "b"), "--positive", "yes") == 2
    assert "--positive is 'yes', but the column 'click' holds int8" in capsys.readouterr().err
    assert run(log, "-o", str(tmp_path / "b"), "--positive", "7") == 2
    assert "--positive 7 is not present" in capsys.readouterr().err


def test_the_kept_class_of_a_glob_and_of_folders_named_by_it(log: Path, tmp_path: Path) -> None:
    """Wherever the rows may come from, the label may too."""
    table = pq.read_table(log)
    pq.write_to_dataset(table, tmp_path / "by_click", partition_cols=["click"])
    for place, source in enumerate((log / "*.parquet", tmp_path / "by_click")):
        out = tmp_path / f"out{place}"
        options = ["--positive", "0", "--negatives-per-positive", "0.01", "-q"]
        assert run(source, "-o", str(out), *options) == 0
        counts = read_manifest(out).counts_before, read_manifest(out).counts_after
        assert dict(counts[0])[0] == dict(counts[1])[0] == table["click"].to_pylist().count(0)


@pytest.mark.parametrize("options", [[], ["--positive", "1"]])
def test_without_pyarrow_the_message_names_the_extra(
    log: Path,
    tmp_path: Path,
    options: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module in ("pyarrow", "pyarrow.parquet", "pyarrow.dataset"):
        monkeypatch.setitem(sys.modules, module, None)
    assert run(log, "-o", str(tmp_path / "out"), *options) == 2
    assert "Hint: pip install 'imbalance-kit[parquet]'" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["log"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--key", "nothing"], "--key names 'nothing', which is no column"),
        (["--feature", "agee"], "Hint: did you mean 'age'?"),
        (["-t", "clik"], "Hint: did you mean 'click'?"),
        (["-t", "clik", "--positive", "1"], "Hint: did you mean 'click'?"),
        (["--feature", "click"], "--feature holds the label 'click'"),
        (["--negatives-per-positive", "0"], "--negatives-per-positive must be above 0"),
        (["-t", "city"], "city' has missing values"),
        (["-t", "id"], "--key holds the label 'id'"),
    ],
)
def test_wrong_use_is_one_message_and_code_2(
    log: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    message: str,
) -> None:
    assert run(log, "-o", str(tmp_path / "out"), *options) == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert captured.err.startswith("Error: ")
    assert "Traceback" not in captured.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("more", [[], ["--resume"]])
def test_a_label_of_many_classes(
    log: Path, tmp_path: Path, more: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["downsample", str(log), "-t", "id", "-o", str(out), *more]) == 2
    assert "holds more than two classes" in capsys.readouterr().err
    assert not out.exists()


def test_nothing_is_overwritten(
    log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(log, "-o", str(tmp_path / "out"), "-q") == 0
    assert run(log, "-o", str(tmp_path / "out")) == 2
    assert "exists already: nothing is overwritten" in capsys.readouterr().err


@pytest.mark.filterwarnings("ignore:The inplace keyword")  # of pandas, used by Dask
def test_dask_keeps_the_same_rows(log: Path, tmp_path: Path) -> None:
    pytest.importorskip("dask.dataframe", reason="Dask is not installed (extra 'dask')")
    assert run(log, "-o", str(tmp_path / "a"), "-q") == 0
    assert run(log, "-o", str(tmp_path / "b"), "-q", "--engine", "dask") == 0
    ids = [sorted(pq.read_table(tmp_path / name)["id"].to_pylist()) for name in "ab"]
    assert ids[0] == ids[1]


def test_a_damaged_file_leaves_nothing_behind(
    log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = sorted(log.iterdir())[1]
    content = bytearray(file.read_bytes())
    content[4:2000] = b"x" * 1996  # the footer is whole, the pages are not
    file.write_bytes(content)
    assert run(log, "-o", str(tmp_path / "out")) == 2
    assert "row group 0, cannot be read" in capsys.readouterr().err
    assert sorted(p.name for p in tmp_path.iterdir()) == ["log"]


def test_an_interrupted_run_says_how_to_go_on(
    log: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Workspace, "finish", interrupt)
        assert run(log, "-o", str(tmp_path / "out"), "-q") == 130
    expected = "Interrupted. Hint: the same command with --resume goes on from here.\n"
    assert capsys.readouterr().err == expected
    assert run(log, "-o", str(tmp_path / "out"), "-q", "--resume") == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["log", "out"]


def test_to_resume_nothing_is_to_begin(log: Path, tmp_path: Path) -> None:
    assert run(log, "-o", str(tmp_path / "out"), "-q", "--resume") == 0
    assert len(pq.read_table(tmp_path / "out")) > 0


def test_texts_that_differ_in_every_row_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frame = click_log(6000).assign(note=[f"as she wrote, {i}" for i in range(6000)])
    log = write_parquet(frame, tmp_path / "log", 1, 6000)
    assert run(log, "-o", str(tmp_path / "out")) == 0
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert told.startswith("Note: Most rows differ in the columns ['note']")
    assert "leave them out of --feature" in told
    assert "she wrote" not in (tmp_path / "out" / "_imbalance_kit.json").read_text()


def test_fewer_negatives_than_positives_is_said_plainly_here(
    log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert run(log, "-o", str(out), "--negatives-per-positive", "0.5") == 0
    assert capsys.readouterr().err == ""
    manifest = read_manifest(out)
    positives = dict(manifest.counts_before)[1]
    assert manifest.expected_after == pytest.approx(1.5 * positives, rel=2**-13)  # of its grid


def test_warnings_are_notes(log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["downsample", str(log), "-t", "click", "--key", "city"]
    frame = click_log(6000).assign(city="x")
    again = write_parquet(frame, tmp_path / "one_key", 1, 6000)
    options[1] = str(again)
    assert main([*options, "-o", str(tmp_path / "a")]) == 0
    told = capsys.readouterr().err
    assert told.startswith("Note: The key city repeats")
    assert ".py:" not in told
    assert main([*options, "-o", str(tmp_path / "b"), "-q"]) == 0
    assert capsys.readouterr().err == ""
