"""Every public name is under a property here, or excused with a reason."""

import inspect
import re
from pathlib import Path

from tests._discovery import public_classes, public_names
from tests.properties._instances import INSTANCES

FOLDER = Path(__file__).parent

EXCUSED = {
    "cli.main": "its input is text, files and options: tests/cli",
    "diagnostics.BalanceRow": "a row of BalanceReport, which is built from every kind of data",
    "diagnostics.CalibrationBin": "a part of CalibrationReport, whose bins are looked at",
    "diagnostics.ClassCalibration": "a part of CalibrationReport, whose classes are looked at",
    "diagnostics.BalanceReport": "what compute_balance returns",
    "diagnostics.CalibrationReport": "what compute_calibration returns",
    "diagnostics.Distribution": "what compute_distributions returns",
    "diagnostics.MeanEstimate": "what estimate_mean returns",
    "diagnostics.WeightSummary": "what compute_weight_summary returns",
    "model_selection.BalanceScorer": "what make_balance_scorer returns",
    "model_selection.ComparisonReport": "what compare_strategies returns",
    "model_selection.Estimate": "a part of ComparisonReport, whose scores are looked at",
    "model_selection.Metric": "a part of ComparisonReport",
    "model_selection.OutOfFold": "a part of ComparisonReport, whose predictions are looked at",
    "model_selection.PopulationScorer": "what make_population_scorer returns",
    "model_selection.StrategyResult": "a part of ComparisonReport, whose results are looked at",
}
# The laws are properties themselves, and run over every class in tests/test_laws.py.
LAWS = re.compile(r"testing\.\w+")


def _short(name: str) -> str:
    return name.removeprefix("imbalance_kit.")


def _mentioned() -> set[str]:
    """Return every name that a test module or a strategy of this folder uses."""
    text = "\n".join(
        path.read_text(encoding="utf-8")
        for path in FOLDER.glob("*.py")
        if path.name != Path(__file__).name
    )
    return set(re.findall(r"\w+", text))


def test_every_estimator_has_a_strategy() -> None:
    found = {cls.__name__ for cls in public_classes("estimator")}
    assert len(found) >= 20
    assert set(INSTANCES) == found


def test_every_public_name_is_under_a_property() -> None:
    names = {_short(name) for name in public_names()}
    assert len(names) > 80
    assert not set(EXCUSED) - names, "excused, and not public any more"
    open_names = {
        name
        for name in names - set(EXCUSED)
        if not LAWS.fullmatch(name) and name.rpartition(".")[2] not in _mentioned()
    }
    assert not open_names, "no property speaks of these: add a strategy, or a reason to EXCUSED"


def test_the_laws_are_all_that_is_left_out_of_testing() -> None:
    laws = [name for name in public_names() if LAWS.fullmatch(_short(name))]
    assert laws
    assert all(inspect.isfunction(public_names()[name]) for name in laws)
