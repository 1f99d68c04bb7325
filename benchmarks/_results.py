"""What every benchmark shares: results with their question, versions and machine; paired timing."""

import json
import os
import platform
import time
from collections.abc import Callable
from datetime import date
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

FOLDER = Path(__file__).parent / "results"
LIBRARIES = ("numpy", "scipy", "scikit-learn", "imbalanced-learn", "pandas")


def write_results(
    name: str, question: str, figures: Any, *, libraries: tuple[str, ...] = ()
) -> Path:
    """Write results/<name>.json: the question, the figures, and what they were measured with."""
    content = {
        "question": question,
        "date": date.today().isoformat(),
        "machine": {"cpu": _cpu(), "cores": os.cpu_count(), "python": platform.python_version()},
        "versions": {library: version(library) for library in (*LIBRARIES, *libraries)},
        "figures": figures,
    }
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"{name}.json"
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(content, indent=1) + "\n")
    temporary.replace(path)
    return path


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


def processor_seconds(call: Callable[[], object]) -> float:
    """Processor seconds of one call in all its threads, which other work hardly changes."""
    start = time.process_time()
    call()
    return time.process_time() - start


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()
