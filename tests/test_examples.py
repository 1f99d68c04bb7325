"""Every script in docs/examples runs as a reader would run it; its assertions are the test."""

import ast
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = sorted((ROOT / "docs" / "examples").glob("*.py"))


def _imported(script: Path) -> set[str]:
    """Return the packages that a script imports at its top."""
    names = set()
    for node in ast.parse(script.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(str(node.module).partition(".")[0])
    return names


def test_there_are_examples() -> None:
    assert len(SCRIPTS) >= 2
    assert all("imbalance_kit" in _imported(script) for script in SCRIPTS)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_example_runs(script: Path, tmp_path: Path) -> None:
    absent = sorted(name for name in _imported(script) if find_spec(name) is None)
    if "pyspark" in _imported(script) and not (shutil.which("java") or "JAVA_HOME" in os.environ):
        absent.append("Java")
    if absent:
        pytest.skip(f"needs {', '.join(absent)}, which is not installed")
    done = subprocess.run(
        [sys.executable, "-W", "error", str(script)],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT), "MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
    assert not list(tmp_path.iterdir())
