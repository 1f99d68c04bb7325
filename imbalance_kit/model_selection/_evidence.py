"""What the advice asks of a report: which strategy gains what, against which control.

Each question is one function; the answers are strategies and paired differences, the words are
found elsewhere.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from imbalance_kit.model_selection._paired_differences import PairedDifference, paired_difference
from imbalance_kit.model_selection._report import ComparisonReport
from imbalance_kit.model_selection._results import Estimate, StrategyResult

RANKING = ("average_precision", "roc_auc")
RESAMPLING = ("sampler", "weighter")
SMALL = 0.005
"""Differences in ranking and decisions below it are disregarded, however sure they are."""
SMALL_SHARE = 0.01
"""The same for log loss, as a share of the reference's."""


def others(report: ComparisonReport) -> list[StrategyResult]:
    """Return what was compared with the reference: other trained models, no moved threshold."""
    return [r for r in report.results if r.name != report.reference and r.kind != "threshold"]


def verdicts(result: StrategyResult, metrics: Iterable[str], verdict: str) -> list[str]:
    """Return those of the metrics that have a verdict."""
    return [name for name in metrics if result.scores[name].verdict == verdict]


def matters(report: ComparisonReport, estimate: Estimate, metric: str) -> bool:
    """Whether a difference from the reference is large enough to act on."""
    base = abs(report.reference_result.scores[metric].mean)
    return abs(estimate.difference) >= (SMALL_SHARE * base if metric == "log_loss" else SMALL)


def ranks_better(report: ComparisonReport) -> list[tuple[StrategyResult, str]]:
    """Return the strategies that rank better, by enough to matter, and the metric that shows it."""
    return [
        (result, metric)
        for result in _prefer_corrected(others(report))
        for metric in verdicts(result, RANKING, "better")[:1]
        if matters(report, result.scores[metric], metric)
    ]


def ranks_worse(report: ComparisonReport) -> list[tuple[StrategyResult, str]]:
    """Return the strategies that rank worse, and the metric that shows it."""
    return [
        (result, metric)
        for result in _prefer_corrected(others(report))
        for metric in verdicts(result, RANKING, "worse")[:1]
    ]


def best_ranking(report: ComparisonReport) -> StrategyResult | None:
    """Return the strategy of highest average precision besides the reference."""
    found = _prefer_corrected(others(report))
    return max(found, key=lambda r: r.scores["average_precision"].mean, default=None)


def gains_in_log_loss(report: ComparisonReport) -> list[StrategyResult]:
    """Return strategies with better log loss than the reference, the best first.

    Where the reference was recalibrated they are better than that too: otherwise the curve made the
    gain, and not the resampling.
    """
    control = recalibrated_reference(report)
    found = [
        result
        for result in others(report)
        if result.scores["log_loss"].verdict == "better"
        and matters(report, result.scores["log_loss"], "log_loss")
        and (control is None or paired(report, result, control, "log_loss").high < 0)
    ]
    return sorted(found, key=lambda r: r.scores["log_loss"].mean)


def recalibrated_reference(report: ComparisonReport) -> StrategyResult | None:
    """Return the corrected variant of the reference, where there is one besides it."""
    reference = report.reference_result
    own = [r for r in report.results if r.name == reference.name and r is not reference]
    return own[0] if own and own[0].variant == "corrected" else None


def worse_uncorrected(report: ComparisonReport) -> list[StrategyResult]:
    """Return the raw variants of resampling and weighting with worse log loss."""
    raw = [r for r in report.results if r.variant == "raw" and r.kind in RESAMPLING]
    return [r for r in raw if r.scores["log_loss"].verdict == "worse"]


def without_resampling(report: ComparisonReport) -> tuple[str, tuple[float, ...]]:
    """Return what decides best without resampling, and its balanced accuracy in each fold.

    The moved threshold, else the tuned threshold of the reference, else the reference.
    """
    reference = report.reference_result
    for result in report.results:
        if result.kind == "threshold":
            return f"{result.name!r}", result.scores["balanced_accuracy"].folds
    if "balanced_accuracy_tuned" in reference.scores:
        text = f"the tuned threshold of {reference.name!r}"
        return text, reference.scores["balanced_accuracy_tuned"].folds
    return f"{reference.name!r}", reference.scores["balanced_accuracy"].folds


def moving_helps(report: ComparisonReport) -> bool:
    """Whether a moved threshold has better balanced accuracy than the default one."""
    plain = report.reference_result.scores["balanced_accuracy"].folds
    return _pair(without_resampling(report)[1], plain, report).low > 0


def best_decider(report: ComparisonReport) -> tuple[StrategyResult, PairedDifference] | None:
    """Return what decides best of resampling and weighting, against no resampling."""
    found = [r for r in others(report) if r.kind in RESAMPLING]
    if not found:
        return None
    best = max(found, key=lambda r: r.scores["balanced_accuracy"].mean)
    folds = best.scores["balanced_accuracy"].folds
    return best, _pair(folds, without_resampling(report)[1], report)


def saves_rows(report: ComparisonReport) -> StrategyResult | None:
    """Return the corrected sampler on the fewest rows, half or less, without measurable loss.

    Measurable: an interval that lies on the worse side of 0, not adjusted for the number of
    strategies, as it is what stands beside the words.
    """
    limit = report.reference_result.rows_trained / 2
    small = [
        r
        for r in others(report)
        if r.variant == "corrected" and r.kind == "sampler" and r.rows_trained <= limit
    ]
    unharmed = [
        r
        for r in small
        if all(r.scores[name].high >= 0 for name in RANKING) and r.scores["log_loss"].low <= 0
    ]
    return min(unharmed, key=lambda r: r.rows_trained, default=None)


def paired(
    report: ComparisonReport, one: StrategyResult, other: StrategyResult, metric: str
) -> PairedDifference:
    """Return the difference of two strategies, neither of which has to be the reference."""
    return _pair(one.scores[metric].folds, other.scores[metric].folds, report)


def _pair(
    one: Sequence[float], other: Sequence[float], report: ComparisonReport
) -> PairedDifference:
    return paired_difference(np.array(one), np.array(other), report.test_to_train)


def _prefer_corrected(results: list[StrategyResult]) -> list[StrategyResult]:
    """Leave out raw variants of strategies that are there corrected too, which rank alike."""
    corrected = {r.name for r in results if r.variant == "corrected"}
    return [r for r in results if r.variant != "raw" or r.name not in corrected]
