"""The commands and what they share: `--version`, messages, exit codes."""

from collections.abc import Callable
from functools import wraps
from importlib.metadata import version
from typing import Annotated, Any

import typer

from imbalance_kit.cli._compare import compare
from imbalance_kit.cli._main import INTERRUPTED, WRONG_USE
from imbalance_kit.cli._messages import InputError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
)


def with_messages(command: Callable[..., None]) -> Callable[..., None]:
    """Turn problems into one message and exit code 2, an interrupt into exit code 130."""

    @wraps(command)
    def run(*arguments: Any, **options: Any) -> None:
        try:
            command(*arguments, **options)
        except InputError as error:
            typer.echo(f"Error: {error}", err=True)
            raise typer.Exit(WRONG_USE) from None
        except KeyboardInterrupt:
            typer.echo("Interrupted: nothing was written.", err=True)
            raise typer.Exit(INTERRUPTED) from None

    return run


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"imbalance-kit {version('imbalance-kit')}")
        raise typer.Exit


@app.callback()
def imbalance_kit(
    show_version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Change training data that are not shaped like the world, and undo it in predictions."""


app.command()(with_messages(compare))
