"""CBPS as an estimator: balance, the classic data, mixed frames, errors that name the column."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from imbalance_kit import CBPSWeighter, design_effect
from tests.weighting._populations import (
    cbps_example,
    mean_under,
    mixed_frames,
    nsw_and_cps,
    two_normals,
)


def balance(weighter: CBPSWeighter, X: Any, target: Any) -> float:
    """Largest difference of means in standard deviations of the target."""
    sample = weighter.covariates_.encode(X, drop_first=True)
    rows = weighter.covariates_.encode(target, drop_first=True)
    apart = np.abs(mean_under(weighter.weights_, sample) - rows.mean(axis=0))
    return float((apart / rows.std(axis=0)).max())


def test_published_example() -> None:
    sample, target, y = cbps_example()
    exact = CBPSWeighter("exact").fit(sample, target=target)
    assert balance(exact, sample, target) < 1e-8
    # The sample's mean is 220.68, the population's 199.54: both move it the right way, the model
    # being wrong for these columns, not all of it.
    over = CBPSWeighter().fit(sample, target=target)
    assert 199 < np.average(y, weights=exact.weights_) < 210
    assert 199 < np.average(y, weights=over.weights_) < 210
    assert exact.objective_ == 0 < over.objective_


@pytest.mark.parametrize("indicators", [False, True])
def test_survey_weighted_to_the_experiment(indicators: bool) -> None:
    survey, treated, outcome, mean = nsw_and_cps(indicators)
    weighter = CBPSWeighter("exact").fit(survey, target=treated)
    assert balance(weighter, survey, treated) < 1e-8
    effect = mean - np.average(outcome, weights=weighter.weights_)
    # Within one standard error of the experiment's 1,794 (671).
    assert abs(effect - 1794) < 671
    assert design_effect(weighter.weights_) < 100
    over = CBPSWeighter().fit(survey, target=treated)
    assert balance(over, survey, treated) < 0.3
    assert over.weights_.sum() == pytest.approx(len(treated))


@pytest.mark.parametrize("method", ["over", "exact"])
def test_weights_of_the_same_rows_are_the_same(method: str) -> None:
    X, target = mixed_frames()
    weighter = CBPSWeighter(method).fit(X, target=target)  # type: ignore[arg-type]
    np.testing.assert_array_equal(weighter.weights(X), weighter.weights_)
    some = X.iloc[::-3]
    np.testing.assert_allclose(weighter.weights(some), weighter.weights_[::-3], rtol=1e-12)
    if method == "exact":
        assert balance(weighter, X, target) < 1e-8


@pytest.mark.parametrize("method", ["over", "exact"])
def test_order_levels_and_repetition(method: Any) -> None:
    X, target = mixed_frames()
    rng = np.random.default_rng(0)
    d = rng.integers(1, 4, size=len(X))
    weights = CBPSWeighter(method).fit_weights(X, target=target, sample_weight=d)
    order = rng.permutation(len(X))
    shuffled = CBPSWeighter(method).fit_weights(
        X.iloc[order], target=target.iloc[::-1], sample_weight=d[order]
    )
    np.testing.assert_allclose(shuffled, weights[order], rtol=1e-6)
    renamed = [
        frame.assign(region=frame["region"].map({"north": "z", "south": "a", "west": "k"}))
        for frame in (X, target)
    ]
    other = CBPSWeighter(method).fit_weights(renamed[0], target=renamed[1], sample_weight=d)
    np.testing.assert_allclose(other, weights, rtol=1e-6)
    copies = X.iloc[np.repeat(np.arange(len(X)), d)]
    by_rows = CBPSWeighter(method).fit_weights(copies, target=target)
    source = np.repeat(np.arange(len(X)), d)
    np.testing.assert_allclose(np.bincount(source, by_rows), weights, rtol=1e-6)


def test_target_weights_count_as_repetition() -> None:
    X, target = two_normals()
    t = np.random.default_rng(0).integers(0, 3, size=len(target))
    for method in ("over", "exact"):
        weights = CBPSWeighter(method).fit_weights(X, target=target, target_weight=t)
        copies = CBPSWeighter(method).fit_weights(X, target=np.repeat(target, t, axis=0))
        np.testing.assert_allclose(weights, copies, rtol=1e-6)
        assert weights.sum() == pytest.approx(t.sum())


def test_rows_of_weight_zero_are_as_if_absent() -> None:
    X, target = two_normals()
    d = np.ones(len(X))
    d[:100] = 0
    X[:100] += 50
    for method in ("over", "exact"):
        weights = CBPSWeighter(method).fit_weights(X, target=target, sample_weight=d)
        assert not weights[:100].any()
        expected = CBPSWeighter(method).fit_weights(X[100:], target=target)
        np.testing.assert_allclose(weights[100:], expected, rtol=1e-6)


def test_many_columns_converge() -> None:
    X, target = two_normals(3000, 3000, 60)
    weighter = CBPSWeighter().fit(X, target=target)
    assert weighter.n_iter_ < 30
    assert balance(weighter, X, target) < 0.2
    assert np.isfinite(weighter.coef_std_error_).all()


@pytest.mark.parametrize("method", ["over", "exact"])
def test_a_mean_out_of_reach_names_the_column(method: Any) -> None:
    X, target = mixed_frames()
    beyond = target.assign(age=target["age"] + 500)
    with pytest.raises(ValueError, match=r"mean of 'age' is .* no weights can balance it"):
        CBPSWeighter(method).fit(X, target=beyond)
    east = target.assign(region="east")
    with pytest.raises(ValueError, match=r"'region=(east|north)' is .*no weights"):
        CBPSWeighter(method).fit(X, target=east)


@pytest.mark.parametrize("method", ["over", "exact"])
def test_a_separating_combination_is_an_error(method: Any) -> None:
    rng = np.random.default_rng(0)
    z = rng.normal(size=(200, 2))
    X = pd.DataFrame({"a": z[:, 0], "b": z[:, 0] + 0.1 * np.abs(z[:, 1])})
    target = pd.DataFrame({"a": z[:, 0], "b": z[:, 0] - 0.1 * np.abs(z[:, 1])})
    with pytest.raises(ValueError, match="No propensity score balances the columns"):
        CBPSWeighter(method).fit(X, target=target)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"method": "gmm"}, "`method` must be 'over' or 'exact', got 'gmm'"),
        ({"tol": 0}, "`tol` must be above 0, got 0"),
        ({"normalize": "one"}, "`normalize` must be"),
    ],
)
def test_bad_parameters(parameters: dict[str, Any], message: str) -> None:
    X, target = two_normals()
    with pytest.raises(ValueError, match=message):
        CBPSWeighter(**parameters).fit(X, target=target)


def test_constant_columns_are_left_alone() -> None:
    X, target = two_normals(p=3)
    X[:, 2] = target[:, 2] = 5.0
    weighter = CBPSWeighter("exact").fit(X, target=target)
    assert weighter.coef_[2] == 0
    assert np.isnan(weighter.coef_std_error_[2])
    X[:, 2] = 4.0
    with pytest.raises(ValueError, match="target's mean of 'x2' is 5"):
        CBPSWeighter("exact").fit(X, target=target)


@pytest.mark.parametrize("method", ["over", "exact"])
def test_a_level_that_was_not_there_is_not_taken_for_the_first(method: Any) -> None:
    """It gets the geometric mean of the levels' factors, whatever the levels are called."""
    rng = np.random.default_rng(0)
    sample = pd.DataFrame({"a": rng.choice(list("xyz"), 300), "n": rng.normal(size=300)})
    target = pd.DataFrame({"a": rng.choice(list("xxyyyz"), 300), "n": rng.normal(0.3, 1, 300)})
    new = pd.DataFrame({"a": ["x", "y", "z", "q"], "n": 0.0})
    found = []
    for names in ({}, {"x": "later"}):
        tables = [table.replace({"a": names}) for table in (sample, target, new)]
        weighter = CBPSWeighter(method).fit(tables[0], target=tables[1])
        with pytest.warns(UserWarning, match="'a' has levels that were not there"):
            found.append(weighter.weights(tables[2]))
    np.testing.assert_allclose(found[0], found[1], rtol=1e-6)
    assert found[0][3] == pytest.approx(np.prod(found[0][:3]) ** (1 / 3))
    assert found[0][3] != pytest.approx(found[0][0], rel=0.01)


@pytest.mark.parametrize("method", ["over", "exact"])
@pytest.mark.parametrize("absent", ["a", "m", "z"])
def test_a_level_that_the_sample_lacks_is_named_wherever_it_sorts(method: Any, absent: str) -> None:
    levels = ["a", "m", "z"]
    there = [level for level in levels if level != absent]
    sample = pd.DataFrame({"k": there * 50, "n": np.arange(100.0)})
    target = pd.DataFrame({"k": levels * 30, "n": np.arange(90.0)})
    with pytest.raises(ValueError, match=f"'k={absent}' is 0.333"):
        CBPSWeighter(method).fit(sample, target=target)


def test_gaps_of_the_sample_alone() -> None:
    X, target = mixed_frames()
    gaps = X.assign(age=X["age"].where(np.arange(len(X)) % 5 > 0))
    with pytest.raises(ValueError, match=r"'age\[missing\]'.* Or fill the gaps first"):
        CBPSWeighter().fit(gaps, target=target.assign(age=target["age"].fillna(0.0)))
