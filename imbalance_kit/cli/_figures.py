"""How figures are written, on the screen and on the page alike."""

from imbalance_kit.model_selection import Metric

MARKS = {"better": "+", "worse": "-"}

_SHORT_TITLES = {
    "average_precision": "avg. prec.",
    "roc_auc": "ROC AUC",
    "log_loss": "log loss",
    "brier_score": "Brier",
    "ece": "ECE",
    "balanced_accuracy": "bal.acc.",
    "mcc": "MCC",
    "f1": "F1",
}


def short_title(metric: Metric) -> str:
    """Return the head of a column; a tuned metric has the head of the plain one."""
    name = metric.name.removesuffix("_tuned")
    return _SHORT_TITLES.get(name, metric.title)


def format_figure(metric: Metric, value: float) -> str:
    """Return a mean in three decimals; probability metrics, which get small, in four."""
    if abs(value) >= 100.0:
        return f"{value:.3g}"
    return f"{value:.4f}" if metric.kind == "probability" else f"{value:.3f}"


def format_seconds(seconds: float) -> str:
    """Return a time in two or three figures and a unit."""
    if seconds < 1.0:
        return f"{seconds * 1000:.0f} ms"
    return f"{seconds:.1f} s" if seconds < 60.0 else f"{seconds / 60:.1f} min"


def quote_label(label: object) -> str:
    """Return a class in quotes, cut where it is long."""
    words = str(label)
    return repr(words if len(words) <= 24 else f"{words[:23]}…")
