import io
from dataclasses import replace

import pytest
from rich.console import Console

from imbalance_kit.cli._compare_tables import print_report
from imbalance_kit.cli._dataset import Dataset
from imbalance_kit.model_selection import ComparisonReport

Compared = tuple[ComparisonReport, Dataset]


def printed(compared: Compared, width: int) -> list[str]:
    console = Console(width=width, record=True, file=io.StringIO())
    print_report(console, *compared, "logistic regression (described)")
    return console.export_text().splitlines()


@pytest.mark.parametrize("width", [100, 80, 60])
def test_nothing_is_wider_than_the_screen(compared: Compared, width: int) -> None:
    lines = printed(compared, width)
    assert max(map(len, lines)) <= width
    assert not [line for line in lines if line != line.rstrip()]
    assert not [line for line in lines if "…" in line]


def test_every_figure_is_on_the_screen(compared: Compared) -> None:
    report, _ = compared
    lines = printed(compared, 100)
    rows = [line.split() for line in lines if line.startswith("SMOTE")]
    assert len(rows) == 2  # one table of what is measured, one of what is decided
    smote = next(result for result in report.results if result.name == "SMOTE")
    loss, auc = smote.scores["log_loss"], smote.scores["roc_auc"]
    mark = {"worse": "-", "better": "+"}.get(loss.verdict, "")
    assert f"{loss.mean:.4f}{mark}" in rows[0]
    assert f"{auc.mean:.3f}" in [cell.rstrip("+-") for cell in rows[0]]
    assert f"{smote.per_class['yes']['recall']:.3f}" == rows[1][-1]


def test_marks_are_signs(compared: Compared) -> None:
    report, dataset = compared
    first = report.results[0]
    scores = {
        name: replace(score, verdict=verdict)
        for (name, score), verdict in zip(
            first.scores.items(), ["better", "worse", "no difference"] * 4, strict=False
        )
    }
    changed = replace(report, results=(replace(first, scores=scores),))
    row = next(line for line in printed((changed, dataset), 100) if line.startswith("nothing"))
    assert [cell[-1] for cell in row.split()[1:3]] == ["+", "-"]


def test_it_begins_with_the_data_and_ends_with_what_to_do(compared: Compared) -> None:
    report, _ = compared
    lines = printed(compared, 100)
    assert lines[:3] == [
        "loans.csv, target 'default'",
        "700 rows, 3 columns: 84 of 'yes' (12.00%), 616 of 'no' (88.00%)",
        "logistic regression, 3 folds",
    ]
    assert lines.index("Notes") < lines.index("What to do")
    last = " ".join(" ".join(lines[lines.index("What to do") :]).split())
    for sentence in report.advice:
        assert sentence in last


def test_many_classes_and_hostile_names(hostile: Compared) -> None:
    lines = printed(hostile, 100)
    assert max(map(len, lines)) <= 100
    assert "3 folds" in lines[2] + lines[3]
    report, dataset = hostile
    counts = dict(report.class_counts) | {f"class {i}": 500 for i in range(9)}
    text = " ".join(printed((replace(report, class_counts=counts), dataset), 100))
    assert "6 more classes" in text


def test_without_variants_there_is_no_column_for_them(compared: Compared) -> None:
    report, dataset = compared
    plain = tuple(result for result in report.results if result.variant == "as is")
    lines = printed((replace(report, results=plain), dataset), 100)
    row = next(line for line in lines if line.startswith("strategy"))
    assert row.split()[:2] == ["strategy", "avg."]
    assert len(row) < 90
