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
GALLERY = [script for script in SCRIPTS if script.name.startswith("plot_")]

# Runs a script as `python script` would, then counts the figures that the gallery would show.
RUN = """
import runpy, sys
runpy.run_path(sys.argv[1], run_name="__main__")
pyplot = sys.modules.get("matplotlib.pyplot")
print("figures:", len(pyplot.get_fignums()) if pyplot else 0)
"""


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


def test_there_is_a_gallery() -> None:
    assert len(GALLERY) >= 5


@pytest.mark.parametrize("script", GALLERY, ids=lambda script: script.stem)
def test_example_is_a_page(script: Path) -> None:
    """The gallery makes a page of it: a title, what the reader learns, text between the code."""
    text = script.read_text(encoding="utf-8")
    title, line, *teaser = (ast.get_docstring(ast.parse(text)) or "").splitlines()
    assert title
    assert line == "=" * len(title)
    assert len(" ".join(teaser)) > 80
    assert text.count("\n# %%\n") >= 2
    assert "assert" in text
    assert "plt.show" not in text  # it would wait for a reader where there is none


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_example_runs(script: Path, tmp_path: Path) -> None:
    absent = sorted(name for name in _imported(script) if find_spec(name) is None)
    if "pyspark" in _imported(script) and not (shutil.which("java") or "JAVA_HOME" in os.environ):
        absent.append("Java")
    if absent:
        pytest.skip(f"needs {', '.join(absent)}, which is not installed")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", RUN, str(script)],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT), "MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    *printed, figures = done.stdout.strip().splitlines()
    assert printed
    assert script not in GALLERY or int(figures.removeprefix("figures:")) >= 1
    assert not list(tmp_path.iterdir())
