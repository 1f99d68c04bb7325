"""Start the command `imbalance-kit` so that Ctrl-C is quiet from the first moment to the last.

This file is no part of the package, because importing a package runs it: for the seconds in which
numpy, pandas and scikit-learn are loaded an interrupt would end in a traceback.
"""

import os
import signal
import sys
from contextlib import suppress
from importlib import import_module
from types import FrameType

_INTERRUPTED = 130


def main() -> int:
    """Load the command and run it; see `imbalance_kit.cli.main`."""
    ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # not under nohup
    if ours:
        signal.signal(signal.SIGINT, _leave)
    run = import_module("imbalance_kit.cli").main
    with suppress(ImportError):  # `run` says what is missing
        import_module("imbalance_kit.cli._app")
    if ours:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    code: int = run()
    if ours:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # all is written: Python only ends
    return code


def _leave(number: int, frame: FrameType | None) -> None:
    """End at once: nothing has been opened or written, and libraries are half loaded."""
    os.write(2, b"Interrupted.\n")
    os._exit(_INTERRUPTED)


if __name__ == "__main__":
    sys.exit(main())
