"""Lines of the tables."""

from dataclasses import replace

import pytest

from imbalance_kit.model_selection._report_text import paragraphs, score_table, wrap
from tests.model_selection._reports import nothing, report_of, row

REPORT = report_of(nothing(), row("x", log_loss=0.3, average_precision=0.5, noise=1))


def test_marks() -> None:
    lines = list(score_table(REPORT.results, REPORT.metrics[:3], cost=True))
    assert lines[0].split() == ["strategy", "variant", "avg.prec.", "ROC", "AUC", "log", "loss",
                                "rows", "fit"]  # fmt: skip
    assert "0.4000 " in lines[1]
    assert "0.5004+" in lines[2] or "+" in lines[2]
    assert "-" in lines[2].split()[-4]
    assert lines[2].endswith("80   1.5 s")


def test_rows_that_are_not_known_are_blank() -> None:
    unknown = replace(REPORT.results[1], rows_trained=float("nan"))
    assert list(score_table([unknown], REPORT.metrics[:1], cost=True))[1].endswith(
        " " * 9 + "1.5 s"
    )


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.0076, "8 ms"), (0.12, "120 ms"), (9.96, "10.0 s"), (1234.5, "1234 s")]
)
def test_times_are_short(seconds: float, text: str) -> None:
    made = replace(REPORT.results[1], fit_seconds=seconds)
    line = list(score_table([made], REPORT.metrics[:1], cost=True))[1]
    assert line.endswith(f"80{text:>8}")


def test_paragraphs() -> None:
    assert list(paragraphs("Advice", [])) == []
    lines = list(paragraphs("Advice", ["word " * 40]))
    assert lines[:2] == ["", "Advice"]
    assert lines[2].startswith("- word")
    assert lines[3].startswith("  word")


def test_wrap() -> None:
    assert all(len(line) <= 100 for line in wrap("word " * 60))
