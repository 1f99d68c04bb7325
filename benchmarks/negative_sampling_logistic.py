"""What do offset, weights and a shift after training cost a logistic regression?

Excess log loss over the fit on all rows at three negatives per positive, exact under the true
probabilities of 200,000 fresh rows: nonuniform sampling, then the offset ("auto" with
OffsetLogisticRegression), inverse-probability weights ("auto" with scikit-learn's), and the plain
shift after training; beside them uniform sampling with the offset. The mean probability is right in
all of them: only a proper score shows the difference. Three populations of 200,000 rows, 1 positive
in about 300: linear log odds with the default pilot, the same with a boosted pilot, and log odds
with a bend, which no linear model can follow.

    python -m benchmarks.negative_sampling_logistic
"""

import argparse
import warnings
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from benchmarks._results import write_results
from imbalance_kit import CorrectedClassifier, NonuniformNegativeSampler, OffsetLogisticRegression

QUESTION = __doc__.partition("\n")[0]
MINUTES = 5
LIMIT = "auto at most half of the shift's excess"
N_COLUMNS, K = 6, 3
POPULATIONS = {
    "linear, default pilot": (0.0, None),
    "linear, boosted pilot": (
        0.0,
        HistGradientBoostingClassifier(max_iter=30, early_stopping=False, random_state=0),
    ),
    "with a bend, default pilot": (0.3, None),
}


def population(n: int, bend: float, rng: Any) -> tuple[Any, Any, Any]:
    """Normal columns with correlations .5^|i-j| and variance 1/4, slopes of -1."""
    distance = np.abs(np.subtract.outer(np.arange(N_COLUMNS), np.arange(N_COLUMNS)))
    X = rng.multivariate_normal(np.zeros(N_COLUMNS), 0.25 * 0.5**distance, size=n)
    p = 1 / (1 + np.exp(7.4 + X.sum(axis=1) - bend * (X[:, 0] ** 2 * 4 - 1)))
    return X, (rng.random(n) < p).astype(int), p


def models(pilot: Any, seed: int) -> dict[str, Any]:
    sampler = NonuniformNegativeSampler(sampling_strategy=1 / K, pilot=pilot, random_state=seed)
    uniform = NonuniformNegativeSampler(
        sampling_strategy=1 / K, criterion="uniform", random_state=seed
    )
    plain = LogisticRegression(C=np.inf, tol=1e-8, max_iter=1000)
    with_offset = OffsetLogisticRegression(C=np.inf)
    return {
        "all rows": plain,
        "auto, OffsetLogisticRegression (offset)": CorrectedClassifier(with_offset, sampler),
        "auto, LogisticRegression (weight)": CorrectedClassifier(plain, sampler),
        "shift after training": CorrectedClassifier(plain, sampler, correction="shift"),
        "uniform, offset": CorrectedClassifier(with_offset, uniform, correction="offset"),
    }


def one_draw(bend: float, pilot: Any, seed: int, n: int) -> dict[str, tuple[float, float]]:
    """Log loss above that of the truth, and mean probability over truth, by model."""
    rng = np.random.default_rng([7, seed])
    X, y, _ = population(n, bend, rng)
    X_new, _, p = population(200_000, bend, rng)
    outcome = {}
    for name, model in models(pilot, seed).items():
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*is linear and cannot follow")
            q = model.fit(X, y).predict_proba(X_new)[:, 1]
        divergence = p * np.log(p / q) + (1 - p) * np.log((1 - p) / (1 - q))
        outcome[name] = float(divergence.mean()), float(q.mean() / p.mean())
    return outcome


def summarize(draws: list[dict[str, tuple[float, float]]]) -> dict[str, Any]:
    """Means over draws with standard errors; the ratio's by the delta method on paired draws."""
    whole = np.array([d["all rows"][0] for d in draws])
    root = len(draws) ** 0.5
    table, excess = {}, {}
    for name in draws[0]:
        losses, means = np.array([d[name] for d in draws]).T
        excess[name] = losses - whole
        table[name] = {
            "above the truth, 1e-5": round(1e5 * float(losses.mean()), 2),
            "above all rows, 1e-5": round(1e5 * float(excess[name].mean()), 2),
            "standard error, 1e-5": round(1e5 * float(excess[name].std(ddof=1)) / root, 2),
            "mean over truth": round(float(means.mean()), 4),
        }
    shift = excess["shift after training"]
    for name, row in table.items():
        ratio = excess[name].mean() / shift.mean()
        rest = (excess[name] - ratio * shift) / shift.mean()
        row["share of the shift's excess"] = round(float(ratio), 3)
        row["share, standard error"] = round(float(rest.std(ddof=1)) / root, 3)
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=QUESTION)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--draws", type=int, default=20)
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    figures: dict[str, Any] = {"limit": LIMIT, "rows": options.rows, "draws": options.draws}
    for name, (bend, pilot) in POPULATIONS.items():
        draws = Parallel(n_jobs=options.jobs)(
            delayed(one_draw)(bend, pilot, seed, options.rows) for seed in range(options.draws)
        )
        figures[name] = summarize(draws)
        print(name, *figures[name].items(), sep="\n  ", flush=True)
    print(write_results("negative_sampling_logistic", QUESTION, figures))


if __name__ == "__main__":
    main()
