"""What weights are like: their cost in precision, their extremes, their tail."""

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._utils._moments import weighted_quantile
from imbalance_kit._utils._optional import import_optional
from imbalance_kit._utils._pareto import pareto_tail
from imbalance_kit._utils._plain_values import to_plain
from imbalance_kit._utils._validation import check_sample_weight
from imbalance_kit._utils._weight_statistics import signed_design_effect, top_share

_PROBABILITIES = (0.0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1.0)
_N_CELLS = 60


@dataclass(frozen=True, repr=False)
class WeightSummary:
    """How unequal weights are, and what that costs.

    Made by :func:`compute_weight_summary`; draw it with :class:`WeightDisplay`.

    Attributes
    ----------
    n_samples : int
        Number of rows.
    n_zero, n_negative : int
        Rows of weight 0, and below 0 (linear calibration can make such).
    total : float
        Sum of the weights.
    design_effect : float
        Kish's factor on the variance of a mean.
    effective_sample_size : float
        `n_samples` over the design effect.
    max_over_mean : float
        The largest weight in units of the mean weight.
    top_share : float in [0, 1]
        Share of the total that the heaviest 1 % of the rows hold, one row at least.
    pareto_k : float
        Estimated shape of the tail: below .5 the weights have a finite variance, above .7 means
        under these weights and their errors are not to be relied on. -inf where the largest weights
        are all equal, NaN where there are fewer than 21 positive weights.
    pareto_k_threshold : float
        What `pareto_k` should stay below at this number of rows, at most .7.
    quantiles : dict of {float: float}
        Quantiles of the weights divided by their mean, by probability; 0 and 1 are the extremes.
    edges, counts : tuple of float, tuple of int
        Histogram of the weights divided by their mean: rows per cell, the edges of the cells.

    See Also
    --------
    compute_weight_summary : Computes it, and has the definitions.
    WeightDisplay : Draws it.

    Notes
    -----
    Invariant: a value object; but for `total`, scaling the weights changes nothing.

    Examples
    --------
    >>> from imbalance_kit import compute_weight_summary
    >>> summary = compute_weight_summary([1, 1, 2, 4])
    >>> summary.max_over_mean, summary.top_share, summary.quantiles[0.5]
    (2.0, 0.5, 0.5)
    """

    n_samples: int
    n_zero: int
    n_negative: int
    total: float
    design_effect: float
    effective_sample_size: float
    max_over_mean: float
    top_share: float
    pareto_k: float
    pareto_k_threshold: float
    quantiles: dict[float, float]
    edges: tuple[float, ...] = dataclasses.field(repr=False)
    counts: tuple[int, ...] = dataclasses.field(repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the summary as plain Python values, ready for JSON.

        Returns
        -------
        summary : dict
            The fields of this class but for the histogram; the probabilities of `quantiles` are
            strings; NaN and infinity are None.
        """
        fields = {k: value for k, value in vars(self).items() if k not in ("edges", "counts")}
        quantiles = {f"{p:g}": value for p, value in self.quantiles.items()}
        plain: dict[str, Any] = to_plain({**fields, "quantiles": quantiles})
        return plain

    def to_frame(self) -> Any:
        """Return the quantiles as a table.

        Returns
        -------
        frame : pandas.DataFrame
            Columns: probability, weight_over_mean.

        Raises
        ------
        ImportError
            If pandas is not installed (extra "frame").
        """
        pandas = import_optional("pandas", extra="frame", purpose="WeightSummary.to_frame")
        return pandas.DataFrame(
            {"probability": list(self.quantiles), "weight_over_mean": list(self.quantiles.values())}
        )

    def __repr__(self) -> str:
        zero = f", {self.n_zero:,} of weight 0" if self.n_zero else ""
        negative = f", {self.n_negative:,} of negative weight" if self.n_negative else ""
        tail = "not known: too few rows"
        if self.pareto_k == -math.inf:
            tail = "no tail: the largest weights are all equal"
        elif not math.isnan(self.pareto_k):
            verdict = "reliable" if self.pareto_k <= self.pareto_k_threshold else "not reliable"
            tail = f"{self.pareto_k:.2f} (means are {verdict}; limit {self.pareto_k_threshold:.2f})"
        shown = ", ".join(f"{self.quantiles[p]:.3g}" for p in (0.0, 0.05, 0.5, 0.95, 1.0))
        return "\n".join(
            [
                f"WeightSummary: {self.n_samples:,} rows{zero}{negative}, total {self.total:.6g}",
                f"  design effect          {self.design_effect:.3f}",
                f"  effective sample size  {self.effective_sample_size:,.1f}",
                f"  top 1 % of the rows    {100 * self.top_share:.3g} % of the weight",
                f"  Pareto k               {tail}",
                f"  weight / mean weight   {shown} (min, 5 %, median, 95 %, max)",
            ]
        )


def compute_weight_summary(weights: Any) -> WeightSummary:
    """Sum up what weights are like: design effect, extremes, tail.

    Use it after any weighting, beside :func:`compute_balance`: balance says what the weights
    achieve, this says what they cost. It does not know the outcome: where covariates explain it,
    :func:`estimate_mean` tells the true precision.

    Parameters
    ----------
    weights : array-like of shape (n_samples,)
        Weights with a total above 0. Negative ones are taken, and counted.

    Returns
    -------
    summary : WeightSummary
        A frozen value object with `to_dict`, `to_frame` and a readable repr.

    Raises
    ------
    ValueError
        If weights are NaN or infinite, not one-dimensional, or their total is not above 0.

    See Also
    --------
    WeightDisplay : Draws it.
    effective_sample_size : One of its numbers.

    Notes
    -----
    Design effect ``n Σ w² / (Σ w)²`` (Kish). Pareto k: a generalised Pareto distribution fitted to
    the min(n / 5, 3 √n) largest weights; 1 / k is the number of moments the weights seem to have.
    The limit is ``min(1 - 1 / log10(n), .7)``.

    References
    ----------
    Kish (1965), Survey Sampling, Wiley.
    Vehtari, Simpson, Gelman, Yao and Gabry (2024), Pareto smoothed importance sampling,
    arXiv:1507.02646.
    Zhang and Stephens (2009), A new and efficient estimation method for the generalized Pareto
    distribution, doi:10.1198/tech.2009.08017.

    Examples
    --------
    >>> import numpy as np
    >>> from imbalance_kit import compute_weight_summary
    >>> compute_weight_summary(np.random.default_rng(0).exponential(size=1000))
    WeightSummary: 1,000 rows, total 1022.05
      design effect          1.961
      effective sample size  510.1
      top 1 % of the rows    5.86 % of the weight
      Pareto k               0.18 (means are reliable; limit 0.67)
      weight / mean weight   0.000477, 0.0486, 0.727, 2.89, 7.98 (min, 5 %, median, 95 %, max)
    """
    n = len(weights) if hasattr(weights, "__len__") else 0
    checked = check_sample_weight(weights, n, name="weights", negative="allow")
    if checked is None:
        raise TypeError("`weights` must be an array of numbers, got None.")
    scaled = checked / np.abs(checked).max()  # so that no mean underflows
    relative = scaled / scaled.mean()
    effect = signed_design_effect(scaled)
    quantiles = weighted_quantile(relative, None, np.array(_PROBABILITIES))
    edges, counts = _histogram(relative)
    return WeightSummary(
        n_samples=n,
        n_zero=int(np.count_nonzero(checked == 0)),
        n_negative=int(np.count_nonzero(checked < 0)),
        total=float(checked.sum()),
        design_effect=effect,
        effective_sample_size=n / effect,
        max_over_mean=float(relative.max()),
        top_share=top_share(scaled),
        pareto_k=pareto_tail(scaled).k,
        pareto_k_threshold=min(1.0 - 1.0 / math.log10(n), 0.7) if n > 10 else 0.0,
        quantiles=dict(zip(_PROBABILITIES, quantiles.tolist(), strict=True)),
        edges=tuple(edges.tolist()),
        counts=tuple(counts.tolist()),
    )


def _histogram(relative: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Count rows in cells of equal width from 0 (or the smallest) to the largest weight."""
    low, high = min(0.0, float(relative.min())), float(relative.max())
    counts, edges = np.histogram(relative, bins=_N_CELLS, range=(low, 1.0000001 * high))
    return edges, counts
