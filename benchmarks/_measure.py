"""Seconds and memory: calls that take turns, processor time, the peak of what a call allocates."""

import time
import tracemalloc
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np


def paired_seconds(
    calls: dict[str, Callable[[], object]], *, repeats: int = 9, warm_up: int = 1
) -> dict[str, float]:
    """Median seconds of each call, all of them alternating in this process."""
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for repeat in range(warm_up + repeats):
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            if repeat >= warm_up:
                seconds[name].append(time.perf_counter() - start)
    return {name: median(values) for name, values in seconds.items()}


def timed(call: Callable[[], Any], repeats: int) -> tuple[np.ndarray, Any]:
    """Seconds of each call, on the clock and of the processor, and the last result."""
    seconds = []
    for _ in range(repeats):
        start, busy = time.perf_counter(), time.process_time()
        result = call()
        seconds.append((time.perf_counter() - start, time.process_time() - busy))
    return np.array(seconds), result


def processor_seconds(call: Callable[[], object]) -> float:
    """Processor seconds of one call in all its threads, which other work hardly changes."""
    return float(timed(call, 1)[0][0, 1])


def peak_megabytes(call: Callable[[], object]) -> float:
    """Return what a call allocates at its peak, beyond what there was before."""
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


def beside(
    peer: Callable[[], object],
    own: Callable[[], object],
    *,
    repeats: int,
    peer_name: str = "imbalanced-learn",
    warm_up: int = 1,
    memory: bool = False,
) -> dict[str, float]:
    """Seconds of a call of the peer and of ours, alternating, and the peer's over ours.

    With `memory` also what each allocates at its peak, and the share of ours in the peer's.
    """
    calls = {peer_name: peer, "imbalance_kit": own}
    seconds = paired_seconds(calls, repeats=repeats, warm_up=warm_up)
    figures = {f"{name}, seconds": float(f"{s:.4g}") for name, s in seconds.items()}
    figures["times faster"] = float(f"{seconds[peer_name] / seconds['imbalance_kit']:.3g}")
    if memory:
        peaks = {name: peak_megabytes(call) for name, call in calls.items()}
        figures |= {f"{name}, peak MB": round(peak, 1) for name, peak in peaks.items()}
        figures["share of the memory"] = round(peaks["imbalance_kit"] / peaks[peer_name], 3)
    return figures


def beside_sampler(peer: Any, own: Any, X: Any, y: Any, **options: Any) -> dict[str, float]:
    """Compare two samplers' `fit_resample` on the same rows; options are those of `beside`."""
    return beside(lambda: peer.fit_resample(X, y), lambda: own.fit_resample(X, y), **options)
