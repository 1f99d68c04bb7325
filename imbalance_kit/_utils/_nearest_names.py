"""What somebody may have meant by a name that is not there."""

from collections.abc import Iterable
from difflib import get_close_matches


def nearest_names(name: str, known: Iterable[object]) -> list[str]:
    """Return up to three of the known names that look like `name`, the nearest first."""
    by_lower = {one.lower(): one for one in reversed([str(one) for one in known])}
    near = get_close_matches(str(name).lower(), by_lower, n=3, cutoff=0.6)
    return [by_lower[one] for one in near]
