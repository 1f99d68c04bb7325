"""The mutants of a module: one small change each, made by the operators of mutmut.

Left out, because no behaviour hangs on them: annotations and type aliases, docstrings, decorators,
the texts of errors and warnings (all that a `raise` or a `warnings.warn` is given, and any string
with a space in it), `__all__`, what is under `TYPE_CHECKING`, and the `strict=` of a `zip`, which
only guards against ourselves. As in mutmut, calls of `len` and `isinstance` are left alone.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path

import libcst as cst
import libcst.matchers as m
from libcst.metadata import (
    CodePosition,
    MetadataWrapper,
    ParentNodeProvider,
    PositionProvider,
    WhitespaceInclusivePositionProvider,
)
from mutmut.mutation.mutators import mutation_operators

_TYPE_ALIAS = re.compile(r"_?[A-Z]+[a-z]")  # CamelCase: classes and type aliases, not constants
_UNTOUCHED = (
    m.Annotation()
    | m.Decorator()
    | m.Import()
    | m.ImportFrom()
    | m.Raise()
    | m.Call(func=m.Name("len") | m.Name("isinstance"))
    | m.Call(func=m.Attribute(value=m.Name("warnings"), attr=m.Name("warn")))
    | m.If(test=m.Name("TYPE_CHECKING"))
    | m.Arg(keyword=m.Name("strict"))
)


@dataclass(frozen=True)
class Mutant:
    """One change of one module.

    Invariant: `name` tells the mutants of a package apart and outlives changes elsewhere in the
    file. `lines` are those of the statement that is changed. `function` is the qualified name of
    the outermost function around the change; None where it takes effect at import, and then
    `targets` are the names that the statement binds.
    """

    module: str
    name: str
    lines: range
    function: str | None
    targets: tuple[str, ...]
    source: str


def mutants_of(path: Path, root: Path) -> Iterator[Mutant]:
    """Yield the mutants of one file, in its order; each differs from all others."""
    text = path.read_text()
    finder = _Finder(MetadataWrapper(cst.parse_module(text)), text)
    module = str(path.relative_to(root))
    seen, repeats = {text}, Counter[str]()
    for original, mutated in finder.changes:
        source = finder.with_change(original, mutated)
        if source in seen:
            continue
        seen.add(source)
        lines, function, targets = finder.place(original)
        name = f"{module} {function or 'import'}: {finder.describe(original, mutated)}"
        repeats[name] += 1
        if repeats[name] > 1:
            name += f" #{repeats[name]}"
        yield Mutant(module, name, lines, function, targets, source)


class _Finder(cst.CSTVisitor):
    """Collect (node, what replaces it), and say where a node stands."""

    def __init__(self, wrapper: MetadataWrapper, text: str) -> None:
        self._module = wrapper.module
        self._parents = wrapper.resolve(ParentNodeProvider)
        self._positions = wrapper.resolve(PositionProvider)
        self._spans = wrapper.resolve(WhitespaceInclusivePositionProvider)
        self._text = text
        self._starts = [0, *accumulate(map(len, text.splitlines(keepends=True)))]
        self.changes: list[tuple[cst.CSTNode, cst.CSTNode]] = []
        wrapper.module.visit(self)

    def on_visit(self, node: cst.CSTNode) -> bool:
        if _is_left_out(node):
            return False
        for kind, operator in mutation_operators:
            if isinstance(node, kind):
                self.changes += [
                    (node, new) for new in operator(node) if not _only_strict(node, new)
                ]
        return True

    def with_change(self, original: cst.CSTNode, mutated: cst.CSTNode) -> str:
        """Return the file with one node replaced, and all other characters where they were."""
        span = self._spans[original]
        start, stop = (self._offset(at) for at in (span.start, span.end))
        before = self._module.code_for_node(original)
        if self._text[start:stop].split() != before.split():  # indentation inside parentheses
            raise AssertionError(f"{before!r} is not at its place.")
        after = self._module.code_for_node(mutated)
        return self._text[:start] + after + self._text[stop:]

    def place(self, node: cst.CSTNode) -> tuple[range, str | None, tuple[str, ...]]:
        """Return the lines of the statement around a node, its function, and the names bound."""
        around = [node, *self._ancestors(node)]
        statement = self._statement(around)
        position = self._positions[statement]
        lines = range(position.start.line, position.end.line + 1)
        outer = [a for a in around if isinstance(a, (cst.FunctionDef, cst.ClassDef))][::-1]
        names = [a.name.value for a in outer]
        depth = next((i for i, a in enumerate(outer) if isinstance(a, cst.FunctionDef)), None)
        if depth is None:
            return lines, None, tuple(".".join([*names, name]) for name in _bound(statement))
        function = ".".join(names[: depth + 1])
        if outer[depth].params in around:  # a default: evaluated at import
            return lines, None, (function,)
        return lines, function, ()

    def describe(self, original: cst.CSTNode, mutated: cst.CSTNode) -> str:
        """Return what is replaced by what, and the statement it stands in."""
        statement = self._statement([original, *self._ancestors(original)])
        before, after, line = (
            " ".join(self._module.code_for_node(node).split())
            for node in (original, mutated, statement)
        )
        return f"{before}  ->  {after}" + (f"  in  {line[:160]}" if line != before else "")

    def _statement(self, around: list[cst.CSTNode]) -> cst.CSTNode:
        """Return the innermost simple statement, or the part of a compound one's head."""
        compound = (cst.BaseCompoundStatement, cst.Module)
        for inner, node in pairwise(around):
            if isinstance(node, compound):
                return inner
            if isinstance(inner, cst.BaseSmallStatement):
                return inner
        return around[0]

    def _offset(self, position: CodePosition) -> int:
        return self._starts[position.line - 1] + position.column

    def _ancestors(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        while (node := self._parents.get(node)) is not None:
            yield node


def _is_left_out(node: cst.CSTNode) -> bool:
    if m.matches(node, _UNTOUCHED):
        return True
    if isinstance(node, (cst.SimpleString, cst.FormattedString)) and _is_prose(node):
        return True
    if isinstance(node, (cst.Assign, cst.AnnAssign)):
        return any(name == "__all__" or _TYPE_ALIAS.match(name) for name in _bound(node))
    return m.matches(node, m.SimpleStatementLine(body=[m.Expr(m.SimpleString())]))


def _is_prose(node: cst.SimpleString | cst.FormattedString) -> bool:
    if isinstance(node, cst.SimpleString):
        return " " in node.value
    return any(
        isinstance(part, cst.FormattedStringText) and " " in part.value for part in node.parts
    )


def _only_strict(node: cst.CSTNode, new: cst.CSTNode) -> bool:
    """Whether a call lost nothing but its `strict=`."""
    if not (isinstance(node, cst.Call) and isinstance(new, cst.Call)):
        return False
    strict = m.Arg(keyword=m.Name("strict"))
    old_args = [arg for arg in node.args if not m.matches(arg, strict)]
    new_args = [arg for arg in new.args if not m.matches(arg, strict)]
    return len(old_args) < len(node.args) and old_args == new_args


def _bound(statement: cst.CSTNode) -> list[str]:
    targets: list[cst.CSTNode] = []
    if isinstance(statement, cst.Assign):
        targets = [target.target for target in statement.targets]
    elif isinstance(statement, cst.AnnAssign):
        targets = [statement.target]
    return [name.value for target in targets for name in m.findall(target, m.Name())]
