"""Make the weights, and measure what they achieve, what they cost and what they say."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from imbalance_kit.cli._messages import InputError, in_words
from imbalance_kit.cli._weight_data import WeightData
from imbalance_kit.cli._weight_options import Method, Normalize
from imbalance_kit.cli._weight_report import Outcome, WeightReport
from imbalance_kit.diagnostics import (
    MeanEstimate,
    compute_balance,
    compute_distributions,
    compute_weight_summary,
    estimate_mean,
)
from imbalance_kit.weighting import (
    CalibrationWeighter,
    CBPSWeighter,
    Margins,
    PostStratificationWeighter,
    PropensityWeighter,
    RakingWeighter,
)

# What a message of the library calls a thing, and what the command calls it; in this order.
_OPTIONS = {
    "merge it with another": "--merge-rare 0.01, or merge it with another",
    "allow a tolerance or a ridge": "allow a --tolerance (of 0.01, say)",
    "Else a tolerance": "Else a --tolerance",
    "wider bounds, a tolerance, or another distance": "wider --bounds, or a --tolerance",
    "collapse=[...]": "--collapse COLUMN",
    "Margins(..., kind='share', size=...)": '{"margins": {...}, "kind": "share", "size": ...}',
    "Margins(..., size=...)": '{"margins": {...}, "size": ...}',
    "normalize='sample'": "--normalize sample",
    "give these rows a sample_weight of 0, or take an estimator that is not linear": "drop these "
    "rows, or give them a weight of 0 (--weights)",
    "`bounds`": "--bounds",
    "`trimming`": "--trim",
    "`collapse`": "--collapse",
    "CalibrationWeighter(distance='raking')": "--method calibration",
    "CalibrationWeighter with a ridge": "--method calibration --bounds, or propensity",
    "PropensityWeighter": "--method propensity",
    "CalibrationWeighter": "--method calibration",
    "RakingWeighter": "--method raking",
    "PostStratificationWeighter": "--method post-stratification",
    "CBPSWeighter": "--method cbps",
}
_OWNERS = {
    "--bounds": Method.CALIBRATION,
    "--tolerance": Method.CALIBRATION,
    "--trim": Method.PROPENSITY,
    "--collapse": Method.POST_STRATIFICATION,
}
_MODELS = (Method.PROPENSITY, Method.CBPS)


@dataclass(frozen=True)
class Plan:
    """How to weight, and how to find intervals."""

    method: Method
    normalize: Normalize
    bounds: tuple[float, float] | None = None
    tolerance: float = 0.0
    trim: float | None = None
    collapse: tuple[str, ...] = ()
    population_kind: str | None = None
    replicates: int = 100
    seed: int = 0

    def describe(self) -> str:
        """Return the method in words."""
        if self.method is Method.CALIBRATION:
            if self.bounds is None:
                return f"calibration (entropy balancing{self._tolerated()})"
            low, high = self.bounds
            return f"calibration (factors between {low:g} and {high:g}{self._tolerated()})"
        trim = "" if self.trim is None else f", capped at {self.trim:g} times the mean"
        return {
            Method.PROPENSITY: f"propensity (a lasso path of logistic regressions{trim})",
            Method.CBPS: "CBPS (a propensity score fitted so that means agree)",
            Method.RAKING: "raking",
            Method.POST_STRATIFICATION: "post-stratification",
        }[self.method]

    def _tolerated(self) -> str:
        return f", means within {self.tolerance:g} standard deviations" if self.tolerance else ""

    def weighter(self) -> Any:
        """Return the weighter.

        Raises
        ------
        InputError
            If an option is of another method.
        """
        given = {
            "--bounds": self.bounds,
            "--tolerance": self.tolerance,
            "--trim": self.trim,
            "--collapse": self.collapse,
        }
        for option, owner in _OWNERS.items():
            if given[option] and self.method is not owner:
                raise InputError(
                    f"{option} goes with --method {owner}, got --method {self.method}."
                )
        options: dict[str, Any] = {"normalize": str(self.normalize)}
        match self.method:
            case Method.PROPENSITY:
                trimming = None if self.trim is None else {"ratio": self.trim}
                return PropensityWeighter(trimming=trimming, **options)
            case Method.CBPS:
                return CBPSWeighter(**options)
            case Method.RAKING:
                return RakingWeighter(**options)
            case Method.POST_STRATIFICATION:
                return PostStratificationWeighter(collapse=list(self.collapse) or None, **options)
        options["tolerance"] = self.tolerance
        if self.bounds is None:
            return CalibrationWeighter("raking", **options)
        return CalibrationWeighter("logit", bounds=self.bounds, **options)


def make_weight_report(data: WeightData, plan: Plan, step: Callable[[str], object]) -> WeightReport:
    """Return the weights with their diagnostics; `step` is told of each piece of work.

    Raises
    ------
    InputError
        If there are no such weights; the message says why.
    """
    weighter = plan.weighter()
    kind = _population_kind(data, plan)
    _check_size(data, plan)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", UserWarning)
        try:
            step("weights")
            weights = weighter.fit_weights(
                data.X,
                target=data.target,
                sample_weight=data.base,
                target_weight=data.target_weight,
            )
            step("balance")
            sides: dict[str, Any] = {
                "sample_weight": weights,
                "base_weight": data.base,
                "target_weight": data.target_weight,
            }
            balance = compute_balance(data.X, data.target, **sides)
            drawn = tuple(compute_distributions(data.X, data.target, **sides))
        except ValueError as error:
            raise InputError(in_words(str(error), _OPTIONS)) from error
    notes = dict.fromkeys(in_words(str(warning.message), _OPTIONS) for warning in told)
    outcomes = []
    for name, y in data.outcomes.items():
        step(f"mean of {name}")
        found, problem = _estimate(data, plan, kind, weighter, y)
        outcomes.append(Outcome(name, estimate_mean(y, base_weight=data.base), found))
        notes |= {problem: None} if problem else {}
    return WeightReport(
        method=plan.describe(),
        normalize=str(plan.normalize),
        data=data,
        weights=weights,
        population_kind=kind,
        balance=balance,
        summary=compute_weight_summary(weights),
        distributions=drawn,
        outcomes=tuple(outcomes),
        notes=(*data.notes, *notes),
    )


def count_steps(data: WeightData) -> int:
    """Return how many pieces of work there are."""
    return 2 + len(data.outcomes)


def _estimate(
    data: WeightData, plan: Plan, kind: str, weighter: Any, y: NDArray[np.float64]
) -> tuple[MeanEstimate, str]:
    """Return the mean under the weights, and a note where its error could not be found so."""
    design: dict[str, Any] = {"base_weight": data.base, "target_weight": data.target_weight}
    fixed: dict[str, Any] = {"base_weight": data.base, "sample_weight": weighter.weights_}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of samples drawn anew; those of the sample are noted
        if plan.method not in _MODELS:
            X, target = _calibrated_on(data, plan, weighter)
            design["sample_weight"] = weighter.weights_
            return estimate_mean(y, X, target=target, target_kind=kind, **design), ""
        if not plan.replicates:
            return estimate_mean(y, **fixed), ""
        try:
            found = estimate_mean(
                y,
                data.X,
                target=data.target,
                method="bootstrap",
                target_kind=kind,
                weighter=weighter,
                n_replicates=plan.replicates,
                random_state=plan.seed,
                **design,
            )
        except ValueError as error:
            problem = in_words(str(error), _OPTIONS)
            return estimate_mean(y, **fixed), (
                f"A sample drawn anew could not be weighted, so that intervals take the weights as "
                f"fixed: {problem}"
            )
    return found, ""


def _calibrated_on(data: WeightData, plan: Plan, weighter: Any) -> tuple[Any, Any]:
    """Return the covariates whose means the weights fix; of cells a column that names them."""
    if plan.method is not Method.POST_STRATIFICATION or isinstance(data.target, Margins):
        return data.X, data.target
    merged = {cell: group[0] for group in weighter.collapsed_ for cell in group}
    single = data.X.shape[1] == 1
    frames = []
    for frame in (data.X, data.target):
        rows = frame.astype(object).where(frame.notna(), None)
        cells = rows.iloc[:, 0] if single else rows.itertuples(index=False, name=None)
        frames.append(pd.DataFrame({"cell": [repr(merged.get(c, c)) for c in cells]}))
    return frames[0], frames[1]


def _population_kind(data: WeightData, plan: Plan) -> str:
    with_margins = isinstance(data.target, Margins)
    if with_margins and plan.population_kind == "sample":
        raise InputError(
            "--population-is sample needs the population's rows (--population): margins do not "
            "show their error."
        )
    return plan.population_kind or ("census" if with_margins else "sample")


def _check_size(data: WeightData, plan: Plan) -> None:
    unknown = isinstance(data.target, Margins) and data.target.size is None
    if unknown and plan.normalize is Normalize.POPULATION:
        raise InputError(
            "The margins are shares without a size, so weights cannot sum to the population.",
            '"size" in the margins\' file, or --normalize sample.',
        )
