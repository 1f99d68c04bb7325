"""The balance report as a value: dict, table and text."""

import dataclasses
import json
import math

import numpy as np
import pandas as pd
import pytest

from imbalance_kit import BalanceReport, compute_balance
from imbalance_kit.diagnostics import BalanceRow

X = pd.DataFrame({"age": [30, 40, 50], "sex": ["f", "m", None]})
PEOPLE = pd.DataFrame({"age": [40, 50, 60, 50], "sex": ["f", "f", "m", "m"]})


def test_to_dict_is_json_without_nan() -> None:
    for report in (compute_balance(X, PEOPLE), compute_balance(X, PEOPLE, sample_weight=[2, 1, 3])):
        plain = report.to_dict()
        assert json.loads(json.dumps(plain, allow_nan=False)) == plain
        assert {field.name for field in dataclasses.fields(BalanceReport)} <= set(plain)
        assert set(plain["rows"][0]) == {field.name for field in dataclasses.fields(BalanceRow)}


def test_to_frame_has_one_row_per_covariate_or_level() -> None:
    report = compute_balance(X, PEOPLE, sample_weight=[2, 1, 3])
    frame = report.to_frame()
    assert len(frame) == len(report.rows) == 4
    assert frame["difference_after"].tolist() == [row.difference_after for row in report.rows]
    assert frame.loc[0, "q50_target"] == report.rows[0].quantiles_target[2] == 50
    assert frame["q95_after"].notna().tolist() == [True, False, False, False]


def test_summary_is_over_the_rows() -> None:
    report = compute_balance(X, PEOPLE, sample_weight=[2, 1, 3])
    differences = np.abs([row.difference_after for row in report.rows])
    assert report.mean_difference_after == pytest.approx(differences.mean())
    assert report.max_difference_after == differences.max()
    assert report.design_effect_after == pytest.approx(3 * 14 / 36)


def test_names_are_those_of_a_design_matrix() -> None:
    names = [row.name for row in compute_balance(X, PEOPLE).rows]
    assert names == ["age", "sex=f", "sex=m", "sex[missing]"]


def test_text_begins_with_the_worst_and_is_cut() -> None:
    rng = np.random.default_rng(0)
    report = compute_balance(
        rng.normal(size=(50, 30)) + np.arange(30) / 10, rng.normal(size=(50, 30))
    )
    lines = repr(report).splitlines()
    assert lines[3].split()[0] in ("x29", "x28", "x27")
    assert "... 10 more" in repr(report)
    assert "->" not in repr(report)
    assert "margins" not in repr(report)


def test_infinite_differences_are_none_in_json() -> None:
    report = compute_balance(np.array([[5.0], [6.0]]), np.array([[5.0], [5.0]]))
    assert report.max_difference_before == math.inf
    assert report.to_dict()["max_difference_before"] is None
