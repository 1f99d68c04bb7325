"""One HTML file that needs nothing else: figures, charts, advice, data.

Its sections are those of `compare.html`, filled in here.
"""

from collections.abc import Sequence
from html import escape

from imbalance_kit.cli._compare_charts import (
    draw_differences,
    draw_precision_recall,
    draw_reliability,
    draw_scores,
    reliability_range,
    variant_class,
)
from imbalance_kit.cli._compare_curves import Panel, compute_panels, drawn_class, score_limits
from imbalance_kit.cli._compare_page_table import make_legend, make_table
from imbalance_kit.cli._dataset import Dataset
from imbalance_kit.cli._figures import quote_label
from imbalance_kit.cli._html_page import (
    fill_page,
    make_entries,
    make_figures,
    make_items,
    make_key,
)
from imbalance_kit.cli._messages import count_of, quote_some
from imbalance_kit.cli._svg import element, line
from imbalance_kit.model_selection import ComparisonReport

# The metrics whose differences are drawn: one of each kind, those best known.
_DRAWN_DIFFERENCES = ("average_precision", "log_loss", "balanced_accuracy")
_MOST_CLASSES_LISTED = 20


def make_compare_page(report: ComparisonReport, dataset: Dataset, learner: str) -> str:
    """Return the page.

    Parameters
    ----------
    report : ComparisonReport
        What is shown.
    dataset : Dataset
        What it was compared on.
    learner : str
        Description of the learner.
    """
    parts = {
        "title": escape(f"Strategies against imbalance: {dataset.target}"),
        "lead": escape(_lead(report, dataset, learner)),
        "advice": make_items(report.advice),
        "notes": make_items([*dataset.notes, *report.notes]),
        "legend": make_legend(report),
        "table": make_table(report),
        "data": _data(report, dataset, learner),
    }
    return fill_page("compare.html", parts | _differences(report) | _charts(report))


def _lead(report: ComparisonReport, dataset: Dataset, learner: str) -> str:
    label = drawn_class(report)
    share = report.class_counts[label] / report.n_samples
    return (
        f"{dataset.source}: {count_of(report.n_samples, 'row')}, "
        f"{count_of(dataset.X.shape[1], 'column')}; {share:.2%} are of class {str(label)!r}; "
        f"{learner.partition(' (')[0]}, {report.n_splits} folds."
    )


# The charts ---------------------------------------------------------------------------------------


def _differences(report: ComparisonReport) -> dict[str, str]:
    metrics = [metric for metric in report.metrics if metric.name in _DRAWN_DIFFERENCES]
    drawings = [(metric.title, draw_differences(report, metric)) for metric in metrics]
    words = (
        f"Difference from {report.reference!r} with its 95 % interval, fold by fold on the same "
        "rows, with errors that allow for training sets that overlap. A filled point is a "
        "difference that also stands when so many strategies are compared at once, a hollow one "
        "may be chance."
    )
    return {"differences": make_figures(drawings), "differences_text": escape(words)}


def _charts(report: ComparisonReport) -> dict[str, str]:
    panels = compute_panels(report)
    reference, label = panels[0], quote_label(drawn_class(report))
    limits, odds = reliability_range(panels), score_limits(panels)
    weights = reference_rate(report)
    others = [panel for panel in panels if panel is not reference or len(panel.curves) > 1]
    shown = others or [reference]
    reliability = [(p.name, draw_reliability(p, reference, limits)) for p in shown]
    ranking = [(_with_area(p), draw_precision_recall(p, reference, weights)) for p in shown]
    scores = [(p.name, draw_scores(p, odds, label)) for p in panels]
    about = (
        ""
        if report.pos_label is not None
        else f"Of class {label}, the rarest, against all others. "
    )
    texts = {
        "reliability_text": f"{about}Held-out rows in ten groups of equal size: what was "
        "predicted for them, and the share that is of the class, with 95 % intervals. On the "
        "dashed diagonal probabilities mean what they say. The scale is stretched towards both "
        "ends (log odds), so that rare classes can be read; on it, a change of the class shares "
        "moves the whole curve sideways.",
        "ranking_text": "Of the rows called positive, how many are (precision), against how many "
        "of the positives are found (recall), for every threshold. The dashed line is what "
        "guessing reaches. Folds are pooled; the figures above are means over folds.",
        "scores_text": f"Predictions for held-out rows of class {label} and for all others, each "
        "with the same area, on the same scale as above. The dotted line is 50 %, the default "
        "threshold of two classes. Predictions beyond the ends are drawn at the ends.",
    }
    return {
        "key": _key(shown, reference),
        "scores_key": _scores_key(label),
        "reliability": make_figures(reliability),
        "ranking": make_figures(ranking),
        "scores": make_figures(scores),
        **{name: escape(words) for name, words in texts.items()},
    }


def reference_rate(report: ComparisonReport) -> float:
    """Return the precision of guessing: the (weighted) share of the class that is drawn."""
    held = report.reference_result.predictions
    truth = held.y_true == drawn_class(report)
    weights = held.sample_weight
    return float(truth.mean() if weights is None else weights[truth].sum() / weights.sum())


def _with_area(panel: Panel) -> str:
    areas = {f"{curves.average_precision:.3f}" for curves in panel.curves}
    return f"{panel.name} ({' / '.join(sorted(areas, reverse=True))})"


def _key(panels: Sequence[Panel], reference: Panel) -> str:
    drawn = [(reference.name, "reference")]
    variants = dict.fromkeys(c.variant for panel in panels for c in panel.curves)
    drawn += [(variant, variant_class(variant)) for variant in variants if variant != "as is"]
    others = [p for p in panels if p is not reference]
    if any(c.variant == "as is" for panel in others for c in panel.curves):
        drawn.append(("as it is", variant_class("as is")))
    samples = [(words, line(1.0, 5.0, 29.0, 5.0, f"curve {class_}")) for words, class_ in drawn]
    return make_key(samples)


def _scores_key(label: str) -> str:
    shapes = [(f"class {label}", "of-class"), ("all others", "others")]
    box = {"x": 4.0, "y": 0.5, "width": 22.0, "height": 9.0}
    return make_key([(words, element("rect", class_=class_, **box)) for words, class_ in shapes])


# The data -----------------------------------------------------------------------------------------


def _data(report: ComparisonReport, dataset: Dataset, learner: str) -> str:
    columns = dataset.columns
    counts = sorted(report.class_counts.items(), key=lambda item: -item[1])
    classes = [
        f"{str(label)!r}: {count:,} ({count / report.n_samples:.2%})"
        for label, count in counts[:_MOST_CLASSES_LISTED]
    ]
    if len(counts) > _MOST_CLASSES_LISTED:
        classes.append(f"{len(counts) - _MOST_CLASSES_LISTED} more")
    entries = {
        "Source": dataset.source,
        "Target": dataset.target,
        "Classes": ", ".join(classes),
        "Positive class": "" if report.pos_label is None else repr(str(report.pos_label)),
        "Rows": f"{report.n_samples:,}",
        "Numbers": _names(columns.numbers),
        "Categories": _names(columns.categories),
        "Left out": _names(columns.dropped),
        "Missing": f"{columns.n_missing:,} of {dataset.X.size:,} values",
        "Learner": learner,
    }
    return make_entries(entries)


def _names(names: Sequence[str] | dict[str, str]) -> str:
    return f"{len(names):,}: {quote_some(names, limit=12)}" if names else ""
