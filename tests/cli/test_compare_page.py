import re
from html.parser import HTMLParser

import pytest

from imbalance_kit.cli._compare_page import make_compare_page, reference_rate
from imbalance_kit.cli._dataset import Dataset
from imbalance_kit.model_selection import ComparisonReport
from tests.cli.conftest import HOSTILE

Compared = tuple[ComparisonReport, Dataset]
VOID = {"meta", "br", "hr", "img", "input", "link"}
DRAWN = {"line", "circle", "path", "rect"}


class Page(HTMLParser):
    """A page taken apart: every element is closed where it has to be."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.ids: list[str] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        self.ids += [value or "" for name, value in attrs if name == "id"]

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.fixture(scope="module")
def html(compared: Compared) -> str:
    report, dataset = compared
    return make_compare_page(report, dataset, "logistic regression (described)")


@pytest.fixture(scope="module")
def hostile_html(hostile: Compared) -> str:
    report, dataset = hostile
    return make_compare_page(report, dataset, HOSTILE)


def test_the_page_is_whole(html: str) -> None:
    page = Page(html)
    assert page.tags.count("table") == 1
    assert page.tags.count("section") == 8
    assert len(page.ids) == len(set(page.ids))
    labels = {value for name, value in page.attributes if name == "aria-labelledby"}
    assert labels <= set(page.ids)
    assert "${" not in html


@pytest.mark.parametrize("which", ["html", "hostile_html"])
def test_nothing_is_loaded_or_run(which: str, request: pytest.FixtureRequest) -> None:
    text: str = request.getfixturevalue(which)
    page = Page(text)
    assert not {"script", "link", "iframe", "object", "img", "image", "use"} & set(page.tags)
    names = {name for name, _ in page.attributes}
    assert not {"src", "href", "xlink:href", "srcset", "style"} & names
    assert not [name for name in names if name.startswith("on")]
    assert not re.search(r"https?:|//[a-z]|url\(|@import", text)
    assert "default-src 'none'" in text


def test_what_the_data_say_is_text(hostile_html: str) -> None:
    page = Page(hostile_html)
    words = "".join(page.words)
    for name in (HOSTILE, f"y{HOSTILE}", f"own {HOSTILE}", f"idle {HOSTILE}"):
        assert name in words
    assert "<script" not in hostile_html
    assert "the rarest, against all others" in words


def test_it_holds_what_was_found(html: str, compared: Compared) -> None:
    report, dataset = compared
    words = "".join(Page(html).words)
    for sentence in (*report.advice, *report.notes, *dataset.notes):
        assert sentence in words
    for result in report.results:
        assert result.name in words
    for name in ("loans.csv", "default", "balance", "job", "logistic regression (described)"):
        assert name in words
    assert "30 of 2,100 values" not in words
    assert f"{dataset.columns.n_missing} of 2,100 values" in words


def test_charts_are_drawn(html: str) -> None:
    page = Page(html)
    # Three differences; five strategies, each with three charts; and the keys.
    assert len([v for name, v in page.attributes if name == "aria-label"]) == 3 + 3 * 5
    assert all(page.tags.count(tag) > 5 for tag in DRAWN - {"rect"})


def test_it_fits_phones_and_dark_rooms(html: str) -> None:
    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in html
    assert "prefers-color-scheme: dark" in html
    assert "@media (max-width: 560px)" in html
    # Colours are named once per theme and used by name.
    style = html[html.index("<style>") : html.index("</style>")]
    body = html[html.index("</style>") :]
    assert not re.search(r"#[0-9a-f]{3,6}\b", body)
    light, dark = (set(re.findall(r"(--[\w-]+):", part)) for part in _themes(style))
    assert light == dark
    assert set(re.findall(r"var\((--[\w-]+)\)", style)) <= light


def _themes(style: str) -> tuple[str, str]:
    light, dark = re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    return light, dark


def test_every_class_that_is_drawn_has_a_style(html: str) -> None:
    style = html[html.index("<style>") : html.index("</style>")]
    used = {
        one for name, value in Page(html).attributes if name == "class" for one in value.split()
    }
    # Text in its plain style, and names that only tests and readers of the source look for.
    assert used - set(re.findall(r"\.([\w-]+)", style)) <= {"label", "tick", "strip", "point"}


def test_guessing_reaches_the_share_of_the_class(compared: Compared, hostile: Compared) -> None:
    assert reference_rate(compared[0]) == pytest.approx(0.12)
    report, dataset = hostile
    assert dataset.weights is not None
    rare = report.reference_result.predictions.y_true == HOSTILE
    expected = dataset.weights[rare].sum() / dataset.weights.sum()
    assert reference_rate(report) == pytest.approx(expected)
