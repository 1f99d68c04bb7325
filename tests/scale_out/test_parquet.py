from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from imbalance_kit import NonuniformNegativeSampler, RandomUnderSampler, downsample
from imbalance_kit.scale_out import _parquet, read_manifest
from imbalance_kit.scale_out._workspace import Workspace
from tests._tables import click_log, write_parquet

OPTIONS: dict[str, Any] = {"label": "click", "key": "id"}


def sampler(**options: Any) -> NonuniformNegativeSampler:
    return NonuniformNegativeSampler(random_state=3, **options)


def sampled(source: Path, destination: Path, **options: Any) -> pd.DataFrame:
    out = downsample(source, sampler(), destination=destination, **OPTIONS, **options)
    assert out == destination
    return pq.read_table(out).to_pandas()


@pytest.mark.parametrize(("n_files", "rows_per_group", "n_jobs"), [(1, 9000, 1), (3, 700, 2)])
def test_the_rows_are_those_of_the_frame(
    tmp_path: Path, n_files: int, rows_per_group: int, n_jobs: int
) -> None:
    frame = click_log(9000)
    folder = write_parquet(frame, tmp_path / "log", n_files, rows_per_group)
    found = sampled(folder, tmp_path / "out", n_jobs=n_jobs)
    expected = downsample(frame, sampler(), **OPTIONS).reset_index(drop=True)
    pd.testing.assert_frame_equal(found, expected)


def test_rows_without_a_key_are_known_by_file_and_number(tmp_path: Path) -> None:
    frame = click_log(6000)
    kept = []
    for rows_per_group in (500, 2000):
        folder = write_parquet(frame, tmp_path / str(rows_per_group), 2, rows_per_group)
        out = tmp_path / f"out{rows_per_group}"
        downsample(folder, sampler(), label="click", features=["age"], destination=out)
        kept.append(pq.read_table(out)["id"].to_pylist())
    assert kept[0] == kept[1]


def test_a_guess_that_was_too_low_is_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_parquet(click_log(6000), tmp_path / "log", 2, 1000)
    expected = sampled(folder, tmp_path / "a")
    monkeypatch.setattr(_parquet, "_GENEROUS", 0.3)
    seen = []
    found = sampled(folder, tmp_path / "b", progress=lambda done, total, what: seen.append(what))
    assert "sampling again" in seen
    pd.testing.assert_frame_equal(found, expected)


def test_progress_counts_rows(tmp_path: Path) -> None:
    folder = write_parquet(click_log(3000), tmp_path / "log", 3, 300)
    seen: list[tuple[int, int, str]] = []
    sampled(folder, tmp_path / "out", progress=lambda *step: seen.append(step))
    for what in ("counting", "sampling"):
        steps = [(done, total) for done, total, name in seen if name == what]
        assert [done for done, _ in steps] == sorted(done for done, _ in steps)
        assert steps[-1] == (3000, 3000)


class _Killed(BaseException):
    """Stands for a signal that nothing can catch."""


@pytest.mark.parametrize("method", ["save_tally", "save_kept", "load_kept", "finish"])
def test_a_run_that_was_stopped_goes_on_to_the_same_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    folder = write_parquet(click_log(6000), tmp_path / "log", 2, 600)
    expected = sampled(folder, tmp_path / "whole")
    real, calls = getattr(Workspace, method), []

    def stop(self: Workspace, *arguments: Any) -> Any:
        calls.append(method)
        if len(calls) == (4 if method in ("save_kept", "load_kept") else 1):
            raise _Killed
        return real(self, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(Workspace, method, stop)
        with pytest.raises(_Killed):
            sampled(folder, tmp_path / "out", n_jobs=1)
    assert not (tmp_path / "out").exists()
    read = []
    found = sampled(
        folder, tmp_path / "out", resume=True, progress=lambda done, total, what: read.append(what)
    )
    pd.testing.assert_frame_equal(found, expected)
    assert ("counting" in read) == (method == "save_tally")
    assert read_manifest(tmp_path / "out").to_json() == read_manifest(tmp_path / "whole").to_json()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["log", "out", "whole"]


def test_to_resume_what_is_done_changes_nothing(tmp_path: Path) -> None:
    folder = write_parquet(click_log(3000), tmp_path / "log", 2, 600)
    expected = sampled(folder, tmp_path / "out")
    seen: list[str] = []
    found = sampled(
        folder, tmp_path / "out", resume=True, progress=lambda done, total, what: seen.append(what)
    )
    assert seen == []
    pd.testing.assert_frame_equal(found, expected)


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_parquet(click_log(3000), tmp_path / "log", 2, 600)

    def full(*arguments: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Workspace, "save_kept", full)
    with pytest.raises(OSError, match="No space left"):
        sampled(folder, tmp_path / "out")
    assert [p.name for p in tmp_path.iterdir()] == ["log"]


def test_a_damaged_row_group_stops_the_run(tmp_path: Path) -> None:
    folder = write_parquet(click_log(3000), tmp_path / "log", 2, 600)
    file = folder / "001.parquet"
    content = bytearray(file.read_bytes())
    content[300:900] = np.random.default_rng(0).bytes(600)
    file.write_bytes(bytes(content))
    with pytest.raises(ValueError, match=r"001.parquet', row group 0, cannot be read"):
        sampled(folder, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_another_source_is_not_gone_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_parquet(click_log(3000), tmp_path / "log", 2, 600)
    with monkeypatch.context() as patch:
        patch.setattr(Workspace, "finish", lambda *arguments: (_ for _ in ()).throw(_Killed))
        with pytest.raises(_Killed):
            sampled(folder, tmp_path / "out")
    write_parquet(click_log(100, seed=1), tmp_path / "more", 1, 600)
    (tmp_path / "more" / "000.parquet").rename(folder / "002.parquet")
    with pytest.raises(ValueError, match="what another run has left: its source, settings or"):
        sampled(folder, tmp_path / "out", resume=True)


def test_class_wise_sampling(tmp_path: Path) -> None:
    folder = write_parquet(click_log(6000), tmp_path / "log", 2, 600)
    thinner = RandomUnderSampler(random_state=0)
    out = downsample(folder, thinner, destination=tmp_path / "out", **OPTIONS)
    manifest = read_manifest(out)
    assert manifest.load_shift() == thinner.shift_
    assert dict(manifest.counts_after)[1] == dict(manifest.counts_before)[1]
    assert manifest.expected_after == pytest.approx(2 * dict(manifest.counts_before)[1])
