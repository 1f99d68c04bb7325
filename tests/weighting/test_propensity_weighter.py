"""Propensity weights against known density ratios; populations, caps and new rows."""

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression

from imbalance_kit import (
    KernelMeanMatching,
    LeastSquaresRatio,
    LogisticPath,
    Population,
    PropensityWeighter,
    design_effect,
)
from tests.weighting._populations import mean_under, mixed_frames, nsw_and_cps, two_normals

X, TARGET = two_normals()
FRAME, POPULATION = mixed_frames()
MODELS = [
    None,
    LogisticPath(l1_ratio=0.0),
    LogisticPath(l1_ratio=0.5, selection="one_se"),
    LogisticPath(selection="balance", max_design_effect=1.3),
    LeastSquaresRatio(),
    LeastSquaresRatio(alpha=0.3),
    KernelMeanMatching(),
]


def name(value: Any) -> str:
    return repr(value)


def weights(estimator: Any = None, sample: Any = X, target: Any = TARGET, **given: Any) -> Any:
    parameters = {k: given.pop(k) for k in list(given) if not k.endswith("_weight")}
    return PropensityWeighter(estimator, **parameters).fit_weights(sample, target=target, **given)


# The ratio ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", MODELS, ids=name)
def test_weights_move_every_mean_towards_the_target(model: Any) -> None:
    w = weights(model)
    assert w.shape == (len(X),)
    assert w.sum() == pytest.approx(len(TARGET))
    before = np.abs(X.mean(axis=0) - TARGET.mean(axis=0))
    after = np.abs(mean_under(w, X) - TARGET.mean(axis=0))
    assert after[:2].max() < 0.7 * before[:2].min()


@pytest.mark.parametrize("model", [None, LogisticPath(l1_ratio=0.0)], ids=name)
def test_log_ratio_is_the_known_one(model: Any) -> None:
    # log p_T / p_S = x'm - |m|²/2 with m = (.5, .5, 0, 0, 0). The information of 2 x 20,000 rows is
    # about .22 n per standardised column: 4 standard errors, and as much for the penalty.
    sample, target = two_normals(20_000, 20_000)
    weighter = PropensityWeighter(model).fit(sample, target=target)
    error = 1 / np.sqrt(0.22 * 40_000)
    np.testing.assert_allclose(weighter.coef_, [0.5, 0.5, 0, 0, 0], atol=8 * error)
    assert weighter.intercept_ == pytest.approx(-0.25, abs=8 * error)


@pytest.mark.parametrize("model", [LeastSquaresRatio(), KernelMeanMatching()], ids=name)
def test_kernel_ratios_follow_the_known_one(model: Any) -> None:
    sample, target = two_normals(2000, 2000, 2)
    w = weights(model, sample, target)
    known = np.exp(0.5 * sample.sum(axis=1) - 0.25)
    assert np.corrcoef(w, known)[0, 1] > 0.9


def test_relative_ratio_is_bounded() -> None:
    w = weights(LeastSquaresRatio(alpha=0.5), normalize="mean")
    assert w.max() <= 2 * 1.2  # 1 / alpha, and the error of the fit


def test_factors_of_kernel_mean_matching_are_bounded() -> None:
    w = weights(KernelMeanMatching(bound=1.5), normalize="mean")
    assert w.max() <= 1.5 * (1 + 1e-9)
    assert w.mean() == pytest.approx(1)


@pytest.mark.parametrize("cap", [1.05, 1.2, 1.4])
@pytest.mark.parametrize("selection", ["deviance", "one_se", "balance"])
def test_design_effect_stays_below_its_cap(cap: float, selection: Any) -> None:
    model = LogisticPath(selection=selection, max_design_effect=cap)
    assert design_effect(weights(model)) <= cap


def test_one_standard_error_gives_more_equal_weights() -> None:
    assert design_effect(weights(LogisticPath(selection="one_se"))) < design_effect(weights())


def test_flattening_is_an_exponent() -> None:
    full, half = weights(normalize="mean"), weights(normalize="mean", flattening=0.5)
    np.testing.assert_allclose(half, np.sqrt(full) / np.sqrt(full).mean(), rtol=1e-12)
    np.testing.assert_allclose(weights(flattening=0.0, normalize="mean"), 1.0)


# New rows, order, repetition ----------------------------------------------------------------------


@pytest.mark.parametrize("model", MODELS, ids=name)
@pytest.mark.parametrize("trimming", [None, {"ratio": 1.5}, {"quantile": 0.8}, "pareto"], ids=name)
def test_weights_of_the_same_rows_are_the_same(model: Any, trimming: Any) -> None:
    d = np.random.default_rng(0).exponential(size=len(FRAME))
    weighter = PropensityWeighter(model, trimming=trimming)
    weighter.fit(FRAME, target=POPULATION, sample_weight=d)
    again = weighter.weights(FRAME, sample_weight=d)
    np.testing.assert_allclose(again, weighter.weights_, rtol=1e-12)
    some = weighter.weights(FRAME.iloc[::-3], sample_weight=d[::-3])
    np.testing.assert_allclose(some, weighter.weights_[::-3], rtol=1e-9)


@pytest.mark.parametrize("model", MODELS, ids=name)
def test_row_order_changes_nothing(model: Any) -> None:
    order = np.random.default_rng(1).permutation(len(FRAME))
    expected = weights(model, FRAME, POPULATION)
    found = weights(model, FRAME.iloc[order], POPULATION.iloc[::-1])
    np.testing.assert_allclose(found, expected[order], rtol=1e-6)


def test_names_of_levels_change_nothing() -> None:
    map_ = {"north": "z", "south": "a", "west": "k"}
    renamed = [t.assign(region=t["region"].map(map_)) for t in (FRAME, POPULATION)]
    # Folds go by the content of rows, which has changed: at one penalty there are none.
    model = LogisticPath(max_design_effect=1.1, selection="balance")
    found, expected = weights(model, *renamed), weights(model, FRAME, POPULATION)
    np.testing.assert_allclose(found, expected, rtol=1e-6)


@pytest.mark.parametrize("convert", [list, sparse.csr_array, pd.DataFrame, pl.DataFrame])
def test_every_container(convert: Any) -> None:
    given = [convert(t.tolist()) if convert is list else convert(t) for t in (X, TARGET)]
    np.testing.assert_allclose(weights(None, *given), weights(), rtol=1e-9)


def test_scale_of_weights_changes_nothing() -> None:
    d, t = np.full(len(X), 7.0), np.full(len(TARGET), 1e6)
    found = weights(sample_weight=d, target_weight=t)
    np.testing.assert_allclose(found / found.sum(), weights() / len(TARGET), rtol=1e-8)
    assert found.sum() == pytest.approx(1e6 * len(TARGET))


@pytest.mark.parametrize("side", ["sample", "target"])
def test_rows_of_weight_zero_are_as_if_absent(side: str) -> None:
    n = len(X if side == "sample" else TARGET)
    given = np.ones(n)
    given[:50] = 0
    if side == "sample":
        found = weights(sample_weight=given)
        assert not found[:50].any()
        np.testing.assert_allclose(found[50:], weights(None, X[50:]), rtol=1e-9)
    else:
        found = weights(target_weight=given)
        np.testing.assert_allclose(found, weights(None, X, TARGET[50:]), rtol=1e-9)


def test_a_population_is_its_rows() -> None:
    np.testing.assert_array_equal(weights(target=Population(TARGET)), weights())


def test_a_clone_gives_the_same_weights() -> None:
    weighter = PropensityWeighter(LogisticPath(l1_ratio=0.5), trimming={"ratio": 3})
    again = clone(weighter).fit_weights(X, target=TARGET)
    np.testing.assert_array_equal(again, weighter.fit_weights(X, target=TARGET))


# Populations --------------------------------------------------------------------------------------

SIZES = {
    "odds": ("target", len(TARGET)),
    "ate": ("combined", len(X) + len(TARGET)),
    "atc": ("sample", len(X)),
    "overlap": ("overlap", len(X) + len(TARGET)),
    "matching": ("matching", len(X) + len(TARGET)),
}


@pytest.mark.parametrize("estimand", SIZES)
def test_both_sides_are_weighted_to_the_population_named(estimand: Any) -> None:
    weighter = PropensityWeighter(LogisticPath(l1_ratio=0.0), estimand=estimand)
    weighter.fit(X, target=TARGET)
    population, size = SIZES[estimand]
    assert weighter.population_ == weighter.shift_.population == population
    assert weighter.weights_.sum() == pytest.approx(size)
    assert weighter.target_weights_.sum() == pytest.approx(size)
    sample = mean_under(weighter.weights_, X)
    target = mean_under(weighter.target_weights_, TARGET)
    assert np.abs(sample - target).max() < 0.12  # .5 before


def test_kept_sides_keep_their_weights() -> None:
    d = np.random.default_rng(0).exponential(size=len(X))
    t = np.random.default_rng(1).exponential(size=len(TARGET))
    both = {"target": TARGET, "sample_weight": d, "target_weight": t}
    np.testing.assert_allclose(PropensityWeighter().fit(X, **both).target_weights_, t)
    np.testing.assert_allclose(PropensityWeighter(estimand="atc").fit(X, **both).weights_, d)


def test_combined_population_is_that_of_both_together() -> None:
    weighter = PropensityWeighter(LogisticPath(l1_ratio=0.0), estimand="ate").fit(X, target=TARGET)
    both = np.concatenate([X, TARGET]).mean(axis=0)
    np.testing.assert_allclose(mean_under(weighter.weights_, X), both, atol=0.1)
    np.testing.assert_allclose(mean_under(weighter.target_weights_, TARGET), both, atol=0.1)


# Trimming -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("normalize", ["population", "sample", "mean"])
def test_a_ratio_holds_after_normalisation(normalize: Any) -> None:
    d = np.random.default_rng(0).exponential(size=len(X))
    w = weights(trimming={"ratio": 1.5}, normalize=normalize, sample_weight=d)
    factors = w / d
    assert factors.max() == pytest.approx(1.5 * np.average(factors, weights=d))


def test_pareto_smoothing_reports_the_shape() -> None:
    weighter = PropensityWeighter(trimming="pareto").fit(X, target=TARGET)
    assert -1 < weighter.pareto_k_ < 0.7
    assert weighter.weights_.max() <= weights().max() * 1.05


# Real data ----------------------------------------------------------------------------------------


def test_survey_weighted_to_the_experiment() -> None:
    survey, treated, outcome, mean = nsw_and_cps(indicators=True)
    plain = mean - outcome.mean()

    def effect(model: Any) -> float:
        with pytest.warns(UserWarning, match=r"none: 2.% beyond 17 to 48 in 'age'\. Hint"):
            weighter = PropensityWeighter(model).fit(survey, target=treated)
        return float(mean - np.average(outcome, weights=weighter.weights_))

    # The experiment found 1,794 (671); without weights it is -8,498. A penalty chosen for balance
    # comes within one standard error, the one chosen for deviance within two.
    assert plain < -8000
    assert abs(effect(LogisticPath(selection="balance")) - 1794) < 671
    assert abs(effect(None) - 1794) < 2 * 671


# Bad input ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"estimand": "att"}, "`estimand` must be one of .* got 'att'"),
        ({"cv": 1}, "`cv` must be an integer of at least 2, got 1"),
        ({"calibration": "platt"}, "`calibration` must be None, 'sigmoid' or 'isotonic'"),
        ({"calibration": "sigmoid"}, "`calibration` is for classifiers"),
        ({"flattening": 2}, r"`flattening` must be in \[0, 1\], got 2"),
        ({"flattening": 0.5, "estimand": "ate"}, "`flattening` is for estimand='odds'"),
        ({"trimming": 3}, "`trimming` must be None"),
        ({"estimator": KernelMeanMatching(), "estimand": "ate"}, "KernelMeanMatching does not"),
        ({"normalize": "all"}, "`normalize` must be"),
    ],
)
def test_bad_parameters(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        PropensityWeighter(**parameters).fit(X, target=TARGET)


@pytest.mark.parametrize("estimator", [3, "lasso", np.mean])
def test_an_estimator_of_no_known_kind(estimator: Any) -> None:
    with pytest.raises(
        TypeError, match="`estimator` must be None, a classifier with predict_proba"
    ):
        PropensityWeighter(estimator).fit(X, target=TARGET)


def test_a_class_is_not_an_estimator() -> None:
    with pytest.raises(TypeError, match=r"must be an instance, got the class LogisticPath. Hint"):
        PropensityWeighter(LogisticPath).fit(X, target=TARGET)


def test_a_ratio_of_zero_everywhere_is_an_error() -> None:
    sample, target = np.array([[0.0], [200.0]] * 5), np.arange(20.0)[:, None] + 90
    with pytest.raises(ValueError, match="every row of the sample a density ratio of 0"):
        PropensityWeighter(LeastSquaresRatio(width=0.1, ridge=1.0)).fit(sample, target=target)


def test_a_second_fit_leaves_nothing_of_the_first() -> None:
    weighter = PropensityWeighter(trimming="pareto").fit(X, target=TARGET)
    assert hasattr(weighter, "coef_")
    assert hasattr(weighter, "pareto_k_")
    weighter.set_params(estimator=LeastSquaresRatio(), trimming=None).fit(X, target=TARGET)
    assert not hasattr(weighter, "coef_")
    assert not hasattr(weighter, "pareto_k_")


@pytest.mark.parametrize("model", [*MODELS, LogisticRegression()], ids=name)
def test_a_separating_column_is_named(model: Any) -> None:
    apart = POPULATION.assign(age=POPULATION["age"] + 200)[["age"]]
    with pytest.raises(ValueError, match=r"perfectly separated by \['age'\]"):
        PropensityWeighter(model).fit(FRAME[["age"]], target=apart)


def test_a_separating_level_is_named() -> None:
    sample, target = FRAME.assign(wave="first"), POPULATION.assign(wave="second")
    with pytest.raises(ValueError, match=r"separated by \['wave=first', 'wave=second'\]"):
        PropensityWeighter().fit(sample, target=target)


def test_a_separating_combination_warns() -> None:
    rng = np.random.default_rng(0)
    z = rng.normal(size=(300, 2))
    gap = np.abs(z[:, 1]) + 0.5
    sample, target = (np.column_stack([z[:, 0], z[:, 0] + s * gap]) for s in (1, -1))
    with pytest.warns(UserWarning, match="tells every row of the sample from every row"):
        PropensityWeighter().fit(sample, target=target)


def test_a_missing_value_that_the_target_never_has_is_named() -> None:
    sample = FRAME.assign(gap=np.where(np.arange(len(FRAME)) % 4, 1.0, np.nan))
    target = POPULATION.assign(gap=1.0)
    with pytest.warns(UserWarning, match=r"No row of the target has 'gap\[missing\]' \(0\.25 of"):
        weights = PropensityWeighter().fit_weights(sample, target=target)
    assert weights[::4].sum() < 0.01 * weights.sum()  # which is why the user is to know


def test_weight_where_the_target_has_no_rows_is_named_for_odds_alone() -> None:
    rng = np.random.default_rng(0)
    wide, narrow = rng.uniform(18, 90, size=(1000, 1)), rng.uniform(50, 70, size=(1000, 1))
    with pytest.warns(UserWarning, match=r"7.% beyond 50.04 to 69.96 in 'x0'\. Hint: give"):
        weights = PropensityWeighter().fit_weights(wide, target=narrow)
    outside = (wide[:, 0] < narrow.min()) | (wide[:, 0] > narrow.max())
    assert weights[outside].sum() > 0.7 * weights.sum()
    PropensityWeighter(estimand="overlap").fit(wide, target=narrow)
    PropensityWeighter(LeastSquaresRatio()).fit(wide, target=narrow)  # which follows the range


def test_a_level_that_the_sample_lacks_is_named() -> None:
    target = POPULATION.assign(region=POPULATION["region"].replace("west", "east"))
    sample = FRAME[FRAME["region"] != "west"]
    with pytest.warns(UserWarning, match=r"sample has no rows with \['region=east'\]"):
        PropensityWeighter().fit(sample, target=target)


def test_levels_and_columns_that_are_not_known() -> None:
    weighter = PropensityWeighter().fit(FRAME, target=POPULATION)
    with pytest.warns(UserWarning, match="'region' has levels that were not there"):
        weighter.weights(FRAME.assign(region="east"))
    with pytest.raises(ValueError, match="feature names should match"):
        weighter.weights(FRAME.drop(columns="age"))
    with pytest.raises(ValueError, match="must have the same columns"):
        PropensityWeighter().fit(FRAME, target=POPULATION.drop(columns="age"))
    with pytest.raises(ValueError, match=r"'age' is .*expected one kind"):
        PropensityWeighter().fit(FRAME, target=POPULATION.assign(age="old"))


def test_one_row_is_not_enough() -> None:
    with pytest.raises(ValueError, match=r"Found 1 sample\(s\) and 600 row\(s\) of the target"):
        PropensityWeighter().fit(X[:1], target=TARGET)


def test_few_rows_need_fewer_folds() -> None:
    w = PropensityWeighter().fit_weights(X[:3], target=TARGET)
    assert np.isfinite(w).all()


@pytest.mark.parametrize("bad", [-1.0, np.nan])
def test_bad_design_weights(bad: float) -> None:
    d = np.ones(len(X))
    d[3] = bad
    with pytest.raises(ValueError, match=r"`sample_weight` contains .*row 3"):
        PropensityWeighter().fit(X, target=TARGET, sample_weight=d)


def test_constant_and_collinear_columns_change_nothing() -> None:
    wide = [np.column_stack([t, np.full(len(t), 3.0)]) for t in (X, TARGET)]
    # Folds go by content, which a constant changes for all alike, but not by the same hash.
    model = LogisticPath(selection="balance", max_design_effect=1.2)
    np.testing.assert_allclose(weights(model, *wide), weights(model), rtol=1e-3)
    doubled = [np.column_stack([t, t[:, 0]]) for t in (X, TARGET)]
    assert np.isfinite(weights(None, *doubled)).all()
