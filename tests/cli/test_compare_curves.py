from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from imbalance_kit.cli._compare_curves import compute_panels, drawn_class, score_limits
from imbalance_kit.cli._dataset import Dataset
from imbalance_kit.model_selection import ComparisonReport

Compared = tuple[ComparisonReport, Dataset]


def test_a_panel_per_strategy_the_reference_first(compared: Compared) -> None:
    report, _ = compared
    panels = compute_panels(report)
    assert [panel.name for panel in panels] == [
        "nothing",
        "class weights",
        "RandomUnderSampler",
        "RandomOverSampler",
        "SMOTE",
    ]
    assert [curves.variant for curves in panels[0].curves] == ["as is", "corrected"]
    assert [curves.variant for curves in panels[1].curves] == ["raw", "corrected"]
    last_first = replace(report, results=report.results[::-1])
    assert compute_panels(last_first)[0].name == "nothing"


def test_the_class_is_the_positive_one_or_the_rarest(compared: Compared, hostile: Compared) -> None:
    assert drawn_class(compared[0]) == "yes"
    counts = hostile[0].class_counts
    assert counts[drawn_class(hostile[0])] == min(counts.values())


def test_curves_are_those_of_the_held_out_rows(compared: Compared) -> None:
    report, _ = compared
    held = report.results[0].predictions
    truth, proba = held.y_true == "yes", held.proba[:, 1]
    curves = compute_panels(report)[0].curves[0]
    assert curves.average_precision == average_precision_score(truth, proba)
    assert sum(one.count for one in curves.bins) == len(truth)
    # Every point of the curve is a threshold that can be counted again.
    called = proba[None, :] >= np.unique(proba)[:, None]
    found = (called & truth).sum(axis=1)
    counted = np.column_stack([found / truth.sum(), found / called.sum(axis=1)])
    for point in zip(curves.recall, curves.precision, strict=True):
        assert np.abs(counted - point).sum(axis=1).min() < 1e-12
    assert curves.recall.min() > 0.0
    assert curves.recall.max() == 1.0


def test_curves_of_many_rows_are_thinned(compared: Compared) -> None:
    report, _ = compared
    rng = np.random.default_rng(0)
    truth = rng.random(20_000) < 0.3
    second = np.clip(rng.normal(0.3 + 0.2 * truth, 0.1), 0.0, 1.0)
    held = replace(
        report.results[0].predictions,
        y_true=np.where(truth, "yes", "no").astype(object),
        proba=np.column_stack([1.0 - second, second]),
    )
    result = replace(report.results[0], predictions=held)
    curves = compute_panels(replace(report, results=(result,)))[0].curves[0]
    assert 200 < len(curves.recall) < 300
    assert np.abs(np.diff(curves.recall)).max() < 0.01


def test_shares_of_the_scores(compared: Compared) -> None:
    panels = compute_panels(compared[0])
    limits = score_limits(panels)
    assert limits[0] <= -3.0
    assert limits[1] >= 3.0
    for panel in panels:
        for curves in panel.curves:
            edges, of_class, of_others = curves.score_shares(limits)
            assert (edges[0], edges[-1]) == limits
            assert len(of_class) == len(of_others) == len(edges) - 1
            assert of_class.sum() == pytest.approx(1.0)
            assert of_others.sum() == pytest.approx(1.0)


def test_probabilities_of_exactly_0_and_1(compared: Compared) -> None:
    report, _ = compared
    truth = np.array([True, False] * 50)
    held = replace(
        report.results[0].predictions,
        y_true=np.where(truth, "yes", "no").astype(object),
        proba=np.column_stack([~truth, truth]).astype(float),
    )
    result = replace(report.results[0], predictions=held)
    panels = compute_panels(replace(report, results=(result,)))
    limits = score_limits(panels)
    assert np.isfinite(limits).all()
    _, of_class, of_others = panels[0].curves[0].score_shares(limits)
    assert of_class[-1] == of_others[0] == 1.0


def test_weights_count(hostile: Compared) -> None:
    report, dataset = hostile
    label = drawn_class(report)
    curves = compute_panels(report)[0].curves[0]
    assert curves.weights_of is not None
    truth = report.results[0].predictions.y_true == label
    assert dataset.weights is not None
    assert curves.weights_of.sum() == pytest.approx(dataset.weights[truth].sum())
