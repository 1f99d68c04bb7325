"""Weights with all that is known about them, and what it says in words."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbalance_kit.cli._messages import count_of
from imbalance_kit.cli._weight_data import WeightData
from imbalance_kit.diagnostics import (
    BalanceReport,
    Distribution,
    MeanEstimate,
    WeightSummary,
)

BALANCED = 0.1  # absolute differences below it are commonly called balanced
_ZERO = 5e-7  # differences that are a matter of rounding
_INTERVALS = {
    "weighted": "The intervals take account of what the weights were calibrated on",
    "bootstrap": "The intervals come from samples drawn anew, each weighted anew",
    None: "The intervals take the weights as fixed, which usually makes them too wide",
}


@dataclass(frozen=True)
class Outcome:
    """The mean of one outcome under the weights the sample came with, and under the new ones."""

    name: str
    before: MeanEstimate
    after: MeanEstimate


@dataclass(frozen=True)
class WeightReport:
    """What `imbalance-kit weight` found.

    `population_kind` is "census" or "sample". Invariant: `weights` has one per row of the data.
    """

    method: str
    normalize: str
    data: WeightData
    weights: NDArray[np.float64]
    population_kind: str
    balance: BalanceReport
    summary: WeightSummary
    distributions: tuple[Distribution, ...]
    outcomes: tuple[Outcome, ...]
    notes: tuple[str, ...]

    def to_json(self) -> str:
        """Return all figures as JSON text."""
        content: dict[str, Any] = {
            "method": self.method,
            "sample": self.data.sample,
            "population": self.data.population,
            "population_is": self.population_kind,
            "normalize": self.normalize,
            "covariates": list(self.data.X.columns),
            "balance": self.balance.to_dict(),
            "weights": self.summary.to_dict(),
            "outcomes": [
                {"name": o.name, "before": o.before.to_dict(), "after": o.after.to_dict()}
                for o in self.outcomes
            ],
            "findings": self.findings(),
            "notes": list(self.notes),
        }
        return json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False) + "\n"

    def findings(self) -> list[str]:
        """Return what the figures say, in whole sentences, the most important first."""
        return [self._of_balance(), *self._of_weights()]

    def about_intervals(self) -> str:
        """Return what the intervals after weighting are about."""
        after = self.outcomes[0].after
        if after.target_kind is None:
            return f"{_INTERVALS[None]}; an error of the population's own numbers is not in them."
        taken = {
            "census": "the population's numbers count as exact (a census)",
            "sample": "the population's rows count as a sample, whose own error is included",
        }
        return f"{_INTERVALS[after.method]}; {taken[after.target_kind]}."

    def _of_balance(self) -> str:
        balance = self.balance
        before, after = balance.max_difference_before, balance.max_difference_after
        worst = max(balance.rows, key=lambda row: _size(row.difference_after))
        off = sum(_size(row.difference_after) >= BALANCED for row in balance.rows)
        end = "0" if after < _ZERO else f"{after:.2g}"
        said = f"The largest difference from the population falls from {before:.3g} to {end}"
        if after > before:
            said = (
                f"The largest difference from the population grows from {before:.3g} to {after:.3g}"
            )
        if off:
            return (
                f"{said} ({worst.name}); {count_of(off, 'difference')} of {len(balance.rows)} "
                f"stay{'s' if off == 1 else ''} at {BALANCED:g} or more, which is commonly called "
                "unbalanced."
            )
        return f"{said}: below {BALANCED:g} everywhere, which is commonly called balanced."

    def _of_weights(self) -> list[str]:
        one = self.summary
        texts = [
            f"The price: means are as precise as those of {one.effective_sample_size:,.0f} of the "
            f"{one.n_samples:,} rows (design effect {one.design_effect:.2f}); the heaviest 1% of "
            f"the rows hold {one.top_share:.1%} of the weight."
        ]
        if one.n_negative:
            texts.append(f"Negative weights: {count_of(one.n_negative, 'row')}.")
        if math.isfinite(one.pareto_k) and one.pareto_k > one.pareto_k_threshold:
            texts.append(
                f"A few rows decide the result: the tail of the weights is heavy (Pareto k "
                f"{one.pareto_k:.2f}, limit {one.pareto_k_threshold:.2f}), and neither means nor "
                "their errors can be relied on. Limit the weights (--bounds, --trim), or weight by "
                "fewer columns."
            )
        return texts


def sorted_rows(balance: BalanceReport) -> list[Any]:
    """Return the rows of a balance table, the largest difference before weighting first."""
    return sorted(balance.rows, key=lambda row: -_size(row.difference_before))


def _size(difference: float) -> float:
    return 0.0 if math.isnan(difference) else abs(difference)
