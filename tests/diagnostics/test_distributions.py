"""Distributions for drawing, against counting."""

import numpy as np
import pandas as pd
import pytest

from imbalance_kit import Margins
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


def test_constant_number_and_unknown_column(case) -> None:
    X, T, _ = case
    (one,) = compute_distributions(X.assign(x=5.0), T.assign(x=5.0), columns=["x"])
    assert one.edges[0] < 5 < one.edges[-1]
    assert one.target[-1] == pytest.approx(1)
    with pytest.raises(ValueError, match="`columns` names"):
        compute_distributions(X, T, columns=["nope"])


def test_categories_have_no_density(case) -> None:
    X, T, _ = case
    number, flag, _ = compute_distributions(X, T)
    with pytest.raises(ValueError, match="needs a number"):
        flag.density()
    with pytest.raises(ValueError, match="cells that divide 240"):
        number.density(7)


def test_a_column_that_nobody_has_observed() -> None:
    """It ended in numpy's warning of an all-NaN slice."""
    X = pd.DataFrame({"x": [np.nan, np.nan]})
    (one,) = compute_distributions(X, X)
    assert np.isfinite(one.edges).all()
    assert np.isnan(one.target).all()
    assert np.isnan(one.before).all()
