import math
import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from imbalance_kit.cli._margins_file import read_margins
from imbalance_kit.cli._weight_data import Roles, load_weight_data
from imbalance_kit.cli._weight_fit import Plan, make_weight_report
from imbalance_kit.cli._weight_options import Method, Normalize
from imbalance_kit.cli._weight_page import make_weight_page
from imbalance_kit.cli._weight_report import WeightReport
from tests.cli._files import write_csv
from tests.cli._weight_files import population_frame, sample_frame, write_files
from tests.cli.conftest import HOSTILE
from tests.cli.test_compare_page import Page

PLAN = Plan(Method.CALIBRATION, Normalize.POPULATION)


def report_of(sample: Path, population: Path, roles: Roles, plan: Plan = PLAN) -> WeightReport:
    data = load_weight_data(sample, population, None, roles, plan.method)
    return make_weight_report(data, plan, lambda label: None)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> WeightReport:
    files = write_files(tmp_path_factory.mktemp("plain"))
    return report_of(*files, Roles(ids=("person",), outcomes=("hours", "owns=yes")))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> WeightReport:
    """Return a report in which every name and level is HTML."""
    folder = tmp_path_factory.mktemp("hostile")
    names = {"city": f"city{HOSTILE}", "age": f"age{HOSTILE}", "hours": f"y{HOSTILE}"}

    def dress(frame: pd.DataFrame) -> pd.DataFrame:
        frame = frame.rename(columns=names)
        return frame.replace({f"city{HOSTILE}": {"yes": HOSTILE}, "job": {"nurse": "a&b<c"}})

    sample = write_csv(folder, dress(sample_frame()), "s.csv")
    population = write_csv(folder, dress(population_frame()), "p<b>.csv")
    roles = Roles(ids=("person",), outcomes=(f"y{HOSTILE}", "owns=yes"))
    return report_of(sample, population, roles)


@pytest.mark.parametrize("which", ["report", "hostile"])
def test_the_page_is_whole_and_loads_nothing(which: str, request: pytest.FixtureRequest) -> None:
    text = make_weight_page(request.getfixturevalue(which))
    page = Page(text)
    assert page.tags.count("section") == 8
    assert page.tags.count("table") == 2
    assert len(page.ids) == len(set(page.ids))
    assert {v for name, v in page.attributes if name == "aria-labelledby"} <= set(page.ids)
    assert not {"script", "link", "iframe", "object", "img", "image", "use"} & set(page.tags)
    names = {name for name, _ in page.attributes}
    assert not {"src", "href", "style"} & names
    assert not [name for name in names if name.startswith("on")]
    assert not re.search(r"https?:|//[a-z]|url\(|@import", text)
    assert "default-src 'none'" in text
    assert "${" not in text


def test_what_the_data_say_is_text(hostile: WeightReport) -> None:
    text = make_weight_page(hostile)
    words = "".join(Page(text).words)
    assert "<script" not in text
    for name in (f"age{HOSTILE}", f"city{HOSTILE}={HOSTILE}", f"y{HOSTILE}", "a&b<c", "p<b>.csv"):
        assert name in words


def test_it_holds_what_was_found(report: WeightReport) -> None:
    words = "".join(Page(make_weight_page(report)).words)
    for sentence in (*report.findings(), *report.notes, report.about_intervals()):
        assert sentence in words
    for name in ("sample.csv", "people.csv", "job[missing]", "age[missing]", "hours", "owns=yes"):
        assert name in words


def test_charts_are_drawn(report: WeightReport) -> None:
    page = Page(make_weight_page(report))
    # A love plot, the weights, three distributions, two outcomes.
    assert len([v for name, v in page.attributes if name == "aria-label"]) == 7
    assert all(page.tags.count(tag) > 5 for tag in ("line", "circle", "rect"))


def test_every_class_that_is_drawn_has_a_style(report: WeightReport) -> None:
    text = make_weight_page(report)
    style = text[text.index("<style>") : text.index("</style>")]
    used = {
        one for name, value in Page(text).attributes if name == "class" for one in value.split()
    }
    assert used - set(re.findall(r"\.([\w-]+)", style)) <= {"label", "tick", "point"}


def test_without_outcomes_there_is_no_section_of_them(tmp_path: Path) -> None:
    report = report_of(*write_files(tmp_path), Roles(ids=("person",)))
    assert Page(make_weight_page(report)).tags.count("section") == 7


def test_weights_without_a_tail_are_said_in_words(report: WeightReport) -> None:
    """Raking by few categories makes the largest weights equal, and Pareto's k minus infinity."""
    equal = replace(report, summary=replace(report.summary, pareto_k=-math.inf))
    words = "".join(Page(make_weight_page(equal)).words)
    assert "no tail: the largest weights are all equal" in words
    unknown = replace(report, summary=replace(report.summary, pareto_k=math.nan))
    assert "not known: too few rows" in "".join(Page(make_weight_page(unknown)).words)


def test_margins_have_shares_and_no_densities(tmp_path: Path) -> None:
    sample, _ = write_files(tmp_path)
    path = tmp_path / "m.json"
    path.write_text('{"city": {"no": 50, "yes": 50}, "w": 125}')
    data = load_weight_data(sample, None, path, Roles(), Method.CALIBRATION)
    assert data.target == read_margins(path)
    page = Page(make_weight_page(make_weight_report(data, PLAN, lambda label: None)))
    labels = [v for name, v in page.attributes if name == "aria-label"]
    assert labels == ["Love plot", "Distribution of the weights", "Shares of city"]


def test_a_heavy_tail_and_a_poor_balance_are_said(tmp_path: Path) -> None:
    frame = pd.DataFrame({"x": [0.0] * 400 + [1.0] * 2})
    people = pd.DataFrame({"x": [0.0] * 100 + [1.0] * 100})
    files = write_csv(tmp_path, frame, "s.csv"), write_csv(tmp_path, people, "p.csv")
    plan = Plan(Method.CALIBRATION, Normalize.SAMPLE, tolerance=0.5)
    report = report_of(*files, Roles(), plan)
    found = report.findings()
    assert "1 difference of 1 stays at 0.1 or more" in found[0]
    assert "rows hold" in found[1]
