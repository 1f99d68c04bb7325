"""The table of the page: strategies by metrics, in groups, each mark a sign and a word."""

import math
from html import escape
from itertools import groupby

from imbalance_kit.cli._compare_curves import drawn_class
from imbalance_kit.cli._figures import (
    MARKS,
    format_figure,
    format_seconds,
    quote_label,
    short_title,
)
from imbalance_kit.model_selection import ComparisonReport, Metric, StrategyResult

_GROUPS = {
    "ranking": "Ranking",
    "probability": "Probabilities",
    "decision": "Decisions",
    "tuned": "At a tuned threshold",
}


def make_legend(report: ComparisonReport) -> str:
    """Return what the marks and the variants mean."""
    better, worse = _mark("better"), _mark("worse")
    return (
        f"Means over the folds. {better} better and {worse} worse than "
        f"{escape(repr(report.reference))}; no mark: no difference that these folds can show. "
        "<em>Raw</em> is what the learner predicts after the change of the data, "
        "<em>corrected</em> has the change undone. Log loss, Brier score and ECE (expected "
        "calibration error) are better when smaller, all others when larger."
    )


def make_table(report: ComparisonReport) -> str:
    """Return the table in a box that scrolls sideways, its first column in place."""
    grouped = {key: list(m) for key, m in groupby(report.metrics, key=_group)}
    label = drawn_class(report)
    top = "".join(
        f'<th class="start" colspan="{len(metrics)}" scope="colgroup">{_GROUPS[key]}</th>'
        for key, metrics in grouped.items()
    )
    top += f'<th class="start" colspan="2" scope="colgroup">Class {escape(quote_label(label))}</th>'
    top += '<th class="start" colspan="2" scope="colgroup">Cost of a fit</th>'
    heads = [
        _head(short_title(m), first=not i) for ms in grouped.values() for i, m in enumerate(ms)
    ]
    for pair in (("prec.", "recall"), ("rows", "time")):
        heads += [_head(words, first=not i) for i, words in enumerate(pair)]
    marked = {
        metric.name
        for metric in report.metrics
        if any(r.scores[metric.name].verdict in MARKS for r in report.results)
    }
    body = []
    previous = ""
    for result in report.results:
        more = ' class="more"' if result.name == previous else ""
        cells = _cells(result, grouped, label, marked)
        body.append(f"<tr{more}>{_row_head(result, bool(more))}{cells}</tr>")
        previous = result.name
    return (
        '<div class="scroll" tabindex="0" role="region" aria-labelledby="figures"><table><thead>'
        f'<tr class="groups"><th class="corner"></th>{top}</tr>'
        f'<tr><th class="corner" scope="col">strategy</th>{"".join(heads)}</tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table></div>"
    )


def _group(metric: Metric) -> str:
    return "tuned" if metric.name.endswith("_tuned") else metric.kind


def _head(words: str, *, first: bool) -> str:
    return f'<th scope="col"{_start(first)}>{escape(words)}</th>'


def _row_head(result: StrategyResult, repeated: bool) -> str:
    variant = "" if result.variant == "as is" else f'<span class="variant">{result.variant}</span>'
    name = escape(result.name)
    if repeated:
        name = f'<span class="hidden">{name}</span>'
    return (
        f'<th scope="row" title="{escape(result.name)}"><div class="who"><span class="name">{name}'
        f"</span>{variant}</div></th>"
    )


def _cells(
    result: StrategyResult, grouped: dict[str, list[Metric]], label: object, marked: set[str]
) -> str:
    """Return the cells of a row; figures of `marked` columns leave room for a mark."""
    cells = []
    for metrics in grouped.values():
        for place, metric in enumerate(metrics):
            estimate = result.scores[metric.name]
            figure = format_figure(metric, estimate.mean)
            mark = _mark(estimate.verdict) if metric.name in marked else ""
            cells.append(f"<td{_start(not place)}>{figure}{mark}</td>")
    per_class = result.per_class[label]
    rows = "" if math.isnan(result.rows_trained) else f"{result.rows_trained:,.0f}"
    for pair in (
        (f"{per_class['precision']:.3f}", f"{per_class['recall']:.3f}"),
        (rows, format_seconds(result.fit_seconds)),
    ):
        cells += [f"<td{_start(not place)}>{words}</td>" for place, words in enumerate(pair)]
    return "".join(cells)


def _start(first: bool) -> str:
    return ' class="start"' if first else ""


def _mark(verdict: str) -> str:
    """Return the mark of a verdict: a sign to see and a word to hear."""
    if verdict not in MARKS:
        return '<span class="mark"></span>'
    sign = MARKS[verdict].replace("-", "−")
    return (
        f'<span class="mark {verdict}" title="{verdict}"><span aria-hidden="true">{sign}</span>'
        f'<span class="hidden">{verdict}</span></span>'
    )
