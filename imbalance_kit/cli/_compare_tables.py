"""A comparison on a terminal: marks are signs, colour only repeats them."""

import math
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.text import Text

from imbalance_kit.cli._compare_curves import drawn_class
from imbalance_kit.cli._console import Column, make_tables, print_list, print_paragraph, shorten
from imbalance_kit.cli._dataset import Dataset
from imbalance_kit.cli._figures import MARKS, format_figure, format_seconds, short_title
from imbalance_kit.cli._messages import count_of
from imbalance_kit.model_selection import ComparisonReport, Estimate, Metric

_NAME_WIDTH = 20
_LABEL_WIDTH = 16
_COLOURS = {"better": "green", "worse": "red"}
_MOST_CLASSES = 6


def print_report(
    console: Console, report: ComparisonReport, dataset: Dataset, learner: str
) -> None:
    """Print what was compared, the figures, the notes and, last, what to do."""
    for words in _head(report, dataset, learner):
        print_paragraph(console, words)
    measured = [metric for metric in report.metrics if metric.kind != "decision"]
    decisions = [metric for metric in report.metrics if metric.kind == "decision"]
    names = _name_columns(report)
    for columns in (
        [*_metric_columns(report, measured), *_cost_columns(report)],
        [*_metric_columns(report, decisions), *_class_columns(report)],
    ):
        for table in make_tables(names, columns, console.width):
            console.print()
            console.print(table)
    print_paragraph(console, _legend(report, decisions), style="dim")
    print_list(console, "Notes", [*dataset.notes, *report.notes], style="dim")
    print_list(console, "What to do", report.advice)


def _head(report: ComparisonReport, dataset: Dataset, learner: str) -> list[str]:
    counts = sorted(report.class_counts.items(), key=lambda item: item[1])
    shown = [
        f"{count:,} of {shorten(str(label), _LABEL_WIDTH)!r} ({count / report.n_samples:.2%})"
        for label, count in counts[:_MOST_CLASSES]
    ]
    if len(counts) > _MOST_CLASSES:
        shown.append(f"{len(counts) - _MOST_CLASSES} more classes")
    return [
        f"{dataset.source}, target {shorten(dataset.target, 40)!r}",
        f"{count_of(report.n_samples, 'row')}, {count_of(dataset.X.shape[1], 'column')}: "
        + ", ".join(shown),
        f"{learner.partition(' (')[0]}, {report.n_splits} folds",
    ]


def _legend(report: ComparisonReport, decisions: Sequence[Metric]) -> str:
    label = shorten(str(drawn_class(report)), 2 * _LABEL_WIDTH)
    tuned = any(map(_is_tuned, decisions))
    return (
        f"+ better, - worse than {report.reference!r} (Holm's p at most .05); no sign: no "
        f"difference that these folds can show{'; * at a tuned threshold' if tuned else ''}. Log "
        "loss, Brier score and ECE (calibration error): small is good. Precision and recall: of "
        f"class {label!r}."
    )


def _name_columns(report: ComparisonReport) -> list[Column]:
    """Return the names, each written once, and the variants, where there are any."""
    results = report.results
    names = [shorten(result.name, _NAME_WIDTH) for result in results]
    again = [i > 0 and results[i - 1].name == result.name for i, result in enumerate(results)]
    first = Column(
        "strategy", _texts("" if r else name for name, r in zip(names, again, strict=True))
    )
    variants = ["" if result.variant == "as is" else result.variant for result in results]
    return [first, Column("", _texts(variants, style="dim"))] if any(variants) else [first]


def _metric_columns(report: ComparisonReport, metrics: Sequence[Metric]) -> list[Column]:
    return [
        Column(
            short_title(metric) + ("*" if _is_tuned(metric) else ""),
            tuple(_figure(metric, result.scores[metric.name]) for result in report.results),
        )
        for metric in metrics
    ]


def _cost_columns(report: ComparisonReport) -> list[Column]:
    trained = [result.rows_trained for result in report.results]
    rows = _texts("" if math.isnan(number) else f"{number:,.0f}" for number in trained)
    times = _texts(format_seconds(result.fit_seconds) for result in report.results)
    return [Column("rows", rows), Column("fit", times)]


def _class_columns(report: ComparisonReport) -> list[Column]:
    label = drawn_class(report)
    figures = [result.per_class[label] for result in report.results]
    return [
        Column(head, _texts(f"{one[name]:.3f}" for one in figures))
        for head, name in (("prec.", "precision"), ("recall", "recall"))
    ]


def _figure(metric: Metric, estimate: Estimate) -> Text:
    words = Text(format_figure(metric, estimate.mean))
    mark = MARKS.get(estimate.verdict, " ")
    return words.append(mark, style=_COLOURS.get(estimate.verdict, ""))


def _is_tuned(metric: Metric) -> bool:
    return metric.name.endswith("_tuned")


def _texts(words: Iterable[str], style: str = "") -> tuple[Text, ...]:
    return tuple(Text(one, style=style) for one in words)
