"""How the displays of balance and weights look: colours with one meaning each, light axes."""

from collections.abc import Mapping
from typing import Any

from imbalance_kit._utils._optional import import_optional

TARGET = "#718096"
BEFORE = "#2b6cb0"
AFTER = ("#c05621", "#2f855a", "#805ad5", "#b7791f", "#d53f8c", "#285e61")


def tidy(ax: Any, *, grid: str = "both") -> None:
    """Take away what says nothing: upper and right spine; a faint grid behind the marks."""
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(axis=grid, alpha=0.25, linewidth=0.6)
    ax.set_axisbelow(True)


def new_figure(purpose: str, width: float, height: float) -> Any:
    """Return an empty figure, or raise what says how to install matplotlib."""
    pyplot = import_optional("matplotlib.pyplot", extra="plot", purpose=purpose)
    return pyplot.figure(figsize=(width, height), layout="constrained")


def named(values: Any, kind: type, *, name: str, alone: str) -> dict[str, Any]:
    """Return `values` as a dict by name; a single one goes by the name `alone`."""
    given = {alone: values} if isinstance(values, kind) else values
    if not isinstance(given, Mapping):
        raise TypeError(
            f"`{name}` must be a {kind.__name__} or a dict {{name: {kind.__name__}}}, got "
            f"{type(values)!r}."
        )
    if not given:
        raise ValueError(f"`{name}` is empty: give at least one {kind.__name__}.")
    for key, value in given.items():
        if not isinstance(value, kind):
            raise TypeError(f"`{name}`[{key!r}] must be a {kind.__name__}, got {type(value)!r}.")
    return dict(given)
