"""Links that are written for plain reading, made to lead somewhere on the site as well.

- The name of a public class or function in code style becomes a link to its page in the reference,
  in Markdown and in docstrings: nobody has to write a role.
- A reference by a short name (`See Also` of a docstring) finds the folder of the name.
- A link to an example script leads to its page in the gallery, one to the README to the landing
  page. Any other file of the repository is copied, and the link leads to the copy.
"""

import re
from pathlib import Path
from typing import Any

from docutils import nodes
from own_members import full_names
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "docs" / "examples"
PAGES = {ROOT / "README.md": "index", EXAMPLES / "GALLERY_HEADER.rst": "gallery/index"}

# `SMOTE`, `SMOTE(k_neighbors=3)`, `ClassShift.from_counts(...)`; what is no public name stays.
_NAME = re.compile(r"(?:imbalance_kit\.)?(\w+)((?:\.\w+)?)(?:\(.*\))?", re.DOTALL)


class LinkPublicNames(SphinxTransform):
    """Wrap code that is a public name into a reference to its page."""

    default_priority = 500

    def apply(self, **_: Any) -> None:
        """Walk the literals of the page that are not part of a link already."""
        names = full_names()
        own = self.env.docname.rpartition(".")[2]
        for literal in list(self.document.findall(nodes.literal)):
            match = _NAME.fullmatch(literal.astext())
            if match is None or match[1] not in names or match[1] == own or _in_link(literal):
                continue
            reference = addnodes.pending_xref(
                "",
                refdomain="py",
                reftype="obj",
                reftarget=names[match[1]] + match[2],
                refexplicit=True,
                refwarn=True,
                refdoc=self.env.docname,
            )
            literal.replace_self(reference)
            reference += literal


class LinkPages(SphinxTransform):
    """Turn links to files that are pages of the site into links to those pages."""

    default_priority = 500

    def apply(self, **_: Any) -> None:
        """Look at the links to files: downloads, and sources that are no page by themselves."""
        for link in list(self.document.findall(addnodes.download_reference)):
            self._replace(
                link, Path(self.env.doc2path(self.env.docname)).parent / link["reftarget"]
            )
        for link in list(self.document.findall(addnodes.pending_xref)):
            if link.get("refdomain") == "doc":
                self._replace(link, Path(self.env.doc2path(link["reftarget"])))

    def _replace(self, link: nodes.Element, file: Path) -> None:
        file = file.resolve()
        page = PAGES.get(file)
        if file.parent == EXAMPLES and file.name.startswith("plot_"):
            page = f"gallery/{file.stem}"
        if page is not None:
            reference = addnodes.pending_xref(
                "",
                *link.children,
                refdomain="std",
                reftype="doc",
                reftarget="/" + page,
                refexplicit=True,
                refwarn=True,
                refdoc=self.env.docname,
            )
            link.replace_self(reference)


def _in_link(node: nodes.Node) -> bool:
    kinds = (nodes.reference, addnodes.pending_xref, addnodes.download_reference, nodes.title)
    while node.parent is not None:
        node = node.parent
        if isinstance(node, kinds):
            return True
    return False


def resolve_short_name(
    app: Sphinx, env: BuildEnvironment, node: addnodes.pending_xref, content: nodes.Element
) -> nodes.Element | None:
    """Find the page of a name that was given without its folder, or with the package alone.

    An attribute that has no entry of its own is explained on the page of its class.
    """
    if node.get("refdomain") != "py":
        return None
    names = full_names()
    parts = node["reftarget"].split(".")
    start = next((place for place, part in enumerate(parts) if part in names), None)
    if start is None:
        return None
    name = names[parts[start]]
    for target in (".".join([name, *parts[start + 1 :]]), name):
        found = env.domains["py"].resolve_xref(
            env, node["refdoc"], app.builder, "obj", target, node, content
        )
        if found is not None:
            return found
    return None


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the transforms and the resolver with Sphinx."""
    app.add_transform(LinkPublicNames)
    app.add_transform(LinkPages)
    app.connect("missing-reference", resolve_short_name)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
