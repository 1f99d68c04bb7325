"""The pilot speaks for the population, and the default one takes whatever columns there are."""

import datetime
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse
from sklearn import config_context
from sklearn.calibration import CalibratedClassifierCV
from sklearn.decomposition import TruncatedSVD
from sklearn.ensemble import BaggingClassifier, HistGradientBoostingClassifier
from sklearn.feature_selection import SelectKBest
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LinearRegression, LogisticRegression, SGDClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, MaxAbsScaler, MinMaxScaler, StandardScaler
from sklearn.svm import LinearSVC

from imbalance_kit import NonuniformNegativeSampler
from imbalance_kit.shift import LinearPilot
from imbalance_kit.shift._scaled_pilot import ScaledPilot
from imbalance_kit.under_sampling._pilot import (
    check_can_score,
    default_pilot,
    given_pilot,
    is_fitted,
    seeded,
    train_pilot,
)

RNG = np.random.default_rng(0)
X = RNG.normal(size=(400, 3)) * [1, 100, 1e-3] + [0, 50, 1e-3]
Y = (RNG.random(400) < 1 / (1 + np.exp(1 - X[:, 0]))).astype(int)
TOTALS = {0: 100.0 * (Y == 0).sum(), 1: 1.0 * (Y == 1).sum()}  # negatives: one of a hundred
EVEN = {0: 1.0 * (Y == 0).sum(), 1: 1.0 * (Y == 1).sum()}


def test_every_seed_that_is_left_open_is_set() -> None:
    inner = SGDClassifier(loss="log_loss")
    given = make_pipeline(TruncatedSVD(random_state=5), BaggingClassifier(inner))
    seeds = {k: v for k, v in seeded(given, 7).get_params().items() if "random_state" in k}
    assert seeds == {
        "truncatedsvd__random_state": 5,
        "baggingclassifier__random_state": 7,
        "baggingclassifier__estimator__random_state": 7,
    }
    assert inner.random_state is None


# The population's scale ---------------------------------------------------------------------------


@pytest.mark.parametrize("n_classes", [2, 3])
def test_the_mean_probability_is_the_base_rate(n_classes: int) -> None:
    """Within 4 standard errors of 30 pilots of 1,500 rows, each on a population of its own.

    The truth is logistic, so that the pilot's model is right.
    """
    slopes, intercepts = np.array([[0.0, 0], [1, -0.5], [-0.5, 1]]), np.array([0, -4, -4.5])
    off = []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        rows = rng.normal(size=(20_000, 2))
        odds = np.exp(rows @ slopes[:n_classes].T + intercepts[:n_classes])
        truth = odds / odds.sum(axis=1, keepdims=True)
        y = (rng.random((20_000, 1)) > truth.cumsum(axis=1)[:, :-1]).sum(axis=1)
        sampler = NonuniformNegativeSampler(pilot_size=1500, random_state=seed).fit(rows, y)
        proba = sampler.pilot_.predict_proba(rows)
        off.append((proba.mean(axis=0) - truth.mean(axis=0))[1:])
    error = np.std(off, axis=0, ddof=1) / np.sqrt(30)
    assert (error < 0.002).all()  # the base rates are 2 to 3 %: uncorrected they would be 50 %
    assert (np.abs(np.mean(off, axis=0)) < 4 * error + 2e-4).all()


@pytest.mark.parametrize(
    "model",
    [
        LogisticRegression(),
        make_pipeline(StandardScaler(), LogisticRegression()),
        make_pipeline(StandardScaler(with_mean=False), LogisticRegression()),
        make_pipeline(StandardScaler(with_std=False), LogisticRegression()),
        make_pipeline(StandardScaler(), LogisticRegression(fit_intercept=False)),
    ],
    ids=lambda model: " ".join(str(model).split()),
)
@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.filterwarnings("ignore:lbfgs failed to converge")  # raw columns are badly scaled
def test_linear_models_become_plain_coefficients(model: Any, n_classes: int) -> None:
    y = Y if n_classes == 2 else np.arange(400) % 3
    totals = {k: 10.0**k for k in range(n_classes)}
    pilot = train_pilot(model, X, y, None, totals)
    assert isinstance(pilot, LinearPilot)
    rates = {k: (y == k).sum() / total for k, total in totals.items()}
    odds = model.predict_proba(X) / list(rates.values())
    np.testing.assert_allclose(
        pilot.predict_proba(X), odds / odds.sum(axis=1, keepdims=True), rtol=1e-9
    )


class Clipping(StandardScaler):
    """No longer a linear map, though it has `scale_` and `mean_`."""

    def transform(self, X: Any, copy: Any = None) -> Any:
        return np.clip(super().transform(X, copy=copy), -1, 1)


@pytest.mark.parametrize(
    "model",
    [
        make_pipeline(MinMaxScaler(), LogisticRegression()),
        make_pipeline(StandardScaler(), SelectKBest(k=2), LogisticRegression()),
        make_pipeline(Clipping(), LogisticRegression()),
        HistGradientBoostingClassifier(max_iter=5),
        make_pipeline(StandardScaler(), LinearSVC()),
    ],
    ids=lambda model: " ".join(str(model).split()),
)
def test_other_models_are_wrapped(model: Any) -> None:
    pilot = train_pilot(model, X, Y, None, TOTALS)
    assert isinstance(pilot, ScaledPilot)
    if hasattr(model, "predict_proba"):
        raw = model.predict_proba(X)
    else:
        raw = np.column_stack([np.ones(400), np.exp(model.decision_function(X))])
    odds = raw[:, 1] / raw[:, 0] / 100  # a hundred negatives stand behind each
    np.testing.assert_allclose(pilot.predict_proba(X)[:, 1], odds / (1 + odds), rtol=1e-9)


# Weights ------------------------------------------------------------------------------------------

WEIGHTS = RNG.integers(0, 4, 400).astype(float)
SOURCE = np.repeat(np.arange(400), WEIGHTS.astype(int))


@pytest.mark.parametrize("routing", [False, True])
@pytest.mark.parametrize(
    "make",
    [
        lambda: LogisticRegression(tol=1e-8),
        lambda: make_pipeline(
            FunctionTransformer(np.arcsinh), Pipeline([("last", LogisticRegression(tol=1e-8))])
        ),
        lambda: Pipeline([("only", LogisticRegression(tol=1e-8))]),
    ],
)
def test_a_weight_is_a_repetition(make: Any, routing: bool) -> None:
    totals = {k: float(WEIGHTS[k == Y].sum()) * 7**k for k in (0, 1)}
    rows = X / [1, 100, 1]
    with config_context(enable_metadata_routing=routing):
        one = train_pilot(make(), rows, Y, WEIGHTS, totals).predict_proba(rows)
    other = train_pilot(make(), rows[SOURCE], Y[SOURCE], None, totals).predict_proba(rows)
    np.testing.assert_allclose(one, other, rtol=1e-4)  # the tolerance of lbfgs


@pytest.mark.parametrize(
    "model",
    [KNeighborsClassifier(60), make_pipeline(MaxAbsScaler(), KNeighborsClassifier(60))],
    ids=["alone", "in a pipeline"],
)
def test_a_pilot_that_takes_no_weights_has_the_right_base_rate_all_the_same(model: Any) -> None:
    weights = np.where(Y == 1, 3.0, 1.0)
    totals = {0: 50 * weights[Y == 0].sum(), 1: weights[Y == 1].sum()}
    pilot = train_pilot(model, X, Y, weights, totals)
    assert isinstance(pilot, ScaledPilot)
    assert pilot.rates is not None
    # Of the model's odds, rows of class 0 stand for 50 each, those of class 1 for 3.
    assert pilot.rates.factors[1] / pilot.rates.factors[0] == pytest.approx(50 / 3)


# The default pilot --------------------------------------------------------------------------------


def fitted(rows: Any) -> Any:
    return train_pilot(default_pilot(rows), rows, Y, None, EVEN)


@pytest.mark.parametrize(
    "container",
    [np.asarray, np.asfortranarray, lambda X: X.astype(np.float32), np.ndarray.tolist,
     lambda X: X.astype(object), sparse.csr_array, sparse.csc_matrix],
)  # fmt: skip
def test_numbers_are_linear(container: Any) -> None:
    pilot = fitted(container(X))
    assert isinstance(pilot, LinearPilot)
    theirs = make_pipeline(StandardScaler(), LogisticRegression()).fit(X, Y).predict_proba(X)
    np.testing.assert_allclose(pilot.predict_proba(container(X)), theirs, atol=1e-4)


def test_missing_values_anywhere_are_seen_to() -> None:
    """Also where the few rows that the pilot is trained on have none."""
    missing = X.copy()
    missing[-1, 1] = np.nan
    model = default_pilot(missing)
    pilot = train_pilot(model, missing[:-1], Y[:-1], None, EVEN)
    assert np.isfinite(pilot.predict_proba(missing)).all()
    missing[:, 2] = np.nan  # an empty column
    assert np.isfinite(fitted(missing).predict_proba(missing)).all()


FRAME = pd.DataFrame(
    {
        "number": X[:, 0],
        "gaps": np.where(X[:, 1] > 120, np.nan, X[:, 1]),
        "whole": pd.array(np.where(X[:, 0] > 1, 1, 7), dtype="Int64"),
        "category": pd.Categorical(np.where(X[:, 0] > 0, "u", "v")),
        "text": np.where(Y == 1, "rare", "common"),
        "flag": X[:, 0] > 0,
        "maybe": pd.array(np.where(X[:, 0] > 0, True, False), dtype="boolean"),
        "mixed": ["a" if v > 0 else 1 for v in X[:, 0].tolist()],
        "day": pd.Timestamp("2020-01-01") + pd.to_timedelta(np.arange(400) % 5, unit="D"),
    }
)
FRAME.loc[3:7, ["whole", "maybe"]] = pd.NA
FRAME.loc[10:12, ["text", "category"]] = None
FRAME.loc[5:6, "mixed"] = 2.5
FRAME["empty"] = np.nan


def polars_frame() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "number": X[:, 0],
            "gaps": [None if v > 120 else v for v in X[:, 1].tolist()],
            "whole": [None if k < 5 else k for k in range(400)],
            "text": pl.Series(np.where(Y == 1, "rare", "common").tolist()),
            "category": pl.Series(["u", None, "v", "u"] * 100, dtype=pl.Categorical),
            "flag": (X[:, 0] > 0).tolist(),
            "day": [datetime.date(2020, 1, 1 + k % 5) for k in range(400)],
        }
    )


@pytest.mark.parametrize("make", [lambda: FRAME, polars_frame], ids=["pandas", "polars"])
def test_mixed_frames(make: Callable[[], Any]) -> None:
    frame = make()
    pilot = fitted(frame)
    proba = pilot.predict_proba(frame)
    assert np.isfinite(proba).all()
    assert (
        proba[Y == 1, 1].min() > 0.8 > 0.2 > np.median(proba[Y == 0, 1])
    )  # a column gives it away


def test_unknown_levels_and_new_gaps() -> None:
    pilot = fitted(FRAME)
    new = FRAME.copy()
    new["text"] = "never seen"
    new.loc[20:40, "number"] = np.nan
    assert np.isfinite(pilot.predict_proba(new)).all()


def test_what_one_library_holds_another_scores_alike() -> None:
    """Booleans and gaps have other texts in pandas, of every dtype, than in polars."""
    gaps = [None if k % 9 == 0 else "uv"[k % 2] for k in range(400)]
    columns = {"number": X[:, 0], "flag": X[:, 1] > 50, "text": gaps}
    frames = {
        "pandas": pd.DataFrame(columns),
        "objects": pd.DataFrame(columns).astype({"text": object, "flag": object}),
        "nan": pd.DataFrame(columns).astype({"text": object}).fillna({"text": np.nan}),
        "nullable": pd.DataFrame(columns).astype({"text": "string", "flag": "boolean"}),
        "categories": pd.DataFrame(columns).astype({"text": "category"}),
        "polars": pl.DataFrame(columns),
        "polars categories": pl.DataFrame(columns).with_columns(
            pl.col("text").cast(pl.Categorical)
        ),
    }
    expected = fitted(frames["pandas"]).predict_proba(frames["pandas"])
    assert expected[:, 1].std() > 0.001
    for trained_on in frames.values():
        pilot = fitted(trained_on)
        for frame in frames.values():
            np.testing.assert_allclose(pilot.predict_proba(frame), expected, rtol=1e-12)


def test_an_array_instead_of_the_frame() -> None:
    numbers = pd.DataFrame(X, columns=list("abc"))
    expected = fitted(numbers).predict_proba(numbers)
    np.testing.assert_array_equal(fitted(numbers).predict_proba(X), expected)
    texts = FRAME[["number", "text"]]
    with pytest.raises(TypeError, match=r"trained on a DataFrame .* Hint: a DataFrame with"):
        fitted(texts).predict_proba(texts.to_numpy())


def test_columns_of_many_levels_stay_narrow() -> None:
    frame = pd.DataFrame({"id": [f"user {k % 390}" for k in range(400)], "number": X[:, 0]})
    pilot = fitted(frame)
    assert pilot.model[-1].coef_.shape[1] <= 102


@pytest.mark.parametrize("make", [lambda: FRAME, polars_frame], ids=["pandas", "polars"])
def test_frames_are_left_alone(make: Callable[[], Any]) -> None:
    frame = make()
    copy = frame.copy() if hasattr(frame, "copy") else frame.clone()
    fitted(frame)
    assert frame.equals(copy)


def test_frames_whose_names_are_numbers() -> None:
    frame = pd.DataFrame(X, columns=[20, 10, 30])
    assert np.isfinite(fitted(frame).predict_proba(frame)).all()


def test_texts_in_an_array_are_refused() -> None:
    with pytest.raises(ValueError, match=r"must be numbers: .*'a'.* Hint: give a DataFrame"):
        default_pilot(np.array([["a", 1.0]], dtype=object))
    with pytest.raises(TypeError, match=r"must be numbers: .*'dict'. Hint: give a DataFrame"):
        default_pilot(np.array([[{}, 1.0]], dtype=object))
    with pytest.raises(ValueError, match=r"must be numbers: .*dtype <U3.* Hint: give a DataFrame"):
        default_pilot(np.array([["1.0"], ["2.5"]]))  # was an error of numpy's matmul


# Given pilots -------------------------------------------------------------------------------------


def test_fitted_or_not() -> None:
    model = LogisticRegression()
    assert not is_fitted(model)
    assert not is_fitted(make_pipeline(StandardScaler(), model))
    assert not is_fitted(FrozenEstimator(model))
    fitted_model = LogisticRegression().fit(X[:, :1], Y)
    assert is_fitted(fitted_model)
    assert is_fitted(FrozenEstimator(fitted_model))
    assert is_fitted(make_pipeline(StandardScaler(), LogisticRegression()).fit(X, Y))
    assert is_fitted(LinearPilot(np.ones((1, 1)), np.zeros(1)))  # of no kind scikit-learn knows


@pytest.mark.parametrize("pilot", [LinearRegression(), LogisticRegression, "logistic", 3], ids=str)
def test_what_cannot_score(pilot: Any) -> None:
    with pytest.raises(TypeError, match="must be a classifier with predict_proba or decision_func"):
        check_can_score(pilot)


@pytest.mark.parametrize("pilot", [LogisticRegression(), LinearSVC(), FrozenEstimator(LinearSVC())])
def test_what_can_score(pilot: Any) -> None:
    check_can_score(pilot)


def test_a_pilot_that_knows_other_classes() -> None:
    model = LogisticRegression().fit(X[:, :1], np.where(Y == 1, "yes", "no"))
    with pytest.raises(ValueError, match=r"knows the classes \['no', 'yes'\], but `y` has \[0, 1"):
        given_pilot(model, (0, 1))
    three = LogisticRegression().fit(X[:, :1], np.arange(400) % 3)
    with pytest.raises(ValueError, match=r"\[0, 1, 2\], but `y` has \[0, 1\]. Hint: fit the pilot"):
        given_pilot(FrozenEstimator(three), (0, 1))
    assert given_pilot(LogisticRegression().fit(X[:, :1], Y), (False, True))  # equal labels


def test_a_fitted_pilot_is_used_as_it_is() -> None:
    model = LogisticRegression().fit(X[:, :1], Y)
    for given in (model, FrozenEstimator(model)):
        pilot = given_pilot(given, (0, 1))
        assert isinstance(pilot, LinearPilot)
        np.testing.assert_allclose(
            pilot.predict_proba(X[:, :1]), model.predict_proba(X[:, :1]), rtol=1e-12
        )
    calibrated = CalibratedClassifierCV(LinearSVC(), ensemble=False, cv=3).fit(X / [1, 100, 1], Y)
    assert isinstance(given_pilot(calibrated, (0, 1)), ScaledPilot)
    sparse_coef = LogisticRegression().fit(X[:, :1], Y).sparsify()
    assert isinstance(given_pilot(sparse_coef, (0, 1)), ScaledPilot)


@pytest.mark.parametrize("output", ["pandas", "polars"])
def test_the_container_wanted_of_transformers_is_no_matter_of_the_pilot(output: str) -> None:
    """scikit-learn's switch reached the pilot's own steps, whose sparse columns it refuses."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": rng.normal(size=80), "city": rng.choice(["a", "b"], 80)})
    y = (np.arange(80) % 4 == 0).astype(int)
    sampler = NonuniformNegativeSampler(sampling_strategy=0.5, random_state=0)
    plain, _ = sampler.fit_resample(frame, y)
    with config_context(transform_output=output):
        switched, _ = sampler.fit_resample(frame, y)
    pd.testing.assert_frame_equal(switched, plain)
