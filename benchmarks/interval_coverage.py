"""How often do 95 % intervals from OffsetLogisticRegression on sampled rows hold the truth?

Rows of the paper's simulation (normal covariates, 200,000 rows, about 520 positives), sampled by
NonuniformNegativeSampler and fitted inside CorrectedClassifier, 400 times. For the log-odds
correction intervals come from the inverse Hessian, for inverse-probability weights from the
sandwich: what `coef_covariance_` holds by default. The inverse Hessian of the weighted likelihood
is shown beside them: it takes weights for repeated rows, and is the wrong way. Coverage is pooled
over the seven coefficients; its standard error is that of the mean over repetitions, whose seven
intervals depend on each other.

    python -m benchmarks.interval_coverage          (about three minutes of one core)
"""

import argparse
from typing import Any

import numpy as np
from scipy.stats import norm

from benchmarks._rare_events import LAWS, N_ROWS, Array, parameters, repeat
from benchmarks._results import write_results
from imbalance_kit import (
    CorrectedClassifier,
    NonuniformNegativeSampler,
    OffsetLogisticRegression,
)

NAME = "interval_coverage"
QUESTION = (
    "How often do 95 % intervals from OffsetLogisticRegression on sampled rows hold the truth?"
)
LEVEL = 0.95
CRITERIA, KS = ("probability", "uniform"), (1, 3)
WAYS = {  # correction, covariance
    "log odds, inverse Hessian": ("offset", "auto"),
    "weights, sandwich": ("weight", "auto"),
    "weights, inverse Hessian (wrong)": ("weight", "model"),
}
RIGHT = tuple(WAYS)[:2]
RANGE = (0.93, 0.97)


def covered(repetition: int) -> Array:
    """Return for each criterion, k, way and coefficient: was it covered, and the half width."""
    law = LAWS["normal"]
    X, y = law.sample([repetition, 23])
    z = norm.isf((1 - LEVEL) / 2)
    found = []
    for criterion in CRITERIA:
        for k in KS:
            sampler = NonuniformNegativeSampler(
                sampling_strategy=1 / k, criterion=criterion, random_state=repetition
            )
            for correction, covariance in WAYS.values():
                learner = OffsetLogisticRegression(C=np.inf, covariance=covariance)
                model = CorrectedClassifier(learner, sampler, correction=correction)
                fitted: Any = model.fit(X, y).estimator_
                half = z * np.sqrt(np.diag(fitted.coef_covariance_))
                inside = np.abs(parameters(fitted) - law.theta) <= half
                found.append([inside, half])
    return np.array(found, dtype=float)


def pooled(inside: Array) -> dict[str, Any]:
    """Return the coverage of (repetitions, coefficients), pooled, with its standard error."""
    by_repetition = inside.mean(axis=1)
    error = by_repetition.std(ddof=1) / np.sqrt(len(inside))
    return {
        "coverage": round(float(by_repetition.mean()), 4),
        "error": round(float(error), 4),
        "by_coefficient": [round(float(v), 3) for v in inside.mean(axis=0)],
    }


def main() -> None:
    """Run and write the results."""
    parser = argparse.ArgumentParser(description=QUESTION)
    parser.add_argument("--repetitions", type=int, default=400)
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    found = repeat(covered, arguments.repetitions, n_jobs=arguments.jobs)
    shape = (arguments.repetitions, len(CRITERIA), len(KS), len(WAYS), 2, -1)
    found = found.reshape(shape)
    coverage: dict[str, Any] = {}
    for c, criterion in enumerate(CRITERIA):
        for j, k in enumerate(KS):
            by_way = coverage[f"{criterion}, k = {k}"] = {}
            for w, way in enumerate(WAYS):
                by_way[way] = pooled(found[:, c, j, w, 0])
                by_way[way]["mean_half_width"] = round(float(found[:, c, j, w, 1].mean()), 4)
                print(criterion, k, way, by_way[way])
    right = [by_way[way]["coverage"] for by_way in coverage.values() for way in RIGHT]
    figures = {
        "repetitions": arguments.repetitions,
        "rows": N_ROWS,
        "level": LEVEL,
        "coverage": coverage,
        "all_right_ways_within_93_to_97": bool(min(right) >= RANGE[0] and max(right) <= RANGE[1]),
    }
    print(write_results(NAME, QUESTION, figures))


if __name__ == "__main__":
    main()
