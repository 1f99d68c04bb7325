from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from imbalance_kit.cli._messages import InputError
from imbalance_kit.cli._weight_data import Roles, load_weight_data
from imbalance_kit.cli._weight_fit import Plan, count_steps, make_weight_report
from imbalance_kit.cli._weight_options import Method, Normalize
from imbalance_kit.cli._weight_report import WeightReport
from tests.cli._files import write_csv
from tests.cli._weight_files import sample_frame, write_files

SUM = Normalize.POPULATION


def fitted(files: Any, roles: Roles, plan: Plan) -> WeightReport:
    data = load_weight_data(*files, None, roles, plan.method)
    return make_weight_report(data, plan, lambda label: None)


@pytest.mark.parametrize("method", list(Method))
def test_every_method_has_a_weighter_and_a_name(method: Method) -> None:
    plan = Plan(method, Normalize.MEAN)
    assert plan.weighter().normalize == "mean"
    assert plan.describe()


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (Plan(Method.CALIBRATION, SUM, bounds=(0.2, 5)), "factors between 0.2 and 5"),
        (Plan(Method.CALIBRATION, SUM, tolerance=0.02), "within 0.02 standard deviations"),
        (Plan(Method.PROPENSITY, SUM, trim=4), "capped at 4 times the mean"),
    ],
)
def test_options_are_in_the_description(plan: Plan, words: str) -> None:
    assert words in plan.describe()


def test_every_piece_of_work_is_announced(tmp_path: Path) -> None:
    plan = Plan(Method.RAKING, SUM)
    roles = Roles(covariates=("city",), outcomes=("hours",))
    data = load_weight_data(*write_files(tmp_path), None, roles, plan.method)
    steps: list[str] = []
    make_weight_report(data, plan, steps.append)
    assert steps == ["weights", "balance", "mean of hours"]
    assert len(steps) == count_steps(data)


def test_notes_name_what_the_command_has(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    wide = pd.DataFrame({"age": rng.uniform(18, 90, 500), "sex": list("ffffm") * 100})
    narrow = wide.assign(age=rng.uniform(50, 70, 500))
    files = write_csv(tmp_path, wide, "s.csv"), write_csv(tmp_path, narrow, "p.csv")
    report = fitted(files, Roles(covariates=("age",)), Plan(Method.PROPENSITY, SUM))
    assert any("drop these rows, or give them a weight of 0 (--weights)" in n for n in report.notes)
    (tmp_path / "m.json").write_text('{"sex": {"f": 0.5, "m": 0.5}}', encoding="utf-8")
    data = load_weight_data(files[0], None, tmp_path / "m.json", Roles(), Method.RAKING)
    (note,) = make_weight_report(data, Plan(Method.RAKING, SUM), lambda label: None).notes
    assert '{"margins": {...}, "kind": "share", "size": ...} takes shares' in note
    assert note.endswith("or --normalize sample.")


def test_warnings_become_notes(tmp_path: Path) -> None:
    sample = sample_frame()
    sample.loc[:5, "city"] = "sea"
    path, (_, people) = write_csv(tmp_path, sample, "s.csv"), write_files(tmp_path)
    report = fitted((path, people), Roles(covariates=("city",)), Plan(Method.RAKING, SUM))
    assert any("weigh 0" in note for note in report.notes)
    assert (report.weights[:6] == 0).all()


def test_a_sample_drawn_anew_that_has_no_weights_is_noted(tmp_path: Path) -> None:
    """A level with one row is missing from a third of the samples drawn anew."""
    sample = sample_frame()
    sample.loc[0, "city"] = "far"
    people = pd.DataFrame({"city": ["no", "yes", "far", "no"] * 50})
    files = write_csv(tmp_path, sample, "s.csv"), write_csv(tmp_path, people, "p.csv")
    plan = Plan(Method.CBPS, SUM, replicates=20)
    report = fitted(files, Roles(covariates=("city",), outcomes=("hours",)), plan)
    assert any("intervals take the weights as fixed" in note for note in report.notes)
    assert report.outcomes[0].after.method == "weighted"
    assert "weights as fixed" in report.about_intervals()


def test_messages_speak_of_options(tmp_path: Path) -> None:
    sample = sample_frame().query("city == 'no'")
    path, (_, people) = write_csv(tmp_path, sample, "s.csv"), write_files(tmp_path)
    plan = Plan(Method.POST_STRATIFICATION, SUM)
    with pytest.raises(InputError, match="--collapse COLUMN"):
        fitted((path, people), Roles(covariates=("city", "job")), plan)


def test_the_same_seed_gives_the_same_interval(tmp_path: Path) -> None:
    files = write_files(tmp_path)
    roles = Roles(covariates=("city",), outcomes=("hours",))
    ends = [
        fitted(files, roles, Plan(Method.CBPS, SUM, replicates=5, seed=seed)).outcomes[0].after
        for seed in (0, 0, 1)
    ]
    assert ends[0] == ends[1]
    assert ends[0].estimate == pytest.approx(ends[2].estimate)
    assert not np.isclose(ends[0].standard_error, ends[2].standard_error)
