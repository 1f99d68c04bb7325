"""The shift of row-dependent sampling: a row is kept with a probability that depends on it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from imbalance_kit.shift._linear_pilot import LinearPilot
from imbalance_kit.shift._scaled_pilot import ScaledPilot
from imbalance_kit.shift._shift import Reference, Shift
from imbalance_kit.shift._table_pilot import TablePilot

Criterion = Literal["probability", "A", "L", "local_case_control", "uniform"]


@dataclass(frozen=True)
class InclusionRule:
    """How the score of a row becomes its inclusion probability.

    ``π = min(max(scale * score, floor), 1)``: the same cap and floor in the draw and in the
    correction.

    Parameters
    ----------
    scale : float
        Factor on the score, at least 0; it sets the expected number of rows.
    floor : float
        Smallest probability, in (0, 1]: every row can be drawn.
    bits : int or None, default=None
        Significant bits that a probability is rounded to, 2 to 52: machines and engines that add
        up a score in another order then agree on it. None does not round.

    Examples
    --------
    >>> import numpy as np
    >>> from imbalance_kit.shift import InclusionRule
    >>> InclusionRule(scale=10.0, floor=0.01)(np.array([0.0, 0.05, 0.5]))
    array([0.01, 0.5 , 1.  ])
    """

    scale: float
    floor: float
    bits: int | None = None

    def __post_init__(self) -> None:
        bits = 52 if self.bits is None else self.bits
        if not (0 <= self.scale < np.inf and 0 < self.floor <= 1 and bits in range(2, 53)):
            raise ValueError(
                "A rule needs a finite scale of at least 0, a floor in (0, 1] and 2 to 52 bits, "
                f"got {self!r}."
            )

    def __call__(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return inclusion probabilities of scores of any shape."""
        with np.errstate(over="ignore"):  # infinity is more than 1 as well
            pi: NDArray[np.float64] = np.multiply(scores, self.scale)
        np.clip(pi, self.floor, 1.0, out=pi)
        if self.bits is not None:
            _round_bits(pi, self.bits)
        return pi


def _round_bits(values: NDArray[np.float64], bits: int) -> None:
    """Round positive numbers to so many significant bits, in place; halves up."""
    dropped = 53 - bits  # of the 52 that are stored; the first significant one is not
    patterns = values.view(np.int64)
    patterns += 1 << (dropped - 1)
    patterns &= -(1 << dropped)


@dataclass(frozen=True)
class InclusionShift(Shift):
    """Rows kept with a known probability that depends on the row: ``a_k(x) = π_k(x)``.

    :class:`~imbalance_kit.NonuniformNegativeSampler` makes it; there is no need to build it by
    hand. Where the scores come from several cross-fitted pilots, a row drawn from the population
    meets each of them equally often, so its factor is the *arithmetic* mean of their
    probabilities. Two of these shifts are equal where their contents are.

    Parameters
    ----------
    pilots : tuple of objects with predict_proba
        Scoring models, columns in the order of `labels`, calibrated to the source population; none
        where the criterion is "uniform".
    labels : tuple
        The classes, sorted.
    rules : mapping of {label: InclusionRule}
        The classes that were thinned, each with its rule; the others were kept whole.
    criterion : {"probability", "A", "L", "local_case_control", "uniform"}, default="probability"
        What is multiplied into the score: see :class:`~imbalance_kit.NonuniformNegativeSampler`.
    metric : ndarray of shape (n_features + 1, n_features + 1) or None, default=None
        For "A", the matrix M^-1; for "L", the identity; otherwise None.

    Attributes
    ----------
    classes : tuple
        The labels, in the order of the columns of `proba`.
    exact : bool
        True.
    reference : str
        "source".

    Examples
    --------
    >>> import numpy as np
    >>> from imbalance_kit import NonuniformNegativeSampler
    >>> rng = np.random.default_rng(0)
    >>> X = rng.standard_normal((5000, 2))
    >>> y = (rng.random(5000) < 1 / (1 + np.exp(4 - X[:, 0]))).astype(int)
    >>> shift = NonuniformNegativeSampler(random_state=0).fit(X, y).shift_
    >>> shift.log_factors(X, [0, 1]).shape
    (5000, 2)
    """

    pilots: tuple[Any, ...]
    labels: tuple[Any, ...]
    rules: Mapping[Any, InclusionRule]
    criterion: Criterion = "probability"
    metric: NDArray[np.float64] | None = None
    exact: bool = field(default=True, init=False)
    reference: Reference = field(default="source", init=False)

    def __eq__(self, other: object) -> bool:
        """Compare by content, pilots included."""
        return isinstance(other, InclusionShift) and self._content() == other._content()

    def __hash__(self) -> int:
        """Hash by what is cheap to compare."""
        return hash((self.labels, self.criterion, len(self.pilots)))

    @property
    def classes(self) -> tuple[Any, ...]:
        """Labels in the order of the columns of `proba`."""
        return self.labels

    @property
    def depends_on_row(self) -> bool:
        """Whether rows of one class differ: not where the criterion is "uniform"."""
        return self.criterion != "uniform"

    def inclusion_probability(self, X: Any) -> NDArray[np.float64]:
        """Return the probability with which a row of each class is kept.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        pi : ndarray of shape (n_samples, n_classes)
            In (0, 1]; 1 for classes that were not thinned.
        """
        first, *others = self.pilots or (None,)
        total = self.pilot_probability(X, first)
        for pilot in others:
            total += self.pilot_probability(X, pilot)
        total /= 1 + len(others)
        return total

    def pilot_probability(self, X: Any, pilot: Any) -> NDArray[np.float64]:
        """Return the same by the scores of one pilot.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.
        pilot : object with predict_proba, or None
            One of `pilots`; None where there is none.

        Returns
        -------
        pi : ndarray of shape (n_samples, n_classes)
            In (0, 1].
        """
        thinned = [k for k, label in enumerate(self.labels) if label in self.rules]
        scores = row_scores(X, pilot, thinned, self.criterion, self.metric)
        pi = np.ones((len(scores), len(self.labels)))
        for column, k in enumerate(thinned):
            pi[:, k] = self.rules[self.labels[k]](scores[:, column])
        return pi

    def log_factors(self, X: Any, classes: Any) -> NDArray[np.float64]:
        """Return ``log π_k(x)``.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows; needed unless the criterion is "uniform".
        classes : sequence of n_classes labels
            Which classes, in which order.

        Returns
        -------
        log_factors : ndarray of shape (n_samples, n_classes)
            Natural logarithms, at most 0.
        """
        if X is None and self.depends_on_row:
            raise ValueError(
                "This shift depends on the row: X is needed to undo it. Hint: shift.undo(proba, X)."
            )
        labels = classes.tolist() if isinstance(classes, np.ndarray) else list(classes)
        missing = [label for label in labels if label not in self.labels]
        if missing:
            raise ValueError(
                f"The shift knows the classes {list(self.labels)!r}, but a factor is needed for "
                f"{missing!r} too."
            )
        columns = [self.labels.index(label) for label in labels]
        return np.log(self.inclusion_probability(X)[:, columns])

    def _content(self) -> dict[str, Any]:
        return {
            "labels": list(self.labels),
            "rules": [[label, *_rule_content(rule)] for label, rule in self.rules.items()],
            "criterion": self.criterion,
            "metric": None if self.metric is None else self.metric.tolist(),
            "pilots": [
                (
                    p if hasattr(p, "_to_content") else ScaledPilot(p, self.labels, None)
                )._to_content()
                for p in self.pilots
            ],
        }

    @classmethod
    def _from_content(cls, content: dict[str, Any], pilots: list[Any]) -> "InclusionShift":
        metric, labels = content["metric"], tuple(content["labels"])
        return cls(
            pilots=tuple(_pilot(part, labels, pilots) for part in content["pilots"]),
            labels=labels,
            rules={label: InclusionRule(*numbers) for label, *numbers in content["rules"]},
            criterion=content["criterion"],
            metric=None if metric is None else np.array(metric),
        )


def _rule_content(rule: InclusionRule) -> list[float]:
    numbers = [rule.scale, rule.floor]
    return numbers if rule.bits is None else [*numbers, rule.bits]


def row_scores(
    X: Any,
    pilot: Any,
    thinned: list[int],
    criterion: Criterion,
    metric: NDArray[np.float64] | None,
) -> NDArray[np.float64]:
    """Return the scores that inclusion probabilities are proportional to.

    "probability" and "local_case_control": the probability that the row is *not* of the thinned
    class, its surprise. "A" and "L": the same times the length of the gradient, ``|M^-1 (x, 1)|``
    or ``|(x, 1)|``. "uniform": 1.

    Returns
    -------
    scores : ndarray of shape (n_samples, n_thinned)
        At least 0.
    """
    if criterion == "uniform":
        n = 1 if X is None else X.shape[0] if hasattr(X, "shape") else len(X)
        return np.ones((n, len(thinned)))
    proba = np.asarray(pilot.predict_proba(X), dtype=np.float64)
    others = 1.0 - np.eye(proba.shape[1])[:, thinned]  # a sum of the others: 1 - p would cancel
    scores: NDArray[np.float64] = proba @ others
    if metric is not None:
        scores *= _gradient_length(X, metric)[:, None]
    check_scores(scores)
    return scores


def _gradient_length(X: Any, metric: NDArray[np.float64]) -> NDArray[np.float64]:
    rows = X.toarray() if hasattr(X, "toarray") else np.asarray(X, dtype=np.float64)
    projected = rows @ metric[:-1] + metric[-1]
    length: NDArray[np.float64] = np.sqrt(np.einsum("ij,ij->i", projected, projected))
    return length


def check_scores(scores: NDArray[np.float64]) -> None:
    """Raise where a row has no score."""
    if np.isnan(scores).any():
        raise ValueError(
            "The pilot has no score for rows with missing values: it was trained on rows without "
            "any. Hint: impute them, or give a pilot that takes missing values."
        )


def _pilot(content: dict[str, Any], labels: tuple[Any, ...], given: list[Any]) -> Any:
    """Return the pilot that is in the text, or the first of those given, once recognised."""
    if "terms" in content:
        return TablePilot._from_content(content)
    if "fingerprint" not in content:
        return LinearPilot._from_content(content)
    if not given:
        raise ValueError(
            "The text of this shift does not hold its pilot, which is not linear. Hint: "
            "from_json(text, pilot=model) with the sampler's `pilot_`, or the fitted model that "
            "the sampler was given."
        )
    return ScaledPilot._from_content(content, labels, given.pop(0))
