"""Interactions against products computed by hand."""

import numpy as np
import pandas as pd
import pytest

from imbalance_kit import compute_balance


@pytest.fixture
def case():
    rng = np.random.default_rng(0)

    def make(n, shift):
        return pd.DataFrame(
            {
                "a": rng.normal(shift, 1, n),
                "b": rng.normal(3, 2 + shift, n),
                "c": rng.choice(["x", "y"], n),
                "d": rng.choice(["p", "q", "r"], n),
            }
        )

    return make(80, 0.5), make(120, 0), rng.uniform(0.5, 2, 80)


def rows_of(report) -> dict:
    return {row.name: row for row in report.rows if row.kind == "interaction"}


def test_products_of_standardised_numbers(case) -> None:
    X, T, w = case
    row = rows_of(compute_balance(X, T, sample_weight=w, interactions=[("a", "b")]))["a × b"]

    def product(frame):
        za = (frame["a"] - T["a"].mean()) / T["a"].std(ddof=0)
        zb = (frame["b"] - T["b"].mean()) / T["b"].std(ddof=0)
        return za * zb

    gap = np.average(product(X), weights=w) - product(T).mean()
    assert row.difference_after == pytest.approx(gap / product(T).std(ddof=0))


def test_number_within_levels(case) -> None:
    X, T, w = case
    rows = rows_of(compute_balance(X, T, sample_weight=w, interactions=[("c", "a")]))
    assert list(rows) == ["c × a=x", "c × a=y"]
    z = (X["a"] - T["a"].mean()) / T["a"].std(ddof=0)
    expected = np.average(z * (X["c"] == "y"), weights=w)
    assert rows["c × a=y"].mean_after == pytest.approx(expected)


def test_cells_are_compared_by_their_shares(case) -> None:
    X, T, w = case
    rows = rows_of(compute_balance(X, T, sample_weight=w, interactions=[("c", "d")]))
    assert len(rows) == 6
    inside, population = (X["c"] == "x") & (X["d"] == "q"), (T["c"] == "x") & (T["d"] == "q")
    expected = w[inside].sum() / w.sum() - population.mean()
    assert rows["c × d=x, q"].difference_after == pytest.approx(expected)


def test_all_pairs(case) -> None:
    X, T, _ = case
    columns = {row.column for row in rows_of(compute_balance(X, T, interactions="all")).values()}
    assert columns == {"a × b", "a × c", "a × d", "b × c", "b × d", "c × d"}
