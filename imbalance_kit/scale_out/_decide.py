"""Pass two: the score of every row, and from it whether the row is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._utils._tables import select_columns, table_length, take_table_rows, with_columns
from imbalance_kit.scale_out._hashing import Hashes, uniform
from imbalance_kit.scale_out._histogram import Histogram, score_histogram
from imbalance_kit.scale_out._job import ADDED, Job, Place
from imbalance_kit.shift import ClassShift, InclusionRule, InclusionShift, TablePilot
from imbalance_kit.shift._inclusion_shift import check_scores, row_scores
from imbalance_kit.shift._table_pilot import sum_terms

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Decider:
    """Decides about rows by the job and the shift; sent to every worker.

    Invariant: `shift` has its rules. `by_weights` says that no row is dropped and that the factors
    are weights.
    """

    job: Job
    shift: ClassShift | InclusionShift
    by_weights: bool = False

    @property
    def labels(self) -> tuple[Any, ...]:
        """The two classes, sorted."""
        return self.shift.classes

    def looser(self, factor: float) -> "Decider":
        """Return one that keeps so many times as many rows: surely all that are kept in the end."""
        if isinstance(self.shift, ClassShift):
            return self
        rules = {
            label: InclusionRule(factor * rule.scale, min(factor * rule.floor, 1.0))
            for label, rule in self.shift.rules.items()
        }
        return replace(self, shift=replace(self.shift, rules=rules))

    def covers(self, other: "Decider") -> bool:
        """Whether every row that the other one keeps is kept by this one."""
        if isinstance(self.shift, ClassShift) or isinstance(other.shift, ClassShift):
            return self.shift == other.shift
        slack = 1 + 2.0**-10  # rounding to twelve bits may add half a step
        return all(
            rule.scale * slack <= self.shift.rules[label].scale
            and min(rule.floor * slack, 1.0) <= self.shift.rules[label].floor
            for label, rule in other.shift.rules.items()
        )

    def histograms(self, table: Any, hashes: Hashes) -> dict[Any, Histogram]:
        """Return the histogram of the scores that rows of each thinned class have in it."""
        return self._histograms(self._scores(table, hashes), self.job.codes(table, self.labels))

    def keep(self, table: Any, hashes: Hashes) -> Any:
        """Return the rows kept, with three columns that say how."""
        pi = self._probabilities(self._scores(table, hashes), table_length(table))
        rows, own = self._chosen(pi, self.job.codes(table, self.labels), hashes)
        return self._described(table, pi, rows, own)

    def histograms_at(self, table: Any, place: Place) -> dict[Any, Histogram]:
        """Return the same of a piece that is known by its place."""
        return self.histograms(table, self.job.hashes(table, place))

    def keep_at(self, table: Any, place: Place) -> Any:
        """Return the rows kept of a piece that is known by its place."""
        return self.keep(table, self.job.hashes(table, place))

    def keep_candidates(
        self, table: Any, hashes: Hashes
    ) -> tuple[Any, Hashes, dict[Any, Histogram]]:
        """Return the rows kept as they are, their hashes, and the histograms of all rows."""
        codes = self.job.codes(table, self.labels)
        scores = self._scores(table, hashes)
        rows, _ = self._chosen(self._probabilities(scores, len(hashes)), codes, hashes)
        kept = take_table_rows(table, rows)
        return kept, hashes[rows], self._histograms(scores, codes)

    def _histograms(
        self, scores: Mapping[int, Vector], codes: NDArray[np.intp]
    ) -> dict[Any, Histogram]:
        return {self.labels[k]: score_histogram(s[codes == k]) for k, s in scores.items()}

    def _scores(self, table: Any, hashes: Hashes) -> dict[int, Vector]:
        """Return, for each thinned class, the score of every row as if it were of that class."""
        shift = self.shift
        if isinstance(shift, ClassShift):
            return {}
        thinned = [k for k, label in enumerate(shift.labels) if label in shift.rules]
        features = select_columns(table, self.job.features)
        return fold_scores(shift, features, self.job.folds(hashes), thinned)

    def _probabilities(self, scores: Mapping[int, Vector], n_rows: int) -> dict[int, Vector]:
        shift = self.shift
        if isinstance(shift, ClassShift):
            factors = np.exp(shift.log_factors(None, self.labels)[0])
            return {k: np.full(n_rows, factor) for k, factor in enumerate(factors)}
        return {k: shift.rules[self.labels[k]](score) for k, score in scores.items()}

    def _chosen(
        self, pi: Mapping[int, Vector], codes: NDArray[np.intp], hashes: Hashes
    ) -> tuple[NDArray[np.intp], Vector]:
        """Return the rows kept, and the factor of each in its own class."""
        own = np.ones(len(codes))
        for k, column in pi.items():
            np.copyto(own, column, where=codes == k)
        if self.by_weights:
            return np.arange(len(codes)), own
        rows = np.flatnonzero(uniform(self.job.numbers(hashes, "draw")) < own)
        return rows, own[rows]

    def _described(
        self, table: Any, pi: Mapping[int, Vector], rows: NDArray[np.intp], own: Vector
    ) -> Any:
        logs = {k: np.log(column[rows]) for k, column in pi.items()}
        offset = logs.get(1, np.zeros(len(rows))) - logs.get(0, 0.0)
        probability = np.ones(len(rows)) if self.by_weights else own
        weight = own if self.by_weights else 1 / own
        columns = dict(zip(ADDED, (probability, offset, weight), strict=True))
        return with_columns(take_table_rows(table, rows), columns)


def fold_scores(
    shift: InclusionShift, features: Any, folds: NDArray[np.intp], thinned: Sequence[int]
) -> dict[int, Vector]:
    """Return the scores of rows as members of each thinned class, by the pilots of their folds.

    Parameters
    ----------
    shift : InclusionShift
        One pilot, or one per fold.
    features : pandas, polars or Arrow table of shape (n_rows, n_features)
        Rows.
    folds : ndarray of shape (n_rows,)
        Their folds.
    thinned : sequence of int
        Positions of the classes.
    """
    if not shift.pilots:
        return {k: np.ones(len(folds)) for k in thinned}
    if all(isinstance(pilot, TablePilot) for pilot in shift.pilots):
        log_odds = _own_fold(sum_terms(shift.pilots, features), folds)
        return {k: _surprise(log_odds, k) for k in thinned}
    return _scores_of_models(shift, features, folds, thinned)


def _own_fold(columns: Vector, folds: NDArray[np.intp]) -> Vector:
    """Return, per row, the number of its own fold; `columns` has one row per pilot."""
    if len(columns) == 1:
        first: Vector = columns[0]
        return first
    if len(columns) == 2:
        either: Vector = np.where(folds == 0, columns[0], columns[1])
        return either
    own: Vector = np.take_along_axis(columns, folds[None], axis=0)[0]
    return own


def _surprise(log_odds: Vector, k: int) -> Vector:
    """Return the probability of the other class: of the second one for k = 0."""
    with np.errstate(over="ignore"):
        score = np.exp(-log_odds if k == 0 else log_odds)
    score += 1
    np.reciprocal(score, out=score)
    check_scores(score)
    return score


def _scores_of_models(
    shift: InclusionShift, features: Any, folds: NDArray[np.intp], thinned: Sequence[int]
) -> dict[int, Vector]:
    """Return scores by models of any kind, each asked for the rows of its own fold."""
    scores = np.empty((table_length(features), len(thinned)))
    for fold, pilot in enumerate(shift.pilots):
        rows = np.flatnonzero(folds == fold) if len(shift.pilots) > 1 else np.arange(len(scores))
        if len(rows):
            part = _as_rows(take_table_rows(features, rows), pilot)
            scores[rows] = row_scores(part, pilot, list(thinned), shift.criterion, shift.metric)
    return {k: scores[:, column] for column, k in enumerate(thinned)}


def _as_rows(features: Any, pilot: Any) -> Any:
    """Return a table as a model wants it: a frame where it knows names, or else an array."""
    model = getattr(pilot, "model", pilot)
    if hasattr(features, "to_pandas") and hasattr(model, "feature_names_in_"):
        return features.to_pandas()
    if hasattr(model, "feature_names_in_"):
        return features
    if hasattr(features, "column_names"):  # Arrow
        return np.column_stack([features[name].to_numpy() for name in features.column_names])
    return features.to_numpy()
