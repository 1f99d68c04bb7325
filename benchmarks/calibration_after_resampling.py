"""Do corrected probabilities mean what those of a model trained on all rows mean?

Logistic regression under over-sampling, class weights and 1:1 under-sampling, as it comes and
corrected in closed form, on four real data sets and on digits made imbalanced: log loss relative to
the same model trained on all rows, and mean predicted probability relative to the base rate, over
5-fold stratified cross-validation repeated ten times. On mammography also recalibrated, and with a
milder ratio.

    python -m benchmarks.calibration_after_resampling
"""

import argparse
from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import RepeatedStratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from benchmarks._results import write_results
from imbalance_kit import (
    ClassWeighter,
    CorrectedClassifier,
    RandomOverSampler,
    RandomUnderSampler,
    Ratios,
)
from tests._data import load_real

QUESTION = __doc__.partition("\n")[0]
MINUTES = 20
NEEDS = ("data:default", "data:phoneme", "data:adult", "data:mammography")
SAMPLERS = {
    "over-sampling": RandomOverSampler(random_state=0),
    "class weights": ClassWeighter(),
    "under-sampling 1:1": RandomUnderSampler(random_state=0),
}
DIGITS = {"digits": False, "digits, four quarters": True}
MILDER = {"under-sampling 1:5": RandomUnderSampler(sampling_strategy=0.2, random_state=0)}


def learner() -> Any:
    """Logistic regression on scaled numbers and one-hot categories."""
    encode = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), make_column_selector(dtype_exclude=np.number)),
        remainder=StandardScaler(),
    )
    return make_pipeline(encode, LogisticRegression(max_iter=2000))


def imbalanced_digits(*, coarse: bool) -> tuple[Any, np.ndarray]:
    """Digits with class k thinned to 1 / (1 + k) of the zeros.

    With all 64 pixels the few rows are separable, so that probabilities are made by the penalty;
    `coarse` keeps the mean ink of the four quarters, where the classes overlap.
    """
    X, y = load_digits(return_X_y=True, as_frame=True)
    y = y.to_numpy()
    if coarse:
        ink = X.to_numpy().reshape(-1, 2, 4, 2, 4).mean(axis=(2, 4)).reshape(-1, 4)
        X = pd.DataFrame(ink, columns=["top left", "top right", "bottom left", "bottom right"])
    rng = np.random.default_rng(0)
    rows = [rng.permutation(np.flatnonzero(y == k))[: 170 // (1 + k)] for k in range(10)]
    kept = np.sort(np.concatenate(rows))
    return X.iloc[kept], y[kept]


def strategies(name: str) -> dict[str, Any]:
    """All models of a data set by name."""
    models = {"all rows": learner()}
    samplers = {**SAMPLERS, **MILDER} if name == "mammography" else SAMPLERS
    corrections = ["none", "shift"]
    if name == "mammography":
        corrections += ["sigmoid", "isotonic"]
    if name.startswith("digits"):
        halved = RandomUnderSampler(sampling_strategy=Ratios({0: 0.5}), random_state=0)
        samplers = {**SAMPLERS, "under-sampling of the zeros": halved}
        del samplers["under-sampling 1:1"]  # 17 rows of each digit would be left
        corrections += ["temperature"]
    for sampler_name, sampler in samplers.items():
        for correction in corrections:
            models[f"{sampler_name}, {correction}"] = CorrectedClassifier(
                learner(), sampler, correction=correction
            )
    return models


def one_fold(model: Any, X: Any, y: np.ndarray, train: np.ndarray, test: np.ndarray) -> Any:
    """Log loss and mean predicted over observed rate of every class, on the held-out rows."""
    proba = clone(model).fit(X.iloc[train], y[train]).predict_proba(X.iloc[test])
    classes = np.unique(y)
    observed = (y[test][:, None] == classes).mean(axis=0)
    return log_loss(y[test], proba, labels=classes), proba.mean(axis=0), observed


def run(name: str, X: Any, y: np.ndarray, *, repeats: int, n_jobs: int) -> dict[str, Any]:
    """Figures of one data set."""
    folds = list(RepeatedStratifiedKFold(n_splits=5, n_repeats=repeats, random_state=0).split(X, y))
    models = strategies(name)
    tasks = [(m, f) for m in models for f in range(len(folds))]
    outcomes = Parallel(n_jobs=n_jobs)(
        delayed(one_fold)(models[m], X, y, *folds[f]) for m, f in tasks
    )
    by_model: dict[str, list[Any]] = {m: [] for m in models}
    for (m, _), outcome in zip(tasks, outcomes, strict=True):
        by_model[m].append(outcome)
    base = np.array([o[0] for o in by_model["all rows"]])
    rate = np.unique(y, return_counts=True)[1].min() / len(y)
    return {
        "rows": len(y),
        "base_rate_relative_se": round(float(np.sqrt((1 - rate) / (rate * len(y)))), 4),
        "rarest class": int(np.unique(y, return_counts=True)[1].min()),
        "models": {m: _figures(rows, base, repeats) for m, rows in by_model.items()},
    }


def _figures(rows: list[Any], base: np.ndarray, repeats: int) -> dict[str, float]:
    """Relative log loss and mean prediction with standard errors.

    Folds of one repeat share training rows, so the error of a mean over repeats is that of the
    repeats' means, which counts the randomness of splitting and drawing only; that of the data is
    `base_rate_relative_se`, the binomial error of the base rate.
    """
    losses = np.array([r[0] for r in rows])
    predicted, observed = (np.array([r[i] for r in rows]) for i in (1, 2))
    rare = int(observed.mean(axis=0).argmin())
    ratio = losses.reshape(repeats, -1).mean(axis=1) / base.reshape(repeats, -1).mean(axis=1)
    mean = predicted[:, rare].reshape(repeats, -1).mean(axis=1) / observed[:, rare].mean()
    worst = np.abs(predicted.mean(axis=0) / observed.mean(axis=0) - 1).max()
    return {
        "log_loss": round(float(losses.mean()), 5),
        "log_loss_ratio": round(float(ratio.mean()), 4),
        "log_loss_ratio_se": round(float(ratio.std(ddof=1) / np.sqrt(repeats)), 4),
        "mean_over_base_rate": round(float(mean.mean()), 4),
        "mean_over_base_rate_se": round(float(mean.std(ddof=1) / np.sqrt(repeats)), 4),
        "worst_class_mean_error": round(float(worst), 4),
    }


def main() -> None:
    """Run and write the results."""
    parser = argparse.ArgumentParser(description=QUESTION)
    parser.add_argument("--repeats", type=int, default=10)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--data", nargs="*", default=None)
    arguments = parser.parse_args()
    figures: dict[str, Any] = {"repeats": arguments.repeats, "folds": 5}
    for name in arguments.data or ["default", "phoneme", "adult", "mammography", *DIGITS]:
        X, y = imbalanced_digits(coarse=DIGITS[name]) if name in DIGITS else load_real(name)
        figures[name] = run(name, X, y, repeats=arguments.repeats, n_jobs=arguments.jobs)
        print(f"\n{name}: {figures[name]['rows']} rows")
        for model, row in figures[name]["models"].items():
            print(f"  {model:34} {row}")
    if arguments.data is None:
        print(write_results("calibration_after_resampling", QUESTION, figures))


if __name__ == "__main__":
    main()
