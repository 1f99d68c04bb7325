"""Fit one strategy to one set of training rows, and score other rows with it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.utils.validation import has_fit_parameter

from imbalance_kit._utils._containers import take_rows
from imbalance_kit._utils._targets import EncodedTarget
from imbalance_kit.correction import CorrectedClassifier
from imbalance_kit.correction._choose_correction import to_undo
from imbalance_kit.correction._learner import fit_learner, has_proba, last_step, predict_scores
from imbalance_kit.correction._log_odds import Scores, add_log_factors, from_proba
from imbalance_kit.correction._out_of_fold import out_of_fold_scores
from imbalance_kit.model_selection._folds import inner_splitter
from imbalance_kit.model_selection._strategies import Strategy
from imbalance_kit.shift import Shift


@dataclass(frozen=True)
class Rows:
    """Rows with all that belongs to them; `classes` are those of the whole data set."""

    X: Any
    codes: NDArray[np.intp]
    classes: NDArray[Any]
    weights: NDArray[np.float64] | None
    groups: NDArray[Any] | None

    @property
    def y(self) -> NDArray[Any]:
        """Labels."""
        labels: NDArray[Any] = self.classes[self.codes]
        return labels

    @property
    def target(self) -> EncodedTarget:
        """Labels and codes, as splitters and weighters take them; every class occurs."""
        return EncodedTarget(self.classes, self.codes)

    def take(self, indices: NDArray[np.intp]) -> "Rows":
        """Return some of the rows."""
        return replace(
            self,
            X=take_rows(self.X, indices),
            codes=self.codes[indices],
            weights=None if self.weights is None else self.weights[indices],
            groups=None if self.groups is None else self.groups[indices],
        )


class RowCounter(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """A step that changes nothing and remembers how many rows it was fitted on."""

    def fit(self, X: Any, y: Any) -> Self:
        """Count the labels."""
        self.n_rows_ = len(y)
        return self

    def transform(self, X: Any) -> Any:
        """Return the rows as they are."""
        return X


@dataclass(frozen=True)
class Fitted:
    """A strategy, fitted: its learner, what its scores have to be freed of, what it cost.

    `shift` is all that was done to the class shares, None where that is not known; `undo` the part
    of it that predictions have to undo. `front` are preprocessing steps that the learner's rows
    pass first. `corrected` is the whole model where the change was made up for in training.
    """

    learner: Any
    classes: NDArray[Any]
    shift: Shift | None
    undo: Shift | None
    rows_trained: float
    seconds: float
    sampler: Any = None
    front: Any = None
    corrected: Any = None

    def scores(self, X: Any) -> tuple[Scores, Scores]:
        """Return the learner's own scores and those with the shift undone, as far as known."""
        X = self.prepared(X)
        if self.corrected is not None:
            own = from_proba(self.corrected.predict_proba(X))
            return own, own
        raw = predict_scores(self.learner, X, self.classes)
        if self.undo is None or not has_proba(self.learner):
            return raw, raw
        return raw, add_log_factors(raw, -self.undo.log_factors(X, self.classes))

    def predict(self, X: Any) -> NDArray[np.intp]:
        """Return the codes of the labels that the learner itself predicts."""
        predicted = np.asarray(self.learner.predict(self.prepared(X)))
        found, position = np.unique(predicted, return_inverse=True)
        return np.searchsorted(self.classes, found)[position.ravel()]

    def prepared(self, X: Any) -> Any:
        """Return the rows as the learner takes them."""
        return X if self.front is None else self.front.transform(X)


def fit_strategy(
    strategy: Strategy, estimator: Any, rows: Rows, seed: int, *, mode: str = "plain"
) -> Fitted:
    """Fit a strategy to the rows given; the caller's objects stay untouched.

    Parameters
    ----------
    strategy : Strategy
        What to do; of kind "threshold" it trains like "nothing".
    estimator : classifier
        The learner.
    rows : Rows
        Training rows.
    seed : int
        For every `random_state` that is None: the same for all strategies, so that they differ by
        what they do and not by their luck.
    mode : {"plain", "offset", "weight"}, default="plain"
        Whether to make up for the shift in training, as the correction of that name does.
    """
    estimator = with_seeds(estimator, seed)
    if strategy.kind == "classifier":
        return _fit_classifier(with_seeds(strategy.what, seed), rows)
    start = perf_counter()
    X, front = rows.X, None
    if strategy.behind_preprocessing:
        front, estimator = estimator[:-1], estimator.steps[-1][1]
        X = front.fit_transform(X, rows.y)
    model = CorrectedClassifier(
        make_pipeline(RowCounter(), estimator),
        None if strategy.what is None else with_seeds(strategy.what, seed),
        correction="none" if mode == "plain" else mode,
    ).fit(X, rows.y, sample_weight=rows.weights, groups=_groups_for(estimator, rows))
    seconds = perf_counter() - start
    return Fitted(
        learner=model.estimator_,
        classes=rows.classes,
        shift=model.shift_,
        undo=to_undo(model.shift_),
        rows_trained=float(model.estimator_.steps[0][1].n_rows_),
        seconds=seconds,
        sampler=model.sampler_,
        front=front,
        corrected=None if mode == "plain" else model,
    )


def _fit_classifier(classifier: Any, rows: Rows) -> Fitted:
    start = perf_counter()
    groups = _groups_for(classifier, rows)
    fitted = fit_learner(classifier, rows.X, rows.y, sample_weight=rows.weights, groups=groups)
    return Fitted(fitted, rows.classes, None, None, float("nan"), perf_counter() - start)


def _groups_for(learner: Any, rows: Rows) -> NDArray[Any] | None:
    """Return the groups for a learner that splits its rows by them and says so."""
    last = last_step(learner)
    searches = isinstance(last, (GridSearchCV, RandomizedSearchCV))
    return rows.groups if searches or has_fit_parameter(last, "groups") else None


def held_out_scores(
    strategy: Strategy, estimator: Any, rows: Rows, seed: int, *, mode: str = "plain"
) -> tuple[NDArray[np.intp], Scores]:
    """Return positions of the training rows, and scores by models that had not seen them.

    The strategy is carried out within each inner training set, never on the rows it is judged by;
    the scores are those with the shift undone.
    """

    def fit_and_score(train: NDArray[np.intp], held: NDArray[np.intp]) -> Scores:
        fitted = fit_strategy(strategy, estimator, rows.take(train), seed, mode=mode)
        return fitted.scores(take_rows(rows.X, held))[1]

    target = rows.target
    return out_of_fold_scores(
        fit_and_score,
        rows.y,
        target,
        cv=inner_splitter(target, rows.groups),
        groups=rows.groups,
        n_jobs=None,
    )


def with_seeds(estimator: Any, seed: int) -> Any:
    """Return a clone in which every `random_state` that is None is a number.

    Results can then be repeated, and numpy's global generator, which None stands for in
    scikit-learn, is left alone.
    """
    copy = clone(estimator)
    unset = [name for name, value in _parameters(copy) if value is None]
    copy.set_params(**{name: _seed_for(seed, name) for name in unset})
    return copy


def _parameters(estimator: Any) -> Iterator[tuple[str, Any]]:
    for name, value in sorted(estimator.get_params(deep=True).items()):
        if name == "random_state" or name.endswith("__random_state"):
            yield name, value


def _seed_for(seed: int, name: str) -> int:
    entropy = [seed, *name.encode()]
    return int(np.random.SeedSequence(entropy).generate_state(1)[0] >> 1)
