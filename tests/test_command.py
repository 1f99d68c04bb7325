"""The start of the command `imbalance-kit`: quiet when it is interrupted, at any moment."""

import os
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import imbalance_kit_command

ROOT = Path(imbalance_kit_command.__file__).parent

# `loading` stands for the imports, `run` for the command; both are told by what they print.
SCRIPT = """
import os, signal, sys, types
import imbalance_kit_command as command
signal.signal(signal.SIGINT, signal.{before})
def loading(name):
    {loading}
    return types.SimpleNamespace(main=run)
def run():
    {run}
    return 7
command.import_module = loading
code = command.main()
print(code, signal.getsignal(signal.SIGINT).__class__.__name__)
{after}
"""
INTERRUPT = "os.kill(os.getpid(), signal.SIGINT)"


def ended(
    *,
    before: str = "default_int_handler",
    loading: str = "pass",
    run: str = "pass",
    after: str = "",
) -> subprocess.CompletedProcess[str]:
    script = SCRIPT.format(before=before, loading=loading, run=run, after=after)
    return subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_is_what_the_package_installs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert project["project"]["scripts"] == {"imbalance-kit": "imbalance_kit_command:main"}
    assert "imbalance_kit_command.py" in str(project["tool"]["hatch"]["build"]["targets"]["wheel"])


def test_it_runs_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["imbalance-kit", "compare", "no_such_file.csv"])
    handler = signal.getsignal(signal.SIGINT)
    try:
        assert imbalance_kit_command.main() == 2
    finally:
        signal.signal(signal.SIGINT, handler)
    assert capsys.readouterr().err == "Error: There is no file 'no_such_file.csv'.\n"


def test_what_it_returns() -> None:
    done = ended()
    assert (done.returncode, done.stdout, done.stderr) == (0, "7 Handlers\n", "")


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_interrupted_while_loading() -> None:
    done = ended(loading=INTERRUPT)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "Interrupted.\n")


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_interrupted_while_running_is_for_the_command_to_handle() -> None:
    done = ended(
        run=f"try: {INTERRUPT}; import time; time.sleep(5)\n    except KeyboardInterrupt: return 9"
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "9 Handlers\n", "")


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_interrupted_at_the_end_says_nothing() -> None:
    done = ended(after=f"sys.stdout.flush(); {INTERRUPT}; print('not reached')")
    assert done.returncode == -signal.SIGINT  # which a shell calls 130
    assert (done.stdout, done.stderr) == ("7 Handlers\n", "")


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_what_ignores_interrupts_goes_on_to_ignore_them() -> None:
    done = ended(before="SIG_IGN", loading=INTERRUPT, run=INTERRUPT, after=INTERRUPT)
    assert (done.returncode, done.stdout, done.stderr) == (0, "7 Handlers\n", "")
