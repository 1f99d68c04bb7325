"""What does negative sampling cost on real data, where there are few negatives to drop?

Mammography (260 positives, 1 in 43) and credit-card default (333, 1 in 30): 5-fold stratified
cross-validation repeated five times, all rows against uniform and nonuniform negatives at 1, 3 and
10 per positive, with a logistic regression ("auto": the offset), LightGBM (the offset) and
scikit-learn's histogram boosting (the shift after training). Differences from all rows are taken
fold by fold. Their standard errors count that training sets overlap: variance over folds times
(1/folds + test/train), Nadeau and Bengio (2003), doi:10.1023/A:1024068626366.

    python -m benchmarks.negative_sampling_real_data
"""

import argparse
import warnings
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import RepeatedStratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks._results import write_results
from imbalance_kit import (
    CorrectedClassifier,
    NonuniformNegativeSampler,
    OffsetLogisticRegression,
    compute_calibration,
)
from tests._data import load_real

QUESTION = __doc__.partition("\n")[0]
MINUTES = 5
NEEDS = ("lightgbm", "data:mammography", "data:default")
NEGATIVES = (1, 3, 10)
N_FOLDS = 5


def learners() -> dict[str, Any]:
    from lightgbm import LGBMClassifier

    return {
        "logistic regression": make_pipeline(StandardScaler(), OffsetLogisticRegression()),
        "LightGBM": LGBMClassifier(
            n_estimators=100,
            num_leaves=8,
            learning_rate=0.05,
            min_child_weight=2,
            reg_lambda=10,
            n_jobs=1,
            random_state=0,
            verbose=-1,
        ),
        "histogram boosting": HistGradientBoostingClassifier(
            max_iter=100,
            max_leaf_nodes=8,
            learning_rate=0.05,
            l2_regularization=10,
            early_stopping=False,
            random_state=0,
        ),
    }


def models(learner_name: str, learner: Any) -> Iterable[tuple[str, Any]]:
    """Return names and models; "auto" is what decides on the correction."""
    yield "all rows", learner
    for k in NEGATIVES:
        for name, criterion in (("uniform", "uniform"), ("nonuniform", "probability")):
            sampler = NonuniformNegativeSampler(
                sampling_strategy=1 / k, criterion=criterion, random_state=0
            )
            correction = "offset" if learner_name == "LightGBM" else "auto"
            model = CorrectedClassifier(learner, sampler, correction=correction)
            yield f"{name}, {k} negatives", model
    if learner_name == "logistic regression":
        plain = make_pipeline(StandardScaler(), LogisticRegression())
        sampler = NonuniformNegativeSampler(random_state=0)
        for correction in ("auto", "shift"):
            model = CorrectedClassifier(plain, sampler, correction=correction)
            yield f"nonuniform, 3 negatives, LogisticRegression, {correction}", model


def one_fold(model: Any, X: Any, y: Any, train: Any, test: Any, seed: int) -> list[float]:
    """Log loss, AUC, mean over base rate and calibration slope on held-out rows."""
    model = clone(model)
    if hasattr(model, "sampler"):
        model.set_params(sampler__random_state=seed)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*is linear and cannot follow")
        p = model.fit(X[train], y[train]).predict_proba(X[test])[:, 1]
    slope = compute_calibration(y[test], p).per_class[0].slope
    return [log_loss(y[test], p), roc_auc_score(y[test], p), p.mean() / y[test].mean(), slope]


def summarize(folds: Any, whole: Any) -> dict[str, float]:
    """Means, and differences from all rows with corrected standard errors."""
    factor = (1 / len(folds) + 1 / (N_FOLDS - 1)) ** 0.5
    difference = folds - whole
    error = difference.std(axis=0, ddof=1) * factor
    loss, auc, mean, slope = folds.mean(axis=0)
    return {
        "log loss": round(float(loss), 5),
        "log loss, difference": round(float(difference[:, 0].mean()), 5),
        "log loss, standard error": round(float(error[0]), 5),
        "log loss over all rows": round(float(loss / whole[:, 0].mean()), 4),
        "auc": round(float(auc), 4),
        "auc, difference": round(float(difference[:, 1].mean()), 4),
        "auc, standard error": round(float(error[1]), 4),
        "mean over base rate": round(float(mean), 3),
        "mean, standard error": round(float(folds[:, 2].std(ddof=1)) * factor, 3),
        "calibration slope": round(float(slope), 3),
        "slope, standard error": round(float(folds[:, 3].std(ddof=1)) * factor, 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=QUESTION)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    figures: dict[str, Any] = {"repeats": options.repeats, "folds": N_FOLDS}
    for name in ("mammography", "default"):
        frame, y = load_real(name)
        X = pd.get_dummies(frame, drop_first=True).to_numpy(dtype=float)
        cv = RepeatedStratifiedKFold(n_splits=N_FOLDS, n_repeats=options.repeats, random_state=0)
        folds = list(cv.split(X, y))
        figures[name] = {"rows": len(y), "positives": int(y.sum())}
        for learner_name, learner in learners().items():
            table: dict[str, Any] = {}
            whole: Any = None
            for model_name, model in models(learner_name, learner):
                outcome = Parallel(n_jobs=options.jobs)(
                    delayed(one_fold)(model, X, y, *fold, seed) for seed, fold in enumerate(folds)
                )
                values = np.array(outcome)
                whole = values if whole is None else whole  # all rows come first
                table[model_name] = summarize(values, whole)
                print(name, learner_name, model_name, table[model_name], flush=True)
            figures[name][learner_name] = table
    print(write_results("negative_sampling_real_data", QUESTION, figures, libraries=("lightgbm",)))


if __name__ == "__main__":
    main()
