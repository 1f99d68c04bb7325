"""What every test shares: one thread per worker, no window, fixed random examples, real data."""

import os
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import pytest

# Test data are small: BLAS and OpenMP threads cost more than they save, because they spin while
# they wait for each other; with other work on the machine, or with `pytest -n 2`, the checks and
# laws take four times as long. The libraries read these names when they are loaded, hence here,
# before numpy is. What is set outside is respected.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("POLARS_MAX_THREADS", "1")

os.environ["MPLBACKEND"] = "Agg"  # draw into memory: a test machine has no screen


def pytest_configure(config: pytest.Config) -> None:
    """Make hypothesis draw the same examples every time, and judge no example by its speed.

    The profile "deep" (``pytest tests/properties --hypothesis-profile=deep``) draws many, and other
    ones each time.
    """
    from hypothesis import settings

    settings.register_profile("imbalance_kit", derandomize=True, deadline=None, database=None)
    settings.register_profile(
        "deep", max_examples=2000, deadline=None, database=None, print_blob=True
    )
    if config.getoption("hypothesis_profile", None) is None:
        settings.load_profile("imbalance_kit")
    if int(version("pandas").partition(".")[0]) < 3:
        # Texts of pandas 2 are missing as None here, as NaN there, and assert_frame_equal says so.
        # With pandas 3 nothing is hidden.
        config.addinivalue_line(
            "filterwarnings", "ignore:Mismatched null-like values:FutureWarning"
        )


@pytest.fixture
def real_data() -> Callable[[str], tuple[Any, Any]]:
    """Return a loader of real data by name; it skips the test where the files are absent."""
    from tests._data import load_real

    return load_real
