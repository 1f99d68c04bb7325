"""Which correction is carried out, and which combinations are refused.

"auto" follows what is known of the change: undo it in closed form where that is exact (in training,
where it depends on the row and the learner can), recalibrate on real rows where it is not.
"""

import warnings
from typing import Any

from imbalance_kit.correction._calibrators import CALIBRATORS
from imbalance_kit.correction._learner import is_linear, last_step, takes_sample_weight
from imbalance_kit.correction._offset_learners import offset_adapter
from imbalance_kit.correction._training_set import TrainingSet
from imbalance_kit.shift import ChainedShift, Shift

CORRECTIONS = ("auto", "shift", "offset", "weight", *CALIBRATORS, "none")
MIN_ROWS_TO_RECALIBRATE = 50
"""Rows of the rarest class from which "auto" recalibrates: ten or more for each parameter of the
logistic curve even after a fifth has been held out."""

_INEXACT = (
    "synthetic rows move the distribution within the classes too: the corrected probabilities are "
    "approximate. Hint: correction='sigmoid' recalibrates on real rows."
)

_NO_INTERCEPT = (
    "correction='temperature' has no intercept and cannot restore the base rate that {} changed. "
    "Hint: correction='sigmoid'."
)


def to_undo(shift: Shift | None) -> Shift | None:
    """Return the part of a shift that predictions have to undo: where the source is wanted."""
    if isinstance(shift, ChainedShift):
        wanted = [part for part in shift.parts if part.reference == "source"]
        if not wanted:
            return None
        total = wanted[0]
        for part in wanted[1:]:
            total = total.then(part)
        return total
    return shift if shift is not None and shift.reference == "source" else None


def training_mode(asked: str, training: TrainingSet, learner: Any) -> str:
    """Return how the learner is trained: "plain", with the "offset", or with "weight"."""
    if asked in ("offset", "weight"):
        if asked == "offset" and offset_adapter(learner) is None:
            raise ValueError(
                f"correction='offset' needs a learner that takes known log odds, and "
                f"{type(last_step(learner)).__name__} takes none. Hint: OffsetLogisticRegression, "
                "gradient boosting, or register_offset_learner for your own."
            )
        return asked
    if asked != "auto":
        return "plain"
    weightable = training.source_weight is not None and not training.by_weights
    mode = automatic_mode(to_undo(training.shift), learner, weightable=weightable)
    if mode == "weight":
        warnings.warn(
            f"{type(last_step(learner)).__name__} is linear and cannot follow a change that "
            "depends on the row: it is trained by inverse-probability weights, which vary more "
            "than need be. Hint: OffsetLogisticRegression takes the change as an offset.",
            UserWarning,
            stacklevel=5,
        )
    return mode


def automatic_mode(undo: Shift | None, learner: Any, *, weightable: bool) -> str:
    """Return how "auto" trains a learner on rows under a shift that is to be undone.

    A shift that depends on the row bends the log odds. A flexible learner follows, a linear one
    cannot: it is trained with the offset where it takes one, otherwise by inverse-probability
    weights, where there are such (`weightable`).
    """
    if undo is None or not undo.exact or not undo.depends_on_row:
        return "plain"
    if offset_adapter(learner) is not None:
        return "offset"
    takes = weightable and is_linear(learner) and takes_sample_weight(learner)
    return "weight" if takes else "plain"


def choose_correction(
    asked: str,
    training: TrainingSet,
    *,
    total: Shift | None,
    unknown: str,
    has_proba: bool,
    n_rarest: int,
    learner_name: str,
    mode: str = "plain",
) -> str:
    """Return the correction to carry out, or raise where the one asked for is wrong.

    Parameters
    ----------
    asked : str
        One of `CORRECTIONS`.
    training : TrainingSet
        What the learner is trained on.
    total : Shift or None
        Everything that is to be undone, as far as it is known.
    unknown : str
        What changed the distribution in an unknown way, or "".
    has_proba : bool
        Whether the learner predicts probabilities.
    n_rarest : int
        Rows of the rarest class.
    learner_name : str
        For the messages.
    mode : {"plain", "offset", "weight"}, default="plain"
        How the learner was trained.
    """
    if asked not in CORRECTIONS:
        raise ValueError(f"`correction` must be one of {CORRECTIONS}, got {asked!r}.")
    if asked == "auto" and mode != "plain" and not unknown:
        return mode
    if asked == "auto":
        correction, warning = _automatic(total, unknown, has_proba, n_rarest)
    else:
        _check(asked, training, total, unknown, has_proba, learner_name)
        correction, warning = asked, ""
        if asked == "shift" and total is not None and not total.exact:
            warning = f"The closed form is used as asked, but {_INEXACT}"
        if asked == "weight" and training.shift is not None and not training.shift.exact:
            warning = f"Rows are weighted back class by class as asked, but {_INEXACT}"
    if warning:
        warnings.warn(warning, UserWarning, stacklevel=3)  # the caller of fit
    return correction


def _automatic(
    total: Shift | None, unknown: str, has_proba: bool, n_rarest: int
) -> tuple[str, str]:
    """Return the correction and what to warn of, or ""."""
    if has_proba and not unknown and (total is None or total.exact):
        return ("none" if total is None else "shift"), ""
    if n_rarest >= MIN_ROWS_TO_RECALIBRATE:
        return "sigmoid", ""
    if not has_proba or unknown:
        return "sigmoid", (
            f"Only {n_rarest} rows of the rarest class to recalibrate with (at least "
            f"{MIN_ROWS_TO_RECALIBRATE} are wanted), and no closed form exists "
            f"({unknown or 'a margin'}): the probabilities are rough."
        )
    return "shift", (
        f"With {n_rarest} rows of the rarest class, fewer than {MIN_ROWS_TO_RECALIBRATE}, the "
        f"closed form is used, but {_INEXACT}"
    )


def _check(
    asked: str,
    training: TrainingSet,
    total: Shift | None,
    unknown: str,
    has_proba: bool,
    learner_name: str,
) -> None:
    """Raise where the correction asked for would be wrong."""
    if not has_proba and (asked == "shift" or (asked == "weight" and total is not None)):
        raise ValueError(
            f"correction={asked!r} needs probabilities, and {learner_name} has no predict_proba: a "
            "margin has no odds to shift. Hint: correction='sigmoid'."
        )
    if asked == "temperature" and not (unknown or has_proba or total is None):
        raise ValueError(_NO_INTERCEPT.format("resampling under a margin"))
    check_before_training(asked, training, unknown)


def check_before_training(asked: str, training: TrainingSet, unknown: str) -> None:
    """Raise where the correction asked for is wrong whatever the learner turns out to be.

    It can be said before a long training, and is.
    """
    if asked == "weight" and training.sampler is not None:
        _check_weight(training)
    if not unknown:
        return
    if asked in ("shift", "offset"):
        raise ValueError(
            f"correction={asked!r} is refused: {unknown} changes the distribution by a factor that "
            "is not known. Hint: correction='sigmoid' recalibrates on real rows."
        )
    if asked == "temperature":
        raise ValueError(_NO_INTERCEPT.format(unknown))
    if asked == "weight":
        raise ValueError(
            f"correction='weight' cannot undo {unknown}. Hint: remove it, or use "
            "correction='sigmoid'."
        )


def _check_weight(training: TrainingSet) -> None:
    name = type(training.sampler).__name__
    if training.by_weights:
        raise ValueError(
            f"correction='weight' after carrying {name} out by weights would only cancel them. "
            "Hint: correction='shift', or carry_out='rows'."
        )
    if training.source_weight is None:
        raise ValueError(
            f"correction='weight' needs weights under which the output of {name} stands for its "
            "input, and it has none. Hint: correction='sigmoid'."
        )
