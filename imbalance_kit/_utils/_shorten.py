"""Names as long as there is room for."""


def shorten(text: str, width: int) -> str:
    """Return the text, cut where it is longer than `width`."""
    return text if len(text) <= width else f"{text[: width - 3]}..."
