"""One strategy on one fold: train, predict raw and corrected, decide, score. Runs in a worker."""

from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._utils._containers import take_rows
from imbalance_kit.correction._calibrators import CALIBRATORS, LogOddsCalibrator
from imbalance_kit.correction._choose_correction import automatic_mode, choose_correction
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
from imbalance_kit.model_selection._results import Variant
from imbalance_kit.model_selection._strategies import Strategy
from imbalance_kit.model_selection._thresholds import tune_thresholds

_Codes = NDArray[np.intp]


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


@dataclass(frozen=True)
class _Unseen:
    """Scores of training rows by models that had not seen them, and the time these took."""

    position: _Codes
    scores: Scores
    seconds: float


@dataclass(frozen=True)
class _Trained:
    """A strategy trained on a fold, with all that its variants share.

    `chosen` is the correction of the corrected variant, or ""; `raw` and `undone` are scores of the
    held-out rows, as they are and with the shift undone.
    """

    strategy: Strategy
    fitted: Fitted
    train: Rows
    chosen: str
    unseen: _Unseen | None
    raw: Scores
    undone: Scores


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
    mode = _mode_of_training(strategy, fitted, settings)
    chosen = _choose(strategy, fitted, settings) if mode == "plain" else ""
    unseen = None
    if settings.positive is not None or chosen in CALIBRATORS or strategy.kind == "nothing":
        unseen = _score_unseen(strategy, train, seed, settings)
    trained = _Trained(strategy, fitted, train, chosen, unseen, *fitted.scores(X_test))

    # A correction by class, and a logistic curve, keep the order of the rows: one threshold on the
    # scores before calibration decides for the raw and the corrected probabilities alike.
    tuned = _tune_and_decide(train, unseen, trained.undone, settings.positive)
    shown = [*_predict_plain(trained, X_test), *_predict_corrected(trained)]
    results = [_score(held, prediction, fitted, tuned) for prediction in shown]
    if mode != "plain":
        results.append(_run_trained(strategy, mode, train, X_test, held, seed, settings))
    if strategy.kind == "nothing":
        results.append(_score_moved(held, shown[0], trained, tuned, settings))
    return results


def _score_unseen(
    strategy: Strategy,
    train: Rows,
    seed: int,
    settings: Settings,
    *,
    mode: str = "plain",
) -> _Unseen:
    start = perf_counter()
    position, scores = held_out_scores(strategy, settings.estimator, train, seed, mode=mode)
    return _Unseen(position, scores, perf_counter() - start)


def _predict_plain(trained: _Trained, X_test: Any) -> list[_Prediction]:
    """Return the uncorrected predictions, none where there are only margins."""
    fitted = trained.fitted
    if not has_proba(fitted.learner):
        return []
    plain: Variant = "raw" if trained.strategy.kind in ("sampler", "weighter") else "as is"
    return [_Prediction(plain, "", trained.raw, fitted.seconds, fitted.predict(X_test))]


def _predict_corrected(trained: _Trained) -> list[_Prediction]:
    """Return the corrected predictions that come from the same fit as the uncorrected ones."""
    corrections = [trained.chosen] if trained.chosen else []
    if trained.strategy.kind == "nothing" and corrections == ["shift"]:
        # Nothing to undo, unless the learner has class weights of its own. The recalibrated variant
        # tells what a curve does without any resampling, where other strategies need one.
        changed = not np.array_equal(trained.raw, trained.undone)
        corrections = ["shift", "sigmoid"] if changed else ["sigmoid"]
    return [
        _calibrate(trained, correction)
        if correction in CALIBRATORS
        else _Prediction("corrected", correction, trained.undone, trained.fitted.seconds)
        for correction in corrections
    ]


def _calibrate(trained: _Trained, correction: str) -> _Prediction:
    """Learn a calibration curve as `CorrectedClassifier` does, from the scores there are."""
    train, unseen = trained.train, trained.unseen
    assert unseen is not None
    start = perf_counter()
    curve = LogOddsCalibrator(correction)
    curve.fit(unseen.scores, train.codes[unseen.position], _weights_of(train, unseen))
    scores = curve.predict(trained.undone)
    seconds = trained.fitted.seconds + unseen.seconds + perf_counter() - start
    return _Prediction("corrected", correction, scores, seconds)


def _score_moved(
    held: Held,
    plain: _Prediction,
    trained: _Trained,
    tuned: dict[str, _Codes],
    settings: Settings,
) -> FoldResult:
    """Return the moved threshold's figures: probabilities as they are, other decisions."""
    if settings.positive is None:
        moved = _by_share(trained.train, plain.scores)
    else:
        assert trained.unseen is not None  # what the thresholds were learned from
        moved = tuned[settings.threshold_metric]
        plain = replace(plain, seconds=trained.fitted.seconds + trained.unseen.seconds)
    return _score(held, plain, trained.fitted, tuned, moved=moved)


def _mode_of_training(strategy: Strategy, fitted: Fitted, settings: Settings) -> str:
    """Return how `CorrectedClassifier` would train: "plain", as it was done, or its correction."""
    if strategy.kind not in ("sampler", "weighter"):
        return "plain"
    if settings.correction in ("offset", "weight"):
        return settings.correction
    if settings.correction != "auto":
        return "plain"
    weightable = getattr(fitted.sampler, "sample_weight_", None) is not None
    return automatic_mode(fitted.undo, settings.estimator, weightable=weightable)


def _choose(strategy: Strategy, fitted: Fitted, settings: Settings) -> str:
    """Return the correction that `CorrectedClassifier` would carry out on this fit, or ""."""
    if strategy.kind == "classifier" or settings.correction in ("none", "offset", "weight"):
        return ""
    chosen = choose_correction(
        settings.correction,
        TrainingSet(None, np.empty(0), sampler=fitted.sampler),
        total=fitted.undo,
        unknown=_name_of_unknown(fitted),
        has_proba=has_proba(fitted.learner),
        n_rarest=settings.least_rows,
        learner_name=type(last_step(fitted.learner)).__name__,
    )
    return "" if chosen == "none" else chosen


def _name_of_unknown(fitted: Fitted) -> str:
    """Name what changed the class shares in a way that is not known, or return ""."""
    if fitted.shift is not None:
        return ""
    return "the learner" if fitted.sampler is None else type(fitted.sampler).__name__


def _run_trained(
    strategy: Strategy,
    mode: str,
    train: Rows,
    X_test: Any,
    held: Held,
    seed: int,
    settings: Settings,
) -> FoldResult:
    """Return the variant that makes up for the shift in training: a fit of its own."""
    fitted = fit_strategy(strategy, settings.estimator, train, seed, mode=mode)
    scores = fitted.scores(X_test)[1]
    unseen = None
    if settings.positive is not None:
        unseen = _score_unseen(strategy, train, seed, settings, mode=mode)
    tuned = _tune_and_decide(train, unseen, scores, settings.positive)
    return _score(held, _Prediction("corrected", mode, scores, fitted.seconds), fitted, tuned)


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


def _tune_and_decide(
    train: Rows, unseen: _Unseen | None, scores: Scores, positive: int | None
) -> dict[str, _Codes]:
    """Return the decisions about held-out rows at the threshold learned for each metric."""
    if unseen is None or positive is None:
        return {}
    thresholds = tune_thresholds(
        _towards(unseen.scores, positive),
        train.codes[unseen.position] == positive,
        _weights_of(train, unseen),
    )
    towards = _towards(scores, positive)
    return {
        name: np.where(towards >= threshold, positive, 1 - positive)
        for name, threshold in thresholds.items()
    }


def _weights_of(train: Rows, unseen: _Unseen) -> NDArray[np.float64] | None:
    return None if train.weights is None else train.weights[unseen.position]


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
