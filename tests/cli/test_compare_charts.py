from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from imbalance_kit.cli._compare_charts import (
    WIDTH,
    draw_differences,
    draw_precision_recall,
    draw_reliability,
    draw_scores,
    reliability_range,
    variant_class,
)
from imbalance_kit.cli._compare_curves import compute_panels, score_limits
from imbalance_kit.cli._dataset import Dataset
from imbalance_kit.model_selection import ComparisonReport

Compared = tuple[ComparisonReport, Dataset]
NUMBERS = ("x", "y", "x1", "x2", "y1", "y2", "cx", "cy")


def parse(drawing: str) -> ElementTree.Element:
    """Parse a drawing; no coordinate may be missing or off the drawing."""
    assert "nan" not in drawing
    assert "inf" not in drawing
    root = ElementTree.fromstring(drawing)
    width, height = map(float, root.attrib["viewBox"].split()[2:])
    for shape in root.iter():
        for name in NUMBERS:
            value = float(shape.attrib.get(name, 0.0))
            assert -1e-6 <= value <= (width if "x" in name else height) + 1e-6
    return root


def classes(root: ElementTree.Element, tag: str) -> list[str]:
    return [shape.attrib["class"] for shape in root.iter(tag)]


@pytest.mark.parametrize(
    ("variant", "expected"), [("raw", "raw"), ("corrected", "corrected"), ("as is", "as-is")]
)
def test_variants_have_their_own_style(variant: str, expected: str) -> None:
    assert variant_class(variant) == expected
    assert variant_class(variant, reference=True) == "reference"


def test_reliability(compared: Compared) -> None:
    panels = compute_panels(compared[0])
    limits = reliability_range(panels)
    for panel in panels:
        root = parse(draw_reliability(panel, panels[0], limits))
        assert root.attrib["aria-label"] == f"Reliability diagram: {panel.name}"
        shown = [curves for curves in panel.curves if curves is not panels[0].curves[0]]
        points = sum(len(c.bins) for c in panel.curves)
        assert len(classes(root, "circle")) == points
        assert classes(root, "path")[0] == "curve reference"
        assert len(classes(root, "path")) == 1 + len(shown)


def test_shares_of_0_and_1_are_hollow_points_off_the_curve(compared: Compared) -> None:
    panel = compute_panels(compared[0])[0]
    first = replace(panel.curves[0].bins[0], observed_rate=0.0, observed_low=0.0)
    curves = replace(panel.curves[0], bins=(first, *panel.curves[0].bins[1:]))
    changed = replace(panel, curves=(curves,))
    limits = reliability_range([changed])
    assert 0.0 < limits[0] < limits[1] < 1.0
    root = parse(draw_reliability(changed, changed, limits))
    assert "hollow" in classes(root, "circle")[0]
    inner = [one for one in curves.bins if 0.0 < one.observed_rate < 1.0]
    assert root.find("path") is not None
    assert root.find("path").attrib["d"].count("L") == len(inner) - 1


def test_the_range_does_not_go_below_what_the_rows_can_tell(compared: Compared) -> None:
    panels = compute_panels(compared[0])
    rows = max(one.count for panel in panels for c in panel.curves for one in c.bins)
    low, high = reliability_range(panels)
    assert 0.4 / rows <= low <= 0.02
    assert 0.9 <= high <= 1.0 - 0.4 / rows


def test_precision_and_recall(compared: Compared) -> None:
    panels = compute_panels(compared[0])
    root = parse(draw_precision_recall(panels[1], panels[0], 0.12))
    assert classes(root, "path") == ["curve reference", "curve corrected", "curve raw"]


def test_scores_have_a_strip_per_variant(compared: Compared) -> None:
    panels = compute_panels(compared[0])
    root = parse(draw_scores(panels[1], score_limits(panels), "'yes'"))
    assert classes(root, "path") == ["others", "of-class"] * 2
    words = [shape.text for shape in root.iter("text")]
    assert {"raw", "corrected", "50%", "predicted probability of 'yes'"} <= set(words)


@pytest.mark.parametrize("limits", [(-3.0, 3.0), (-16.0, 16.0), (-7.0, 3.0)])
def test_ticks_do_not_touch(compared: Compared, limits: tuple[float, float]) -> None:
    root = parse(draw_scores(compute_panels(compared[0])[0], limits, "x"))
    ticks = [shape for shape in root.iter("text") if shape.attrib["class"] == "tick"]
    places = [float(tick.attrib["x"]) for tick in ticks]
    assert len(places) >= 3
    assert np.diff(places).min() >= 30.0
    assert all(0.0 <= place <= WIDTH for place in places)


@pytest.mark.parametrize("name", ["log_loss", "average_precision"])
def test_differences(compared: Compared, name: str) -> None:
    report, _ = compared
    metric = next(metric for metric in report.metrics if metric.name == name)
    root = parse(draw_differences(report, metric))
    others = [r for r in report.results if r.scores[name].verdict != "reference"]
    points = classes(root, "circle")
    assert len(points) == len(others)
    for point, result in zip(points, others, strict=True):
        sure = result.scores[name].verdict in ("better", "worse")
        assert ("hollow" in point) is not sure
    sides = {
        s.text: float(s.attrib["x"]) for s in root.iter("text") if s.text in ("better", "worse")
    }
    assert (sides["better"] > sides["worse"]) is metric.greater_is_better


def test_differences_of_nothing(compared: Compared) -> None:
    """Two strategies that are the same, to the last digit."""
    report, _ = compared
    first = report.results[0]
    same = {
        name: replace(score, verdict="no difference", difference=0.0, low=0.0, high=0.0)
        for name, score in first.scores.items()
    }
    twin = replace(first, name="a name that is far too long to be drawn", scores=same)
    root = parse(draw_differences(replace(report, results=(first, twin)), report.metrics[0]))
    assert classes(root, "circle") == ["point as-is hollow"]
    assert any("…" in (shape.text or "") for shape in root.iter("text"))


def test_differences_tell_ratios_of_one_sampler_apart(compared: Compared) -> None:
    report, _ = compared
    names = ["RandomUnderSampler 0.5", "RandomUnderSampler 0.25"]
    last = next(
        r for r in report.results if r.scores[report.metrics[0].name].verdict != "reference"
    )
    rows = tuple(replace(last, name=name) for name in names)
    root = parse(draw_differences(replace(report, results=rows), report.metrics[0]))
    drawn = [shape.text for shape in root.iter("text") if (shape.text or "").startswith("Random")]
    assert len(set(drawn)) == 2, drawn
