"""Does training and validating under importance weights pay where the sample is not the population?

Two settings, each drawn many times: a simulation in which a straight line is fitted to a curve and
the population lies where the sample is thin; and adult (UCI), with a sample biased by age and
education, a logistic regression without products or squares, and the other rows as population.
Reported per setting, with standard errors over the draws:

- the loss in the population of the model trained with and without weights, and the difference;
- what five-fold cross-validation says of the weighted model's loss in the population, scored
  plainly and by make_population_scorer, less the loss of the same fold models there: 0 is unbiased.

The population's rows are split: one half is what the weighter sees, the other what losses are
measured on.

    python -m benchmarks.covariate_shift
"""

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import log_loss, mean_squared_error
from sklearn.model_selection import KFold, StratifiedKFold, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks._results import write_results
from imbalance_kit import (
    CalibrationWeighter,
    CorrectedClassifier,
    Population,
    PropensityWeighter,
    WeightedRegressor,
    effective_sample_size,
    make_population_scorer,
)
from tests._data import load_real

QUESTION = __doc__.partition("\n")[0]
MINUTES = 6
NEEDS = ("data:adult",)
DRAWS = {"simulation": 250, "adult": 120}
WEIGHTERS: dict[str, Any] = {
    "PropensityWeighter()": PropensityWeighter(),
    "CalibrationWeighter('raking')": CalibrationWeighter("raking"),
}
Rows = tuple[NDArray[np.float64], NDArray[Any]]
Draw = tuple[Rows, Rows, NDArray[np.float64]]


def simulate(seed: int) -> Draw:
    """Return a sample, rows of a population further out, and more of them for the weighter."""
    rng = np.random.default_rng(seed)
    X = rng.normal(0, 1, (1_000, 3))
    test, target = (rng.normal([0.6, 0.6, 0.0], 1, (n, 3)) for n in (20_000, 5_000))

    def outcome(rows: NDArray[np.float64]) -> NDArray[np.float64]:
        curve = rows[:, 0] + 0.5 * rows[:, 0] ** 2 - 0.3 * rows[:, 1] * rows[:, 2]
        return curve + rng.normal(0, 0.5, len(rows))

    return (X, outcome(X)), (test, outcome(test)), target


class Adult:
    """Draws of adult: who is young and educated is likelier to be in the sample."""

    def __init__(self) -> None:
        table, self.y = load_real("adult")
        self.X = np.column_stack(
            [
                table[["age", "education_num", "hours_per_week"]].to_numpy(dtype=float),
                np.log1p(table["capital_gain"]),
                table["sex"] == "Male",
                table["marital_status"] == "Married-civ-spouse",
            ]
        ).astype(float)
        score = 0.06 * (45 - self.X[:, 0]) + 0.25 * (self.X[:, 1] - 10)
        self.rate = 2_000 / len(self.y) * np.exp(score) / np.exp(score).mean()

    def __call__(self, seed: int) -> Draw:
        """Return a sample of about 2,000 rows; the population is all rows, in two halves."""
        rng = np.random.default_rng(seed)
        drawn = rng.random(len(self.y)) < self.rate
        first = rng.random(len(self.y)) < 0.5
        X, y = self.X, self.y
        return (X[drawn], y[drawn]), (X[~first], y[~first]), X[first]


def loss_of(model: Any, rows: Rows) -> float:
    """Return squared error or log loss."""
    if hasattr(model, "predict_proba"):
        return float(log_loss(rows[1], model.predict_proba(rows[0])))
    return float(mean_squared_error(rows[1], model.predict(rows[0])))


def measure(draw: Draw, make: Any, scoring: str) -> dict[str, list[float]]:
    """Return losses and errors of the estimates of one draw, by weighter."""
    (X, y), test, target = draw
    plain_loss = loss_of(make(None).fit(X, y), test)
    found: dict[str, list[float]] = {}
    folds = (KFold if y.dtype.kind == "f" else StratifiedKFold)(5, shuffle=True, random_state=0)
    for name, weighter in WEIGHTERS.items():
        fitted = make(weighter).fit(X, y, target=Population(target))
        inner = getattr(fitted, "weighter_", None) or fitted.sampler_
        scores = cross_validate(
            make(weighter),
            X,
            y,
            cv=folds,
            scoring={"plain": scoring, "population": make_population_scorer(scoring)},
            params={"target": Population(target)},
            return_estimator=True,
        )
        truth = float(np.mean([loss_of(model, test) for model in scores["estimator"]]))
        found[name] = [
            plain_loss,
            loss_of(fitted, test),
            -scores["test_plain"].mean() - truth,
            -scores["test_population"].mean() - truth,
            effective_sample_size(inner.weights_) / len(y),
        ]
    return found


def summarize(rows: NDArray[np.float64]) -> dict[str, Any]:
    """Return means with standard errors over the draws."""

    def mean(values: NDArray[np.float64]) -> dict[str, float]:
        error = values.std(ddof=1) / np.sqrt(len(values))
        return {"mean": round(float(values.mean()), 5), "standard error": round(float(error), 5)}

    plain, weighted = rows[:, 0], rows[:, 1]
    return {
        "loss in the population, trained unweighted": mean(plain),
        "loss in the population, trained weighted": mean(weighted),
        "weighted less unweighted": mean(weighted - plain),
        "share of draws in which weighted is better": round(float((weighted < plain).mean()), 3),
        "bias of plain cross-validation": mean(rows[:, 2]),
        "bias of importance-weighted cross-validation": mean(rows[:, 3]),
        "effective share of the sample": round(float(rows[:, 4].mean()), 3),
    }


def main() -> None:
    logistic = make_pipeline(StandardScaler(), LogisticRegression(C=100.0))
    settings: dict[str, Any] = {
        "simulation": (
            simulate,
            lambda weighter: WeightedRegressor(LinearRegression(), weighter),
            "neg_mean_squared_error",
        ),
        "adult": (
            Adult(),
            lambda weighter: CorrectedClassifier(logistic, weighter),
            "neg_log_loss",
        ),
    }
    figures: dict[str, Any] = {}
    for setting, (draw, make, scoring) in settings.items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            results = [measure(draw(seed), make, scoring) for seed in range(DRAWS[setting])]
        figures[setting] = {"draws": DRAWS[setting], "loss": scoring.removeprefix("neg_")}
        for name in WEIGHTERS:
            figures[setting][name] = summarize(np.array([one[name] for one in results]))
            print(setting, name, figures[setting][name], flush=True)
    print(write_results("covariate_shift", QUESTION, figures))


if __name__ == "__main__":
    main()
