"""What every benchmark writes: figures with their question, code, machine and its load."""

import json
import os
import platform
import subprocess
import time
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
COMMITTED = ROOT / "benchmarks" / "results"
# A trial run writes somewhere else: ``python -m benchmarks --to FOLDER``.
FOLDER = Path(os.environ.get("IMBALANCE_KIT_RESULTS", COMMITTED))
LIBRARIES = ("numpy", "scipy", "scikit-learn", "imbalanced-learn", "pandas")
_STARTED = time.perf_counter()


def _load() -> list[float] | None:
    return [round(load, 2) for load in os.getloadavg()] if hasattr(os, "getloadavg") else None


# Read at import: what else ran before this benchmark added its own.
_LOAD_BEFORE = _load()


def write_results(
    name: str, question: str, figures: Any, *, libraries: tuple[str, ...] = ()
) -> Path:
    """Write results/<name>.json: the question, the figures, and what they were measured with.

    `load` is the mean number of busy processes over the last 1, 5 and 15 minutes, before the
    benchmark began and at its end; the benchmark itself is in the latter.
    """
    content = {
        "question": question,
        "date": date.today().isoformat(),
        "commit": _commit(),
        "seconds": round(time.perf_counter() - _STARTED),
        "machine": {
            "cpu": _cpu(),
            "cores": os.cpu_count(),
            "python": platform.python_version(),
            "load": {"before": _LOAD_BEFORE, "after": _load()},
        },
        "versions": {library: version(library) for library in (*LIBRARIES, *libraries)},
        "figures": figures,
    }
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{name}.json"
    temporary = path.with_suffix(f".{os.getpid()}.tmp")
    temporary.write_text(json.dumps(content, indent=1) + "\n")
    temporary.replace(path)
    return path


def earlier_figures(name: str) -> dict[str, Any]:
    """Return the figures of results/<name>.json, for a benchmark that runs in parts."""
    path = FOLDER / f"{name}.json"
    return dict(json.loads(path.read_text())["figures"]) if path.exists() else {}


def _commit() -> str | None:
    """Return the commit of the code; with a plus, where the code was changed since."""
    code = ["imbalance_kit", "benchmarks/*.py"]
    try:
        head = _git("rev-parse", "--short=10", "HEAD")
        return head + ("+" if _git("status", "--porcelain", "-uno", "--", *code) else "")
    except (OSError, subprocess.CalledProcessError):
        return None


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(ROOT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()
