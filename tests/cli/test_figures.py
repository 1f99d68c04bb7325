import pytest

from imbalance_kit.cli._figures import format_figure, format_seconds, quote_label, short_title
from imbalance_kit.model_selection import Metric

RANKING = Metric("roc_auc", "ROC AUC", True, "ranking", "of class 1")
LOSS = Metric("log_loss", "Log loss", False, "probability", "natural logarithm")
TUNED = Metric("f1_tuned", "F1, tuned", True, "decision", "of class 1")
OTHER = Metric("other", "Something else", True, "decision", "")


@pytest.mark.parametrize(
    ("metric", "value", "text"),
    [
        (RANKING, 0.98765, "0.988"),
        (LOSS, 0.012345, "0.0123"),
        (LOSS, 123.456, "123"),
        (RANKING, float("nan"), "nan"),
    ],
)
def test_figures(metric: Metric, value: float, text: str) -> None:
    assert format_figure(metric, value) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.0123, "12 ms"), (1.26, "1.3 s"), (59.94, "59.9 s"), (90.0, "1.5 min")]
)
def test_times(seconds: float, text: str) -> None:
    assert format_seconds(seconds) == text


def test_heads() -> None:
    assert [short_title(m) for m in (RANKING, LOSS, TUNED, OTHER)] == [
        "ROC AUC",
        "log loss",
        "F1",
        "Something else",
    ]


def test_labels() -> None:
    assert quote_label(1) == "'1'"
    assert quote_label("x" * 30) == f"'{'x' * 23}…'"
