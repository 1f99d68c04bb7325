import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from imbalance_kit import (
    NonuniformNegativeSampler,
    RakingWeighter,
    RandomUnderSampler,
    add_weights,
    downsample,
)
from imbalance_kit.scale_out import read_manifest
from tests._tables import click_log, write_parquet

sql = pytest.importorskip("pyspark.sql", reason="pyspark is not installed (extra 'spark')")
if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
    pytest.skip("Spark needs Java, which is not there", allow_module_level=True)

OPTIONS: dict[str, Any] = {"label": "click", "key": "id"}
pytestmark = pytest.mark.filterwarnings(
    "ignore:PySpark does not yet fully support:FutureWarning", "ignore::ResourceWarning"
)


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    os.environ["PYSPARK_PYTHON"] = sys.executable
    session = (
        sql.SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.memory", "1g")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()


@pytest.fixture(scope="module")
def log(spark: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = write_parquet(click_log(6000), tmp_path_factory.mktemp("spark") / "log", 1, 2000)
    return spark.read.parquet(str(folder))


def collected(frame: Any) -> pd.DataFrame:
    """Return the rows through Arrow: exact, and quicker than row by row."""
    return frame.toArrow().to_pandas().set_index("id").sort_index()


@pytest.mark.parametrize(("seed", "n_partitions"), [(0, 1), (1, 3), (2, 17)])
def test_the_rows_are_those_of_the_frame(log: Any, seed: int, n_partitions: int) -> None:
    sampler = NonuniformNegativeSampler(random_state=seed)
    expected = downsample(click_log(6000), sampler, **OPTIONS).set_index("id").sort_index()
    again = NonuniformNegativeSampler(random_state=seed)
    found = collected(downsample(log.repartition(n_partitions), again, **OPTIONS))
    assert again.shift_ == sampler.shift_
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)


def test_a_folder_with_its_manifest(log: Any, tmp_path: Path) -> None:
    sampler = RandomUnderSampler(random_state=0)
    out = downsample(log, sampler, destination=tmp_path / "out", **OPTIONS)
    manifest = read_manifest(out)
    assert manifest.load_shift() == sampler.shift_
    assert sum(n for _, n in manifest.counts_after) == len(pd.read_parquet(out))


def test_weights(log: Any) -> None:
    frame, target = click_log(6000, seed=0), click_log(500, seed=1)[["city", "mobile"]]
    expected = RakingWeighter().fit_weights(frame[["city", "mobile"]], target=target)
    lazy = add_weights(log.repartition(3), RakingWeighter(), target=target)
    found = collected(lazy).loc[frame["id"], "weight"]
    np.testing.assert_allclose(found, expected, rtol=1e-10)


def test_names_and_partitions_of_any_kind(spark: Any, tmp_path: Path) -> None:
    """Names with spaces, dots and ticks, a label of texts, and partitions without rows."""
    frame = click_log(1000).rename(columns={"price": "a b.c", "age": "x.y", "city": "with`tick"})
    frame["click"] = np.where(frame["click"] == 1, "fraud", "ok")
    sampler = NonuniformNegativeSampler(random_state=0)
    expected = downsample(frame, sampler, **OPTIONS).set_index("id").sort_index()
    rows = spark.read.parquet(str(write_parquet(frame, tmp_path / "log", 1, 100)))
    empty = rows.filter("id < 0")
    again = NonuniformNegativeSampler(random_state=0)
    found = collected(downsample(empty.union(rows).union(empty), again, **OPTIONS))
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)
    with pytest.raises(ValueError, match="The source has no rows"):
        downsample(empty, RandomUnderSampler(), **OPTIONS)


def test_a_key_is_needed(log: Any) -> None:
    with pytest.raises(ValueError, match="`key` is missing: the rows of a Spark DataFrame"):
        downsample(log, RandomUnderSampler(), label="click")


def test_errors_of_workers_are_ours(log: Any) -> None:
    broken = log.selectExpr("*", "if(id = 7, null, id) as other")
    with pytest.raises(ValueError, match="The key column 'other' has a missing value"):
        downsample(broken, NonuniformNegativeSampler(), label="click", key="other")


def test_a_column_that_is_not_there(log: Any) -> None:
    with pytest.raises(ValueError, match="`label` names 'clicks'"):
        downsample(log, NonuniformNegativeSampler(), label="clicks", key="id")
