"""What the caller can put right: one message, the way out, exit code 2."""

from collections.abc import Iterable, Mapping

from imbalance_kit._utils._nearest_names import nearest_names


class InputError(Exception):
    """Wrong use or bad input: one message, exit code 2.

    Parameters
    ----------
    message : str
        What is wrong, what was expected and what was got, in whole sentences.
    hint : str, default=""
        The way out, without the word "Hint".
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} Hint: {self.hint}" if self.hint else self.message


def quote_some(names: Iterable[object], limit: int = 8) -> str:
    """Return the names in quotes, the first few of many."""
    quoted = [repr(str(name)) for name in names]
    more = f" and {len(quoted) - limit} more" if len(quoted) > limit else ""
    return ", ".join(quoted[:limit]) + more


def did_you_mean(name: str, known: Iterable[object]) -> str:
    """Return a hint with the nearest of the known names, or with some of all."""
    names = [str(one) for one in known]
    near = nearest_names(name, names)
    if near:
        return f"did you mean {' or '.join(map(repr, near))}?"
    return f"there are {quote_some(names)}." if names else ""


def in_words(text: str, words: Mapping[str, str]) -> str:
    """Return a message of the library with its names replaced by those that the command has."""
    for name, word in words.items():
        text = text.replace(name, word)
    return text


def count_of(number: int, singular: str, plural: str = "") -> str:
    """Return the number with its noun: "1 row", "1,200 rows"."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"
