"""The promise that the site loads nothing from elsewhere, checked on the pages as they are written.

Links to follow are not meant: scripts, styles, pictures, frames and fonts are. Mathematical markup
would load a script, for example; formulas are written as code.
"""

import re
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util import logging

_LOADED = re.compile(
    r"""<(?:script|img|iframe|source|embed|object|video|audio)\b[^>]*?(?:src|data)=["'](?:https?:)?//[^"']+"""
    r"""|<link\b[^>]*?href=["'](?:https?:)?//[^"']+"""
    r"""|(?:url\(|@import\s)\s*["']?(?:https?:)?//[^"')]+"""
)


def check_pages(app: Sphinx, problem: Exception | None) -> None:
    """Warn of every page or style sheet that loads from another place."""
    if problem is not None or app.builder.format != "html":
        return
    files = [path for path in Path(app.outdir).rglob("*") if path.suffix in {".html", ".css"}]
    if not files:
        raise RuntimeError("no page was written")
    for path in files:
        for found in _LOADED.findall(path.read_text(encoding="utf-8")):
            logging.getLogger(__name__).warning("%s loads from elsewhere: %s", path.name, found)


def setup(app: Sphinx) -> dict[str, bool]:
    """Have the pages checked once all of them are written."""
    app.connect("build-finished", check_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
