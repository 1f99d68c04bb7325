"""How balance and R are found, and one adjustment of balance run on our rows."""

import argparse
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

VARIABLE = "BALANCE_PYTHON"  # an interpreter with balance, which needs older libraries


def add_peer_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--peer",
        default=os.environ.get(VARIABLE),
        help=f"an interpreter with balance 0.23 (default: that in {VARIABLE})",
    )


def has_module(python: str | None, module: str) -> bool:
    """Say whether an interpreter is there and imports a module."""
    if python is None or shutil.which(python) is None:
        return False
    command = [python, "-c", f"import {module}"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def has_r_package(name: str) -> bool:
    """Say whether R is on the path and has a package."""
    if shutil.which("Rscript") is None:
        return False
    command = ["Rscript", "-e", f"library({name})"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def run_balance(
    python: str, sample: pd.DataFrame, target: pd.DataFrame, options: dict[str, Any]
) -> tuple[list[float], np.ndarray, str]:
    """Return seconds (clock, processor), weights and version of one adjustment by balance."""
    with tempfile.TemporaryDirectory() as folder:
        files = [str(Path(folder) / name) for name in ("s.csv", "t.csv", "w.npy")]
        sample.to_csv(files[0], index=False)
        target.to_csv(files[1], index=False)
        script = str(Path(__file__).with_name("_balance_peer.py"))
        done = subprocess.run(
            [python, script, *files, json.dumps(options)],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"balance did not run: {done.stderr}")
        found = json.loads(done.stdout.strip().splitlines()[-1])
        return found["seconds"], np.load(files[2]), found["balance"]
