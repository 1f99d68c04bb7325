import pytest

from imbalance_kit.cli._html_page import (
    fill_page,
    make_entries,
    make_figures,
    make_items,
    make_key,
)
from tests.cli.conftest import HOSTILE
from tests.cli.test_compare_page import Page


def test_what_is_given_as_words_is_text() -> None:
    shape = "<svg><line/></svg>"
    pieces = [
        make_items([HOSTILE]),
        make_entries({HOSTILE: HOSTILE, "empty": ""}),
        make_figures([(HOSTILE, shape)]),
        make_key([(HOSTILE, "<line/>")]),
    ]
    for piece in pieces:
        assert "<script" not in piece
        assert HOSTILE in "".join(Page(piece).words)
    assert "empty" not in pieces[1]
    assert shape in pieces[2]  # drawings are HTML already


def test_a_page_has_its_style_and_all_its_parts() -> None:
    names = [
        "title", "lead", "findings", "outcomes", "love_text", "points", "love", "weights",
        "weight_figures", "shapes", "distributions", "table", "data", "notes",
    ]  # fmt: skip
    page = fill_page("weight.html", {name: f"{name} of $5" for name in names})
    assert "prefers-color-scheme: dark" in page
    assert all(f"{name} of $5" in page for name in names)
    assert "Made by imbalance-kit 0" in page
    assert "scikit-learn" in page
    with pytest.raises(KeyError, match="notes"):
        fill_page("weight.html", dict.fromkeys(names[:-1], ""))
