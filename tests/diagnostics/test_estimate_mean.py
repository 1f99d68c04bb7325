"""Estimates of means: the methods against each other and theory, and their messages."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm, t

from imbalance_kit import (
    CalibrationWeighter,
    Margins,
    Population,
    PostStratificationWeighter,
    PropensityWeighter,
    RakingWeighter,
    compute_balance,
    estimate_mean,
)


@pytest.fixture
def case():
    rng = np.random.default_rng(0)

    def make(n, shift):
        return pd.DataFrame(
            {
                "age": rng.normal(50 + 3 * shift, 10, n),
                "sex": rng.choice(["f", "m"], n, p=[0.5 + 0.1 * shift, 0.5 - 0.1 * shift]),
            }
        )

    X, people = make(300, 1), make(800, 0)
    y = X["age"] / 10 + (X["sex"] == "f") + rng.normal(0, 1, 300)
    return y.to_numpy(), X, people, rng.uniform(0.5, 2, 300)


def test_plain_mean_is_the_textbook() -> None:
    y = np.random.default_rng(0).normal(size=50)
    one = estimate_mean(y, confidence=0.9)
    error = y.std(ddof=1) / math.sqrt(50)
    assert one.estimate == pytest.approx(y.mean())
    assert one.standard_error == pytest.approx(error)
    assert one.interval[1] - one.estimate == pytest.approx(norm.ppf(0.95) * error)
    assert one.target_kind is None


def test_missing_outcomes_are_never_zeros() -> None:
    y, w = [10.0, np.nan, 20.0, np.nan], [1, 5, 3, 1]
    one = estimate_mean(y, sample_weight=w, base_weight=[1, 1, 1, 2])
    assert one.estimate == pytest.approx(17.5)
    assert one.unadjusted == pytest.approx(15)
    assert one.missing_share == pytest.approx(0.6)
    assert (one.n_samples, one.n_observed) == (4, 2)


def test_greg_is_linear_calibration(case) -> None:
    y, X, people, d = case
    w = CalibrationWeighter("linear").fit_weights(X, target=people, sample_weight=d)
    for kind in ("census", "sample"):
        weighted = estimate_mean(
            y, X, target=people, sample_weight=w, base_weight=d, target_kind=kind
        )
        greg = estimate_mean(y, X, target=people, base_weight=d, method="greg", target_kind=kind)
        assert greg.estimate == pytest.approx(weighted.estimate, rel=1e-9)
        assert greg.target_kind == kind
        # "greg" takes the 3 coefficients off the rows, "weighted", as R's survey, one: the part of
        # the sample differs by the factor sqrt(299 / 297).
        assert greg.standard_error == pytest.approx(weighted.standard_error, rel=4e-3)
    assert greg.unadjusted == pytest.approx(np.average(y, weights=d))


def test_a_sample_as_target_is_less_precise_than_a_census(case) -> None:
    y, X, people, d = case
    options = {"base_weight": d, "method": "greg"}
    census = estimate_mean(y, X, target=people, target_kind="census", **options)
    sample = estimate_mean(y, X, target=Population(people), **options)
    assert sample.target_kind == "sample"  # the default for rows
    assert sample.estimate == census.estimate
    design = np.column_stack([np.ones(300), X["age"], X["sex"] == "f"])
    b = np.linalg.lstsq(design * np.sqrt(d)[:, None], y * np.sqrt(d), rcond=None)[0]
    predicted = np.column_stack([np.ones(800), people["age"], people["sex"] == "f"]) @ b
    extra = predicted.var(ddof=1) / 800
    assert sample.standard_error**2 == pytest.approx(census.standard_error**2 + extra)


def test_margins_are_a_census_and_name_what_was_calibrated_on(case) -> None:
    y, X, people, d = case
    margins = Margins({"sex": people["sex"].value_counts().to_dict()})
    w = RakingWeighter().fit_weights(X, target=margins, sample_weight=d)
    one = estimate_mean(y, X, target=margins, sample_weight=w, base_weight=d)
    other = estimate_mean(y, X[["sex"]], sample_weight=w, base_weight=d)
    assert one.target_kind == other.target_kind == "census"
    assert one.standard_error == pytest.approx(other.standard_error)
    wide = estimate_mean(y, sample_weight=w)
    assert wide.standard_error > one.standard_error


def test_cells_of_a_joint_margin_are_what_was_calibrated_on(case) -> None:
    y, X, people, _ = case
    X, people = (f.assign(old=f["age"] > 50) for f in (X, people))
    counts = people.groupby(["sex", "old"]).size().to_dict()
    margins = Margins({("sex", "old"): counts})
    w = PostStratificationWeighter().fit_weights(X, target=margins)
    one = estimate_mean(y, X, target=margins, sample_weight=w)
    cells = (X["sex"] + X["old"].astype(str)).to_frame("cell")
    assert one.standard_error == pytest.approx(
        estimate_mean(y, cells, sample_weight=w).standard_error
    )


def test_scale_of_weights_and_order_of_rows_change_nothing(case) -> None:
    y, X, people, d = case
    order = np.random.default_rng(1).permutation(300)
    one = estimate_mean(y, X, target=people, base_weight=d, method="greg")
    other = estimate_mean(
        y[order], X.iloc[order], target=people[::-1], base_weight=1e6 * d[order], method="greg"
    )
    assert other.estimate == pytest.approx(one.estimate)
    assert other.standard_error == pytest.approx(one.standard_error)


def test_aipw_takes_weights_or_a_weighter(case) -> None:
    y, X, people, _ = case
    w = CalibrationWeighter("raking").fit_weights(X, target=people)
    options = {"target": people, "method": "aipw", "random_state": 0}
    given = estimate_mean(y, X, sample_weight=w, **options)
    fitted = estimate_mean(y, X, weighter=CalibrationWeighter("raking"), **options)
    truth = (people["age"] / 10 + (people["sex"] == "f")).mean()  # of the outcome's linear model
    for one in (given, fitted):
        assert abs(one.estimate - truth) < 4 * one.standard_error
        assert abs(one.unadjusted - truth) > 4 * one.standard_error
        assert one.n_replicates == 0


def test_replicates_say_how_many(case) -> None:
    y, X, people, _ = case
    options = {"target": people, "weighter": CalibrationWeighter("raking"), "random_state": 0}
    jackknife = estimate_mean(y, X, method="jackknife", n_replicates=20, **options)
    assert jackknife.n_replicates == 20
    half = t.ppf(0.975, 19) * jackknife.standard_error
    assert jackknife.interval[1] - jackknife.estimate == pytest.approx(half)
    assert "20 replicates" in repr(jackknife)


def test_missing_outcomes_in_models(case) -> None:
    """GREG and AIPW drop such rows before they fit anything."""
    y, X, people, d = case
    y = np.where(np.arange(len(y)) % 5 == 0, np.nan, y)
    seen = ~np.isnan(y)
    for options in (
        {"method": "greg"},
        {"method": "aipw", "weighter": PropensityWeighter(), "random_state": 0},
    ):
        one = estimate_mean(y, X, target=people, base_weight=d, **options)
        other = estimate_mean(y[seen], X[seen], target=people, base_weight=d[seen], **options)
        assert one.estimate == other.estimate
        assert one.n_observed == other.n_samples == seen.sum()
        assert one.missing_share == pytest.approx(d[~seen].sum() / d.sum())


@pytest.mark.parametrize("name", ["sample_weight", "base_weight"])
def test_weights_in_an_absurd_unit(name: str) -> None:
    """Their squares, in the variance, overflowed."""
    with pytest.raises(ValueError, match=f"largest entry of `{name}` is 1e\\+300"):
        estimate_mean([1.0, 2.0, 3.0], **{name: [1e300, 1.0, 1.0]})


@pytest.mark.parametrize("kind", [list, np.asarray, pd.Series])
def test_weights_in_the_place_of_covariates(case, kind) -> None:
    y, X, people, d = case
    said = (
        r"`X` must be a table of covariates.*\(300,\). Hint: weights are passed as `sample_weight=`"
    )
    with pytest.raises(ValueError, match=said):
        estimate_mean(y, kind(d))
    with pytest.raises(ValueError, match=said):
        compute_balance(kind(d), people)
    with pytest.raises(ValueError, match=said.replace("`X`", "`target`")):
        compute_balance(X, kind(d))


def test_what_a_method_lacks_is_named() -> None:
    with pytest.raises(ValueError, match="needs `X` and `target` and `weighter`: got None"):
        estimate_mean([1.0, 2.0], method="bootstrap")
