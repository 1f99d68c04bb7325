"""The questions behind the advice; its sentences are in test_advice.py."""

import numpy as np
import pytest

from imbalance_kit.model_selection import _evidence as evidence
from tests.model_selection._reports import nothing, report_of, row


def test_paired_is_between_any_two() -> None:
    one, other = row("a", log_loss=0.3, noise=1), row("b", log_loss=0.2, noise=2)
    report = report_of(nothing(), one, other)
    pair = evidence.paired(report, report.results[1], report.results[2], "log_loss")
    differences = one.values("log_loss") - other.values("log_loss")
    assert pair.mean == pytest.approx(differences.mean())
    assert pair.standard_error == pytest.approx(np.sqrt(differences.var(ddof=1) * (1 / 5 + 1 / 4)))


def test_a_moved_threshold_is_not_among_the_trained() -> None:
    report = report_of(nothing(), row("moved", "threshold", "as is"), row("x"))
    assert [r.name for r in evidence.others(report)] == ["x"]


def test_what_matters() -> None:
    report = report_of(nothing(), row("x", log_loss=0.2019, average_precision=0.41))
    scores = report.results[1].scores
    assert not evidence.matters(report, scores["log_loss"], "log_loss")
    assert evidence.matters(report, scores["average_precision"], "average_precision")


def test_the_fewest_rows_win() -> None:
    few = row("few", variant="corrected", rows_trained=10, noise=1)
    fewer = row("fewer", variant="corrected", rows_trained=5, noise=2)
    assert evidence.saves_rows(report_of(nothing(), few, fewer)).name == "fewer"
    assert evidence.saves_rows(report_of(nothing(), row("all", variant="corrected"))) is None
