"""Whose line a warning names: that of the code that called the package, however deep it is."""

import inspect

_OURS = __name__.partition(".")[0]


def callers_stacklevel() -> int:
    """Return the `stacklevel` with which `warnings.warn` names the first line outside the package.

    Use it where one warning is reached from public methods of different depth, such as `fit` and
    `fit_weights`, so that no fixed number names the caller of each. It counts from the function
    that asks: ``warnings.warn(text, UserWarning, stacklevel=callers_stacklevel())``.
    """
    frame = inspect.currentframe()
    level = 0
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] == _OURS:
        frame, level = frame.f_back, level + 1
    return level
