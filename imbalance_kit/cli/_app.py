"""The commands and what they share: `--version`, messages, exit codes."""

from collections.abc import Callable
from functools import wraps
from inspect import cleandoc
from typing import Annotated, Any

import typer

from imbalance_kit import __version__
from imbalance_kit.cli._compare import compare
from imbalance_kit.cli._downsample import downsample_command
from imbalance_kit.cli._main import INTERRUPTED, WRONG_USE
from imbalance_kit.cli._messages import InputError
from imbalance_kit.cli._score import score
from imbalance_kit.cli._weight import weight

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
        except KeyboardInterrupt as stop:
            typer.echo(" ".join(["Interrupted.", *stop.args]), err=True)
            raise typer.Exit(INTERRUPTED) from None

    return run


def _one_line_per_paragraph(docstring: str | None) -> str:
    """Return the text for a reader of unknown width: typer keeps the ends of lines."""
    paragraphs = cleandoc(docstring or "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"imbalance-kit {__version__}")
        raise typer.Exit


@app.callback()
def imbalance_kit(
    show_version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Change training data that are not shaped like the world, and undo it in predictions."""


_COMMANDS: dict[str, Callable[..., None]] = {
    "compare": compare,
    "downsample": downsample_command,
    "score": score,
    "weight": weight,
}

for _name, _command in _COMMANDS.items():
    app.command(_name, help=_one_line_per_paragraph(_command.__doc__))(with_messages(_command))
