"""How the figures of a comparison were made, in sentences for the report."""

from collections.abc import Sequence

from imbalance_kit.correction._calibrators import CALIBRATORS
from imbalance_kit.model_selection._evidence import SMALL, SMALL_SHARE
from imbalance_kit.model_selection._metrics import TUNED
from imbalance_kit.model_selection._results import Metric
from imbalance_kit.model_selection._run_fold import Settings
from imbalance_kit.model_selection._summarize import LEVEL, Row


def describe_method(
    rows: Sequence[Row],
    metrics: Sequence[Metric],
    settings: Settings,
    n_folds: int,
    test_to_train: float,
) -> tuple[str, ...]:
    """Return the notes: errors, the rule of choice, averaging, thresholds, recalibration."""
    binary = settings.positive is not None
    of = {metric.name: metric.averaging for metric in metrics}
    notes = [
        f"Figures are means over {n_folds} folds, of rows that were neither trained on nor "
        "resampled. Errors allow for training sets that overlap: variance of the differences times "
        f"1/{n_folds} + {test_to_train:.3g} (Nadeau and Bengio 2003).",
        f"Better or worse is where Holm's p-value, adjusted over the strategies per metric, is at "
        f"most {LEVEL:g}; of strategies that do not differ take the simplest. The advice "
        f"disregards differences below {SMALL:g}, for log loss below {100 * SMALL_SHARE:g} %.",
        f"Average precision and ROC AUC: {of['average_precision']}. F1: {of['f1']}. "
        f"Calibration error: {of['ece']}. Brier score: {of['brier_score']}.",
    ]
    moved = any(row.strategy.kind == "threshold" for row in rows)
    if binary:
        names = {m.name.removesuffix(TUNED): m.title.partition(",")[0] for m in metrics}
        notes.append(
            "Tuned figures are at thresholds learned, each for its own metric, from out-of-fold "
            "predictions within the training rows. A correction after training keeps the order of "
            "the rows: raw and corrected share them."
        )
        if moved:
            wanted = names[settings.threshold_metric]
            notes.append(f"The moved threshold is the one learned for: {wanted.lower()}.")
    elif moved:
        notes.append(
            "The moved threshold of more than two classes predicts the class of largest "
            "probability over share, Bayes' rule for balanced accuracy."
        )
    recalibrated = {
        row.strategy.name: row.correction for row in rows if row.correction in CALIBRATORS
    }
    if recalibrated:
        listed = ", ".join(f"{name!r} ({how})" for name, how in recalibrated.items())
        notes.append(
            f"Corrected by a calibration curve on log odds of out-of-fold training rows: {listed}."
        )
    approximate = [repr(row.strategy.name) for row in rows if row.folds[0].approximate]
    if approximate:
        notes.append(
            f"The correction in closed form is approximate for {', '.join(approximate)}: synthetic "
            "rows move the distribution within the classes too."
        )
    return tuple(notes)
