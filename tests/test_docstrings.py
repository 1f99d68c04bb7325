"""Docstrings say what the code does: numpydoc's rules, true defaults, no parameter left unread."""

import ast
import dataclasses
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import pytest
from numpydoc.docscrape import get_doc_object
from numpydoc.validate import validate
from sklearn.base import BaseEstimator

from tests._discovery import own_bases, public_classes, public_methods, public_names

# numpydoc's codes that are not enforced, each with its reason; all others are.
IGNORED = {
    "RT02": "one return value has a name too, because its shape is spoken of",
    "SA01": "a See Also section only where there is something to see",
}
IGNORED_IN_METHODS = {
    "ES01": "one sentence can say all; the class says when to use it and when not",
    "EX01": "the example of the class shows its methods at work",
}

# What the type line says of a parameter that is there for the sake of a common signature.
NO_VALUE_TAKEN = {"Ignored", "None"}

_DEFAULT = re.compile(r"\bdefault\s*[=:]?\s*(?P<value>.+)$")

NAMES = public_names()
METHODS = {
    f"{cls.__module__}.{cls.__qualname__}.{name}": thing
    for cls in public_classes()
    for name, thing in public_methods(cls).items()
}
CALLABLES = NAMES | {name: thing for name, thing in METHODS.items() if callable(thing)}


def test_there_is_something_to_check() -> None:
    assert len(NAMES) > 5
    assert len(METHODS) > 10
    assert len([name for name in CALLABLES if _defaults(CALLABLES[name])]) > 10
    assert len(_classes_with_parameters()) > 3


def test_what_is_ignored_is_a_rule_of_numpydoc() -> None:
    from numpydoc.validate import ERROR_MSGS

    assert set(IGNORED) | set(IGNORED_IN_METHODS) <= set(ERROR_MSGS)


@pytest.mark.parametrize("name", NAMES)
def test_public_name_is_documented(name: str) -> None:
    _check_numpydoc(name, NAMES[name], IGNORED)


@pytest.mark.parametrize("name", METHODS)
def test_public_method_is_documented(name: str) -> None:
    _check_numpydoc(name, METHODS[name], IGNORED | IGNORED_IN_METHODS)


def _check_numpydoc(name: str, thing: Any, ignored: dict[str, str]) -> None:
    assert inspect.getdoc(thing), f"{name} has no docstring"
    errors = [(code, text) for code, text in validate(name)["errors"] if code not in ignored]
    if dataclasses.is_dataclass(thing):
        # The fields of a result that callers read, and never build, are its attributes.
        errors = [(code, text) for code, text in errors if code != "PR01"]
        documented = set(_documented(thing, "Parameters")) | set(_documented(thing, "Attributes"))
        missing = {f.name for f in dataclasses.fields(thing) if f.init} - documented
        if missing:
            errors.append(("PR01", f"fields {sorted(missing)} not documented"))
    assert not errors, "\n".join([name, *(f"  {code}: {text}" for code, text in errors)])


def _documented(thing: Any, section: str) -> dict[str, str]:
    """Return ``{name: type line}`` of one section of a docstring."""
    return {
        name: entry.type
        for entry in get_doc_object(thing)[section]
        for name in entry.name.split(", ")
    }


# Defaults -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in CALLABLES if inspect.signature(CALLABLES[name])])
def test_documented_defaults_are_those_of_the_signature(name: str) -> None:
    thing = CALLABLES[name]
    documented = _documented(thing, "Parameters") | _documented(thing, "Other Parameters")
    wrong = []
    for parameter, default in _defaults(thing).items():
        # A parameter that is not documented at all is numpydoc's PR01.
        if documented.get(parameter, "Ignored") not in NO_VALUE_TAKEN:
            said = _DEFAULT.search(documented[parameter])
            if said is None:
                wrong.append(f"{parameter}: no default documented, it is {default!r}")
            elif not _same(said["value"], default):
                wrong.append(f"{parameter}: documented {said['value']}, it is {default!r}")
    for parameter in set(documented) - set(_defaults(thing)):
        if _DEFAULT.search(documented[parameter]):
            wrong.append(f"{parameter}: a default is documented, it has none")
    assert not wrong, "\n".join([name, *wrong])


def _defaults(thing: Callable[..., Any]) -> dict[str, Any]:
    return {
        name: parameter.default
        for name, parameter in inspect.signature(thing).parameters.items()
        if parameter.default is not parameter.empty
    }


def _same(text: str, default: Any) -> bool:
    text = text.strip().strip("`")
    if re.fullmatch(r"\d+/\d+", text):  # a fraction that has no short decimal
        return bool(float(Fraction(text)) == default)
    try:
        value = ast.literal_eval(text)
    except (SyntaxError, ValueError):
        return text in {repr(default), str(default), getattr(default, "__name__", repr(default))}
    return type(value) is type(default) and bool(value == default)


# Parameters that are read -------------------------------------------------------------------------


def _classes_with_parameters() -> list[type]:
    """Return the classes whose constructor is written by hand and takes something."""
    return [
        cls
        for cls in public_classes()
        if not dataclasses.is_dataclass(cls)
        and not inspect.isabstract(cls)
        and inspect.isfunction(cls.__init__)
        and inspect.signature(cls).parameters
        and any("__init__" in vars(base) for base in own_bases(cls))
    ]


@pytest.mark.parametrize("cls", _classes_with_parameters(), ids=lambda cls: cls.__name__)
def test_every_constructor_parameter_is_read(cls: type) -> None:
    read = {name for base in own_bases(cls) for name in _names_read(base)}
    unread = set(inspect.signature(cls).parameters) - read
    assert not unread, f"{cls.__name__} stores {sorted(unread)} and never reads them"


def _names_read(cls: type) -> Iterator[str]:
    """Yield what a class reads of its parameters.

    That is ``self.name`` anywhere outside the constructor; and inside it a bare `name`, unless it
    is only stored (``self.name = name``) or handed to the constructor of a base.
    """
    tree = ast.parse(textwrap.dedent(inspect.getsource(cls))).body[0]
    assert isinstance(tree, ast.ClassDef)
    for member in tree.body:
        if isinstance(member, ast.FunctionDef) and member.name == "__init__":
            for statement in member.body:
                if not _only_stores(statement):
                    yield from (n.id for n in ast.walk(statement) if isinstance(n, ast.Name))
        else:
            for node in ast.walk(member):
                if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                    yield ast.unparse(node).removeprefix("self.")


def _only_stores(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Assign):
        return isinstance(statement.value, ast.Name)
    text = ast.unparse(statement)
    return isinstance(statement, ast.Expr) and text.startswith("super().__init__(")


@pytest.mark.parametrize(
    "cls",
    [cls for cls in public_classes() if issubclass(cls, BaseEstimator)],
    ids=lambda cls: cls.__name__,
)
def test_constructor_only_stores(cls: type) -> None:
    """An estimator is cloned by its parameters: its constructor must not change or check them."""
    for base in own_bases(cls):
        constructor = vars(base).get("__init__")
        if constructor is None:
            continue
        tree = ast.parse(textwrap.dedent(inspect.getsource(constructor))).body[0]
        assert isinstance(tree, ast.FunctionDef)
        for statement in tree.body:
            assert _only_stores(statement), f"{base.__name__}.__init__: {ast.unparse(statement)}"
