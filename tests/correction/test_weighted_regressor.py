from typing import Any

import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from imbalance_kit import (
    CalibrationWeighter,
    ClassWeighter,
    Population,
    PropensityWeighter,
    RandomUnderSampler,
    WeightedRegressor,
)

RAKING = CalibrationWeighter(distance="raking")


def sample_and_population(n: int = 3000, seed: int = 0) -> tuple[Any, Any, Any]:
    rng = np.random.default_rng(seed)
    X, target = rng.normal(0, 1, (n, 2)), rng.normal(0.7, 1, (n, 2))
    return X, X[:, 0] ** 2 + rng.normal(0, 0.1, n), target


def test_it_is_the_regressor_under_the_weights() -> None:
    X, y, target = sample_and_population()
    model = WeightedRegressor(LinearRegression(), RAKING).fit(X, y, target=Population(target))
    weights = CalibrationWeighter(distance="raking").fit_weights(X, target=target)
    expected = LinearRegression().fit(X, y, sample_weight=weights)
    np.testing.assert_allclose(model.estimator_.coef_, expected.coef_)
    np.testing.assert_allclose(model.predict(target), expected.predict(target))
    np.testing.assert_allclose(model.weighter_.weights_, weights)


def test_it_is_right_where_the_population_is() -> None:
    # Of x², the best line for N(m, s²) has slope 2 m; the sampling error of the slope under these
    # weights is about .05 (seen over 200 seeds), four of which are .2.
    X, y, target = sample_and_population(20_000)
    slopes = {}
    for name, weighter in (("weighted", PropensityWeighter()), ("plain", None)):
        options = {} if weighter is None else {"target": Population(target)}
        model = WeightedRegressor(LinearRegression(), weighter).fit(X, y, **options)
        slopes[name] = model.estimator_.coef_[0]
    assert slopes["plain"] == pytest.approx(0, abs=0.2)
    assert slopes["weighted"] == pytest.approx(1.4, abs=0.2)


def test_design_weights_are_repetitions() -> None:
    X, y, target = sample_and_population(300)
    counts = np.random.default_rng(0).integers(1, 4, 300)
    by_weight = WeightedRegressor(LinearRegression(), RAKING)
    by_weight.fit(X, y, sample_weight=counts, target=Population(target))
    repeated = WeightedRegressor(LinearRegression(), RAKING)
    repeated.fit(np.repeat(X, counts, axis=0), np.repeat(y, counts), target=Population(target))
    np.testing.assert_allclose(by_weight.predict(X), repeated.predict(X), rtol=1e-6)


def test_weights_are_the_way_unless_rows_are_asked_for() -> None:
    X, y, target = sample_and_population()
    auto, asked = (
        WeightedRegressor(LinearRegression(), RAKING, carry_out=how).fit(
            X, y, target=Population(target)
        )
        for how in ("auto", "weights")
    )
    np.testing.assert_array_equal(auto.predict(X), asked.predict(X))


def test_rows_are_drawn_for_regressors_without_weights() -> None:
    X, y, target = sample_and_population()
    learner = KNeighborsRegressor()
    with pytest.raises(ValueError, match=r"takes no sample_weight\. Hint: carry"):
        WeightedRegressor(learner, RAKING).fit(X, y, target=Population(target))
    weighter = CalibrationWeighter(distance="raking", random_state=0)
    model = WeightedRegressor(learner, weighter, carry_out="rows")
    model.fit(X, y, target=Population(target))
    # Importance resampling: the mean of the rows drawn is the population's, within four errors.
    drawn = X[model.weighter_.sample_indices_]
    np.testing.assert_allclose(drawn.mean(axis=0), target.mean(axis=0), atol=4 / np.sqrt(3000))


def test_a_pipeline_gets_weights_at_its_last_step_and_frames_their_names() -> None:
    X, y, target = sample_and_population()
    frame = pd.DataFrame(X, columns=["a", "b"])
    inside = make_pipeline(StandardScaler(), LinearRegression())
    model = WeightedRegressor(inside, RAKING)
    model.fit(frame, y, target=Population(pd.DataFrame(target, columns=["a", "b"])))
    assert model.feature_names_in_.tolist() == ["a", "b"]
    plain = WeightedRegressor(LinearRegression(), RAKING).fit(X, y, target=Population(target))
    np.testing.assert_allclose(model.predict(frame), plain.predict(X))


def test_rows_reach_the_regressor_as_they_are() -> None:
    frame = pd.DataFrame({"a": ["x", "y", "x", None] * 5, "b": np.arange(20.0)})
    inside = make_pipeline(OneHotEncoder(), LinearRegression())
    model = WeightedRegressor(inside).fit(frame, frame["b"])
    want = inside.fit(frame, frame["b"]).predict(frame)
    np.testing.assert_allclose(model.predict(frame), want)
    with pytest.raises(ValueError, match="feature names should match"):
        model.predict(frame.rename(columns={"a": "c"}))
    assert model.feature_names_in_.tolist() == ["a", "b"]


def test_a_target_goes_through_the_steps_in_front_by_metadata_routing() -> None:
    X, y, target = sample_and_population()
    with sklearn.config_context(enable_metadata_routing=True):
        last = WeightedRegressor(LinearRegression(), RAKING).set_fit_request(target=True)
        pipe = make_pipeline(StandardScaler(), last, transform_input=["target"])
        pipe.fit(X, y, target=target)
    outside = WeightedRegressor(LinearRegression(), RAKING).fit(X, y, target=Population(target))
    np.testing.assert_allclose(pipe.predict(target), outside.predict(target))


def test_a_target_that_is_not_on_the_scale_of_the_rows_is_told() -> None:
    X, y, target = sample_and_population()
    pipe = make_pipeline(StandardScaler(), WeightedRegressor(LinearRegression(), RAKING))
    name = pipe.steps[-1][0]
    with pytest.warns(UserWarning, match="scale"), pytest.raises(ValueError, match="target"):
        pipe.fit(1000 * X + 5000, y, **{f"{name}__target": Population(1000 * target + 5000)})


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"estimator": ClassWeighter()}, TypeError, "`estimator` must be a regressor"),
        ({"estimator": None}, TypeError, "`estimator` must be a regressor, got None"),
        ({"weighter": RandomUnderSampler()}, TypeError, "`weighter` must be a weighter"),
        ({"weighter": PropensityWeighter}, TypeError, "`weighter` must be a weighter"),
        ({"carry_out": "copies"}, ValueError, "`carry_out` must be one of"),
    ],
)
def test_parameters_are_checked(
    parameters: dict[str, Any], error: type[Exception], message: str
) -> None:
    X, y, target = sample_and_population(50)
    model = WeightedRegressor(LinearRegression(), RAKING).set_params(**parameters)
    with pytest.raises(error, match=message):
        model.fit(X, y, target=Population(target))


def test_what_is_missing_or_too_much() -> None:
    X, y, target = sample_and_population(50)
    with pytest.raises(ValueError, match="needs a `target`"):
        WeightedRegressor(LinearRegression(), RAKING).fit(X, y)
    plain = WeightedRegressor(LinearRegression())
    with pytest.warns(UserWarning, match="`target` was given, but there is no") as caught:
        plain.fit(X, y, target=Population(target))
    assert [w.filename for w in caught] == [__file__]
    np.testing.assert_array_equal(plain.estimator_.coef_, LinearRegression().fit(X, y).coef_)


@pytest.mark.filterwarnings("ignore:`target` was given, but there is no weighter:UserWarning")
def test_a_search_over_no_weighter_and_one() -> None:
    X, y, target = sample_and_population(200)
    search = GridSearchCV(
        WeightedRegressor(LinearRegression()),
        {"weighter": [None, RAKING]},
        error_score="raise",
        cv=2,
    )
    search.fit(X, y, target=Population(target))
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_negative_weights_are_refused() -> None:
    X, y, _ = sample_and_population(200)
    far = Population(np.full((5, 2), 2.5) + np.random.default_rng(0).normal(size=(5, 2)))
    with pytest.raises(ValueError, match=r"negative weights, .* Hint: distance='raking'"):
        WeightedRegressor(LinearRegression(), CalibrationWeighter()).fit(X, y, target=far)
