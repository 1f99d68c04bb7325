"""The report as JSON, as a table, as text."""

import json
from dataclasses import FrozenInstanceError, replace

import pytest

from tests.model_selection._reports import multiclass, nothing, report_of, row

REPORT = replace(
    report_of(nothing(), row("a strategy of a very long name indeed", noise=1), row("x", noise=2)),
    advice=("Do this. " * 20,),
    notes=("It was done like that. " * 20,),
)


def test_to_dict_is_json() -> None:
    text = json.dumps(REPORT.to_dict(), allow_nan=False)
    back = json.loads(text)
    assert back["class_counts"] == [{"label": "no", "count": 1000}, {"label": "yes", "count": 60}]
    assert back["metrics"][0]["name"] == "average_precision"
    assert back["results"][1]["per_class"][1] == {"label": "yes", "precision": 0.5, "recall": 0.1}
    assert len(back["results"][1]["scores"]["f1"]["folds"]) == 5
    assert "predictions" not in back["results"][0]
    missing = replace(REPORT.results[0], rows_trained=float("nan"))
    assert replace(REPORT, results=(missing,)).to_dict()["results"][0]["rows_trained"] is None


def test_to_frame_has_a_row_per_strategy_and_variant() -> None:
    frame = REPORT.to_frame()
    assert frame["strategy"].tolist() == [result.name for result in REPORT.results]
    assert frame.loc[1, "log_loss_se"] == REPORT.results[1].scores["log_loss"].standard_error
    assert frame.loc[0, "recall[yes]"] == 0.1
    assert not frame.columns.duplicated().any()


@pytest.mark.parametrize("report", [REPORT, multiclass(REPORT)])
def test_repr_fits_100_columns(report: object) -> None:
    lines = repr(report).splitlines()
    assert max(map(len, lines)) <= 100
    assert "1,060 rows (1,000 of 'no', 60 of 'yes')" in repr(report)
    assert sum(line.startswith("a strategy of a ver...") for line in lines) == 2
    assert "Advice" in lines
    assert ("bal.acc.*" in repr(report)) == (report.pos_label is not None)


def test_many_classes_are_counted_not_listed() -> None:
    counts = {f"class {k}": 10 for k in range(20)}
    text = repr(replace(multiclass(REPORT), class_counts=counts))
    assert "12 more classes" in text
    assert "class 15" not in text


def test_reference_result_and_frozenness() -> None:
    assert REPORT.reference_result is REPORT.results[0]
    with pytest.raises(FrozenInstanceError):
        REPORT.reference = "x"
