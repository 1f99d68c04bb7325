"""The entry point: everything that can go wrong ends here in a message and an exit code."""

import sys
from collections.abc import Sequence

from imbalance_kit._utils._optional import import_optional

DONE, WRONG_USE, INTERRUPTED = 0, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Use it to call the command from Python, or from a script of your own; the command
    `imbalance-kit` calls it. In programs call the functions instead, such as
    :func:`~imbalance_kit.compare_strategies`: they return values, this prints.

    Parameters
    ----------
    arguments : sequence of str or None, default=None
        What follows the name of the command; None takes ``sys.argv[1:]``.

    Returns
    -------
    code : int
        0: done. 2: wrong use or bad input, with a message on standard error. 130: interrupted.
        1: standard output was closed early, as by `head`.

    See Also
    --------
    imbalance_kit.compare_strategies : What the command `compare` calls.

    Notes
    -----
    Needs the extra "cli" (typer, rich, pandas).

    Examples
    --------
    >>> from imbalance_kit.cli import main
    >>> main(["--version"])
    imbalance-kit 0...
    0
    """
    try:
        for library in ("typer", "rich", "pandas"):
            import_optional(library, extra="cli", purpose="The command imbalance-kit")
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return INTERRUPTED
    except ImportError as error:
        print(f"Error: {error}", file=sys.stderr)
        return WRONG_USE
    try:
        from imbalance_kit.cli._app import app

        app(args=None if arguments is None else list(arguments), prog_name="imbalance-kit")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else DONE
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return INTERRUPTED
    return DONE
