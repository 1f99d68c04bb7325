"""What all weighters towards a population share: sums, new rows, draws, shifts, pipelines."""

import pickle
import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import get_tags

from imbalance_kit import (
    CalibrationWeighter,
    CBPSWeighter,
    CorrectedClassifier,
    Margins,
    Population,
    PropensityWeighter,
    RakingWeighter,
)
from imbalance_kit.shift import CovariateShift
from imbalance_kit.weighting._base_weighter import BaseWeighter
from imbalance_kit.weighting._task import Solution, Task
from tests.weighting._populations import two_normals

X, T = two_normals(200, 300, 3)
Y = (X[:, 0] + np.random.default_rng(0).normal(size=200) > 0).astype(int)
D = np.random.default_rng(1).exponential(size=200)
SHARES = {"g": {"a": 0.5, "b": 0.25, "c": 0.25}}


def first_column(rows: Any, design: Any) -> Any:
    return design * np.exp(0.5 * np.asarray(rows)[:, 0])


class Tilt(BaseWeighter):
    """A weighter in five lines."""

    def _solve(self, task: Task) -> Solution:
        return Solution(first_column, population="tilted")


@pytest.mark.parametrize(
    ("normalize", "total"), [("population", 300), ("sample", D.sum()), ("mean", 200)]
)
def test_sums(normalize: Any, total: float) -> None:
    weighter = Tilt(normalize=normalize).fit(X, target=T, sample_weight=D)
    assert weighter.weights_.sum() == pytest.approx(total)
    np.testing.assert_allclose(weighter.weights(X, sample_weight=D), weighter.weights_)
    np.testing.assert_allclose(weighter.weights(X[:5], sample_weight=D[:5]), weighter.weights_[:5])
    ratio = weighter.weights_ / first_column(X, D)
    np.testing.assert_allclose(ratio, ratio[0])


def test_what_is_kept() -> None:
    weighter = Tilt().fit(
        pd.DataFrame(X, columns=list("abc")), Y, target=pd.DataFrame(T, columns=list("abc"))
    )
    assert weighter.shift_ == CovariateShift("tilted")
    assert weighter.feature_names_in_.tolist() == ["a", "b", "c"]
    assert weighter.n_features_in_ == 3
    assert get_tags(weighter).estimator_type == "weighter"
    copy = pickle.loads(pickle.dumps(weighter))
    np.testing.assert_array_equal(copy.weights_, weighter.weights_)
    assert clone(weighter).get_params() == weighter.get_params()


def test_draws_follow_the_weights() -> None:
    weighter = Tilt(random_state=0)
    X_res, y_res = weighter.fit_resample(X, Y, target=T, sample_weight=D, n_samples=10_000)
    drawn = weighter.sample_indices_
    np.testing.assert_array_equal(X_res, X[drawn])
    np.testing.assert_array_equal(y_res, Y[drawn])
    copies = np.bincount(drawn, minlength=200)
    expected = 10_000 * weighter.weights_ / weighter.weights_.sum()
    assert (np.abs(copies - expected) < 1 + 1e-9).all()
    # The weights that let the rows stand for the sample: D again, up to that rounding.
    back = np.bincount(drawn, weighter.sample_weight_, minlength=200)
    assert (np.abs(back - D) <= D / expected + 1e-9).all()
    _, none = Tilt(random_state=0).fit_resample(X, target=T)
    assert none is None


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda w: w.fit(X, Y[1:], target=T), "`X` has 200 rows, `y` has 199"),
        (lambda w: w.fit(X), "Tilt needs a `target`, the population to weight to"),
        (
            lambda w: w.fit(X, T),
            r"needs a `target`.* Hint: fit\(X, target=\.\.\.\); what comes second",
        ),
        (lambda w: w.fit(X, target=T[:, :2]), r"\['x2'\] are in the sample only"),
        (lambda w: w.fit_resample(X, target=T, n_samples=0), "`n_samples` must be an integer of"),
        (lambda w: w.set_params(normalize="all").fit(X, target=T), "`normalize` must be"),
        (lambda w: w.fit(X, target=T).weights(X[:, :2]), "X has 2 features, but Tilt is expecting"),
        (lambda w: w.fit(X, target=T, target_weight=-np.ones(300)), "`target_weight` contains neg"),
    ],
)
def test_messages(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call(Tilt())


@pytest.mark.filterwarnings("ignore:.* weights are negative")
def test_negative_weights_cannot_be_drawn() -> None:
    with pytest.raises(ValueError, match="Some weights are negative, and rows cannot be drawn"):
        CalibrationWeighter().fit_resample(X, target=T + 2)


@pytest.mark.parametrize("carry_out", ["auto", "rows"])
def test_a_classifier_trains_under_the_weights_and_keeps_its_probabilities(carry_out: str) -> None:
    model = CorrectedClassifier(
        LogisticRegression(), CalibrationWeighter("raking", random_state=0), carry_out=carry_out
    )
    model.fit(X, Y, target=Population(T))
    inner = model.estimator_
    np.testing.assert_allclose(model.predict_proba(T), inner.predict_proba(T), rtol=1e-12)
    if carry_out == "auto":
        weights = CalibrationWeighter("raking").fit_weights(X, target=T)
        plain = LogisticRegression().fit(X, Y, sample_weight=weights)
        np.testing.assert_allclose(inner.coef_, plain.coef_, rtol=1e-6)


def test_a_target_behind_a_scaler() -> None:
    """In its own units it warns; listed in transform_input it is scaled like the sample."""
    units = np.array([1000.0, 1, 1])
    weighted = CorrectedClassifier(LogisticRegression(), CalibrationWeighter("raking", ridge=0.1))
    with sklearn.config_context(enable_metadata_routing=True):
        weighted.set_fit_request(target=True)
        wrong = make_pipeline(StandardScaler(), weighted)
        with (
            pytest.warns(UserWarning, match=r"Columns \['x0'\] are on another scale"),
            pytest.raises(ValueError, match="cannot be met"),
        ):
            wrong.set_params(correctedclassifier__sampler__ridge=0.0).fit(
                X * units, Y, target=Population((T + 3) * units)
            )
        right = make_pipeline(StandardScaler(), weighted, transform_input=["target"])
        right.fit(X * units, Y, target=T * units)
    assert right.predict_proba(X * units).shape == (200, 2)


@pytest.mark.parametrize("normalize", ["population", "sample", "mean"])
def test_a_few_rows_that_stand_for_many(normalize: Any) -> None:
    few, copies = X[:50].round(), np.arange(1, 51)
    weighter = RakingWeighter(normalize=normalize)
    sample = np.repeat(np.abs(few[:, :2]).clip(0, 1), copies, axis=0)
    target = np.abs(T[:, :2].round()).clip(0, 1)
    expected = clone(weighter).fit(sample, target=target).weights(sample)
    cells, first, counts = np.unique(sample, axis=0, return_index=True, return_counts=True)
    weighter.fit_cells(cells, cell_weight=counts, n_rows=len(sample), target=target)
    np.testing.assert_allclose(weighter.weights(sample), expected, rtol=1e-10)
    np.testing.assert_allclose(weighter.weights_, counts * expected[first], rtol=1e-10)


@pytest.mark.parametrize(("whole", "name"), [(1, "shares"), (100, "percentages")])
def test_totals_that_look_like_shares_warn(whole: float, name: str) -> None:
    sample = pd.DataFrame({"sex": list("fffm") * 60})
    margins = {"sex": {"f": 0.52 * whole, "m": 0.48 * whole}}
    totals = Margins(margins)
    with pytest.warns(UserWarning, match=f"sum to {whole}, as {name} do, and so .* for 240"):
        weights = RakingWeighter().fit_weights(sample, target=totals)
    assert weights.sum() == pytest.approx(whole)
    rounded = Margins({"sex": {"f": 0.52 * whole, "m": 0.478 * whole}})
    with pytest.warns(UserWarning, match=f"as {name} do"):
        CalibrationWeighter().fit(sample, target=rounded)


def test_totals_that_are_meant_do_not_warn() -> None:
    sample = pd.DataFrame({"sex": list("fffm") * 60})
    ones = Margins({"sex": {"f": 0.52, "m": 0.48}})
    shares = Margins({"sex": {"f": 0.52, "m": 0.48}}, kind="share", size=1)
    hundred = Margins({"sex": {"f": 52, "m": 48}})
    few = Margins({"sex": {"f": 2, "m": 2}})
    design = np.full(len(sample), 1 / len(sample))
    for target in (shares, few, Margins({"sex": {"f": 49.4, "m": 50}})):
        RakingWeighter().fit(sample, target=target)
    RakingWeighter(normalize="sample").fit(sample, target=ones)
    RakingWeighter().fit(sample, target=ones, sample_weight=design)
    RakingWeighter().fit(sample[:100], target=hundred)  # a census


@pytest.mark.parametrize("method", ["fit", "fit_weights", "fit_resample"])
def test_a_warning_names_the_line_of_the_caller(method: str) -> None:
    sample = pd.DataFrame({"g": list("aabbc"), "h": list("xyxyx")})
    target = pd.DataFrame({"g": list("aabb"), "h": list("xyxy")})
    calls = [
        (RakingWeighter(), sample, target, "weigh 0"),  # from the solution
        (RakingWeighter(), sample, Margins(SHARES), "as shares do"),  # from the base
        (CalibrationWeighter(), sample, target, "No row of the population"),
        (PropensityWeighter(), X, 1e4 * T, "on another scale"),  # from the task
    ]
    for weighter, rows, towards, message in calls:
        with warnings.catch_warnings(record=True) as found:
            warnings.simplefilter("always")
            getattr(weighter, method)(rows, target=towards)
        assert [w.filename for w in found if message in str(w.message)] == [__file__], message
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        RakingWeighter().fit(target, target=target).weights(sample)
    assert [w.filename for w in found] == [__file__]  # from the covariates


def test_what_weighters_are_a_function_of() -> None:
    assert Tilt().sufficient_statistics() == "rows"
    assert PropensityWeighter().sufficient_statistics() == "rows"
    assert RakingWeighter().sufficient_statistics() == "cells"
    assert CBPSWeighter().sufficient_statistics() == "cells"
    assert CalibrationWeighter().sufficient_statistics() == "moments"
    assert CalibrationWeighter("raking").sufficient_statistics() == "cells"
