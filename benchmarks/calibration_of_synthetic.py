"""What do probabilities mean after SMOTE: as they come, undone in closed form, and recalibrated?

Logistic regression, gradient boosting and a random forest on four real data sets, the classes made
equal by SMOTE (SMOTENC where there are categories) within the training part of 5-fold stratified
cross-validation: log loss, Brier score and mean probability over base rate on held-out rows. "raw"
is what the learner says, "shift" undoes the class counts, which is exact for copies and not for
synthetic rows, "recalibrated" is what ``correction="auto"`` does: a logistic curve on real
out-of-fold rows. The learner on the rows as they are is shown recalibrated too, so that what a
curve does is not put down to SMOTE. Of adult 12,000 rows are taken, and those kept that lack
nothing.

    python -m benchmarks.calibration_of_synthetic

Standard errors are those of means over held-out rows, given the models; log losses and Brier scores
are compared row by row with those of the same learner trained on the rows as they are.
"""

import argparse
import time
from typing import Any

import numpy as np
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from benchmarks._results import write_results
from imbalance_kit import SMOTE, SMOTENC, CorrectedClassifier
from tests._data import load_real

QUESTION = __doc__.partition("\n")[0]
MINUTES = 10
NEEDS = ("data:mammography", "data:phoneme", "data:default", "data:adult")
DATA = ("mammography", "phoneme", "default", "adult")
MOST_ROWS = 12_000
VARIANTS = ("all rows", "all rows, recalibrated", "raw", "shift", "recalibrated")
LEARNERS = {
    "logistic regression": LogisticRegression(max_iter=2000),
    "gradient boosting": HistGradientBoostingClassifier(max_iter=60, early_stopping=False),
    "random forest": RandomForestClassifier(40, min_samples_leaf=5, random_state=0),
}


def encoded(learner: Any) -> Any:
    """Return the learner behind scaled numbers and one-hot categories."""
    encode = make_column_transformer(
        (
            OneHotEncoder(handle_unknown="ignore", sparse_output=False),
            make_column_selector(dtype_exclude=np.number),
        ),
        remainder=StandardScaler(),
    )
    return make_pipeline(encode, learner)


def load(name: str) -> tuple[Any, np.ndarray]:
    X, y = load_real(name)
    if len(y) > MOST_ROWS:
        rows = np.random.default_rng(0).choice(len(y), MOST_ROWS, replace=False)
        X, y = X.iloc[rows].reset_index(drop=True), y[rows]
    return X, y


def smote_for(X: Any) -> Any:
    """Return SMOTE on scaled numbers, or SMOTENC where there are categories."""
    categories = X.select_dtypes(exclude=np.number).columns
    return SMOTENC(random_state=0) if len(categories) else SMOTE(random_state=0)


def scaled(X: Any) -> Any:
    """Scale the numbers, so that neighbours do not depend on their units."""
    numbers = X.select_dtypes(include=np.number).columns
    return X.assign(**{c: (X[c] - X[c].mean()) / X[c].std() for c in numbers})


def predictions(learner: Any, X: Any, y: np.ndarray) -> dict[str, np.ndarray]:
    """Return held-out probabilities of the rare class, by variant."""
    found = {name: np.empty(len(y)) for name in VARIANTS}
    sampler = smote_for(X)
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    for train, test in folds.split(X, y):
        rows, labels, held_out = X.iloc[train], y[train], X.iloc[test]
        plain = encoded(learner).fit(rows, labels)
        curve = CorrectedClassifier(encoded(learner), correction="sigmoid").fit(rows, labels)
        raw = CorrectedClassifier(encoded(learner), sampler, correction="none").fit(rows, labels)
        again = CorrectedClassifier(encoded(learner), sampler).fit(rows, labels)
        proba = raw.predict_proba(held_out)
        found["all rows"][test] = plain.predict_proba(held_out)[:, 1]
        found["all rows, recalibrated"][test] = curve.predict_proba(held_out)[:, 1]
        found["raw"][test] = proba[:, 1]
        found["shift"][test] = raw.shift_.undo(proba)[:, 1]
        found["recalibrated"][test] = again.predict_proba(held_out)[:, 1]
    return found


def figures_of(p: np.ndarray, reference: np.ndarray, y: np.ndarray) -> dict[str, float]:
    def losses(q: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        of_label = np.clip(np.where(y == 1, q, 1 - q), 1e-15, None)
        return -np.log(of_label), (q - y) ** 2

    def error(values: np.ndarray) -> float:
        return float(values.std(ddof=1) / np.sqrt(len(values)))

    (log_loss, brier), (log_loss_0, brier_0) = losses(p), losses(reference)
    rate = y.mean()
    return {
        "log_loss": round(float(log_loss.mean()), 4),
        "log_loss_more": round(float((log_loss - log_loss_0).mean()), 4),
        "log_loss_more_se": round(error(log_loss - log_loss_0), 4),
        "brier": round(float(brier.mean()), 5),
        "brier_more": round(float((brier - brier_0).mean()), 5),
        "brier_more_se": round(error(brier - brier_0), 5),
        "mean_over_base_rate": round(float(p.mean() / rate), 3),
        "mean_over_base_rate_se": round(error(p - y) / float(rate), 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=QUESTION)
    parser.add_argument("--data", nargs="*", default=list(DATA))
    arguments = parser.parse_args()
    figures: dict[str, Any] = {}
    for name in arguments.data:
        X, y = load(name)
        X = scaled(X.dropna())
        y = y[X.index]
        figures[name] = {"rows": len(y), "rare": int(y.sum())}
        print(f"\n{name}: {len(y)} rows, {y.sum()} of the rare class")
        for title, learner in LEARNERS.items():
            start = time.process_time()
            found = predictions(learner, X, y)
            figures[name][title] = {
                variant: figures_of(p, found["all rows"], y) for variant, p in found.items()
            }
            print(f" {title} ({time.process_time() - start:.0f} s CPU)")
            for variant, row in figures[name][title].items():
                print(f"  {variant:22} {row}", flush=True)
    if tuple(arguments.data) == DATA:
        print(write_results("calibration_of_synthetic", QUESTION, figures))


if __name__ == "__main__":
    main()
