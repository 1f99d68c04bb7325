"""The console that reports are printed on."""

import shutil
import sys

from rich.console import Console

from imbalance_kit.cli._tables import WIDTH


def make_console() -> Console:
    """Return a console as wide as the terminal, at most 100 columns; 100 in a file or a pipe."""
    columns = shutil.get_terminal_size((WIDTH, 24)).columns if sys.stdout.isatty() else WIDTH
    return Console(width=min(columns, WIDTH), highlight=False)
