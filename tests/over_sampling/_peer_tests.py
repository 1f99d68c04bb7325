"""imbalanced-learn's test modules, which ship with it, as cases to run against our classes."""

import inspect
from collections.abc import Mapping
from itertools import product
from types import ModuleType
from typing import Any

import pytest


def cases(module: ModuleType, deviations: Mapping[str, str]) -> list[Any]:
    """Return (test, arguments) for the tests of a module; what must fail is marked, with a reason.

    Fixtures of the module that take no arguments are called; those of pytest are not known here.
    """
    found: list[Any] = []
    for name, test in vars(module).items():
        if not name.startswith("test_") or not inspect.isfunction(test):
            continue
        marks = []
        if name in deviations:
            marks = [pytest.mark.xfail(reason=deviations[name], strict=True)]
        for number, arguments in enumerate(_arguments(module, test)):
            found.append(pytest.param(test, arguments, marks=marks, id=f"{name}-{number}"))
    assert found, "no test to run"
    assert not set(deviations) - set(vars(module)), "deviations from tests that do not exist"
    return found


def _arguments(module: ModuleType, test: Any) -> list[dict[str, Any]]:
    """Return the arguments of each call of a test, by its parametrize marks and fixtures."""
    choices: list[list[dict[str, Any]]] = []
    for mark in getattr(test, "pytestmark", []):
        if mark.name == "parametrize":
            names = mark.args[0]
            names = names.replace(" ", "").split(",") if isinstance(names, str) else names
            values = [value if len(names) > 1 else (value,) for value in mark.args[1]]
            choices.append([dict(zip(names, value, strict=True)) for value in values])
    calls = [{k: v for part in parts for k, v in part.items()} for parts in product(*choices)]
    for name in inspect.signature(test).parameters:
        for call in calls:
            if name not in call:
                call[name] = vars(module)[name].__wrapped__()
    return calls
