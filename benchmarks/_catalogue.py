"""The benchmarks of this folder, read from their files without running them."""

import ast
import functools
import importlib.util
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks._peers import VARIABLE, has_module, has_r_package
from benchmarks._results import ROOT


@dataclass(frozen=True)
class Benchmark:
    """One script: the question is the first line of its docstring, the rest are its constants.

    `MINUTES` is what it takes on two cores. `NEEDS` names what has to be there, none by default: a
    module; "data:adult", a file of the tests' real data; "R:survey", a package of R; and
    "peer:balance", an interpreter with balance beside this one. `THREADS` limits the threads.
    """

    name: str
    question: str
    minutes: float | None = None
    needs: tuple[str, ...] = ()
    threads: int | None = None

    @property
    def duration(self) -> str:
        """The minutes, in words."""
        return "unknown time" if self.minutes is None else f"{self.minutes:g} min"


def find_benchmarks(folder: Path = ROOT / "benchmarks") -> dict[str, Benchmark]:
    """Return every script that is not private, by name."""
    scripts = sorted(path for path in folder.glob("*.py") if not path.name.startswith("_"))
    return {path.stem: read_benchmark(path) for path in scripts}


def read_benchmark(path: Path) -> Benchmark:
    """Read question and constants; a script without them is an error."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    question = (ast.get_docstring(tree) or "").partition("\n")[0]
    constants: dict[str, Any] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            if name in ("MINUTES", "NEEDS", "THREADS"):
                constants[name.lower()] = ast.literal_eval(node.value)
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    if not question.endswith("?") or "main" not in functions:
        raise ValueError(
            f"{path.name} is not a benchmark: expected a docstring that begins with one question "
            f"and a function main, got {question!r} and {sorted(functions)}. "
            f"Hint: the name of any other module begins with '_'."
        )
    return Benchmark(path.stem, question, **constants)


def interpreter(benchmark: Benchmark, peer: str | None) -> str:
    """Return the interpreter to run with: balance's where balance has to be in the process."""
    apart = "balance" in benchmark.needs and importlib.util.find_spec("balance") is None
    return peer if apart and peer else sys.executable


def missing(benchmark: Benchmark, peer: str | None) -> list[str]:
    """Return why it cannot run here, a reason for each thing that is not there."""
    found = {need: _reason(need, peer) for need in benchmark.needs}
    return [reason for reason in found.values() if reason]


@functools.cache
def _reason(need: str, peer: str | None) -> str:
    kind, _, name = need.rpartition(":")
    if name == "balance":
        here = kind != "peer" and importlib.util.find_spec("balance") is not None
        there = here or has_module(peer, "balance")
        return "" if there else f"no interpreter with balance (give --peer, or set {VARIABLE})"
    if kind == "R":
        return "" if has_r_package(name) else f"R with its package {name} is not here"
    if kind == "data":
        return "" if _has_data(name) else f"{name}.csv is not in the data folder"
    return "" if importlib.util.find_spec(name) else f"the package {name} is not installed"


def _has_data(name: str) -> bool:
    import pytest

    from tests._data import data_file

    try:
        return data_file(name).exists()
    except (pytest.skip.Exception, FileNotFoundError):
        return False
