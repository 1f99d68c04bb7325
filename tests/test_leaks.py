"""After a fit nothing stays but what the caller keeps: no thread, no file, no memory.

`benchmarks/leaks.py` does a thousand fits of every class and measures the memory of the process.
"""

import gc
import os
import tempfile
import threading
import tracemalloc
from collections.abc import Callable
from dataclasses import astuple
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from imbalance_kit.testing._examples import of_sizes
from tests._leaks import Held, fits, functions, held, repeat

pytestmark = [
    pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts of Linux"),
    pytest.mark.filterwarnings("ignore:`sampling_strategy` asks for .* all of it is kept"),
]

WARM_UP, TIMES = 2, 4
ROWS = of_sizes(500, 160, 140)
# A fit that kept one array with one number per row would reach it. Caches of Python and numpy,
# which are full after some hundred fits, grow by up to 10 kB, however many rows there are.
MOST_BYTES = TIMES * 8 * len(ROWS.y)
FITS = fits(ROWS)


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder that temporary files are made in meanwhile."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    for name in ("TMPDIR", "TEMP", "TMP", "JOBLIB_TEMP_FOLDER"):
        monkeypatch.setenv(name, str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    assert Path(tempfile.gettempdir()) == folder
    return folder


def grown(work: Callable[[], Any]) -> int:
    """Return by how many bytes the objects of Python and numpy grow in so many repetitions."""
    tracemalloc.start()
    try:
        repeat(work, WARM_UP)  # what is kept once, such as tables of a library
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        repeat(work, TIMES)
        gc.collect()
        return tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()


def assert_no_more(after: Held, before: Held) -> None:
    """Fewer are no leak: what an earlier test has left may end meanwhile."""
    assert [
        new for new, old in zip(astuple(after), astuple(before), strict=True) if new > old
    ] == [], (before, after)


def assert_nothing_stays(work: Callable[[], Any], folder: Path) -> None:
    repeat(work, 1)
    before = held()
    growth = grown(work)
    assert_no_more(held(), before)
    assert growth < MOST_BYTES, f"{growth:,} bytes in {TIMES} fits"
    assert os.listdir(folder) == []


def test_there_is_something_to_check() -> None:
    assert len(FITS) >= 24


@pytest.mark.parametrize("name", FITS)
def test_a_fit_leaves_nothing(name: str, temporary: Path) -> None:
    assert_nothing_stays(FITS[name], temporary)


@pytest.mark.parametrize("name", ["downsample", "compute"])
def test_a_function_leaves_nothing(name: str, tmp_path: Path, temporary: Path) -> None:
    assert_nothing_stays(functions(tmp_path)[name], temporary)


def test_a_comparison_leaves_nothing(tmp_path: Path, temporary: Path) -> None:
    compare = functions(tmp_path)["compare_strategies"]
    compare()
    before = held()
    compare()  # its memory is that of the fits above; to trace it takes a minute
    assert_no_more(held(), before)
    assert os.listdir(temporary) == []


@pytest.mark.parametrize("leak", ["memory", "thread", "file", "temporary file"])
def test_the_check_bites(leak: str, temporary: Path) -> None:
    kept: list[Any] = []
    stop = threading.Event()

    def work() -> None:
        match leak:
            case "memory":
                kept.append(np.zeros(len(ROWS.y)))
            case "thread":
                kept.append(threading.Thread(target=stop.wait))
                kept[-1].start()
            case "file":
                kept.append(open(os.devnull))  # noqa: SIM115  left open on purpose
            case _:
                os.close(tempfile.mkstemp()[0])

    try:
        with pytest.raises(AssertionError):
            assert_nothing_stays(work, temporary)
    finally:
        stop.set()
        for one in kept:
            if leak == "thread":
                one.join()
            if leak == "file":
                one.close()
