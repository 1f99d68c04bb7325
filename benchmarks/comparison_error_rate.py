"""How often are two equal strategies called different?

Two learners see one half each of columns that are exchangeable: before the data are drawn neither
is better, so at a level of .05 a sound test calls them different in at most 5 % of data sets. Folds
share training rows, and a data set that happens to favour one half favours it in every fold, which
the plain standard error over folds does not see. The corrected one (Nadeau and Bengio 2003) is what
`compare_strategies` uses; its statistics are called here as they are there.

Also measured, so that a test that never says anything would show: how often a true difference is
found, one learner lacking two of its five columns. And six equal strategies against an equal
reference, with Holm's adjustment and without: how often is any of them called different?

    python -m benchmarks.comparison_error_rate

About ten minutes on one core.
"""

import argparse
import math

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score

from benchmarks._results import write_results
from imbalance_kit.model_selection._paired_differences import adjust_p_values, paired_difference

QUESTION = __doc__.partition("\n")[0]
MINUTES = 10
SEED = 20_250_101
LEVEL = 0.05
HALF = 5  # columns of each learner
DESIGNS = {
    "5-fold": (5, 1),
    "10-fold": (10, 1),
    "5-fold repeated 3 times": (5, 3),
    "5-fold repeated 10 times": (5, 10),
}


def draw(rng: np.random.Generator, n: int, n_learners: int) -> tuple[NDArray, NDArray]:
    """Return columns of equal effect, `HALF` for each learner, and labels of about 15 %."""
    X = rng.normal(size=(n, n_learners * HALF))
    logit = 0.5 * X.sum(axis=1) * math.sqrt(2 / n_learners) - 2.5
    return X, rng.random(n) < 1 / (1 + np.exp(-logit))


def fold_numbers(y: NDArray, n_splits: int, rng: np.random.Generator) -> NDArray:
    """Return stratified folds."""
    fold = np.empty(len(y), dtype=int)
    fold[np.argsort(y + rng.random(len(y)) / 2)] = np.arange(len(y)) % n_splits
    return fold


def fit_logistic(X: NDArray, y: NDArray) -> NDArray:
    """Return the coefficients of a lightly penalised logistic regression, intercept first."""
    Z = np.column_stack([np.ones(len(X)), X])
    beta, ridge = np.zeros(Z.shape[1]), np.diag([0.0] + [1.0] * X.shape[1])
    for _ in range(7):
        p = 1 / (1 + np.exp(-np.clip(Z @ beta, -30, 30)))
        hessian = (Z * (p * (1 - p))[:, None]).T @ Z + ridge + 1e-9 * np.eye(Z.shape[1])
        beta = beta + np.linalg.solve(hessian, Z.T @ (y - p) - ridge @ beta)
    return beta


def score(X: NDArray, y: NDArray, train: NDArray) -> tuple[float, float]:
    """Return average precision and log loss on the rows not trained on."""
    beta = fit_logistic(X[train], y[train])
    logit, held = beta[0] + X[~train] @ beta[1:], y[~train]
    loss = np.logaddexp(0, np.where(held, -logit, logit)).mean()
    return float(average_precision_score(held, logit)), float(loss)


def cross_validate(
    rng: np.random.Generator, n: int, design: str, n_learners: int = 2, handicap: int = 0
) -> NDArray:
    """Return scores of shape (n_learners, n_folds, 2): average precision and log loss.

    The last learner lacks `handicap` of its columns.
    """
    X, y = draw(rng, n, n_learners)
    columns = [slice(k * HALF, (k + 1) * HALF) for k in range(n_learners)]
    columns[-1] = slice((n_learners - 1) * HALF + handicap, n_learners * HALF)
    n_splits, n_repeats = DESIGNS[design]
    scores = []
    for _ in range(n_repeats):
        fold = fold_numbers(y, n_splits, rng)
        for k in range(n_splits):
            scores.append([score(X[:, part], y, fold != k) for part in columns])
    return np.array(scores).transpose(1, 0, 2)


def rate(hits: list[bool]) -> dict[str, float]:
    """Return a rate and its standard error."""
    share = float(np.mean(hits))
    error = math.sqrt(max(share * (1 - share), 1 / len(hits)) / len(hits))
    return {"rate": round(share, 4), "standard_error": round(error, 4), "data_sets": len(hits)}


def two_strategies(design: str, n: int, n_sets: int, handicap: int) -> dict[str, dict]:
    """Return the rates at which two strategies are called different, per metric and error."""
    rng = np.random.default_rng([SEED, n, handicap, list(DESIGNS).index(design)])
    overlap = 1 / (DESIGNS[design][0] - 1)
    hits: dict[str, list[bool]] = {}
    for _ in range(n_sets):
        one, other = cross_validate(rng, n, design, handicap=handicap)
        for m, metric in enumerate(("average precision", "log loss")):
            for error, ratio in (("plain", 0.0), ("corrected", overlap)):
                pair = paired_difference(one[:, m], other[:, m], ratio)
                hits.setdefault(f"{metric}, {error}", []).append(pair.p_value < LEVEL)
    return {name: rate(found) for name, found in hits.items()}


def many_strategies(design: str, n: int, n_sets: int) -> dict[str, dict]:
    """Return how often any of six strategies is called different from an equal seventh."""
    rng = np.random.default_rng([SEED, n, 7])
    overlap = 1 / (DESIGNS[design][0] - 1)
    hits: dict[str, list[bool]] = {}
    for _ in range(n_sets):
        scores = cross_validate(rng, n, design, n_learners=7)[:, :, 1]
        base, others = scores[0], scores[1:]
        for error, ratio in (("plain", 0.0), ("corrected", overlap)):
            p = np.array([paired_difference(v, base, ratio).p_value for v in others])
            for how, adjusted in (("", p), (", Holm", adjust_p_values(p, others - base))):
                hits.setdefault(f"log loss, {error}{how}", []).append(adjusted.min() < LEVEL)
    return {name: rate(found) for name, found in hits.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=QUESTION)
    parser.add_argument("--data-sets", type=int, default=1000)
    n_sets = parser.parse_args().data_sets
    figures: dict[str, dict] = {"equal strategies": {}, "a true difference": {}}
    for design in DESIGNS:
        count = n_sets if DESIGNS[design][1] < 10 else max(n_sets // 2, 2)
        for n in (300, 1000):
            name = f"{design}, {n} rows"
            figures["equal strategies"][name] = two_strategies(design, n, count, handicap=0)
            print(name, figures["equal strategies"][name], flush=True)
        figures["a true difference"][name] = two_strategies(design, n, count // 2, handicap=2)
        print("true difference:", name, figures["a true difference"][name], flush=True)
    crowd = many_strategies("5-fold", 300, n_sets)
    figures["any of six equal strategies, 5-fold, 300 rows"] = crowd
    print("six:", crowd)
    print(write_results("comparison_error_rate", QUESTION, figures))


if __name__ == "__main__":
    main()
