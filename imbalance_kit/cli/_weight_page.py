"""One HTML file about weights that needs nothing else: the sections of `weight.html`, filled in."""

import math
from collections.abc import Sequence
from html import escape

from imbalance_kit.cli._html_page import (
    fill_page,
    make_entries,
    make_figures,
    make_items,
    make_key,
)
from imbalance_kit.cli._messages import quote_some
from imbalance_kit.cli._svg import element, line
from imbalance_kit.cli._weight_charts import (
    draw_distribution,
    draw_love,
    draw_outcome,
    draw_weights,
)
from imbalance_kit.cli._weight_report import WeightReport, sorted_rows
from imbalance_kit.cli._weight_tables import (
    describe_data,
    format_difference,
    format_interval,
    format_mean,
)
from imbalance_kit.diagnostics import BalanceRow, WeightSummary

_MOST_DRAWN = 30  # rows of the love plot, and distributions
_MOST_LISTED = 200  # rows of the table


def make_weight_page(report: WeightReport) -> str:
    """Return the page."""
    data = report.data
    rows = sorted_rows(report.balance)
    parts = {
        "title": escape(f"{data.sample} weighted to {data.population}"),
        "lead": escape("; ".join(describe_data(report)[1:]) + "."),
        "findings": make_items(report.findings()),
        "outcomes": _outcomes(report),
        "love_text": escape(_love_text(report, len(rows))),
        "love": draw_love(rows[:_MOST_DRAWN]),
        "points": _points(),
        "weights": draw_weights(report.summary),
        "weight_figures": _weight_figures(report),
        "distributions": _distributions(report, rows),
        "shapes": _shapes(),
        "table": _table(rows),
        "data": _data(report),
        "notes": make_items(report.notes or ["Nothing to note."]),
    }
    return fill_page("weight.html", parts)


def _love_text(report: WeightReport, n_rows: int) -> str:
    drawn = f" The {_MOST_DRAWN} largest of {n_rows} are drawn." if n_rows > _MOST_DRAWN else ""
    return (
        "How far the sample is from the population, before and after weighting: means of numbers "
        f"in standard deviations of the {report.balance.denominator}, shares of levels as they "
        f"are. Left of the dashed line, at .1, is commonly called balanced.{drawn}"
    )


def _outcomes(report: WeightReport) -> str:
    """Return the section of the outcomes, or nothing."""
    if not report.outcomes:
        return ""
    body = ""
    for one in report.outcomes:
        cells = [
            _plain(format_mean(one.before.estimate)),
            _plain(format_interval(one.before)),
            _plain(format_mean(one.after.estimate), start=True),
            _plain(format_interval(one.after)),
            _plain(f"{one.after.standard_error:.3g}"),
            _plain(f"{one.after.missing_share:.1%}" if one.after.missing_share else "none"),
        ]
        body += f"<tr>{_name(one.name)}{''.join(cells)}</tr>"
    heads = ("before", "95% interval", "after", "95% interval", "std. error", "missing")
    drawings = [(one.name, draw_outcome(one)) for one in report.outcomes]
    return (
        '<section aria-labelledby="outcomes"><h2 id="outcomes">What the outcomes are in the '
        f'population</h2><p class="soft">{escape(report.about_intervals())} Before weighting they '
        "are about a population like the sample. Missing outcomes are left out.</p>"
        f"{_scroll('outcomes', 'mean of', heads, body)}"
        f'<div class="wide">{make_figures(drawings)}</div></section>'
    )


def _weight_figures(report: WeightReport) -> str:
    one = report.summary
    entries = {
        "Sum": f"{one.total:,.6g} (normalised to the {report.normalize})",
        "Design effect": f"{one.design_effect:.3f}",
        "Effective sample size": f"{one.effective_sample_size:,.1f} of {one.n_samples:,} rows",
        "Largest weight": f"{one.max_over_mean:.3g} times the mean",
        "Heaviest 1% of the rows": f"{one.top_share:.1%} of the weight",
        "Pareto k": _pareto(one),
        "Rows of weight 0": f"{one.n_zero:,}" if one.n_zero else "",
        "Rows of negative weight": f"{one.n_negative:,}" if one.n_negative else "",
    }
    return make_entries(entries)


def _pareto(one: WeightSummary) -> str:
    if math.isnan(one.pareto_k):
        return "not known: too few rows"
    if one.pareto_k == -math.inf:
        return "no tail: the largest weights are all equal"
    return f"{one.pareto_k:.2f} (at most {one.pareto_k_threshold:.2f} is reliable)"


def _distributions(report: WeightReport, rows: Sequence[BalanceRow]) -> str:
    drawn = {one.column: one for one in report.distributions}
    order = [name for name in dict.fromkeys(row.column for row in rows) if name in drawn]
    some = [(name, draw_distribution(drawn[name])) for name in order[:_MOST_DRAWN]]
    more = len(order) - len(some)
    note = f'<p class="soft">{more} more columns are not drawn.</p>' if more > 0 else ""
    return f'<div class="wide">{make_figures(some)}</div>{note}'


def _table(rows: Sequence[BalanceRow]) -> str:
    body = ""
    for row in rows[:_MOST_LISTED]:
        cells = [
            _plain(format_mean(row.target_mean)),
            _plain(format_mean(row.mean_before)),
            _plain(format_mean(row.mean_after)),
            _plain(format_difference(row.difference_before), start=True),
            _plain(format_difference(row.difference_after)),
            _plain(_decimals(row.ks_before), start=True),
            _plain(_decimals(row.ks_after)),
        ]
        body += f"<tr>{_name(row.name)}{''.join(cells)}</tr>"
    heads = ("population", "before", "after", "difference", "after", "KS", "after")
    more = len(rows) - _MOST_LISTED
    note = f'<p class="soft">{more} more rows are in the file of --json.</p>' if more > 0 else ""
    return _scroll("balance", "mean or share of", heads, body) + note


def _data(report: WeightReport) -> str:
    data = report.data
    n_target = report.balance.n_target
    entries = {
        "Sample": f"{data.sample}, {len(data.X):,} rows",
        "Population": f"{data.population}, "
        + ("totals" if n_target is None else f"{n_target:,} rows")
        + f"; taken as a {report.population_kind}",
        "Columns": f"{data.X.shape[1]:,}: {quote_some(data.X.columns, limit=20)}",
        "Method": report.method,
        "Weights before": "" if data.base is None else "from the sample's column of weights",
    }
    return make_entries(entries)


# Pieces -------------------------------------------------------------------------------------------


def _scroll(label: str, corner: str, heads: Sequence[str], body: str) -> str:
    head = "".join(f'<th scope="col">{escape(words)}</th>' for words in heads)
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-labelledby="{label}"><table><thead>'
        f'<tr><th class="corner" scope="col">{corner}</th>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _name(name: str) -> str:
    return (
        f'<th scope="row" title="{escape(name)}"><div class="who"><span class="name">'
        f"{escape(name)}</span></div></th>"
    )


def _plain(words: str, *, start: bool = False) -> str:
    first = ' class="start"' if start else ""
    return f"<td{first}>{escape(words)}</td>"


def _decimals(value: float) -> str:
    return "" if value != value else f"{value:.3f}"


def _points() -> str:
    return make_key(
        (words, element("circle", cx=15.0, cy=5.0, r=4.0, class_=f"point {class_}"))
        for words, class_ in (("before", "raw hollow"), ("after", "corrected"))
    )


def _shapes() -> str:
    box = {"x": 4.0, "y": 0.5, "width": 22.0, "height": 9.0}
    lines = [
        (
            words,
            line(1.0, 5.0, 29.0, 5.0, f"curve {class_}")
            + element("circle", cx=15.0, cy=5.0, r=3.6, class_=f"point {class_}{hollow}"),
        )
        for words, class_, hollow in (("before", "raw", " hollow"), ("after", "corrected", ""))
    ]
    return make_key([("population", element("rect", class_="others", **box)), *lines])
