"""How do time and memory grow with rows, columns, classes and threads?

One size varies at a time, the others stay at 50,000 rows, 20 columns, two classes and the default
number of threads. Normal clouds half a standard deviation apart in every column, a tenth of the
rows in all minority classes together, in equal parts. SMOTE, RandomUnderSampler and
EditedNearestNeighbours beside imbalanced-learn's; nonuniform negative sampling; raking to the means
of another 50,000 rows (as many as the sample has); CBPS beside balance's, which runs in an
interpreter of its own (``--peer``). Seconds are medians of calls that take turns, on the clock and
of the processor; memory is what a call allocates at its peak, the output counted and the input not.
A call that is predicted to take more than ``--limit`` seconds, by the next smaller one, is skipped
and said to be.

    python -m benchmarks.scaling [--peer PYTHON]
"""

import argparse
import dataclasses
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import imblearn.over_sampling
import imblearn.under_sampling
import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

import imbalance_kit
from benchmarks._measure import peak_megabytes, timed
from benchmarks._peers import add_peer_option, run_balance
from benchmarks._results import write_results

QUESTION = __doc__.partition("\n")[0]
MINUTES = 8
AXES: dict[str, tuple[int, ...]] = {
    "rows": (10_000, 50_000, 200_000, 1_000_000),
    "columns": (5, 20, 50, 100, 200),
    "classes": (2, 3, 5, 10, 20),
    "threads": (1, 2),
}
KINDS = ("seconds", "processor seconds")
CBPS = {
    "method": "cbps",
    "cbps_method": "over",
    "transformations": None,
    "weight_trimming_mean_ratio": None,
}


@dataclass(frozen=True)
class Size:
    """What the data look like; without `threads` the libraries decide."""

    rows: int = 50_000
    columns: int = 20
    classes: int = 2
    threads: int | None = None


@dataclass(frozen=True)
class Method:
    """One of our classes, the peer's if there is one, and how time is expected to grow."""

    own: Callable[[], Any]
    peer: Callable[[], Any] | None = None
    power: dict[str, float] = dataclasses.field(default_factory=dict)  # 1 for what is not named


METHODS = {
    "RandomUnderSampler": Method(
        lambda: imbalance_kit.RandomUnderSampler(random_state=0),
        lambda: imblearn.under_sampling.RandomUnderSampler(random_state=0),
    ),
    "SMOTE": Method(
        lambda: imbalance_kit.SMOTE(random_state=0),
        lambda: imblearn.over_sampling.SMOTE(random_state=0),
        {"rows": 2.0},
    ),
    "EditedNearestNeighbours": Method(
        imbalance_kit.EditedNearestNeighbours,
        imblearn.under_sampling.EditedNearestNeighbours,
        {"rows": 2.0},
    ),
    "NonuniformNegativeSampler": Method(
        lambda: imbalance_kit.NonuniformNegativeSampler(random_state=0)
    ),
    "CalibrationWeighter, raking": Method(
        lambda: imbalance_kit.CalibrationWeighter("raking"), power={"columns": 1.5}
    ),
    "CBPSWeighter": Method(imbalance_kit.CBPSWeighter, power={"columns": 1.5}),
}
ONLY_TWO_CLASSES = ("NonuniformNegativeSampler", "CalibrationWeighter, raking", "CBPSWeighter")


def clouds(size: Size) -> tuple[np.ndarray, np.ndarray]:
    """Return rows and labels; class 0 holds nine tenths."""
    rng = np.random.default_rng(0)
    each = size.rows // 10 // (size.classes - 1)
    sizes = [size.rows - each * (size.classes - 1), *[each] * (size.classes - 1)]
    y = rng.permutation(np.repeat(np.arange(size.classes), sizes))
    return rng.standard_normal((size.rows, size.columns)) + 0.5 * y[:, None], y


def call_of(sampler: Any, X: np.ndarray, y: np.ndarray, target: np.ndarray, size: Size) -> Any:
    """Return the call to measure: samplers sample, weighters weight."""
    if size.threads and "n_jobs" in sampler.get_params():
        sampler.set_params(n_jobs=size.threads)
    if hasattr(sampler, "weights"):
        return lambda: sampler.fit_weights(X, target=target)
    return lambda: sampler.fit_resample(X, y)


def cell(name: str, size: Size, libraries: dict[str, bool], python: str | None) -> dict[str, Any]:
    """Measure one method at one size, for the libraries that are not to be skipped."""
    X, y = clouds(size)
    target = np.random.default_rng(1).standard_normal(X.shape) + np.linspace(0.2, 0, size.columns)
    method, figures = METHODS[name], {}
    makers = {"imbalanced-learn": method.peer, "imbalance_kit": method.own}
    calls = {
        library: call_of(make(), X, y, target, size)
        for library, make in makers.items()
        if make is not None and libraries.get(library)
    }
    with threadpool_limits(size.threads):
        # The first call warms up, and is measured itself only where one is enough.
        first = {library: timed(call, 1)[0][0] for library, call in calls.items()}
        seconds = {library: [one] if one[0] > 2 else [] for library, one in first.items()}
        for _ in range(3 if max(one[0] for one in first.values()) > 0.5 else 9):
            for library, call in calls.items():
                if first[library][0] <= 2:
                    seconds[library].append(timed(call, 1)[0][0])
        for library, call in calls.items():
            figures |= times(library, np.median(seconds[library], axis=0))
            figures[f"{library}, peak MB"] = float(f"{peak_megabytes(call):.4g}")
    if libraries.get("balance") and python:
        names = [f"x{j}" for j in range(size.columns)]
        tables = (pd.DataFrame(table, columns=names) for table in (X, target))
        figures |= times("balance", run_balance(python, *tables, CBPS)[0])
    return figures | compared(figures)


def times(library: str, measured: Sequence[float]) -> dict[str, float]:
    """Return seconds on the clock and of the processor."""
    return {
        f"{library}, {kind}": float(f"{s:.4g}") for kind, s in zip(KINDS, measured, strict=True)
    }


def compared(figures: dict[str, float]) -> dict[str, float]:
    """Return the peer's seconds over ours, on the clock and of the processor, and our memory."""
    names = {
        "times faster": "seconds",
        "times less processor time": "processor seconds",
        "share of the memory": "peak MB",
    }
    ratios: dict[str, float] = {}
    for name, kind in names.items():
        for peer in ("imbalanced-learn", "balance"):
            ours, theirs = figures.get(f"imbalance_kit, {kind}"), figures.get(f"{peer}, {kind}")
            if ours and theirs:
                ratio = ours / theirs if kind == "peak MB" else theirs / ours
                ratios[name] = float(f"{ratio:.3g}")
    return ratios


def along(name: str, axis: str, values: tuple[int, ...], limit: float, python: str | None) -> Any:
    """Measure one method along one axis, leaving out what would take too long."""
    libraries = ["imbalance_kit"]
    libraries += ["imbalanced-learn"] if METHODS[name].peer else []
    libraries += ["balance"] if name == "CBPSWeighter" and python and axis != "threads" else []
    predicted = dict.fromkeys(libraries, 0.0)
    power = 0.0 if axis == "threads" else METHODS[name].power.get(axis, 1.0)
    found: dict[str, Any] = {}
    for value, following in zip(values, (*values[1:], values[-1]), strict=True):
        measured = {library: predicted[library] <= limit for library in libraries}
        if not any(measured.values()):
            found[f"{value:,}"] = {"skipped": libraries}
            continue
        figures = cell(name, dataclasses.replace(Size(), **{axis: value}), measured, python)
        for library in libraries:
            if measured[library]:
                # On a busy machine the clock says more than the call needs.
                seconds = (figures[f"{library}, {kind}"] for kind in KINDS)
                predicted[library] = min(seconds) * (following / value) ** power
        skipped = [library for library, is_measured in measured.items() if not is_measured]
        found[f"{value:,}"] = figures | ({"skipped": skipped} if skipped else {})
        print(name, axis, f"{value:,}", found[f"{value:,}"], flush=True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=QUESTION)
    add_peer_option(parser)
    parser.add_argument("--limit", type=float, default=10.0, help="seconds of a call")
    parser.add_argument("--axes", nargs="*", choices=tuple(AXES), default=tuple(AXES))
    parser.add_argument("--largest", type=int, default=max(AXES["rows"]), help="rows at most")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    figures: dict[str, Any] = {"limit, seconds": options.limit}
    for axis in options.axes:
        values = tuple(v for v in AXES[axis] if axis != "rows" or v <= options.largest)
        figures[axis] = {
            name: along(name, axis, values, options.limit, options.peer)
            for name in METHODS
            if axis != "classes" or name not in ONLY_TWO_CLASSES
        }
    print(write_results("scaling", QUESTION, figures))


if __name__ == "__main__":
    main()
