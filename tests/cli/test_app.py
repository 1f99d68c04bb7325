import pytest
import typer

from imbalance_kit.cli import main
from imbalance_kit.cli._app import with_messages
from imbalance_kit.cli._messages import InputError


def test_commands_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    out = capsys.readouterr().out
    assert "compare" in out
    assert "Tell what resampling" in out


def test_without_a_command_the_help_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    captured = capsys.readouterr()
    assert "compare" in captured.out + captured.err


def test_unknown_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compar"]) == 2
    assert "compar" in capsys.readouterr().err


def test_a_problem_is_one_message(capsys: pytest.CaptureFixture[str]) -> None:
    @with_messages
    def command() -> None:
        raise InputError("It is wrong.", "mend it.")

    with pytest.raises(typer.Exit) as end:
        command()
    assert end.value.exit_code == 2
    assert capsys.readouterr().err == "Error: It is wrong. Hint: mend it.\n"


def test_an_interrupt_has_no_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    @with_messages
    def command() -> None:
        raise KeyboardInterrupt

    with pytest.raises(typer.Exit) as end:
        command()
    assert end.value.exit_code == 130
    assert capsys.readouterr().err == "Interrupted.\n"


def test_a_mistake_of_ours_is_not_hidden() -> None:
    @with_messages
    def command() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        command()
