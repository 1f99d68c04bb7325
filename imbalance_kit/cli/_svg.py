"""A few shapes of SVG as text. Colours are classes of the page, so that they follow its theme."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray


def element(name: str, content: str = "", /, **attributes: object) -> str:
    """Return an element; ``class_`` stands for class, and underscores for hyphens."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_plain(value))}"'
        for key, value in attributes.items()
    )
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"


def text(x: float, y: float, words: str, class_: str = "label", anchor: str = "middle") -> str:
    """Return a line of text, its baseline at (x, y)."""
    return element("text", escape(words), x=x, y=y, class_=class_, text_anchor=anchor)


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> str:
    """Return a straight line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def path(points: Iterable[tuple[float, float]], class_: str, *, closed: bool = False) -> str:
    """Return straight lines from point to point."""
    d = "L".join(f"{_plain(x)} {_plain(y)}" for x, y in points)
    return element("path", d=f"M{d}{'Z' if closed else ''}", class_=class_)


def picture(width: float, height: float, title: str, content: Sequence[str]) -> str:
    """Return a drawing that scales with its place on the page and says what it shows."""
    return (
        f'<svg viewBox="0 0 {_plain(width)} {_plain(height)}" role="img" '
        f'aria-label="{escape(title)}">{"".join(content)}</svg>'
    )


@dataclass(frozen=True)
class Axis:
    """A stretch of numbers laid on a stretch of the drawing; numbers outside land on its ends."""

    low: float
    high: float
    start: float
    end: float
    transform: Callable[[NDArray[np.float64]], NDArray[np.float64]] | None = None

    def __call__(self, values: object) -> NDArray[np.float64]:
        """Return the positions of the values."""
        ends = np.array([self.low, self.high])
        numbers = np.clip(np.asarray(values, dtype=np.float64), *ends)
        if self.transform is not None:
            numbers, ends = self.transform(numbers), self.transform(ends)
        along: NDArray[np.float64] = (numbers - ends[0]) / (ends[1] - ends[0])
        return self.start + along * (self.end - self.start)


def log_odds(proba: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return log(p / (1 - p)), the scale on which rare and common read alike."""
    odds: NDArray[np.float64] = np.log(proba) - np.log1p(-proba)
    return odds


def _plain(value: object) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
