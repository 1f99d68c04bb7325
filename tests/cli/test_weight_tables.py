import io

import pytest
from rich.console import Console

from imbalance_kit.cli._weight_report import WeightReport
from imbalance_kit.cli._weight_tables import (
    describe_data,
    format_difference,
    format_interval,
    format_mean,
    print_weight_report,
)
from imbalance_kit.diagnostics import estimate_mean
from tests.cli._weight_files import write_files
from tests.cli.test_weight_fit import SUM, Method, Plan, Roles, fitted


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.12345, "0.1235"), (12.3456, "12.35"), (9999.7, "10,000"), (123456.7, "123,457"),
     (0.0, "0"), (float("nan"), ""), (-2000.4, "-2,000")],
)  # fmt: skip
def test_means(value: float, words: str) -> None:
    assert format_mean(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.1234, "+0.123"), (-2.5, "-2.500"), (1e-9, "0.000"), (-1e-9, "0.000"),
     (float("inf"), "+inf"), (float("nan"), "")],
)  # fmt: skip
def test_differences(value: float, words: str) -> None:
    assert format_difference(value) == words


def test_an_interval() -> None:
    assert format_interval(estimate_mean([1.0, 2.0, 3.0])) == "0.8684 to 3.132"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> WeightReport:
    files = write_files(tmp_path_factory.mktemp("files"))
    roles = Roles(ids=("person",), outcomes=("hours", "owns=yes"))
    return fitted(files, roles, Plan(Method.CALIBRATION, SUM))


@pytest.mark.parametrize("width", [100, 60])
def test_the_report_fits_its_console(report: WeightReport, width: int) -> None:
    text = io.StringIO()
    print_weight_report(Console(file=text, width=width), report)
    lines = text.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    words = " ".join(text.getvalue().split())
    for part in (*report.findings(), "What it says", "hours", "owns=yes", "95% interval"):
        assert part in words


def test_rows_and_method_are_described(report: WeightReport) -> None:
    first, second, third = describe_data(report)
    assert first == "sample.csv (200 rows) weighted to people.csv (600 rows)"
    assert second == "3 columns: 'age', 'city', 'job'"
    assert third == "Method: calibration (entropy balancing); the weights sum to 600"
