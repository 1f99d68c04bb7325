from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from imbalance_kit import NonuniformNegativeSampler, RandomUnderSampler, downsample
from imbalance_kit.scale_out import read_manifest
from tests._tables import click_log

dd = pytest.importorskip("dask.dataframe", reason="Dask is not installed (extra 'dask')")
distributed = pytest.importorskip("distributed", reason="distributed is not installed")

OPTIONS: dict[str, Any] = {"label": "click", "key": "id"}
# Libraries of the cluster close their own files and loops late.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")


def by_id(frame: Any) -> pd.DataFrame:
    found: pd.DataFrame = frame.set_index("id").sort_index()
    return found


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("n_partitions", [1, 3, 17])
def test_the_rows_are_those_of_the_frame(seed: int, n_partitions: int) -> None:
    frame = click_log(6000)
    sampler = NonuniformNegativeSampler(random_state=seed)
    expected = by_id(downsample(frame, sampler, **OPTIONS))
    shuffled = dd.from_pandas(frame.sample(frac=1, random_state=seed), npartitions=n_partitions)
    lazy = downsample(shuffled, NonuniformNegativeSampler(random_state=seed), **OPTIONS)
    found = by_id(lazy.compute(scheduler="synchronous"))
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)


def test_partitions_without_rows() -> None:
    frame = click_log(3000)
    expected = by_id(downsample(frame, NonuniformNegativeSampler(random_state=0), **OPTIONS))
    rows = dd.concat(
        [dd.from_pandas(part, npartitions=1) for part in (frame[:0], frame, frame[:0])]
    )
    lazy = downsample(rows, NonuniformNegativeSampler(random_state=0), **OPTIONS)
    found = by_id(lazy.compute(scheduler="synchronous"))
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)
    with pytest.raises(ValueError, match="The source has no rows"):
        downsample(dd.from_pandas(frame[:0], npartitions=1), RandomUnderSampler(), **OPTIONS)


def test_a_folder_with_its_manifest(tmp_path: Path) -> None:
    frame = dd.from_pandas(click_log(3000), npartitions=3)
    sampler = RandomUnderSampler(random_state=0)
    out = downsample(frame, sampler, destination=tmp_path / "out", **OPTIONS)
    manifest = read_manifest(out)
    assert manifest.load_shift() == sampler.shift_
    assert sum(n for _, n in manifest.counts_after) == len(pd.read_parquet(out))
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_key_is_needed() -> None:
    frame = dd.from_pandas(click_log(100), npartitions=2)
    with pytest.raises(ValueError, match="`key` is missing: the rows of a Dask DataFrame"):
        downsample(frame, RandomUnderSampler(), label="click")


def test_errors_of_workers_are_ours() -> None:
    frame = click_log(100)
    frame["id"] = frame["id"].astype("Int64").where(frame.index != 60)
    with pytest.raises(ValueError, match="The key column 'id' has a missing value"):
        downsample(dd.from_pandas(frame, npartitions=3), NonuniformNegativeSampler(), **OPTIONS)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
        ) as local,
        distributed.Client(local),
    ):
        yield local


def test_a_worker_that_is_killed_changes_nothing(cluster: Any) -> None:
    frame = click_log(6000)
    expected = by_id(downsample(frame, NonuniformNegativeSampler(random_state=0), **OPTIONS))
    lazy = downsample(
        dd.from_pandas(frame, npartitions=17), NonuniformNegativeSampler(random_state=0), **OPTIONS
    )
    running = lazy.persist()
    next(iter(cluster.workers.values())).process.process.kill()
    pd.testing.assert_frame_equal(by_id(running.compute()), expected, check_dtype=False)
