"""What an estimate of a mean holds and how it is read; nothing here is computed from rows."""

import dataclasses
from dataclasses import dataclass
from typing import Any

from imbalance_kit._utils._optional import import_optional
from imbalance_kit._utils._plain_values import to_plain

_TARGETS = {
    "census": "a census: its own numbers are taken as exact",
    "sample": "a sample: its own variance is in the interval",
    None: "not given: the weights are taken as fixed",
}


@dataclass(frozen=True, repr=False)
class MeanEstimate:
    """The mean of an outcome in a population, with its standard error and interval.

    Made by :func:`estimate_mean`. The interval speaks of the error of sampling, under the
    assumption of the method; whether the rows that were never sampled resemble those that were,
    given the covariates, it cannot know.

    Attributes
    ----------
    estimate : float
        The estimated mean, in the unit of the outcome.
    standard_error : float
        Its standard error.
    interval : tuple of (float, float)
        Interval at the level `confidence`: estimate ± normal (jackknife: t) quantile times
        standard error.
    confidence : float in (0, 1)
        Level of the interval.
    unadjusted : float
        Mean of the observed outcomes under the weights before adjustment, for comparison.
    n_samples, n_observed : int
        Number of rows, and of rows whose outcome is not missing.
    missing_share : float in [0, 1]
        Share of the weight of the rows whose outcome is missing: weights after adjustment where
        `method` is "weighted", before it otherwise.
    method : str
        "weighted", "bootstrap", "jackknife", "greg" or "aipw".
    target_kind : {"census", "sample"} or None
        Whether the population's numbers were taken as exact, or as a sample with an error of its
        own, which is then part of the standard error. None: there was no target.
    n_replicates : int
        Replicates behind the standard error; 0 where it has a formula.

    See Also
    --------
    estimate_mean : Computes it, and has the definitions.

    Notes
    -----
    Invariant: a value object; equal data and seeds give equal estimates.

    Examples
    --------
    >>> from imbalance_kit import estimate_mean
    >>> estimate_mean([3., 5., None, 4.], sample_weight=[1, 1, 1, 2])
    MeanEstimate: 4 (SE 0.4082), 95 % interval 3.2 to 4.8
      unadjusted  4
      method      weighted
      target      not given: the weights are taken as fixed
      rows        4, of which 3 observed (20 % of the weight missing)
    """

    estimate: float
    standard_error: float
    interval: tuple[float, float]
    confidence: float
    unadjusted: float
    n_samples: int
    n_observed: int
    missing_share: float
    method: str
    target_kind: str | None
    n_replicates: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return the estimate as plain Python values, ready for JSON.

        Returns
        -------
        estimate : dict
            The fields of this class; `interval` is a list, NaN and infinity are None.
        """
        plain: dict[str, Any] = to_plain(dataclasses.asdict(self))
        return plain

    def to_frame(self) -> Any:
        """Return the estimate as a table of one row, to be stacked with others.

        Returns
        -------
        frame : pandas.DataFrame
            The fields of this class as columns, `interval` as two: lower and upper.

        Raises
        ------
        ImportError
            If pandas is not installed (extra "frame").
        """
        pandas = import_optional("pandas", extra="frame", purpose="MeanEstimate.to_frame")
        row = dataclasses.asdict(self)
        row["lower"], row["upper"] = row.pop("interval")
        return pandas.DataFrame([row])

    def __repr__(self) -> str:
        low, high = self.interval
        replicates = f", {self.n_replicates} replicates" if self.n_replicates else ""
        rows = f"{self.n_samples:,}"
        if self.n_observed < self.n_samples:
            rows += (
                f", of which {self.n_observed:,} observed "
                f"({100 * self.missing_share:.3g} % of the weight missing)"
            )
        return "\n".join(
            [
                f"MeanEstimate: {self.estimate:.4g} (SE {self.standard_error:.4g}), "
                f"{100 * self.confidence:g} % interval {low:.4g} to {high:.4g}",
                f"  unadjusted  {self.unadjusted:.4g}",
                f"  method      {self.method}{replicates}",
                f"  target      {_TARGETS[self.target_kind]}",
                f"  rows        {rows}",
            ]
        )
