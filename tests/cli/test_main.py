import subprocess
import sys
from pathlib import Path

import pytest

import imbalance_kit
from imbalance_kit.cli import main

ROOT = Path(imbalance_kit.__file__).parents[1]


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"imbalance-kit {imbalance_kit.__version__}\n"


def test_arguments_come_from_the_command_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["imbalance-kit", "--version"])
    assert main() == 0
    assert capsys.readouterr().out.startswith("imbalance-kit ")


def test_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "imbalance_kit", "compare", "no_such_file.csv"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == "Error: There is no file 'no_such_file.csv'.\n"
    assert done.stdout == ""


@pytest.mark.parametrize("library", ["typer", "rich", "pandas"])
def test_without_the_extra(
    library: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    assert main(["compare"]) == 2
    assert capsys.readouterr().err == (
        f"Error: The command imbalance-kit needs {library}, which is not installed. "
        "Hint: pip install 'imbalance-kit[cli]'\n"
    )


def test_importing_the_entry_point_loads_neither_parser_nor_tables() -> None:
    code = (
        "import sys, sklearn.utils, imblearn.base; before = set(sys.modules)\n"
        "import imbalance_kit.cli\n"
        "new = set(sys.modules) - before\n"
        "print(sorted(new & {'typer', 'rich', 'matplotlib', 'pyarrow'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_interrupted_while_libraries_load(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("imbalance_kit.cli._main.import_optional", interrupt)
    assert main(["compare"]) == 130
    assert capsys.readouterr().err == "Interrupted.\n"


def test_interrupted_while_loading(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("imbalance_kit.cli._app.app", interrupt)
    assert main(["compare"]) == 130
    assert capsys.readouterr().err == "Interrupted.\n"
