import json
from dataclasses import replace
from typing import Any

import pytest

from imbalance_kit.cli._weight_report import WeightReport, sorted_rows
from imbalance_kit.diagnostics import compute_balance, compute_weight_summary
from tests.cli._weight_files import write_files
from tests.cli.test_weight_fit import SUM, Method, Plan, Roles, fitted


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> WeightReport:
    files = write_files(tmp_path_factory.mktemp("files"))
    roles = Roles(ids=("person",), outcomes=("hours",))
    return fitted(files, roles, Plan(Method.CALIBRATION, SUM))


def test_json_has_no_numbers_that_json_lacks(report: WeightReport) -> None:
    def refuse(word: str) -> Any:
        raise AssertionError(word)

    content = json.loads(report.to_json(), parse_constant=refuse)
    assert content["weights"]["n_samples"] == 200
    assert len(content["balance"]["rows"]) == len(report.balance.rows)
    assert content["findings"] == report.findings()


def test_what_is_balanced_is_called_so(report: WeightReport) -> None:
    first, price = report.findings()
    assert "to 0: below 0.1 everywhere" in first
    assert f"{report.summary.effective_sample_size:,.0f} of the 200 rows" in price


def test_what_grows_is_not_said_to_fall(report: WeightReport) -> None:
    balance = compute_balance(
        [[0.0], [1.0], [2.0]], [[0.0], [2.0], [1.0], [1.2]], sample_weight=[0.1, 1, 9]
    )
    found = replace(report, balance=balance).findings()[0]
    assert "grows from" in found
    assert "(x0); 1 difference of 1 stays at 0.1 or more" in found


def test_a_heavy_tail_and_negative_weights_are_said(report: WeightReport) -> None:
    heavy = [1.0] * 100 + [10.0**k for k in range(6)] + [-0.5]
    found = replace(report, summary=compute_weight_summary(heavy)).findings()
    assert found[2] == "Negative weights: 1 row."
    assert "A few rows decide the result" in found[3]


def test_the_worst_come_first(report: WeightReport) -> None:
    sizes = [abs(row.difference_before) for row in sorted_rows(report.balance)]
    assert sizes == sorted(sizes, reverse=True)
