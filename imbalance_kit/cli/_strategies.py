"""The strategies that can be named on the command line."""

from collections.abc import Sequence
from typing import Any

from imblearn.over_sampling import SMOTE

from imbalance_kit.cli._dataset import Dataset
from imbalance_kit.cli._learners import LearnerName
from imbalance_kit.cli._messages import InputError, did_you_mean
from imbalance_kit.model_selection._strategies import Strategy
from imbalance_kit.over_sampling import RandomOverSampler
from imbalance_kit.under_sampling import RandomUnderSampler
from imbalance_kit.weighting import ClassWeighter

_SAMPLERS: dict[str, Any] = {
    "under-sampling": RandomUnderSampler,
    "over-sampling": RandomOverSampler,
    "smote": SMOTE,
}
_WHY_NO_SMOTE = (
    "it interpolates between complete numbers, and this learner takes missing values and "
    "categories as they are"
)
NAMES = ("class-weights", "moved-threshold", *_SAMPLERS)
REPORTED = {name: sampler.__name__ for name, sampler in _SAMPLERS.items()}  # names of the report
_BY_REPORTED = {reported: name for name, reported in REPORTED.items()}


def choose_strategies(
    names: Sequence[str], learner: LearnerName, dataset: Dataset
) -> tuple[dict[str, Any] | None, list[str]]:
    """Return what `compare_strategies` takes (None for its own choice), and notes.

    Parameters
    ----------
    names : sequence of str
        Names separated by commas, the samplers by their class names too, and with the ratio of the
        classes to sample to ("under-sampling:0.25"). Empty: all there are.
    learner : LearnerName
        Trees take gaps and categories as they are, which SMOTE does not.
    dataset : Dataset
        Whether there are such.

    Raises
    ------
    InputError
        If there is no such strategy, the ratio is not in (0, 1], or SMOTE is named for a learner
        that leaves gaps or categories in the rows.
    """
    chosen = [
        _as_named_here(one) for text in names for one in map(str.strip, text.split(",")) if one
    ]
    gaps = dataset.columns.n_missing > 0 or len(dataset.columns.categories) > 0
    incomplete = gaps and learner is not LearnerName.LOGISTIC
    if chosen:
        if incomplete and any(name.partition(":")[0] == "smote" for name in chosen):
            raise InputError(
                f"'smote' (--strategies) cannot be compared here: {_WHY_NO_SMOTE}.",
                f"--estimator {LearnerName.LOGISTIC} fills and encodes them.",
            )
        return {"nothing": None} | dict(map(_strategy, chosen)), []
    if not incomplete:
        return None, []
    names = [name for name in NAMES if name != "smote"]
    note = f"SMOTE is left out: {_WHY_NO_SMOTE}."
    return {"nothing": None} | dict(map(_strategy, names)), [note]


def _as_named_here(text: str) -> str:
    """Replace a class name, as the report has it, by the name that the help has."""
    name, colon, ratio = text.partition(":")
    return f"{_BY_REPORTED.get(name, name)}{colon}{ratio}"


def _strategy(text: str) -> tuple[str, Any]:
    """Return the name in the report, and what is compared."""
    name, colon, ratio = text.partition(":")
    if name == "class-weights" and not colon:
        return "class weights", ClassWeighter()
    if name == "moved-threshold" and not colon:
        return "moved threshold", "threshold"
    if name not in _SAMPLERS:
        raise InputError(
            f"There is no strategy {text!r} (--strategies).", did_you_mean(name, NAMES)
        )
    sampler = _SAMPLERS[name]
    if not colon:
        return _named(REPORTED[name], sampler())
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
    return _named(f"{REPORTED[name]} {ratio}", sampler(sampling_strategy=share))


def _named(name: str, sampler: Any) -> tuple[str, Any]:
    """SMOTE measures distances: it works on rows as the learner's last step sees them."""
    if isinstance(sampler, SMOTE):
        return name, Strategy(name, "sampler", sampler, behind_preprocessing=True)
    return name, sampler
