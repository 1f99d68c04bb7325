"""What do SMOTE and its variants gain over doing nothing, for weak and for strong learners?

`compare_strategies` on four real data sets, 5-fold cross-validation: a tree of depth 4, logistic
regression and gradient boosting; class weights, a moved threshold, random over-sampling, SMOTE
(SMOTENC where there are categories) and, where there are none, BorderlineSMOTE and ADASYN. For each
metric the difference from the learner on the rows as they are, its standard error, and the verdict
after Holm's adjustment. Numbers are scaled; of adult 5,000 rows are taken.

    python -m benchmarks.smote_comparison
"""

import argparse
import time
import warnings
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from benchmarks._results import earlier_figures, write_results
from benchmarks.calibration_of_synthetic import DATA, encoded, scaled, smote_for
from imbalance_kit import (
    ADASYN,
    BorderlineSMOTE,
    ClassWeighter,
    RandomOverSampler,
    compare_strategies,
)
from tests._data import load_real

QUESTION = __doc__.partition("\n")[0]
MINUTES = 10
NEEDS = ("data:mammography", "data:phoneme", "data:default", "data:adult")
ADULT_ROWS = 5_000
LEARNERS = {
    "tree of depth 4": DecisionTreeClassifier(max_depth=4, random_state=0),
    "logistic regression": LogisticRegression(max_iter=2000),
    "gradient boosting": HistGradientBoostingClassifier(max_iter=40, early_stopping=False),
}
METRICS = (
    "average_precision",
    "roc_auc",
    "log_loss",
    "balanced_accuracy",
    "balanced_accuracy_tuned",
)


def load(name: str) -> tuple[Any, np.ndarray]:
    X, y = load_real(name)
    rows = np.flatnonzero(X.notna().all(axis=1))
    if name == "adult":
        rows = np.sort(np.random.default_rng(0).choice(rows, ADULT_ROWS, replace=False))
    return scaled(X.iloc[rows].reset_index(drop=True)), y[rows]


def strategies(X: Any) -> dict[str, Any]:
    smote = smote_for(X)
    chosen = {
        "nothing": None,
        "moved threshold": "threshold",
        "class weights": ClassWeighter(),
        "random over-sampling": RandomOverSampler(random_state=0),
        type(smote).__name__: smote,
    }
    if type(smote).__name__ == "SMOTE":
        chosen["BorderlineSMOTE"] = BorderlineSMOTE(random_state=0)
        chosen["ADASYN"] = ADASYN(random_state=0)
    return chosen


def figures_of(report: Any) -> dict[str, Any]:
    figures = {}
    for row in report.to_dict()["results"]:
        scores = {metric: row["scores"][metric] for metric in METRICS}
        figures[f"{row['name']}, {row['variant']}"] = {
            metric: {
                "mean": round(score["mean"], 4),
                "difference": round(score["difference"], 4),
                "difference_se": round(score["difference_se"], 4),
                "verdict": score["verdict"],
            }
            for metric, score in scores.items()
        }
    return figures


def print_table(figures: dict[str, Any]) -> None:
    """Print the rows of the table in docs/smote.md."""
    for name, of_data in figures.items():
        for title in (learner for learner in LEARNERS if learner in of_data):
            rows = of_data[title]
            smote = "SMOTE" if "SMOTE, raw" in rows else "SMOTENC"
            raw, plain = rows[f"{smote}, raw"], rows["nothing, as is"]
            precision, area = raw["average_precision"], raw["roc_auc"]
            losses = (plain, rows["nothing, corrected"], raw, rows[f"{smote}, corrected"])
            decided = (plain, rows["moved threshold, as is"], raw)
            cells = [
                f"{name}, {title}",
                f"{plain['average_precision']['mean']:.3f}",
                f"{precision['difference']:+.3f} ({precision['difference_se']:.3f})",
                f"{area['difference']:+.3f} ({area['difference_se']:.3f})",
                *(f"{row['log_loss']['mean']:.3f}" for row in losses),
                *(f"{row['balanced_accuracy']['mean']:.3f}" for row in decided),
            ]
            print("|", " | ".join(cells), "|")


def main() -> None:
    parser = argparse.ArgumentParser(description=QUESTION)
    parser.add_argument("--data", nargs="*", default=list(DATA))
    parser.add_argument("--table", action="store_true", help="print the table of the last run")
    arguments = parser.parse_args()
    if arguments.table:
        print_table(earlier_figures("smote_comparison"))
        return
    figures: dict[str, Any] = {}
    for name in arguments.data:
        X, y = load(name)
        figures[name] = {"rows": len(y), "rare": int(y.sum())}
        for title, learner in LEARNERS.items():
            start = time.process_time()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)
                report = compare_strategies(
                    encoded(learner), strategies(X), X, y, cv=5, random_state=0
                )
            figures[name][title] = figures_of(report)
            print(
                f"\n{name}, {title} ({time.process_time() - start:.0f} s CPU)\n{report}", flush=True
            )
    if tuple(arguments.data) == DATA:
        print(write_results("smote_comparison", QUESTION, figures))


if __name__ == "__main__":
    main()
