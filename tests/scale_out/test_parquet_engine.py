import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import joblib
import pyarrow.parquet as pq
import pytest

from imbalance_kit._utils._tables import with_columns
from imbalance_kit.scale_out import _parquet_source
from imbalance_kit.scale_out._job import Place
from imbalance_kit.scale_out._parquet_engine import ParquetEngine, in_order, thread_count
from imbalance_kit.scale_out._parquet_source import RowGroup, open_parquet
from tests._tables import click_log, write_parquet


@pytest.mark.parametrize("most_bytes", [1 << 27, 100], ids=["whole groups", "pieces"])
def test_reduce_and_map(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most_bytes: int) -> None:
    monkeypatch.setattr(_parquet_source, "_MOST_BYTES", most_bytes)
    monkeypatch.setattr(_parquet_source, "_MOST_ROWS", 70)
    frame = click_log(2000)
    out = tmp_path / "out"
    out.mkdir()
    source = open_parquet(write_parquet(frame, tmp_path / "log", 2, 300))
    engine = ParquetEngine(source, out, n_jobs=2)

    def number(table: Any, place: Place) -> Any:
        file = 1000 * int(place.source.removesuffix(".parquet"))
        return with_columns(
            table, {"n": range(place.first_row + file, file + place.first_row + len(table))}
        )

    assert engine.reduce(["id"], lambda table, _: sum(table["id"].to_pylist()), sum) == sum(
        range(2000)
    )
    engine.map(number, ["n"])
    found = pq.read_table(out).to_pandas()
    assert found["n"].tolist() == list(range(2000))
    assert found["id"].tolist() == frame["id"].tolist()


def groups(n: int) -> list[RowGroup]:
    return [RowGroup("a", "a", i, 0, 1, 1) for i in range(n)]


def test_results_come_in_order_and_only_a_few_ahead() -> None:
    started: list[int] = []
    free = threading.Event()

    def work(group: RowGroup) -> int:
        started.append(group.number)
        if group.number == 0:
            free.wait(10)
        return group.number

    with ThreadPoolExecutor(2) as pool:
        results = in_order(pool, groups(20), work, 4)
        threading.Timer(0.05, free.set).start()
        assert next(results) == 0
        assert max(started) < 4
        assert list(results) == list(range(1, 20))


def test_threads() -> None:
    assert thread_count(3) == 3
    assert thread_count(None) == thread_count(-1) == joblib.cpu_count()
