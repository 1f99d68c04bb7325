"""How often do 95 % intervals from OffsetLogisticRegression on sampled rows hold the truth?

Rows of the paper's simulation (normal covariates, 200,000 rows, about 520 positives), sampled by
NonuniformNegativeSampler and fitted inside CorrectedClassifier, 400 times. For the log-odds
correction intervals come from the inverse Hessian, for inverse-probability weights from the
sandwich, with each row's own pull taken out: what `coef_covariance_` holds by default. The inverse
Hessian of the weighted likelihood is shown beside them: it takes weights for repeated rows, and is
the wrong way. Uniform sampling is the hard case: at one negative per positive a few rows of weight
383 decide the fit, and the weighted intercept is biased by a good part of its standard error, which
no variance makes good. With 30 negatives per positive little of that is left. Coverage is pooled
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
QUESTION = __doc__.partition("\n")[0]
MINUTES = 3
LEVEL = 0.95
DESIGNS = (  # criterion, negatives per positive
    ("probability", 1),
    ("probability", 3),
    ("uniform", 1),
    ("uniform", 3),
    ("uniform", 30),
)
WAYS = {  # correction, covariance
    "log odds, inverse Hessian": ("offset", "auto"),
    "weights, sandwich": ("weight", "auto"),
    "weights, inverse Hessian (wrong)": ("weight", "model"),
}
RANGE = (0.93, 0.97)


def covered(repetition: int, designs: tuple[tuple[str, int], ...]) -> Array:
    """Return for each design, way and coefficient: was it covered, and the half width."""
    law = LAWS["normal"]
    X, y = law.sample([repetition, 23])
    z = norm.isf((1 - LEVEL) / 2)
    found = []
    for criterion, k in designs:
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


def pooled(inside: Array, half: Array) -> dict[str, Any]:
    """Return the coverage of (repetitions, coefficients), pooled, with its standard error."""
    by_repetition = inside.mean(axis=1)
    coverage = round(float(by_repetition.mean()), 4)
    return {
        "coverage": coverage,
        "error": round(float(by_repetition.std(ddof=1) / np.sqrt(len(inside))), 4),
        "within_93_to_97": RANGE[0] <= coverage <= RANGE[1],
        "by_coefficient": [round(float(v), 3) for v in inside.mean(axis=0)],
        "mean_half_width": round(float(half.mean()), 4),
    }


def coverage(found: Array, designs: tuple[tuple[str, int], ...]) -> dict[str, Any]:
    """Return the pooled coverage of each design and way."""
    found = found.reshape(len(found), len(designs), len(WAYS), 2, -1)
    return {
        f"{criterion}, k = {k}": {
            way: pooled(found[:, d, w, 0], found[:, d, w, 1]) for w, way in enumerate(WAYS)
        }
        for d, (criterion, k) in enumerate(designs)
    }


def main() -> None:
    """Run and write the results."""
    parser = argparse.ArgumentParser(description=QUESTION)
    parser.add_argument("--repetitions", type=int, default=400)
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    found = repeat(covered, arguments.repetitions, DESIGNS, n_jobs=arguments.jobs)
    figures = {
        "repetitions": arguments.repetitions,
        "rows": N_ROWS,
        "level": LEVEL,
        "coverage": coverage(found, DESIGNS),
    }
    for design, ways in figures["coverage"].items():
        for way, entry in ways.items():
            print(f"{design}, {way}: {entry}")
    print(write_results(NAME, QUESTION, figures))


if __name__ == "__main__":
    main()
