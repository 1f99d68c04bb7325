"""Distributions for drawing, against counting."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from imbalance_kit import BalanceDisplay, Margins
from imbalance_kit.diagnostics._distributions import compute_distributions


@pytest.fixture
def case():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(
        {
            "x": np.where(rng.random(300) < 0.1, np.nan, rng.normal(1, 1, 300)),
            "flag": rng.integers(0, 2, 300),
            "c": rng.choice(["a", "b", None], 300),
        }
    )
    T = pd.DataFrame(
        {
            "x": rng.normal(0, 2, 400),
            "flag": rng.integers(0, 2, 400),
            "c": rng.choice(["a", "d"], 400),
        }
    )
    return X, T, rng.uniform(0.5, 2, 300)


def test_numbers_are_distribution_functions(case) -> None:
    X, T, w = case
    one = compute_distributions(X, T, sample_weight=w)[0]
    seen = X["x"].notna().to_numpy()
    x = X["x"].to_numpy()[seen]
    for edge, target, before, after in list(
        zip(one.edges, one.target, one.before, one.after, strict=True)
    )[::40]:
        assert target == pytest.approx((T["x"] <= edge).mean())
        assert before == pytest.approx((x <= edge).mean())
        assert after == pytest.approx(np.average(x <= edge, weights=w[seen]))
    assert one.edges[0] <= np.quantile(T["x"], 0.005)
    assert one.edges[-1] >= np.quantile(T["x"], 0.99)
    edges, sides = one.density()
    share = (sides["after"] * np.diff(edges)).sum()
    assert share == pytest.approx(one.after[-1] - one.after[0])


def test_categories_and_flags_are_shares(case) -> None:
    X, T, w = case
    _, flag, c = compute_distributions(X, T, sample_weight=w)
    assert flag.levels == (0, 1)
    assert flag.after[1] == pytest.approx(np.average(X["flag"], weights=w))
    assert c.levels == ("a", "b", "d", None)
    assert c.before[3] == pytest.approx(X["c"].isna().mean())
    assert c.before[2] == 0
    for shares in (c.target, c.before, c.after):
        assert shares.sum() == pytest.approx(1)


def test_margins_show_columns_with_levels(case) -> None:
    X, _, _ = case
    margins = Margins({"c": {"a": 1, "b": 2, "e": 1}, "x": 5.0, ("flag", "c"): {(0, "a"): 4}})
    (one,) = compute_distributions(X, margins)
    assert one.levels == ("a", "b", None, "e")
    assert one.target.tolist() == [0.25, 0.5, 0, 0.25]
    assert one.after is None


@pytest.mark.parametrize(
    ("low", "n_values", "step"),
    [(18, 77, 1), (0, 11, 1), (-5, 40, 1), (0, 41, 1), (1900, 700, 1), (0, 90, 100), (3, 500, 25)],
)
def test_whole_numbers_of_equal_frequency_have_equal_densities(
    low: int, n_values: int, step: int
) -> None:
    """Cells that hold one value and two in turn would draw a comb."""
    values = low + step * np.arange(n_values)
    (one,) = compute_distributions(np.repeat(values, 3)[:, None], values[:, None])
    for n_cells in (40, 20, 240):
        edges, densities = one.density(n_cells)
        counts = [np.count_nonzero((values > a) & (values < b)) for a, b in pairwise(edges)]
        assert sum(counts) >= 0.99 * n_values
        assert not set(edges.tolist()) & set(values.tolist())
        assert len(counts) <= n_cells
        widths = np.diff(edges)
        np.testing.assert_array_equal(widths[:-1], widths[0])
        assert widths[-1] <= widths[0]
        assert widths[0] % step == 0
        # The last cell may reach beyond the largest value, by less than its width.
        for side in densities.values():
            np.testing.assert_allclose(side[:-1], 1 / (n_values * step), rtol=1e-12)
            assert side[-1] == pytest.approx(counts[-1] / n_values / widths[-1])


@pytest.mark.parametrize("values", [[0.0, 1.5, 7.0], [2.0**53, 2.0**53 + 2, 2.0**54]])
def test_other_numbers_have_240_cells(values: list[float]) -> None:
    (one,) = compute_distributions(np.array(values)[:, None], np.array(values)[:, None])
    assert len(one.edges) == 241
    assert one.target[[0, -1]].tolist() == [0, 1]


def test_constant_number_and_unknown_column(case) -> None:
    X, T, _ = case
    (one,) = compute_distributions(X.assign(x=5.0), T.assign(x=5.0), columns=["x"])
    assert one.edges[0] < 5 < one.edges[-1]
    assert one.target[-1] == pytest.approx(1)
    with pytest.raises(ValueError, match="`columns` names"):
        compute_distributions(X, T, columns=["nope"])


def test_a_column_without_any_value_has_no_distribution() -> None:
    (one,) = compute_distributions(np.full((3, 1), np.nan), np.full((4, 1), np.nan))
    assert one.edges[0] < one.edges[-1]
    assert np.isnan([one.target, one.before]).all()
    assert len(BalanceDisplay([one]).plot().axes_) == 1


def test_categories_have_no_density(case) -> None:
    X, T, _ = case
    number, flag, _ = compute_distributions(X, T)
    with pytest.raises(ValueError, match="needs a number"):
        flag.density()
    with pytest.raises(ValueError, match="cells that divide 240"):
        number.density(7)
    with pytest.raises(ValueError, match="cells that divide 240"):
        number.density(0)


def test_a_column_that_nobody_has_observed() -> None:
    """It ended in numpy's warning of an all-NaN slice."""
    X = pd.DataFrame({"x": [np.nan, np.nan]})
    (one,) = compute_distributions(X, X)
    assert np.isfinite(one.edges).all()
    assert np.isnan(one.target).all()
    assert np.isnan(one.before).all()
