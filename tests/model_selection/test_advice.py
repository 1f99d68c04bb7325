"""Every sentence, from figures that call for it and from figures that do not."""

from dataclasses import replace

import pytest

from imbalance_kit.model_selection._advice import advise
from imbalance_kit.model_selection._report import ComparisonReport
from tests.model_selection._reports import multiclass, nothing, report_of, row

THRESHOLD = row("moved", "threshold", "as is", balanced_accuracy=0.75, recall=0.7)
UNDER_RAW = row("under", log_loss=0.6, balanced_accuracy=0.745, noise=1, rows_trained=20)
UNDER = row("under", variant="corrected", correction="shift", noise=2, rows_trained=20)


def _says(report: ComparisonReport) -> str:
    return " ".join(advise(report))


def test_do_not_resample() -> None:
    advice = advise(report_of(nothing(), THRESHOLD, UNDER_RAW, UNDER))
    assert advice == (
        "Do not resample or weight: these folds show no gain in ranking, probabilities or "
        "decisions. Train on the rows as they are and move the threshold.",
        "No strategy ranks better than 'nothing', whose average precision is 0.400, by enough to "
        f"matter; the best other, 'under' (corrected), differs by {_interval_of(UNDER)}.",
        "Uncorrected probabilities get worse after 'under': log loss is 3.00 times that of "
        "'nothing' (0.200); corrected it is 1.00 times.",
        "Moving the threshold needs no resampling: 'moved' has balanced accuracy 0.750, against "
        "0.600 at the default threshold, which finds 10 % of class 'yes'.",
        advice[4],
        advice[5],
    )
    assert advice[4].startswith(
        "Of resampling and weighting 'under' (raw) decides best, and worse than 'moved': balanced "
        "accuracy 0.745, -0.005 (95 % interval -0.0"
    )
    assert advice[5].startswith(
        "Where training time matters: 'under' (corrected) trains on 25 % of the rows with no loss "
        "that these folds can show: average precision 0."
    )


def _interval_of(made: object) -> str:
    estimate = report_of(nothing(), made).results[1].scores["average_precision"]
    return f"{estimate.difference:+.3f} (95 % interval {estimate.low:+.3f} to {estimate.high:+.3f})"


def test_advice_is_a_function_of_the_report() -> None:
    report = report_of(nothing(), THRESHOLD, UNDER_RAW, UNDER)
    assert advise(report) == advise(replace(report, advice=("something else",)))


def test_no_threshold_to_move_where_the_default_one_is_as_good() -> None:
    report = report_of(nothing(balanced_accuracy_tuned=0.6), row("under", noise=1))
    assert "Train on the rows as they are. No strategy" in _says(report)
    assert "oving the threshold" not in _says(report)


def test_take_what_ranks_better() -> None:
    better = row("smote", variant="corrected", noise=1, average_precision=0.45)
    raw = row("smote", noise=1, average_precision=0.45)
    advice = advise(report_of(nothing(), raw, better, UNDER))
    assert advice[0] == "Take 'smote' (corrected): it ranks better than 'nothing'."
    assert advice[1].startswith(
        "'smote' (corrected) ranks better than 'nothing': average precision 0.4"
    )
    assert "No strategy" not in " ".join(advice)
    assert not any("'smote' (raw) ranks" in sentence for sentence in advice)


def test_a_sure_but_tiny_gain_is_not_worth_it() -> None:
    tiny = row("smote", variant="corrected", average_precision=0.404, noise=1)
    report = report_of(nothing(), replace(tiny, folds=_exactly(tiny, 0.404)))
    assert report.results[1].scores["average_precision"].verdict == "better"
    assert _says(report).startswith("Do not resample")


def _exactly(made: object, value: float) -> tuple[object, ...]:
    return tuple(
        replace(fold, scores=fold.scores | {"average_precision": value}) for fold in made.folds
    )


def test_ranks_worse() -> None:
    worse = row("under", variant="corrected", roc_auc=0.7, noise=1)
    assert "'under' (corrected) ranks worse than 'nothing': ROC AUC 0.7" in _says(
        report_of(nothing(), worse)
    )


def test_take_what_has_better_probabilities() -> None:
    better = row("smote", variant="corrected", correction="sigmoid", log_loss=0.15, noise=1)
    says = _says(report_of(nothing(), better))
    assert says.startswith(
        "Take 'smote' (corrected) where probabilities matter; no strategy ranks better"
    )


def test_the_gain_of_a_curve_is_not_put_down_to_the_resampling() -> None:
    control = row("nothing", "nothing", "corrected", correction="sigmoid", log_loss=0.15, noise=3)
    smote = row("smote", variant="corrected", correction="sigmoid", log_loss=0.1501, noise=1)
    says = _says(report_of(nothing(), control, smote))
    assert says.startswith("Do not resample")
    assert "Correcting 'nothing' improves its probabilities without any resampling: log" in says
    beyond = row("smote", variant="corrected", correction="sigmoid", log_loss=0.12, noise=1)
    assert _says(report_of(nothing(), control, beyond)).startswith("Take 'smote' (corrected) where")


def test_take_what_decides_better() -> None:
    decides = row("under", balanced_accuracy=0.8, noise=1)
    says = _says(report_of(nothing(), THRESHOLD, decides))
    assert says.startswith("Take 'under' (raw) where decisions alone matter")
    assert "'under' (raw) decides better than 'moved': balanced accuracy 0.8" in says


@pytest.mark.parametrize(("balanced", "how"), [(0.7505, "no better than"), (0.7, "worse than")])
def test_decides_no_better(balanced: float, how: str) -> None:
    report = report_of(nothing(), THRESHOLD, row("under", balanced_accuracy=balanced, noise=5))
    assert f"decides best, and {how} 'moved'" in _says(report)


def test_without_a_moved_threshold_the_tuned_one_is_the_measure() -> None:
    report = report_of(nothing(), row("under", balanced_accuracy=0.7, noise=1))
    assert "worse than the tuned threshold of 'nothing'" in _says(report)


def test_more_classes_have_no_tuned_threshold() -> None:
    says = _says(multiclass(report_of(nothing(), row("under", balanced_accuracy=0.7, noise=1))))
    assert "'under' (raw) decides better than 'nothing'" in says
    moved = multiclass(report_of(nothing(), THRESHOLD, UNDER_RAW, UNDER))
    assert "against 0.600 at the default threshold." in _says(moved)


def test_raw_alone_gets_no_word_about_its_correction() -> None:
    assert "times that of 'nothing' (0.200). " in _says(report_of(nothing(), THRESHOLD, UNDER_RAW))


def test_several_strategies_are_listed() -> None:
    other = row("over", log_loss=0.5, noise=4)
    third = row("weights", "weighter", log_loss=0.4, noise=6)
    says = _says(report_of(nothing(), UNDER_RAW, other, third))
    assert "worse after 'under', 'over' and 'weights': log loss is 2.00 to 3.00 times" in says


def test_losses_and_full_training_sets_save_nothing() -> None:
    harmed = row("under", variant="corrected", rows_trained=20, log_loss=0.3, noise=1)
    large = row("under", variant="corrected", rows_trained=60, noise=1)
    for made in (harmed, large):
        assert "training time" not in _says(report_of(nothing(), made))


@pytest.mark.parametrize(("metric", "change"), [("log_loss", 0.003), ("roc_auc", -0.0014)])
def test_no_loss_is_not_said_beside_an_interval_that_shows_one(metric: str, change: float) -> None:
    """Adjusted for four strategies it is no verdict; the interval that is printed is not."""
    base = {"log_loss": 0.2, "roc_auc": 0.8}[metric]
    worse = row("under", variant="corrected", rows_trained=20, noise=2, **{metric: base + change})
    others = [row(f"other {k}", "weighter", noise=k) for k in (3, 4, 5)]
    report = report_of(nothing(), worse, *others)
    estimate = report.results[1].scores[metric]
    assert estimate.verdict == "no difference"
    assert estimate.low * estimate.high > 0
    assert "training time" not in _says(report)


def test_classifiers_alone_are_no_reason_to_speak_of_resampling() -> None:
    says = _says(report_of(nothing(), row("forest", "classifier", "as is", noise=1)))
    assert says.startswith("Keep 'nothing': no strategy is better by enough to matter.")
    assert "Of resampling" not in says
    better = row("forest", "classifier", "as is", average_precision=0.5, noise=1)
    assert _says(report_of(nothing(), better)).startswith("Take 'forest': it ranks better")


def test_another_reference_is_kept() -> None:
    says = _says(report_of(row("smote", variant="corrected"), row("under", noise=1)))
    assert says.startswith("Keep 'smote'")


def test_nothing_to_compare_nothing_to_say() -> None:
    assert advise(report_of(nothing(balanced_accuracy_tuned=0.6))) == ()


def test_few_rows_are_mentioned() -> None:
    assert advise(report_of(nothing(), UNDER, count=49))[-1].startswith("Class 'yes' has 49 rows")
    assert "rows only" not in _says(report_of(nothing(), UNDER, count=50))


def test_a_perfect_reference_divides_nothing() -> None:
    says = _says(report_of(nothing(log_loss=0.0), UNDER_RAW))
    assert "times" not in says
