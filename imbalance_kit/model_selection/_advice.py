"""What the figures of a comparison say, in short sentences, each with its figures.

Nothing here looks at rows or fits anything: the advice is a function of the report alone. The order
is that of the reader's questions: what to do; does anything rank better; what becomes of the
probabilities; does a threshold decide as well; what is saved; how much can be seen at all.
"""

from collections.abc import Iterable

import numpy as np

from imbalance_kit.model_selection import _evidence as evidence
from imbalance_kit.model_selection._paired_differences import PairedDifference
from imbalance_kit.model_selection._report import ComparisonReport
from imbalance_kit.model_selection._results import Estimate, StrategyResult

_FEW_ROWS = 50
_TITLES = {
    "average_precision": "average precision",
    "roc_auc": "ROC AUC",
    "log_loss": "log loss",
}


def advise(report: ComparisonReport) -> tuple[str, ...]:
    """Return the advice, the conclusion first; equal reports get equal advice.

    Parameters
    ----------
    report : ComparisonReport
        The figures; its own `advice` is not read.
    """
    parts = (
        _conclude,
        _on_ranking,
        _on_probabilities,
        _on_recalibration,
        _on_threshold,
        _on_decisions,
        _on_cost,
        _on_size,
    )
    return tuple(sentence for part in parts for sentence in part(report))


def _conclude(report: ComparisonReport) -> list[str]:
    """Say what to take: the first of ranking, probabilities and decisions that gains anything."""
    reference, others = report.reference_result, evidence.others(report)
    if not others:
        return []
    ranked = [result for result, _ in evidence.ranks_better(report)]
    if ranked:
        best = max(ranked, key=lambda r: r.scores["average_precision"].mean)
        return [f"Take {_name(best)}: it ranks better than {reference.name!r}."]
    gains = evidence.gains_in_log_loss(report)
    if gains:
        return [
            f"Take {_name(gains[0])} where probabilities matter; no strategy ranks better than "
            f"{reference.name!r} by enough to matter."
        ]
    decider = evidence.best_decider(report)
    if decider is not None and decider[1].low > 0 and decider[1].mean >= evidence.SMALL:
        return [
            f"Take {_name(decider[0])} where decisions alone matter: ranking and probabilities "
            "gain nothing."
        ]
    resampled = any(r.kind in evidence.RESAMPLING for r in others)
    if reference.kind != "nothing" or not resampled:
        return [f"Keep {reference.name!r}: no strategy is better by enough to matter."]
    moved = " and move the threshold" if evidence.moving_helps(report) else ""
    return [
        "Do not resample or weight: these folds show no gain in ranking, probabilities or "
        f"decisions. Train on the rows as they are{moved}."
    ]


def _on_ranking(report: ComparisonReport) -> list[str]:
    name, best = repr(report.reference), evidence.best_ranking(report)
    if best is None:
        return []
    better = evidence.ranks_better(report)
    sentences = [
        f"{_name(result)} ranks better than {name}: {_change(report, result, metric)}."
        for result, metric in better
    ]
    if not better:
        base = report.reference_result.scores["average_precision"].mean
        sentences = [
            f"No strategy ranks better than {name}, whose average precision is {base:.3f}, by "
            f"enough to matter; the best other, {_name(best)}, differs by "
            f"{_interval(best.scores['average_precision'])}."
        ]
    return sentences + [
        f"{_name(result)} ranks worse than {name}: {_change(report, result, metric)}."
        for result, metric in evidence.ranks_worse(report)
    ]


def _on_probabilities(report: ComparisonReport) -> list[str]:
    """Say what resampling does to the probabilities, and what the correction makes good."""
    base = report.reference_result.scores["log_loss"].mean
    worse = evidence.worse_uncorrected(report)
    if not worse or base <= 0:
        return []
    names = {r.name for r in worse}
    mended = [r for r in report.results if r.variant == "corrected" and r.name in names]
    ratio = _range(r.scores["log_loss"].mean / base for r in worse)
    after = _range(r.scores["log_loss"].mean / base for r in mended)
    return [
        f"Uncorrected probabilities get worse after {_list(repr(r.name) for r in worse)}: log loss "
        f"is {ratio} times that of {report.reference!r} ({base:.3f})"
        f"{f'; corrected it is {after} times' if mended else ''}."
    ]


def _on_recalibration(report: ComparisonReport) -> list[str]:
    """Say whether a correction alone makes the reference's probabilities better."""
    control = evidence.recalibrated_reference(report)
    if control is None or control.scores["log_loss"].verdict != "better":
        return []
    return [
        f"Correcting {report.reference!r} improves its probabilities without any resampling: "
        f"{_change(report, control, 'log_loss')}."
    ]


def _on_threshold(report: ComparisonReport) -> list[str]:
    """Say what moving the threshold is worth."""
    if not evidence.moving_helps(report):
        return []
    name, folds = evidence.without_resampling(report)
    reference = report.reference_result
    plain, recall = reference.scores["balanced_accuracy"].mean, ""
    if report.pos_label is not None:
        found = reference.per_class[report.pos_label]["recall"]
        recall = f", which finds {_percent(found)} of class {report.pos_label!r}"
    return [
        f"Moving the threshold needs no resampling: {name} has balanced accuracy "
        f"{np.mean(folds):.3f}, against {plain:.3f} at the default threshold{recall}."
    ]


def _on_decisions(report: ComparisonReport) -> list[str]:
    """Compare what resampling decides with what is decided without."""
    decider = evidence.best_decider(report)
    if decider is None:
        return []
    best, pair = decider
    figure = f"balanced accuracy {best.scores['balanced_accuracy'].mean:.3f}"
    name = evidence.without_resampling(report)[0]
    if pair.low > 0:
        return [f"{_name(best)} decides better than {name}: {figure}, {_interval(pair)}."]
    how = "worse than" if pair.high < 0 else "no better than"
    return [
        f"Of resampling and weighting {_name(best)} decides best, and {how} {name}: {figure}, "
        f"{_interval(pair)}."
    ]


def _on_cost(report: ComparisonReport) -> list[str]:
    best, reference = evidence.saves_rows(report), report.reference_result
    if best is None:
        return []
    share = _percent(best.rows_trained / reference.rows_trained)
    return [
        f"Where training time matters: {_name(best)} trains on {share} of the rows with no loss "
        f"that these folds can show: {_change(report, best, 'average_precision')}; "
        f"{_change(report, best, 'log_loss')}."
    ]


def _on_size(report: ComparisonReport) -> list[str]:
    label, count = min(report.class_counts.items(), key=lambda item: item[1])
    if count >= _FEW_ROWS:
        return []
    return [
        f"Class {label!r} has {count} rows only: large differences alone can be seen, and the "
        "absence of one says little."
    ]


# Words --------------------------------------------------------------------------------------------


def _name(result: StrategyResult) -> str:
    return repr(result.name) + ("" if result.variant == "as is" else f" ({result.variant})")


def _change(report: ComparisonReport, result: StrategyResult, metric: str) -> str:
    estimate = result.scores[metric]
    base = report.reference_result.scores[metric].mean
    return f"{_TITLES[metric]} {estimate.mean:.3f} against {base:.3f}, {_interval(estimate)}"


def _interval(estimate: Estimate | PairedDifference) -> str:
    value = estimate.difference if isinstance(estimate, Estimate) else estimate.mean
    return f"{value:+.3f} (95 % interval {estimate.low:+.3f} to {estimate.high:+.3f})"


def _range(ratios: Iterable[float]) -> str:
    found = sorted({f"{value:.2f}" for value in ratios}, key=float)
    return f"{found[0]} to {found[-1]}" if len(found) > 1 else "".join(found)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _list(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
