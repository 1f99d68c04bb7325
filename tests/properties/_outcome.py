"""What a public call may do with strange input: give a result, or refuse it in words."""

import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings

_SHORTEST = 20  # characters that a message which helps has at the least
_EXPLAIN = ("imbalance_kit", "sklearn", "imblearn", "narwhals")  # who checks what is handed in


def examples(number: int) -> settings:
    """Return the settings of one property: few examples as committed, many in profile "deep"."""
    if settings.get_current_profile_name() != "imbalance_kit":
        number = max(number, settings().max_examples)
    return settings(max_examples=number, suppress_health_check=list(HealthCheck))


class Refusal:
    """What came instead of a result: the message of a ValueError or TypeError."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __repr__(self) -> str:
        return f"Refusal({type(self.error).__name__}: {self.error})"


def attempt(call: Callable[[], Any]) -> Any:
    """Return what `call` returns, or a `Refusal` where it refuses its input as it should.

    A refusal is a ValueError or TypeError whose message somebody wrote for a reader: it is raised
    where input is checked, in this package or in the libraries that it checks with, not by
    arithmetic on what should have been refused. Any other error, and any warning but a UserWarning
    (those are results that are approximate), is an error of the test.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", UserWarning)
        # scikit-learn 1.8 divides by the sum of the weights, which may be below 1e-308.
        warnings.filterwarnings("ignore", "overflow", RuntimeWarning, "sklearn.linear_model")
        try:
            return call()
        except (ValueError, TypeError) as error:
            origin = traceback.extract_tb(error.__traceback__)[-1]
            explained = any(name in Path(origin.filename).parts for name in _EXPLAIN)
            if not explained or len(str(error)) < _SHORTEST:
                raise AssertionError(
                    f"{type(error).__name__} without an explanation, from {origin.filename}:"
                    f"{origin.lineno}: {error}"
                ) from error
            return Refusal(error)
