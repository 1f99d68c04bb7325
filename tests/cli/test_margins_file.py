import json
from pathlib import Path
from typing import Any

import pytest

from imbalance_kit import Margins
from imbalance_kit.cli._margins_file import as_text, read_margins
from imbalance_kit.cli._messages import InputError


def write(folder: Path, content: Any) -> Path:
    path = folder / "m.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return path


@pytest.mark.parametrize(
    "margins",
    [
        Margins({"a": {"x": 3, None: 2}, "n": 10.5}),
        Margins({("a", "b"): {("x", "y"): 3, ("x", None): 2}}),
        Margins({"a": {"x": 0.25, "y": 0.75}}, kind="share"),
        Margins({"n": 10.5}, size=7),
    ],
)
def test_own_json_comes_back(margins: Margins, tmp_path: Path) -> None:
    assert read_margins(write(tmp_path, margins.to_json())) == margins


def test_numbers_as_levels_become_text(tmp_path: Path) -> None:
    own = Margins({"k": {1: 3, 2.5: 1}})
    assert read_margins(write(tmp_path, own.to_json())).margins == {"k": {"1": 3, "2.5": 1}}


def test_the_plain_form(tmp_path: Path) -> None:
    found = read_margins(write(tmp_path, {"a": {"x": 3, "": 2}, "size": {"small": 5}, "n": 1}))
    assert found == Margins({"a": {"x": 3, None: 2}, "size": {"small": 5}, "n": 1})


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "is not JSON"),
        ("[1]", "holds no margins"),
        ("{}", "holds no margins"),
        ('{"a": {"x": 1, "x": 2}}', "'x' is there twice"),
        ({"a": {"NA": 1, "": 2}}, "has two totals"),
        ({"a": {"x": "many"}}, "a finite number"),
        ({"a": ["x", "y"]}, "must be a number or levels with their totals"),
        ({"a": {"x": -1}}, "must be at least 0"),
        ({"n": 3}, r'No population size.* Hint: {"margins": {...}, "size": ...}'),
        ({"a": {"x": 1}, "b": {"y": 2}}, "Margins contradict each other"),
    ],
)
def test_what_is_wrong_is_said(content: Any, words: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=words):
        read_margins(write(tmp_path, content))


@pytest.mark.parametrize(
    ("value", "text"), [(1.0, "1"), (1, "1"), (2.5, "2.5"), (True, "True"), ("1.0", "1.0")]
)
def test_levels_are_written_without_a_point(value: Any, text: str) -> None:
    assert as_text(value) == text
