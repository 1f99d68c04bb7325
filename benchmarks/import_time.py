"""What does `import imbalance_kit` cost beside importing scikit-learn's base and imbalanced-learn?

Each statement runs in a new interpreter, all of them in turn, and the processor seconds (user and
system) of the whole process are compared with those of the first one in the same round: the ratio
is the median over the rounds, with its quartiles. `--python` measures in other environments, such
as one that has the core alone; the package is always the one in this folder.

    python -m benchmarks.import_time [--rounds 15] [--python name=/path/to/python ...]
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from benchmarks._results import write_results

QUESTION = __doc__.partition("\n")[0]
MINUTES = 2
ROOT = Path(__file__).resolve().parents[1]
PEERS = "import sklearn.base, imblearn"
STATEMENTS = {
    PEERS: ["-c", PEERS],
    "import imbalance_kit": ["-c", "import imbalance_kit"],
    "imbalance-kit --version": ["-m", "imbalance_kit", "--version"],
    "imbalance-kit --help": ["-m", "imbalance_kit", "--help"],
}


def main() -> None:
    parser = argparse.ArgumentParser(description=QUESTION)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--python", nargs="*", default=[f"everything installed={sys.executable}"])
    options = parser.parse_args()
    figures = {}
    for name, _, python in (entry.partition("=") for entry in options.python):
        figures[name] = measure(python, options.rounds)
        print(name, figures[name], flush=True)
    print(write_results("import_time", QUESTION, figures, libraries=("typer", "rich")))


def measure(python: str, rounds: int) -> dict[str, dict[str, float]]:
    """Return median seconds and ratios of every statement that this interpreter can run."""
    statements = {name: a for name, a in STATEMENTS.items() if _seconds(python, a) is not None}
    assert {PEERS, "import imbalance_kit"} <= set(statements), python
    seconds = np.array([[_seconds(python, a) for a in statements.values()] for _ in range(rounds)])
    return {name: _summary(seconds[:, i], seconds[:, 0]) for i, name in enumerate(statements)}


def _summary(seconds: np.ndarray, peer: np.ndarray) -> dict[str, float]:
    lower, middle, upper = np.quantile(seconds / peer, [0.25, 0.5, 0.75]).round(3).tolist()
    return {
        "processor seconds": round(float(np.median(seconds)), 3),
        "ratio": middle,
        "ratio, lower quartile": lower,
        "ratio, upper quartile": upper,
    }


def _seconds(python: str, arguments: list[str]) -> float | None:
    """Processor seconds of one run, None where it fails (the command without its extra)."""
    run = subprocess.Popen(
        [python, *arguments],
        cwd=ROOT,
        # With the compiled files that an installed package has: the first run may write them.
        env={
            **os.environ,
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "PYTHONDONTWRITEBYTECODE": "",
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(run.pid, 0)
    run.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime if run.returncode == 0 else None


if __name__ == "__main__":
    main()
