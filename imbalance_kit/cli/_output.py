"""Files that are written whole or not at all, and known to be writable before the work starts.

Standard output, which cannot be known beforehand, fails with a message.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from imbalance_kit.cli._messages import InputError


def check_outputs(outputs: dict[str, Path | None], source: Path | None) -> None:
    """Raise unless each path can be written; nothing is changed on disk.

    Parameters
    ----------
    outputs : dict of {option: path or None}
        Paths by the option that names them.
    source : Path or None
        The file that is read, which must not be among them.

    Raises
    ------
    InputError
        If a folder does not exist or cannot be written to, a path is a folder, is the input file,
        or is given twice.
    """
    taken: dict[Path, str] = {}
    for option, path in outputs.items():
        if path is None:
            continue
        real = path.resolve()
        if source is not None and real == source.resolve():
            raise InputError(f"{option} would overwrite the input file '{path}'.")
        if real in taken:
            raise InputError(f"{taken[real]} and {option} name the same file, '{path}'.")
        taken[real] = option
        _check_writable(option, path, real)


def write_whole(path: Path, text: str) -> None:
    """Write the text to the path in one move: a reader sees the old file or the new one.

    Raises
    ------
    InputError
        If it cannot be written after all (a full disk, say); an older file is left as it was.
    """
    # A file name may hold bytes that are no UTF-8, which Python keeps as lone surrogates.
    write_whole_bytes(path, text.encode(errors="backslashreplace"))


def write_whole_bytes(path: Path, content: bytes) -> None:
    """Write the bytes to the path in one move, as `write_whole` does."""
    real = path.resolve()
    try:
        if _is_special(path):
            path.write_bytes(content)
            return
        draft = _draft(real)
        try:
            _create(draft, content)
            if real.exists():
                shutil.copymode(real, draft)
            draft.replace(real)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"'{path}' cannot be written: {error.strerror or error}.") from error


@contextmanager
def standard_output() -> Iterator[None]:
    """Print inside it: a full disk is one message, a reader who has left (`head`) is none.

    Raises
    ------
    InputError
        If what was printed cannot be written.
    SystemExit
        With code 1 if nobody reads any more.
    """
    if hasattr(sys.stdout, "reconfigure"):  # a character that the encoding lacks stops nothing
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        _discard_standard_output()
        raise SystemExit(1) from None
    except OSError as error:
        _discard_standard_output()
        raise InputError(
            f"Standard output cannot be written: {error.strerror or error}."
        ) from error


def _discard_standard_output() -> None:
    """Send what is left in the buffer nowhere, so that Python does not try again at its end."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)


def _check_writable(option: str, path: Path, real: Path) -> None:
    cannot = f"{option} '{path}' cannot be written"
    try:
        reason = _why_not(path, real)
    except OSError as error:
        raise InputError(f"{cannot}: {error.strerror or error}.") from error
    if reason:
        raise InputError(f"{cannot}: {reason}.")


def _why_not(path: Path, real: Path) -> str:
    """Return the reason why the path cannot be written, or "", by writing a draft beside it."""
    if real.is_dir():
        return "it is a folder"
    if path.exists() and not os.access(path, os.W_OK):
        return "the file is read-only"
    if _is_special(path):
        return ""
    if not real.parent.is_dir():
        what = "is not a folder" if real.parent.exists() else "does not exist"
        return f"the folder '{real.parent}' {what}"
    draft = _draft(real)
    try:
        _create(draft, b"")
    finally:
        draft.unlink(missing_ok=True)
    return ""


def _is_special(path: Path) -> bool:
    """Whether it is a device or a pipe, as /dev/stdout: written to, never replaced."""
    return path.exists() and not path.is_file()


def _draft(real: Path) -> Path:
    return real.with_name(f".{real.name[:100]}.{uuid4().hex[:12]}.part")


def _create(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
