from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from imbalance_kit.scale_out._histogram import N_BINS, score_histogram
from imbalance_kit.scale_out._job import Place
from imbalance_kit.scale_out._tally import tally
from imbalance_kit.scale_out._workspace import Workspace, is_finished, run_digest
from tests._tables import KINDS, click_log
from tests.scale_out.test_job import job
from tests.scale_out.test_manifest import MANIFEST


def opened(path: Path, *, resume: bool = False, identity: int = 0) -> Workspace:
    work = Workspace(path, {"run": identity})
    work.open(resume=resume)
    work.release()
    return work


def test_two_runs_at_once_are_told_apart(tmp_path: Path) -> None:
    first, second = (Workspace(tmp_path / "out", {}) for _ in range(2))
    first.open(resume=False)
    (first.output / "part").write_text("x")
    for resume in (False, True):
        with pytest.raises(FileExistsError, match="Another run is writing to"):
            second.open(resume=resume)
    first.finish()
    first.release()
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["part"]
    with pytest.raises(FileExistsError, match="exists already"):
        second.open(resume=False)


def test_a_tally_comes_back(tmp_path: Path) -> None:
    work = opened(tmp_path / "out")
    assert work.load_tally() is None
    found = tally(KINDS["arrow"](click_log(500)), Place(), job=job(), with_sample=True)
    work.save_tally(found)
    back = opened(tmp_path / "out", resume=True).load_tally()
    assert back is not None
    assert back.counts == found.counts
    for label, sample in found.samples.items():
        assert back.samples[label].rows.equals(sample.rows)
        np.testing.assert_array_equal(back.samples[label].numbers, sample.numbers)
        np.testing.assert_array_equal(back.samples[label].folds, sample.folds)


def test_candidates_come_back(tmp_path: Path) -> None:
    work = opened(tmp_path / "out")
    rows, hashes = pa.table({"x": [1, 2]}), np.array([5, 2**63], dtype=np.uint64)
    histogram = score_histogram(np.array([0.0, 0.5, 0.5]))
    assert work.load_histograms("a", N_BINS) is None
    work.save_kept("a", rows, hashes, {"no": histogram})
    found = work.load_histograms("a", N_BINS)
    assert found is not None
    np.testing.assert_array_equal(found["no"], histogram)
    table, numbers = work.load_kept("a")
    assert table.to_pydict() == rows.to_pydict()
    np.testing.assert_array_equal(numbers, hashes)
    with pytest.raises(FileNotFoundError):
        work.load_kept("b")


def test_a_run_is_taken_up_only_if_it_is_the_same(tmp_path: Path) -> None:
    work = opened(tmp_path / "out")
    (work.folder / "kept.arrow").write_text("x")
    (work.output / "part").write_text("x")
    again = opened(tmp_path / "out", resume=True)
    assert (again.folder / "kept.arrow").exists()
    assert not list(again.output.iterdir())
    with pytest.raises(ValueError, match="what another run has left"):
        opened(tmp_path / "out", resume=True, identity=1)
    assert not (opened(tmp_path / "out").folder / "kept.arrow").exists()


def test_the_destination_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    destination = tmp_path / "out"
    work = opened(destination)
    (work.output / "part").write_text("x")
    assert not destination.exists()
    work.finish(MANIFEST.to_json())
    assert sorted(p.name for p in destination.iterdir()) == ["_imbalance_kit.json", "part"]
    assert [p.name for p in tmp_path.iterdir()] == ["out"]
    with pytest.raises(FileExistsError, match="exists already: nothing is overwritten"):
        opened(destination)


def test_a_run_killed_after_its_last_move_is_finished(tmp_path: Path) -> None:
    destination = tmp_path / "out"
    work = opened(destination)
    assert not is_finished(destination, {"run": 0})
    work.finish(replace(MANIFEST, run=run_digest({"run": 0})).to_json())
    assert is_finished(destination, {"run": 0})
    assert not is_finished(destination, {"run": 1})


def test_the_folder_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"The folder .* does not exist"):
        opened(tmp_path / "no" / "out")


def test_a_run_that_is_not_resumed_leaves_its_output_or_nothing(tmp_path: Path) -> None:
    out = tmp_path / "out"

    def stopped() -> None:
        with Workspace.open_once(out) as work:
            (work.output / "rows").touch()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert not list(tmp_path.iterdir())
    with Workspace.open_once(out) as work:  # the lock of the first one is gone
        (work.output / "rows").touch()
        with pytest.raises(FileExistsError, match="Another run"), Workspace.open_once(out):
            pass
        work.finish()
    assert [path.name for path in tmp_path.rglob("*")] == ["out", "rows"]


def test_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / ".out.partial").write_text("a file where the folder should be")
    with pytest.raises(FileExistsError, match=r"out' cannot be written: .*Expected a folder besi"):
        opened(tmp_path / "out")
