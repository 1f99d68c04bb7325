"""The weights and what they achieve on a terminal: balance, outcomes, what it says."""

from rich.console import Console
from rich.text import Text

from imbalance_kit.cli._console import Column, make_tables, print_list, print_paragraph, shorten
from imbalance_kit.cli._messages import count_of, quote_some
from imbalance_kit.cli._weight_report import WeightReport, sorted_rows
from imbalance_kit.diagnostics import BalanceRow, MeanEstimate

_MOST_ROWS = 20
_NAME_WIDTH = 34


def print_weight_report(console: Console, report: WeightReport) -> None:
    """Print what was weighted, the balance, the outcomes, what it says, and the notes."""
    for words in describe_data(report):
        print_paragraph(console, words)
    rows = sorted_rows(report.balance)
    _print(console, *_balance_columns(rows[:_MOST_ROWS]))
    more = len(rows) - _MOST_ROWS
    print_paragraph(
        console,
        "Difference: sample less population, of numbers in standard deviations of the "
        f"{report.balance.denominator}, of shares as it is; the largest first."
        + (f" {more} more are in --json and --html." if more > 0 else ""),
        style="dim",
    )
    if report.outcomes:
        _print(console, *_outcome_columns(report))
        print_paragraph(console, report.about_intervals(), style="dim")
    print_list(console, "What it says", report.findings())
    print_list(console, "Notes", report.notes, style="dim")


def describe_data(report: WeightReport) -> list[str]:
    """Return what was weighted to what, and how, in three sentences."""
    data, n_target = report.data, report.balance.n_target
    rows = "its totals" if n_target is None else count_of(n_target, "row")
    return [
        f"{data.sample} ({count_of(len(data.X), 'row')}) weighted to {data.population} ({rows})",
        f"{count_of(data.X.shape[1], 'column')}: {quote_some(data.X.columns, limit=12)}",
        f"Method: {report.method}; the weights sum to {report.summary.total:,.6g}",
    ]


def format_mean(value: float) -> str:
    """Return a mean or share in four figures, or to the unit."""
    if value != value:
        return ""
    return f"{value:,.0f}" if abs(value) >= 999.5 else f"{value:.4g}"


def format_difference(value: float) -> str:
    """Return a difference with its sign in three decimals; what rounds to 0 has none."""
    if value != value:
        return ""
    words = f"{value:+.3f}"
    return words[1:] if words in ("+0.000", "-0.000") else words


def format_interval(estimate: MeanEstimate) -> str:
    """Return the ends of the interval."""
    low, high = estimate.interval
    return f"{format_mean(low)} to {format_mean(high)}"


def _balance_columns(rows: list[BalanceRow]) -> tuple[list[Column], list[Column]]:
    names = Column("", _texts([shorten(row.name, _NAME_WIDTH) for row in rows]))
    figures = {
        "population": [format_mean(row.target_mean) for row in rows],
        "before": [format_mean(row.mean_before) for row in rows],
        "after": [format_mean(row.mean_after) for row in rows],
        "difference": [format_difference(row.difference_before) for row in rows],
        "after ": [format_difference(row.difference_after) for row in rows],
    }
    return [names], [Column(head, _texts(cells)) for head, cells in figures.items()]


def _outcome_columns(report: WeightReport) -> tuple[list[Column], list[Column]]:
    outcomes = report.outcomes
    names = Column("outcome", _texts([shorten(one.name, 30) for one in outcomes]))
    figures = {
        "before": [format_mean(one.before.estimate) for one in outcomes],
        "95% interval": [format_interval(one.before) for one in outcomes],
        "after": [format_mean(one.after.estimate) for one in outcomes],
        "95% interval ": [format_interval(one.after) for one in outcomes],
    }
    missing = [one.after.missing_share for one in outcomes]
    if any(missing):
        figures["missing"] = [f"{share:.1%}" if share else "" for share in missing]
    return [names], [Column(head, _texts(cells)) for head, cells in figures.items()]


def _print(console: Console, names: list[Column], columns: list[Column]) -> None:
    for table in make_tables(names, columns, console.width):
        console.print()
        console.print(table)


def _texts(words: list[str]) -> tuple[Text, ...]:
    return tuple(Text(one) for one in words)
