"""The parts that all pages share: style, lists, figures, keys, footer.

A page is `page.html` around the sections of another `.html` file of this folder, both filled in.
Everything that comes from the data is escaped, and the page forbids itself to load anything.
"""

import platform
from collections.abc import Iterable, Mapping
from html import escape
from importlib.metadata import version
from importlib.resources import files
from string import Template

from imbalance_kit import __version__


def fill_page(sections: str, parts: Mapping[str, str]) -> str:
    """Return the page with the sections of this name; its parts are HTML already."""
    inner = Template(_read(sections)).substitute(parts)
    return Template(_read("page.html")).substitute(
        parts, sections=inner, style=_read("style.css"), footer=_footer()
    )


def _read(name: str) -> str:
    return files("imbalance_kit.cli").joinpath(name).read_text("utf-8")


def make_items(texts: Iterable[str]) -> str:
    """Return the entries of a list."""
    return "".join(f"<li>{escape(one)}</li>" for one in texts)


def make_entries(entries: Mapping[str, str]) -> str:
    """Return names and what they are; those that are nothing are left out."""
    return "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(words)}</dd>"
        for name, words in entries.items()
        if words
    )


def make_figures(drawings: Iterable[tuple[str, str]]) -> str:
    """Return drawings, which are SVG already, under their names."""
    return "".join(f"<figure><h3>{escape(name)}</h3>{svg}</figure>" for name, svg in drawings)


def make_key(samples: Iterable[tuple[str, str]]) -> str:
    """Return the key of a drawing: words, and a shape on 30 x 10 that is SVG already."""
    entries = (
        f'<span><svg viewBox="0 0 30 10" aria-hidden="true">{shape}</svg>{escape(words)}</span>'
        for words, shape in samples
    )
    return f'<div class="key">{"".join(entries)}</div>'


def _footer() -> str:
    """Return what the page was made with."""
    others = ", ".join(f"{name} {version(name)}" for name in ("scikit-learn", "imbalanced-learn"))
    return escape(
        f"Made by imbalance-kit {__version__}, with {others}, Python {platform.python_version()}."
    )
