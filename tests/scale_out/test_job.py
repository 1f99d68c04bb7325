from typing import Any

import numpy as np
import pandas as pd
import pytest

from imbalance_kit.scale_out._job import Job, Place, check_two, label_target
from tests._tables import KINDS, click_log


def job(**changes: Any) -> Job:
    settings: dict[str, Any] = {
        "label": "click",
        "features": ("age", "city"),
        "key": ("id",),
        "seed": 0,
        "stage": "",
        "n_folds": 2,
        "pilot_size": 200,
    }
    return Job(**(settings | changes))


@pytest.mark.parametrize("kind", KINDS)
def test_labels_of_every_container(kind: str) -> None:
    frame = click_log(500)
    target = label_target(KINDS[kind](frame), "click")
    assert target.classes.tolist() == [0, 1]
    np.testing.assert_array_equal(target.codes, frame.click)


@pytest.mark.parametrize("kind", KINDS)
def test_a_missing_label_is_an_error(kind: str) -> None:
    frame = click_log(20)
    frame["click"] = frame.click.astype("Int64").where(frame.index > 2)
    with pytest.raises(ValueError, match="'click' has missing values: every row needs a class"):
        label_target(KINDS[kind](frame), "click")


def test_more_than_two_classes_are_an_error() -> None:
    with pytest.raises(ValueError, match=r"'y' holds more than two classes \(0, 1, 2\)"):
        label_target(pd.DataFrame({"y": [0, 1, 2]}), "y")
    check_two(["a", "b"], "y")


def test_labels_that_are_measurements_are_an_error() -> None:
    with pytest.raises(ValueError, match="The label column 'y' cannot be used"):
        label_target(pd.DataFrame({"y": [0.5, 1.25]}), "y")


def test_codes_follow_the_labels_of_the_whole() -> None:
    table = pd.DataFrame({"click": ["yes", "yes"]})
    assert job().codes(table, ("no", "yes")).tolist() == [1, 1]
    with pytest.raises(ValueError, match="'yes', which was not there in the first pass"):
        job().codes(table, ("no", "perhaps"))


def test_columns_are_checked() -> None:
    frame = click_log(5)
    job().check(frame)
    with pytest.raises(ValueError, match="`label` names 'clicks'"):
        job(label="clicks").check(frame)
    with pytest.raises(ValueError, match="`features` names 'agee'"):
        job(features=("agee",)).check(frame)
    with pytest.raises(ValueError, match="has a column 'sample_weight' already"):
        job().check(frame.assign(sample_weight=1.0))


def test_rows_are_known_by_key_or_by_place() -> None:
    frame = click_log(10)
    by_key = job().hashes(frame, Place("a", 5))
    np.testing.assert_array_equal(by_key, job().hashes(frame, Place("b", 9)))
    np.testing.assert_array_equal(by_key[::-1], job().hashes(frame.iloc[::-1], Place()))
    by_place = job(key=()).hashes(frame, Place("a", 5))
    np.testing.assert_array_equal(by_place[2:], job(key=()).hashes(frame[2:], Place("a", 7)))
    assert not set(by_place.tolist()) & set(by_key.tolist())


def test_folds_are_even_and_their_own_stage() -> None:
    hashes = job().hashes(pd.DataFrame({"id": np.arange(100_000)}), Place())
    folds = job().folds(hashes)
    # Binomial: four standard errors of a share of 1/2 are 2 n^-1/2.
    assert folds.mean() == pytest.approx(0.5, abs=2 / np.sqrt(len(folds)))
    assert set(job(n_folds=3).folds(hashes).tolist()) == {0, 1, 2}
    assert not job(n_folds=1).folds(hashes).any()
    assert (job(stage="second").folds(hashes) != folds).mean() == pytest.approx(0.5, abs=0.01)


def test_columns_are_named_once() -> None:
    assert job(features=("age", "id"), key=("id",)).columns == ["click", "id", "age"]
    assert job(pilot_size=200).pilot_rows_per_class == 100
    assert job(pilot_size=1).pilot_rows_per_class == 1
