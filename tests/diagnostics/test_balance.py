"""The balance table against formulas and repeated rows, and what must not change it."""

import dataclasses
import math

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.stats import ks_2samp, wasserstein_distance

from imbalance_kit import Margins, Population, compute_balance

NUMBERS = [
    field.name
    for field in dataclasses.fields(compute_balance([[1.0], [2.0]], [[1.0], [3.0]]).rows[0])
    if field.name not in ("column", "level", "kind") and "quantiles" not in field.name
]


def make(n: int, shift: float, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    age = rng.normal(shift, 1 + shift, n)
    age[rng.random(n) < 0.1] = np.nan
    edu = pd.Series(rng.choice(["low", "mid", "high"], n, p=[0.3 + shift, 0.4 - shift, 0.3]))
    edu[rng.random(n) < 0.05] = None
    return pd.DataFrame(
        {
            "age": age,
            "income": rng.exponential(1 + shift, n).round(1),
            "urban": (rng.random(n) < 0.5 + shift).astype(int),
            "edu": edu,
        }
    )


@pytest.fixture
def case():
    rng = np.random.default_rng(0)
    return make(150, 0.2, 1), make(250, 0.0, 2), rng.integers(1, 5, 150), rng.integers(1, 4, 250)


def numbers(report) -> dict:
    return {
        row.name: [
            *(getattr(row, name) for name in NUMBERS),
            *row.quantiles_target,
            *row.quantiles_before,
            *row.quantiles_after,
        ]
        for row in report.rows
    }


def same(one: dict, other: dict) -> None:
    assert one.keys() == other.keys()
    for name in one:
        np.testing.assert_allclose(one[name], other[name], rtol=1e-9, atol=1e-12, err_msg=name)


def test_a_weight_of_k_is_k_rows(case) -> None:
    X, target, w, v = case
    weighted = compute_balance(X, target, sample_weight=w, base_weight=w, target_weight=v)
    repeated = X.loc[X.index.repeat(w)].reset_index(drop=True)
    population = target.loc[target.index.repeat(v)].reset_index(drop=True)
    same(numbers(weighted), numbers(compute_balance(
        repeated, population, sample_weight=np.ones(len(repeated))
    )))  # fmt: skip


def test_numbers_against_the_formulas(case) -> None:
    X, target, w, _ = case
    row = compute_balance(X, target, sample_weight=w).rows[0]
    x, t = X["age"].to_numpy(), target["age"].to_numpy()
    seen = ~np.isnan(x)
    a, b = x[seen], t[~np.isnan(t)]
    heavy = np.repeat(a, w[seen])
    assert row.kind == "numeric"
    assert row.difference_before == pytest.approx((a.mean() - b.mean()) / b.std())
    assert row.difference_after == pytest.approx((heavy.mean() - b.mean()) / b.std())
    assert row.variance_ratio_after == pytest.approx(heavy.var() / b.var())
    assert row.ks_after == pytest.approx(ks_2samp(heavy, b).statistic)
    assert row.ecdf_area_after == pytest.approx(wasserstein_distance(heavy, b) / b.std())
    assert row.missing_target == pytest.approx(np.isnan(t).mean())
    assert row.missing_after == pytest.approx(np.average(np.isnan(x), weights=w))
    assert math.isnan(row.total_variation_after)
    levels = [0.05, 0.25, 0.5, 0.75, 0.95]
    for found, rows in ((row.quantiles_target, b), (row.quantiles_after, heavy)):
        assert list(found) == np.quantile(rows, levels, method="inverted_cdf").tolist()


def test_levels_and_shares(case) -> None:
    X, target, w, _ = case
    report = compute_balance(X, target, sample_weight=w)
    rows = {row.name: row for row in report.rows}
    expected = ["age", "age[missing]", "income", "urban", "edu=high", "edu=low", "edu=mid"]
    assert list(rows) == [*expected, "edu[missing]"]
    shares = pd.Series(w).groupby(X["edu"].fillna("?")).sum() / w.sum()
    population = target["edu"].fillna("?").value_counts(normalize=True)
    for level in ("low", "mid", "high"):
        row = rows[f"edu={level}"]
        assert row.mean_after == pytest.approx(shares[level])
        assert row.difference_after == pytest.approx(shares[level] - population[level])
        assert row.total_variation_after == pytest.approx((shares - population).abs().sum() / 2)
        assert row.missing_after == pytest.approx(shares["?"])
    assert rows["edu[missing]"].mean_after == pytest.approx(shares["?"])
    assert rows["urban"].kind == "binary"
    raw = np.average(X["urban"], weights=w) - target["urban"].mean()
    assert rows["urban"].difference_after == pytest.approx(raw)
    assert rows["urban"].total_variation_after == pytest.approx(abs(raw))


def test_denominators(case) -> None:
    X, target, w, _ = case
    a, b = X["income"], target["income"]
    gap = np.average(a, weights=w) - b.mean()
    p, q = X["urban"].mean(), target["urban"].mean()
    units = {
        "population": (b.var(ddof=0), q * (1 - q)),
        "sample": (a.var(ddof=0), p * (1 - p)),
        "pooled": (
            (a.var(ddof=0) + b.var(ddof=0)) / 2,
            (p * (1 - p) + q * (1 - q)) / 2,
        ),
    }
    share = np.average(X["urban"], weights=w) - q
    for denominator, (number, binary) in units.items():
        report = compute_balance(
            X, target, sample_weight=w, denominator=denominator, binary="standardized"
        )
        rows = {row.name: row for row in report.rows}
        assert rows["income"].difference_after == pytest.approx(gap / math.sqrt(number))
        assert rows["urban"].difference_after == pytest.approx(share / math.sqrt(binary))


def test_nothing_that_means_nothing_changes_it(case) -> None:
    """Order of rows and columns' containers, names of levels, scales of all weights."""
    X, target, w, v = case
    options = {"interactions": "all"}
    plain = numbers(
        compute_balance(X, target, sample_weight=w, base_weight=w, target_weight=v, **options)
    )
    order, other = np.random.default_rng(3).permutation(150), np.arange(250)[::-1]
    shuffled = compute_balance(
        X.iloc[order],
        Population(target.iloc[other], 1e-6 * v[other]),
        sample_weight=1e9 * w[order],
        base_weight=w[order] / 3,
        **options,
    )
    same(plain, numbers(shuffled))
    names = {"low": "z", "mid": "a", "high": "k"}
    renamed = compute_balance(
        X.assign(edu=X["edu"].map(names)),
        target.assign(edu=target["edu"].map(names)),
        sample_weight=w,
        base_weight=w,
        target_weight=v,
        **options,
    )
    back = {new: old for old, new in names.items()}
    found = {}
    for name, values in numbers(renamed).items():
        column, _, level = name.partition("=")
        parts = [back.get(part, part) for part in level.split(", ")] if level else []
        found["=".join([column, ", ".join(parts)]) if level else name] = values
    same(plain, found)
    polars = compute_balance(
        pl.from_pandas(X),
        pl.from_pandas(target),
        sample_weight=w,
        base_weight=w,
        target_weight=v,
        **options,
    )
    same(plain, numbers(polars))


def test_margins_say_the_same_as_rows_where_they_say_anything(case) -> None:
    X, target, w, _ = case
    X, target = X.fillna({"edu": "none"}), target.fillna({"edu": "none"})
    counts = target["edu"].value_counts().to_dict()
    cells = target.groupby(["edu", "urban"]).size().to_dict()
    margins = Margins({"edu": counts, "income": float(target["income"].sum())}, size=250)
    known = {row.name: row for row in compute_balance(X, target, sample_weight=w).rows}
    report = compute_balance(X, margins, sample_weight=w)
    assert report.denominator == "sample"
    assert report.n_target is None
    for row in report.rows:
        assert row.target_mean == pytest.approx(known[row.name].target_mean)
        assert row.mean_after == pytest.approx(known[row.name].mean_after)
        if row.kind == "level":
            assert row.difference_after == pytest.approx(known[row.name].difference_after)
            variation = known[row.name].total_variation_after
            assert row.total_variation_after == pytest.approx(variation)
        else:
            sd = X["income"].std(ddof=0)
            gap = known["income"].mean_after - known["income"].target_mean
            assert row.difference_after == pytest.approx(gap / sd)
            assert math.isnan(row.ks_after)
    joint = compute_balance(X, Margins({("edu", "urban"): cells}), sample_weight=w)
    crossed = compute_balance(
        X.assign(both=X["edu"] + X["urban"].astype(str)),
        target.assign(both=target["edu"] + target["urban"].astype(str)),
        sample_weight=w,
    )
    expected = {row.level: row for row in crossed.rows if row.column == "both"}
    for row in joint.rows:
        assert row.column == "edu × urban"
        both = f"{row.level[0]}{row.level[1]}"
        assert row.difference_after == pytest.approx(expected[both].difference_after)
        assert row.total_variation_after == pytest.approx(expected[both].total_variation_after)
    assert len(joint.rows) == len(expected)


def test_a_level_that_one_side_lacks() -> None:
    X, target = pd.DataFrame({"a": ["x", "x", "y"]}), pd.DataFrame({"a": ["x", "z", "z"]})
    for population in (target, Margins({"a": {"x": 1, "z": 2}})):
        rows = {row.level: row for row in compute_balance(X, population).rows}
        assert rows["z"].mean_before == 0
        assert rows["y"].target_mean == 0
        assert rows["y"].total_variation_before == pytest.approx(2 / 3)


def test_constant_columns_and_columns_never_observed() -> None:
    X = np.array([[1.0, 5.0, np.nan], [1.0, 6.0, np.nan]]) + 1
    target = np.array([[1.0, 5.0, 1.0], [1.0, 5.0, 2.0]]) + 1
    rows = {row.name: row for row in compute_balance(X, target).rows}
    assert rows["x0"].difference_before == 0
    assert rows["x1"].difference_before == math.inf
    assert math.isnan(rows["x2"].difference_before)
    assert rows["x2[missing]"].difference_before == 1


@pytest.mark.parametrize("value", [0.1, 0.3, 7.7, 1e6 + 0.1])
def test_a_constant_differs_by_no_rounding(value: float) -> None:
    """Its mean and variance are off by rounding, and their ratio was -2 or infinite."""
    rng = np.random.default_rng(0)
    sample, target = np.full((100, 1), value), np.full((230, 1), value)
    weights = {"sample_weight": rng.exponential(size=100), "base_weight": rng.exponential(size=100)}
    for people in (target, Margins({"x0": 230 * value}, size=230)):
        (row,) = compute_balance(sample, people, **weights).rows
        assert (row.difference_before, row.difference_after) == (0.0, 0.0)
    (row,) = compute_balance(sample, 2 * target).rows
    assert row.difference_before == -math.inf
    assert math.isnan(row.difference_after)  # there is none


def test_products_with_a_constant_are_zero() -> None:
    rng = np.random.default_rng(0)
    sample = np.column_stack([np.full(100, 0.1), rng.normal(size=100)])
    target = np.column_stack([np.full(230, 0.1), rng.normal(size=230)])
    report = compute_balance(
        sample, target, target_weight=rng.exponential(size=230), interactions="all"
    )
    (row,) = (row for row in report.rows if row.kind == "interaction")
    assert (row.target_mean, row.mean_before, row.difference_before) == (0.0, 0.0, 0.0)


def test_before_alone(case) -> None:
    X, target, _, _ = case
    report = compute_balance(X, target)
    assert not report.adjusted
    for row in report.rows:
        after = [getattr(row, name) for name in NUMBERS if name.endswith("_after")]
        assert np.isnan(after).all()
    assert math.isnan(report.mean_difference_after)
    assert math.isnan(report.design_effect_after)


def test_negative_weights_of_a_linear_calibration_are_taken() -> None:
    X, target = np.array([[0.0], [1.0], [3.0]]), np.array([[4.0], [5.0]])
    row = compute_balance(X, target, sample_weight=[-0.5, 0.2, 1.3]).rows[0]
    assert row.mean_after == pytest.approx(0.2 + 3.9)


def test_input_is_not_changed(case) -> None:
    X, target, w, v = case
    copies = X.copy(), target.copy(), w.copy(), v.copy()
    compute_balance(X, target, sample_weight=w, target_weight=v, interactions="all")
    pd.testing.assert_frame_equal(X, copies[0])
    pd.testing.assert_frame_equal(target, copies[1])
    assert (w == copies[2]).all()
    assert (v == copies[3]).all()


MARGINS = Margins({"a": {"x": 1, "y": 2}})
FRAME = pd.DataFrame({"a": ["x", "y", "y"]})


@pytest.mark.parametrize(
    ("target", "options", "message"),
    [
        (FRAME, {"denominator": "both"}, "`denominator` must be one of"),
        (FRAME, {"binary": True}, "`binary` must be 'raw' or 'standardized'"),
        (FRAME, {"sample_weight": [1, 2]}, "2 entries, but there are 3 rows"),
        (FRAME, {"sample_weight": [1, -2, 0]}, "sums to"),
        (FRAME, {"base_weight": [1, -2, 3]}, "`base_weight` contains negative"),
        (FRAME, {"interactions": "some"}, "'all' or a list of pairs"),
        (FRAME, {"interactions": True}, "'all' or a list of pairs of columns, got True"),
        (FRAME, {"interactions": [("a", "b")]}, "pairs of two different columns"),
        (FRAME, {"domain_classifier": "tree"}, "a classifier or 'auto'|at least 5 rows"),
        (FRAME.rename(columns={"a": "b"}), {}, "same columns"),
        (FRAME[:0], {}, "no rows"),
        (MARGINS, {"denominator": "population"}, "margins do not tell"),
        (MARGINS, {"interactions": "all"}, "margins have none"),
        (Margins({"b": {"x": 1}}), {}, "`X` does not have"),
        (Margins({"a": 3.0}, size=3), {}, "holds categories"),
    ],
)
def test_bad_input(target, options: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        compute_balance(FRAME, target, **options)


def test_empty_sample() -> None:
    with pytest.raises(ValueError, match="`X` has no rows"):
        compute_balance(FRAME[:0], FRAME)
