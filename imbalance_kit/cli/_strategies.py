"""The strategies that can be named on the command line."""

from collections.abc import Sequence
from typing import Any

from imbalance_kit.cli._dataset import Dataset
from imbalance_kit.cli._learners import LearnerName
from imbalance_kit.cli._messages import InputError, did_you_mean
from imbalance_kit.over_sampling import RandomOverSampler
from imbalance_kit.under_sampling import RandomUnderSampler
from imbalance_kit.weighting import ClassWeighter

_SAMPLERS: dict[str, Any] = {
    "under-sampling": RandomUnderSampler,
    "over-sampling": RandomOverSampler,
}
NAMES = ("class-weights", "moved-threshold", *_SAMPLERS)


def choose_strategies(
    names: Sequence[str], learner: LearnerName, dataset: Dataset
) -> tuple[dict[str, Any] | None, list[str]]:
    """Return what `compare_strategies` takes (None for its own choice), and notes.

    Parameters
    ----------
    names : sequence of str
        Names separated by commas, "under-sampling" and "over-sampling" also with the ratio of the
        classes to sample to ("under-sampling:0.25"). Empty: all there are.
    learner : LearnerName
        Trees take gaps and categories as they are, which SMOTE does not.
    dataset : Dataset
        Whether there are such.

    Raises
    ------
    InputError
        If there is no such strategy, or the ratio is not in (0, 1].
    """
    chosen = [one for text in names for one in map(str.strip, text.split(",")) if one]
    if chosen:
        return {"nothing": None} | dict(map(_strategy, chosen)), []
    incomplete = dataset.columns.n_missing > 0 or len(dataset.columns.categories) > 0
    if learner is LearnerName.LOGISTIC or not incomplete:
        return None, []
    note = (
        "SMOTE is left out: it interpolates between complete numbers, and this learner takes "
        "missing values and categories as they are."
    )
    return {"nothing": None} | dict(map(_strategy, NAMES)), [note]


def _strategy(text: str) -> tuple[str, Any]:
    """Return the name in the report, and what is compared."""
    name, colon, ratio = text.partition(":")
    if name == "class-weights" and not colon:
        return "class weights", ClassWeighter()
    if name == "moved-threshold" and not colon:
        return "moved threshold", "threshold"
    if name not in _SAMPLERS:
        if name == "smote":
            raise InputError(
                "SMOTE cannot be named (--strategies): it is compared where none is named, with a "
                "learner that fills gaps and encodes categories."
            )
        raise InputError(
            f"There is no strategy {text!r} (--strategies).", did_you_mean(name, NAMES)
        )
    sampler = _SAMPLERS[name]
    if not colon:
        return sampler.__name__, sampler()
    try:
        share = float(ratio)
    except ValueError:
        share = float("nan")
    if not 0.0 < share <= 1.0:
        raise InputError(
            f"The ratio in {text!r} (--strategies) must be a number above 0 and up to 1, rarer "
            f"rows per commoner row, got {ratio!r}.",
            f"{name}:0.5",
        )
    return f"{sampler.__name__} {ratio}", sampler(sampling_strategy=share)
