"""One strategy on one fold: train, predict raw and corrected, decide, score. Runs in a worker."""

from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._utils._containers import take_rows
from imbalance_kit.correction._calibrators import CALIBRATORS, LogOddsCalibrator
from imbalance_kit.correction._choose_correction import choose_correction
from imbalance_kit.correction._learner import has_proba, last_step
from imbalance_kit.correction._log_odds import Scores, to_decision, to_proba
from imbalance_kit.correction._training_set import TrainingSet
from imbalance_kit.model_selection._fit import Fitted, Rows, fit_strategy, held_out_scores
from imbalance_kit.model_selection._folds import Fold
from imbalance_kit.model_selection._metrics import (
    Held,
    precision_and_recall,
    score_decisions,
    score_probabilities,
    score_tuned,
)
from imbalance_kit.model_selection._strategies import Strategy
from imbalance_kit.model_selection._thresholds import tune_thresholds

_Codes = NDArray[np.intp]

Variant = Literal["raw", "corrected", "as is"]


@dataclass(frozen=True)
class Settings:
    """What is the same for all strategies and folds.

    `positive` is the code of the positive class, None where there are more than two; `least_rows`
    the rows of the rarest class in the smallest training set, so that every fold makes the same
    choice.
    """

    estimator: Any
    correction: str
    threshold_metric: str
    positive: int | None
    least_rows: int


@dataclass(frozen=True)
class FoldResult:
    """Figures of one strategy and variant on one fold."""

    moved: bool
    """Whether these are the decisions of a moved threshold: the strategy of kind "threshold"."""
    variant: Variant
    correction: str
    scores: dict[str, float]
    per_class: NDArray[np.float64]
    seconds: float
    rows_trained: float
    proba: NDArray[np.float64]
    approximate: bool = False
    """Whether the closed form was used though it is not exact."""


@dataclass(frozen=True)
class _Prediction:
    """Scores of the held-out rows, how they came about, and the labels the learner gives them."""

    variant: Variant
    correction: str
    scores: Scores
    seconds: float
    decided: _Codes | None = None


def run_fold(
    strategy: Strategy, rows: Rows, fold: Fold, seed: int, settings: Settings
) -> list[FoldResult]:
    """Return the figures of a strategy on a fold, for each of its variants.

    A strategy that does nothing gives those of the moved threshold as well, from the same fit.

    Raises
    ------
    ValueError
        If anything fails, with the names of the strategy and the fold.
    """
    try:
        return _run(strategy, rows, fold, seed, settings)
    except Warning:  # made an error by a filter of the caller's, who wants to see it as it is
        raise
    except Exception as error:
        raise ValueError(
            f"Strategy {strategy.name!r} failed on fold {fold.number + 1}: {error}"
        ) from error


def _run(
    strategy: Strategy, rows: Rows, fold: Fold, seed: int, settings: Settings
) -> list[FoldResult]:
    train, X_test = rows.take(fold.train), take_rows(rows.X, fold.test)
    weights = None if rows.weights is None else rows.weights[fold.test]
    held = Held(rows.codes[fold.test], weights, len(rows.classes), settings.positive)

    fitted = fit_strategy(strategy, settings.estimator, train, seed)
    _check_proba(strategy, fitted, settings)
    start = perf_counter()
    unseen = None
    chosen = _choose(strategy, fitted, settings)
    if settings.positive is not None or chosen in CALIBRATORS or strategy.kind == "nothing":
        unseen = held_out_scores(strategy, settings.estimator, train, seed)
    learning = perf_counter() - start
    raw, undone = fitted.scores(X_test)
    shown = _predict(strategy, fitted, train, X_test, (raw, undone), unseen, learning, chosen)

    # A correction by class, and a logistic curve, keep the order of the rows: one threshold on the
    # scores before calibration decides for the raw and the corrected probabilities alike.
    thresholds, tuned = {}, {}
    if unseen is not None and settings.positive is not None:
        thresholds = _thresholds(train, unseen, settings.positive)
        tuned = _decide_by(thresholds, undone, settings.positive)
    results = [_score(held, p, fitted, tuned) for p in shown]
    if settings.correction == "weight" and strategy.kind in ("sampler", "weighter"):
        results.append(_run_weight(strategy, train, X_test, held, seed, settings))
    if strategy.kind == "nothing":
        results.append(_score_moved(held, shown[0], fitted, tuned, train, learning, settings))
    return results


def _score_moved(
    held: Held,
    plain: _Prediction,
    fitted: Fitted,
    tuned: dict[str, _Codes],
    train: Rows,
    learning: float,
    settings: Settings,
) -> FoldResult:
    """Return the moved threshold's figures: probabilities as they are, other decisions."""
    if settings.positive is None:
        return _score(held, plain, fitted, tuned, moved=_by_share(train, plain.scores))
    plain = replace(plain, seconds=fitted.seconds + learning)
    return _score(held, plain, fitted, tuned, moved=tuned[settings.threshold_metric])


def _predict(
    strategy: Strategy,
    fitted: Fitted,
    train: Rows,
    X_test: Any,
    scores_of: tuple[Scores, Scores],
    unseen: tuple[_Codes, Scores] | None,
    learning: float,
    chosen: str,
) -> list[_Prediction]:
    """Return the predictions of all variants that come from one fit, the uncorrected one first."""
    raw, undone = scores_of
    plain: Variant = "raw" if strategy.kind in ("sampler", "weighter") else "as is"
    shown = []
    if has_proba(fitted.learner):
        shown.append(_Prediction(plain, "", raw, fitted.seconds, fitted.predict(X_test)))
    if not chosen:
        return shown
    corrections = [chosen]
    if strategy.kind == "nothing" and corrections == ["shift"]:
        # Nothing to undo, unless the learner has class weights of its own. The recalibrated variant
        # tells what a curve does without any resampling, where other strategies need one.
        corrections = ["shift"] if not np.array_equal(raw, undone) else []
        corrections += ["sigmoid"] if unseen is not None else []
    for correction in corrections:
        scores, seconds = undone, fitted.seconds
        if correction in CALIBRATORS:
            assert unseen is not None
            position, out_of_fold = unseen
            start = perf_counter()
            given = None if train.weights is None else train.weights[position]
            curve = LogOddsCalibrator(correction)
            curve.fit(out_of_fold, train.codes[position], given)
            scores = curve.predict(undone)
            seconds += learning + perf_counter() - start
        shown.append(_Prediction("corrected", correction, scores, seconds))
    return shown


def _choose(strategy: Strategy, fitted: Fitted, settings: Settings) -> str:
    """Return the correction that `CorrectedClassifier` would carry out on this fit, or ""."""
    if strategy.kind == "classifier" or settings.correction in ("none", "weight"):
        return ""
    return choose_correction(
        settings.correction,
        TrainingSet(None, np.empty(0), sampler=fitted.sampler),
        total=fitted.undo,
        unknown=type(fitted.sampler).__name__ if fitted.shift is None else "",
        has_proba=has_proba(fitted.learner),
        n_rarest=settings.least_rows,
        learner_name=type(last_step(fitted.learner)).__name__,
    )


def _run_weight(
    strategy: Strategy, train: Rows, X_test: Any, held: Held, seed: int, settings: Settings
) -> FoldResult:
    """Return the variant trained with weights that undo the shift: a fit of its own."""
    fitted = fit_strategy(strategy, settings.estimator, train, seed, by_source_weight=True)
    scores = fitted.scores(X_test)[1]
    tuned = {}
    if settings.positive is not None:
        unseen = held_out_scores(strategy, settings.estimator, train, seed, by_source_weight=True)
        thresholds = _thresholds(train, unseen, settings.positive)
        tuned = _decide_by(thresholds, scores, settings.positive)
    return _score(held, _Prediction("corrected", "weight", scores, fitted.seconds), fitted, tuned)


def _score(
    held: Held,
    prediction: _Prediction,
    fitted: Fitted,
    tuned: dict[str, _Codes],
    moved: _Codes | None = None,
) -> FoldResult:
    """Score a prediction; `moved` are the decisions that take the place of its own."""
    proba = to_proba(prediction.scores)
    decided = prediction.decided if moved is None else moved
    if decided is None:
        decided = proba.argmax(axis=1)
    ranking = proba
    if held.positive is not None:
        ranking = _towards(prediction.scores, held.positive)
    scores = score_probabilities(held, proba, ranking) | score_decisions(held, decided)
    return FoldResult(
        moved=moved is not None,
        variant=prediction.variant,
        correction=prediction.correction,
        scores=scores | score_tuned(held, tuned),
        per_class=precision_and_recall(held, decided),
        seconds=prediction.seconds,
        rows_trained=fitted.rows_trained,
        proba=proba,
        approximate=prediction.correction == "shift"
        and fitted.undo is not None
        and not fitted.undo.exact,
    )


def _thresholds(train: Rows, unseen: tuple[_Codes, Scores], positive: int) -> dict[str, float]:
    position, scores = unseen
    weights = None if train.weights is None else train.weights[position]
    return tune_thresholds(_towards(scores, positive), train.codes[position] == positive, weights)


def _decide_by(thresholds: dict[str, float], scores: Scores, positive: int) -> dict[str, _Codes]:
    towards = _towards(scores, positive)
    return {
        name: np.where(towards >= threshold, positive, 1 - positive)
        for name, threshold in thresholds.items()
    }


def _towards(scores: Scores, positive: int) -> Scores:
    """Return finite log odds of the positive one of two classes."""
    odds = to_decision(scores)
    return odds if positive == 1 else -odds


def _by_share(train: Rows, scores: Scores) -> _Codes:
    """Decide for the class of largest ``p_k / share_k``: Bayes' rule for balanced accuracy.

    The moved threshold of more than two classes; with calibrated probabilities nothing is better,
    so that nothing has to be tuned.
    """
    totals = train.target.totals(train.weights)
    shares = np.log(totals / totals.sum())
    codes: _Codes = (scores - shares).argmax(axis=1)
    return codes


def _check_proba(strategy: Strategy, fitted: Fitted, settings: Settings) -> None:
    if has_proba(fitted.learner):
        return
    name = type(last_step(fitted.learner)).__name__
    if strategy.kind == "classifier":
        raise ValueError(
            f"{name} has no predict_proba, so there are no probabilities to compare. Hint: "
            "CorrectedClassifier(model, correction='sigmoid')."
        )
    if settings.correction not in ("auto", *CALIBRATORS):
        raise ValueError(
            f"{name} has no predict_proba, and correction={settings.correction!r} makes no "
            "probabilities of its margins. Hint: correction='sigmoid'."
        )
