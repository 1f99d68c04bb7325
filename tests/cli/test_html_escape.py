"""Names that look like HTML are words on the page: no element and no attribute comes from data."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from imbalance_kit.cli._compare_page import make_compare_page
from imbalance_kit.cli._dataset import Dataset
from imbalance_kit.cli._weight_data import Roles, load_weight_data
from imbalance_kit.cli._weight_fit import Plan, make_weight_report
from imbalance_kit.cli._weight_options import Method, Normalize
from imbalance_kit.cli._weight_page import make_weight_page
from imbalance_kit.cli._weight_report import WeightReport
from imbalance_kit.model_selection import ComparisonReport
from tests.cli._fuzz import EXAMPLES
from tests.cli._weight_files import write_files
from tests.cli.test_compare_page import Page

HOSTILE = (
    "<script>alert(1)</script>", "</td><img src=x onerror=alert(1)>", '" onmouseover="alert(1)',
    "' style='x", "</style><style>*{}", "</title>", "<!--", "-->", "<![CDATA[", "]]>", "&lt;",
    "&#60;b&#62;", "&", "`", "${style}", "$x", "{}", "%s", "\u202e\u2066rtl", "שלום", "é" * 400,
    "<svg/onload=alert(1)>", "javascript:alert(1)", "http://a.example/x.js", "url(//x)", "\x7f",
    "a\nb", "\t", "\u2028", "𝒳",
)  # fmt: skip
TEXTS = st.lists(
    st.sampled_from(HOSTILE) | st.text("<>\"'&=/ab;\u202e", max_size=8), min_size=1, max_size=3
).map("".join)
QUICK = settings(
    max_examples=12 * EXAMPLES,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def renamed(value: Any, words: Mapping[str, str]) -> Any:
    """Return a report with some of its texts replaced, wherever they stand."""
    if isinstance(value, str):
        whole = re.compile("|".join(map(re.escape, words)))
        return whole.sub(lambda found: words[found[0]], value)
    if is_dataclass(value) and not isinstance(value, type):
        parts = {f.name: renamed(getattr(value, f.name), words) for f in fields(value) if f.init}
        return replace(value, **parts)
    if isinstance(value, dict):
        return {renamed(key, words): renamed(one, words) for key, one in value.items()}
    if isinstance(value, (tuple, list)):
        return type(value)(renamed(one, words) for one in value)
    if isinstance(value, np.ndarray) and value.dtype.kind in "OU":
        return np.array([renamed(one, words) for one in value.tolist()], dtype=object)
    if isinstance(value, pd.DataFrame):
        return value.rename(columns=lambda name: renamed(name, words))
    return value


def skeleton(html: str) -> Counter[tuple[str, ...]]:
    """Return every element with the names of its attributes, and how often it is there."""
    page = Shaped(html)
    return Counter(page.elements)


class Shaped(Page):
    """A page that remembers which attributes stand on which element."""

    def __init__(self, text: str) -> None:
        self.elements: list[tuple[str, ...]] = []
        super().__init__(text)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        super().handle_startendtag(tag, attrs)
        self.elements.append((tag, *(name for name, _ in attrs)))


def assert_only_words(
    make: Callable[[Mapping[str, str]], str], names: list[str], text: str
) -> None:
    # Every name its own, so that columns stay apart, in the order of the plain ones.
    plain = {name: f"{place}x" for place, name in enumerate(names)}
    html = make({name: f"{place}{text}" for place, name in enumerate(names)})
    assert skeleton(html) == skeleton(make(plain))
    page = Page(html)
    said = "".join(page.words) + "".join(value for _, value in page.attributes)
    assert f"0{text}" in said
    values = [value for name, value in page.attributes if name not in ("title", "aria-label")]
    assert not any(text in value for value in values if len(text) > 3)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> WeightReport:
    files = write_files(tmp_path_factory.mktemp("files"))
    plan = Plan(Method.CALIBRATION, Normalize.POPULATION)
    roles = Roles(ids=("person",), outcomes=("hours", "owns=yes"))
    return make_weight_report(
        load_weight_data(*files, None, roles, plan.method), plan, lambda label: None
    )


@QUICK
@given(text=TEXTS)
@example(text="".join(HOSTILE))
def test_weight(weights: WeightReport, text: str) -> None:
    names = ["city", "job", "age", "hours", "nurse", "sample.csv", "people.csv"]
    assert_only_words(lambda words: make_weight_page(renamed(weights, words)), names, text)


@QUICK
@given(text=TEXTS)
@example(text="".join(HOSTILE))
def test_compare(compared: tuple[ComparisonReport, Dataset], text: str) -> None:
    report, dataset = compared
    names = ["default", "balance", "job", "SMOTE", "loans.csv", "nothing", "yes"]

    def make(words: Mapping[str, str]) -> str:
        return make_compare_page(renamed(report, words), renamed(dataset, words), words["balance"])

    assert_only_words(make, names, text)


@pytest.mark.parametrize("name", ["page.html", "compare.html", "weight.html", "style.css"])
def test_the_templates_load_nothing(name: str) -> None:
    import imbalance_kit.cli

    text = (Path(imbalance_kit.cli.__file__).parent / name).read_text("utf-8")
    assert not re.search(r"https?:|//\w|url\(|@import|src=|<script|<link|\son\w+=", text)
    if name == "page.html":
        assert "default-src 'none'; style-src 'unsafe-inline'" in text
    if name.endswith(".html"):
        # A part stands between elements, where what is escaped can only be words.
        assert not re.search(r"<[^>]*\$\{[^>]*>", text)
