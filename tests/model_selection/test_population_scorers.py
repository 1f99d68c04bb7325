import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sklearn
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.metrics import log_loss, mean_squared_error
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from imbalance_kit import (
    CalibrationWeighter,
    CorrectedClassifier,
    Population,
    PropensityWeighter,
    WeightedRegressor,
    compute_balance,
    make_balance_scorer,
    make_population_scorer,
)

RAKING = CalibrationWeighter(distance="raking")


def shifted(n: int, seed: int) -> tuple[Any, Any, Any]:
    """Return a sample, its outcomes, and rows of a population further out."""
    rng = np.random.default_rng(seed)
    X, target = rng.normal(0, 1, (n, 1)), rng.normal(0.8, 1, (n, 1))
    return X, X[:, 0] ** 2 + rng.normal(0, 0.1, n), target


def test_the_score_is_the_weighted_metric() -> None:
    X, y, target = shifted(400, 0)
    labels = (y > 1).astype(int)
    model = CorrectedClassifier(LogisticRegression(), RAKING)
    model.fit(X, labels, target=Population(target))
    weights = model.sampler_.weights(X)
    expected = -log_loss(labels, model.predict_proba(X), sample_weight=weights)
    assert make_population_scorer("neg_log_loss")(model, X, labels) == pytest.approx(expected)
    regressor = WeightedRegressor(Ridge(), RAKING).fit(X, y, target=Population(target))
    expected = -mean_squared_error(y, regressor.predict(X), sample_weight=weights)
    scorer = make_population_scorer("neg_mean_squared_error")
    assert scorer(regressor, X, y) == pytest.approx(expected)
    assert pickle.loads(pickle.dumps(scorer))(regressor, X, y) == pytest.approx(expected)
    with sklearn.config_context(enable_metadata_routing=True):
        assert scorer(regressor, X, y) == pytest.approx(expected)


def test_rows_reach_the_weighter_through_the_steps_in_front() -> None:
    X, y, target = shifted(400, 0)
    scaler = StandardScaler().fit(X)
    pipe = make_pipeline(scaler, WeightedRegressor(Ridge(alpha=1e-9), RAKING))
    pipe.fit(X, y, weightedregressor__target=Population(scaler.transform(target)))
    outside = WeightedRegressor(LinearRegression(), RAKING).fit(X, y, target=Population(target))
    scorer = make_population_scorer("neg_mean_squared_error")
    assert scorer(pipe, X, y) == pytest.approx(scorer(outside, X, y))


def test_cross_validation_estimates_the_error_in_the_population() -> None:
    weighted, plain, truth = [], [], []
    for seed in range(40):
        X, y, target = shifted(400, seed)
        model = WeightedRegressor(LinearRegression(), PropensityWeighter())
        for scores, scoring in (
            (weighted, make_population_scorer("neg_mean_squared_error")),
            (plain, "neg_mean_squared_error"),
        ):
            params = {"target": Population(target)}
            scores.append(-cross_val_score(model, X, y, scoring=scoring, params=params).mean())
        rng = np.random.default_rng(1000 + seed)
        new = rng.normal(0.8, 1, (4000, 1))
        fitted = model.fit(X, y, target=Population(target))
        truth.append(((fitted.predict(new) - new[:, 0] ** 2) ** 2).mean() + 0.01)
    for scores, is_right in ((weighted, True), (plain, False)):
        difference = np.array(scores) - np.array(truth)
        error = difference.std(ddof=1) / np.sqrt(len(difference))
        assert (abs(difference.mean()) < 4 * error) == is_right


class Remembers(CalibrationWeighter):
    """Note how many rows of the target arrive, in a file that clones and processes share."""

    def __init__(self, distance: Any = "raking", *, seen: Any = None) -> None:
        super().__init__(distance)
        self.seen = seen

    def fit(self, X: Any, y: Any = None, **options: Any) -> Any:
        target = options["target"]
        n = len(target.rows if isinstance(target, Population) else target)
        with self.seen.open("a") as file:
            file.write(f"{n}\n")
        return super().fit(X, y, **options)


def rows_seen_in_a_search(model: Any, target: Any, seen: Path, *, routing: bool) -> list[int]:
    """Search over three folds and fit again: four fits, on a sample of 90 rows."""
    X, y, _ = shifted(90, 0)
    labels = (y > np.median(y)).astype(int)
    outcome = labels if isinstance(model, CorrectedClassifier) else y
    with sklearn.config_context(enable_metadata_routing=routing):
        if routing:
            model = model.set_fit_request(target=True)
        parameter = "estimator__fit_intercept"
        GridSearchCV(model, {parameter: [True]}, cv=3).fit(X, outcome, target=target)
    return [int(line) for line in seen.read_text().split()]


@pytest.mark.parametrize("routing", [False, True])
@pytest.mark.parametrize("kind", ["classifier", "regressor"])
def test_a_population_is_not_cut_by_the_folds_even_at_equal_lengths(
    kind: str, routing: bool, tmp_path: Path
) -> None:
    weighter = Remembers(seen=tmp_path / "seen")
    model = (
        CorrectedClassifier(LogisticRegression(), weighter)
        if kind == "classifier"
        else WeightedRegressor(LinearRegression(), weighter)
    )
    target = Population(shifted(90, 0)[2])
    assert rows_seen_in_a_search(model, target, weighter.seen, routing=routing) == [90] * 4


@pytest.mark.parametrize("routing", [False, True])
@pytest.mark.parametrize("n", [90, 91])
def test_bare_rows_as_many_as_the_sample_would_be_cut(
    n: int, routing: bool, tmp_path: Path
) -> None:
    """The trap that Population is for: scikit-learn slices whatever has the length of X."""
    weighter = Remembers(seen=tmp_path / "seen")
    model = CorrectedClassifier(LogisticRegression(), weighter)
    target = np.resize(shifted(90, 0)[2], (n, 1))
    found = rows_seen_in_a_search(model, target, weighter.seen, routing=routing)
    assert found == ([60, 60, 60, 90] if n == 90 else [91] * 4)


def test_the_search_is_for_the_population() -> None:
    X, y, target = shifted(2000, 0)
    model = WeightedRegressor(Ridge(), RAKING)
    scorer = make_population_scorer("neg_mean_squared_error")
    grid = {"weighter": [None, RAKING]}
    # A search that scores by weights needs a weighter in every candidate.
    refused = pytest.raises((ValueError, TypeError))
    with pytest.warns(UserWarning, match="no weighter to use it"), refused:
        GridSearchCV(model, grid, scoring=scorer, error_score="raise").fit(
            X, y, target=Population(target)
        )
    alphas = {"estimator__alpha": [1e-3, 1e5]}
    search = GridSearchCV(model, alphas, scoring=scorer).fit(X, y, target=Population(target))
    assert search.best_params_ == {"estimator__alpha": 1e-3}


def test_balance_is_minus_the_mean_difference_of_held_out_rows() -> None:
    X, _, target = shifted(400, 0)
    population = Population(target)
    weighter = CalibrationWeighter(distance="raking").fit(X[:300], target=population)
    report = compute_balance(X[300:], population, sample_weight=weighter.weights(X[300:]))
    found = make_balance_scorer(population)(weighter, X[300:])
    assert found == pytest.approx(-report.mean_difference_after)
    within = make_balance_scorer(population)(weighter, X[:300])
    assert within == pytest.approx(0, abs=1e-8)


def test_a_cap_on_the_design_effect_ranks_what_is_beyond_it_last() -> None:
    X, _, target = shifted(600, 0)
    population = Population(target)
    weak = CalibrationWeighter(distance="raking").fit(X, target=Population(X[:200]))
    strong = CalibrationWeighter(distance="raking").fit(X, target=population)
    scorer = make_balance_scorer(population, max_design_effect=1.5)
    assert scorer(strong, X) < -1000 < scorer(weak, X) < 0
    grid = {"normalize": ["population", "mean"]}
    search = GridSearchCV(strong, grid, scoring=make_balance_scorer(population))
    assert search.fit(X, target=population).best_score_ < 0


def test_a_cap_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="`max_design_effect` must be at least 1"):
        make_balance_scorer(Population(np.zeros((2, 1))), max_design_effect=0.5)


def test_an_estimator_without_a_weighter_is_refused() -> None:
    X, y, _ = shifted(50, 0)
    with pytest.raises(TypeError, match="Ridge has no fitted weighter"):
        make_population_scorer("r2")(Ridge().fit(X, y), X, y)
