"""What does nonuniform negative sampling cost in mean squared error of the coefficients?

The simulation of its paper. All methods and budgets of a repetition see the same 200,000 rows, so
that ratios to the fit on all rows have small errors; standard errors of ratios are by the delta
method over repetitions. The samplers are the public class with its parameters, the fits are
OffsetLogisticRegression with an offset (log odds) or with inverse-probability weights (IPW). Four
parts:

- the table of the four designs, normal covariates, a pilot on 200 rows that are used again, beside
  an earlier, independent reproduction of the paper's figure;
- a perfect pilot whose probabilities reach neither cap nor floor: theory says 1 + 1/k;
- the order of the methods under other covariate laws;
- a wrong pilot: U(0, 1.5) added to each of its coefficients.

    python -m benchmarks.negative_sampling_simulation          (about 13 minutes of one core)

``--parts`` runs some of them and leaves the others' results as they are; without a name it only
draws the picture once more.
"""

import argparse
import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import norm
from sklearn.linear_model import LogisticRegression

from benchmarks._rare_events import (
    LAWS,
    N_COLUMNS,
    N_ROWS,
    SMALL_ODDS,
    Array,
    Law,
    known_model,
    parameters,
    repeat,
)
from benchmarks._results import earlier_figures, write_results
from imbalance_kit import NonuniformNegativeSampler, OffsetLogisticRegression

NAME = "negative_sampling_simulation"
QUESTION = __doc__.partition("\n")[0]
MINUTES = 13
PICTURE = Path(__file__).parents[1] / "docs" / "images" / "negative-sampling-efficiency.png"
KS = (1, 2, 3, 5)
ALL = "all rows"
METHODS = {  # criterion, correction, pilot
    "uniform + IPW": ("uniform", "weight", "small"),
    "uniform + log odds": ("uniform", "offset", "small"),
    "A-optimal + IPW": ("A", "weight", "small"),
    "A-optimal + log odds": ("A", "offset", "small"),
    "probability + IPW": ("probability", "weight", "small"),
    "probability + log odds": ("probability", "offset", "small"),
    "local case-control, same total": ("local_case_control", "offset", "small"),
    "probability + log odds, default pilot": ("probability", "offset", "default"),
}
OF_THE_PAPER = tuple(m for m, (_, _, pilot) in METHODS.items() if pilot == "small")
WITH_WRONG_PILOT = tuple(m for m, (c, _, _) in METHODS.items() if c in ("uniform", "A"))
PILOTS: dict[str, dict[str, Any]] = {
    "small": {
        "pilot": LogisticRegression(C=np.inf, max_iter=1000),
        "pilot_size": 200,
        "cross_fit": 1,
    },
    "default": {},
}
# N1 times MSE over 400 repetitions, N = 200,000, by another implementation; standard errors 2-5 %.
REFERENCE_ALL = 46
REFERENCE = {
    "uniform + IPW": (786, 408, 282, 179),
    "uniform + log odds": (172, 127, 109, 90),
    "A-optimal + IPW": (109, 74, 64, 55),
    "A-optimal + log odds": (96, 69, 61, 54),
    "probability + IPW": (113, 76, 64, 57),
    "probability + log odds": (99, 71, 62, 56),
    "local case-control, same total": (101, 77, 70, 61),
}
REFERENCE_REPETITIONS, REFERENCE_ERROR = 400, (0.02, 0.05)
# The paper's order, the best first; each is compared with the next.
ORDER = (ALL, "A-optimal + log odds", "A-optimal + IPW", "uniform + log odds", "uniform + IPW")


# One repetition -----------------------------------------------------------------------------------


def all_rows(X: Array, y: Any, law: Law) -> float:
    """Return the squared error of the fit on all rows, begun at the truth to save time."""
    model = OffsetLogisticRegression(C=np.inf, covariance=None, warm_start=True)
    model.coef_, model.intercept_ = law.theta[None, :-1], law.theta[-1:]
    return squared_error(model.fit(X, y), law)


def squared_error(model: Any, law: Law) -> float:
    """Return the squared distance of all seven coefficients to the truth."""
    return float(np.sum((parameters(model) - law.theta) ** 2))


def sampled(X: Array, y: Any, law: Law, sampler: Any, corrections: list[str]) -> list[float]:
    """Draw once; return the squared error under each correction."""
    X_res, y_res = sampler.fit_resample(X, y)
    used = {
        "offset": {"offset": sampler.log_odds_offset_},
        "weight": {"sample_weight": sampler.sample_weight_},
    }
    model = OffsetLogisticRegression(C=np.inf, covariance=None)
    return [squared_error(model.fit(X_res, y_res, **used[c]), law) for c in corrections]


def compare(
    repetition: int, name: str, methods: tuple[str, ...], ks: tuple[int, ...], wrong: bool
) -> Array:
    """Return N1, the squared error of all rows, then of each method and k, on one data set."""
    law = LAWS[name]
    seed = [repetition, list(LAWS).index(name), int(wrong)]
    X, y = law.sample(seed)
    pilots = PILOTS
    if wrong:
        pilots = {"small": PILOTS["small"] | {"pilot": shifted_pilot(X, y, seed)}}
    designs: dict[tuple[str, str], list[str]] = {}
    for method in methods:
        criterion, correction, pilot = METHODS[method]
        designs.setdefault((criterion, pilot), []).append(correction)
    errors = {}
    for (criterion, pilot), corrections in designs.items():
        for k in ks:
            sampler = NonuniformNegativeSampler(
                sampling_strategy=1 / k,
                criterion=criterion,
                random_state=repetition,
                **pilots[pilot],
            )
            found = sampled(X, y, law, sampler, corrections)
            for correction, error in zip(corrections, found, strict=True):
                errors[criterion, correction, pilot, k] = error
    of_methods = [errors[*METHODS[method], k] for method in methods for k in ks]
    return np.array([y.sum(), all_rows(X, y, law), *of_methods])


def shifted_pilot(X: Array, y: Any, seed: list[int]) -> LogisticRegression:
    """Return the pilot on 200 rows with U(0, 1.5) added to each of its coefficients."""
    sampler = NonuniformNegativeSampler(**PILOTS["small"], random_state=seed[0]).fit(X, y)
    noise = np.random.default_rng([*seed, 1]).uniform(0, 1.5, N_COLUMNS + 1)
    pilot = sampler.pilot_  # coefficients on the scale of the population
    return known_model(np.append(pilot.coef[0], pilot.intercept[0]) + noise)


def perfect(repetition: int) -> Array:
    """Return N1, the squared error of all rows and of each k, and the largest probability."""
    law = SMALL_ODDS
    X, y = law.sample([repetition, 17])
    errors, largest = [], 0.0
    for k in KS:
        sampler = NonuniformNegativeSampler(
            sampling_strategy=1 / k,
            pilot=known_model(law.theta),
            floor=1e-9,
            random_state=repetition,
        )
        errors += sampled(X, y, law, sampler, ["offset"])
        largest = max(largest, float(sampler.inclusion_probability_[y == 0].max()))
    return np.array([y.sum(), all_rows(X, y, law), *errors, largest])


# Over repetitions ---------------------------------------------------------------------------------


def ratio_of_means(errors: Array, base: Array) -> tuple[float, float]:
    """Return the ratio of two paired means and its standard error, by the delta method."""
    ratio = errors.mean() / base.mean()
    residual = errors - ratio * base
    return float(ratio), float(residual.std(ddof=1) / np.sqrt(len(base)) / base.mean())


def table(results: Array, methods: tuple[str, ...], ks: tuple[int, ...]) -> dict[str, Any]:
    """Return N1 times MSE with its standard error, and ratios to all rows, by method and k."""
    n1, base = results[:, 0].mean(), results[:, 1]
    errors = results[:, 2:].reshape(len(results), len(methods), len(ks))
    root = np.sqrt(len(results))
    mse = {ALL: [_round(n1 * base.mean()), _round(n1 * base.std(ddof=1) / root)]}
    figures: dict[str, Any] = {
        "repetitions": len(results),
        "rows": N_ROWS,
        "positives": _round(n1),
        "n1_mse_and_error": mse,
        "ratio_to_all_rows_and_error": {},
    }
    for m, method in enumerate(methods):
        mse[method] = {
            k: [_round(n1 * e.mean()), _round(n1 * e.std(ddof=1) / root)]
            for k, e in zip(ks, errors[:, m].T, strict=True)
        }
        figures["ratio_to_all_rows_and_error"][method] = {
            k: [_round(v) for v in ratio_of_means(e, base)]
            for k, e in zip(ks, errors[:, m].T, strict=True)
        }
    return figures


def against_reference(figures: dict[str, Any]) -> dict[str, Any]:
    """Compare the ratios with the reference's, within combined standard errors.

    The reference's relative error of a ratio is taken to be that of this run, for as many
    repetitions, but at least 2 and at most 5 %, which is what it states.
    """
    z: dict[str, dict[int, float]] = {}
    for method, values in REFERENCE.items():
        z[method] = {}
        for k, value in zip(KS, values, strict=True):
            ratio, error = figures["ratio_to_all_rows_and_error"][method][k]
            theirs = value / REFERENCE_ALL
            relative = error / ratio * np.sqrt(figures["repetitions"] / REFERENCE_REPETITIONS)
            their_error = theirs * np.clip(relative, *REFERENCE_ERROR)
            z[method][k] = _round((ratio - theirs) / np.hypot(error, their_error))
    largest = max(abs(value) for row in z.values() for value in row.values())
    bound = float(norm.isf(0.025 / sum(len(row) for row in z.values())))
    return {
        "reference_n1_mse": {ALL: REFERENCE_ALL, **REFERENCE},
        "z_of_ratios": z,
        "largest_z": largest,
        "bonferroni_bound": _round(bound),
        "agrees": bool(largest < bound),
    }


def order(results: Array, methods: tuple[str, ...]) -> dict[str, Any]:
    """Compare each method of the paper's order with the next: ratio of MSE, error and z."""
    columns = {ALL: dict.fromkeys(KS, 1)}
    for m, method in enumerate(methods):
        columns[method] = {k: 2 + m * len(KS) + j for j, k in enumerate(KS)}
    pairs = {}
    for better, worse in pairwise(ORDER):
        pairs[f"{worse} / {better}"] = {
            k: [
                _round(v)
                for v in ratio_of_means(
                    results[:, columns[worse][k]], results[:, columns[better][k]]
                )
            ]
            for k in KS
        }
    ratios = np.array([pair for by_k in pairs.values() for pair in by_k.values()])
    return {
        "ratio_of_neighbours_and_error": pairs,
        "as_in_the_paper": bool((ratios[:, 0] > 1).all()),
        "reversed_by_more_than_2_errors": int((ratios[:, 0] + 2 * ratios[:, 1] < 1).sum()),
    }


def perfect_figures(results: Array) -> dict[str, Any]:
    """Return the ratios to all rows beside 1 + 1/k."""
    by_k = {}
    for j, k in enumerate(KS):
        ratio, error = ratio_of_means(results[:, 2 + j], results[:, 1])
        z = (ratio - 1 - 1 / k) / error
        by_k[k] = {
            "ratio": _round(ratio),
            "error": _round(error),
            "theory": _round(1 + 1 / k),
            "z": _round(z),
        }
    return {
        "repetitions": len(results),
        "positives": _round(results[:, 0].mean()),
        "largest_inclusion_probability": _round(results[:, -1].max()),
        "by_k": by_k,
        "within_3_errors": all(abs(entry["z"]) <= 3 for entry in by_k.values()),
    }


def wrong_figures(results: Array, methods: tuple[str, ...]) -> dict[str, Any]:
    """Return what a wrong pilot does to both corrections of the A-optimal design, at k = 1."""
    figures = table(results, methods, (1,))
    one = {method: results[:, 2 + m] for m, method in enumerate(methods)}
    ours = one["A-optimal + log odds"]
    figures["at_1_ratio_of_ipw_to_log_odds_and_error"] = [
        _round(v) for v in ratio_of_means(one["A-optimal + IPW"], ours)
    ]
    figures["at_1_ratio_of_uniform_to_log_odds_and_error"] = [
        _round(v) for v in ratio_of_means(one["uniform + log odds"], ours)
    ]
    return figures


def _round(value: float) -> float:
    return float(f"{value:.4g}")


# The picture --------------------------------------------------------------------------------------


def picture(figures: dict[str, Any]) -> None:
    """Draw MSE over that of all rows against k, with the line 1 + 1/k."""
    import matplotlib.pyplot as plt
    from matplotlib.ticker import FixedLocator, NullLocator

    ratios = figures["reference_table"]["ratio_to_all_rows_and_error"]
    lines = (
        ("uniform + IPW", "uniform, inverse-probability weights", "#a0aec0", "s"),
        ("uniform + log odds", "uniform, log-odds correction", "#718096", "o"),
        ("probability + IPW", "nonuniform, 200-row pilot, weights", "#dd8452", "s"),
        ("probability + log odds", "nonuniform, 200-row pilot, log odds", "#c05621", "o"),
        ("probability + log odds, default pilot", "nonuniform, default pilot", "#2b6cb0", "o"),
    )
    figure, ax = plt.subplots(figsize=(7, 4.6), layout="constrained")
    grid = np.geomspace(0.9, 5.6, 100)
    ax.plot(grid, 1 + 1 / grid, color="black", linewidth=1, label="theory: 1 + 1/k")
    known = figures["perfect_pilot"]["by_k"].values()
    ax.errorbar(
        KS,
        [entry["ratio"] for entry in known],
        [2 * entry["error"] for entry in known],
        fmt="D",
        color="black",
        markersize=5,
        markerfacecolor="white",
        label="perfect pilot, no cap",
        zorder=3,
    )
    for method, label, color, marker in lines:
        mean, error = np.array(list(ratios[method].values())).T
        ax.errorbar(KS, mean, 2 * error, fmt=f"-{marker}", color=color, markersize=4, label=label)
    ax.set(
        xscale="log",
        yscale="log",
        xlabel="k: negatives kept per positive",
        ylabel="mean squared error / that of all rows",
    )
    ax.set_title("What dropping more than 98 % of the rows costs", fontsize=11)
    ax.xaxis.set_major_locator(FixedLocator(KS))
    ax.yaxis.set_major_locator(FixedLocator([1, 1.2, 1.5, 2, 3, 5, 10, 20]))
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_minor_locator(NullLocator())
        axis.set_major_formatter(lambda value, _: f"{value:g}")
    ax.grid(axis="y", alpha=0.25)
    ax.spines[["top", "right"]].set_visible(False)
    ax.set_ylim(0.95, 25)
    ax.legend(frameon=False, fontsize=8, loc="upper right")
    figure.savefig(PICTURE, dpi=120)


# Everything ---------------------------------------------------------------------------------------


def reference_table(n: int, jobs: int) -> dict[str, Any]:
    """Normal covariates, every method, beside the reference."""
    methods = tuple(METHODS)
    figures = table(repeat(compare, n, "normal", methods, KS, False, n_jobs=jobs), methods, KS)
    return figures | against_reference(figures)


def perfect_pilot(n: int, jobs: int) -> dict[str, Any]:
    """Theory says 1 + 1/k."""
    return perfect_figures(repeat(perfect, n, n_jobs=jobs))


def other_laws(n: int, jobs: int) -> dict[str, Any]:
    """The paper's other covariates."""
    figures = {}
    for name in ("lognormal", "t3", "exponential"):
        results = repeat(compare, n, name, OF_THE_PAPER, KS, False, n_jobs=jobs)
        figures[name] = table(results, OF_THE_PAPER, KS) | order(results, OF_THE_PAPER)
    return figures


def wrong_pilot(n: int, jobs: int) -> dict[str, Any]:
    """U(0, 1.5) added to every coefficient of the pilot, one negative per positive."""
    figures = {}
    for name in ("normal", "t3"):
        results = repeat(compare, n, name, WITH_WRONG_PILOT, (1,), True, n_jobs=jobs)
        figures[name] = wrong_figures(results, WITH_WRONG_PILOT)
    return figures


PARTS: dict[str, tuple[Callable[[int, int], dict[str, Any]], int]] = {  # and repetitions
    "reference_table": (reference_table, 400),
    "perfect_pilot": (perfect_pilot, 1000),
    "other_laws": (other_laws, 200),
    "wrong_pilot": (wrong_pilot, 200),
}


def main() -> None:
    """Run the parts asked for, write the results beside those of the others, draw."""
    parser = argparse.ArgumentParser(description=QUESTION)
    parser.add_argument("--parts", nargs="*", choices=list(PARTS), default=list(PARTS))
    parser.add_argument("--repetitions", type=int, default=None)
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    figures = earlier_figures(NAME)
    for name in arguments.parts:
        part, repetitions = PARTS[name]
        found = part(arguments.repetitions or repetitions, arguments.jobs)
        figures[name] = json.loads(json.dumps(found))
        print(name, json.dumps(found), write_results(NAME, QUESTION, figures), sep="\n", flush=True)
    if {"reference_table", "perfect_pilot"} <= set(figures):
        picture(figures)


if __name__ == "__main__":
    main()
