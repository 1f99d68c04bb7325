"""What a weighter is given: rows, populations, margins; and units that do not fit."""

import numpy as np
import pandas as pd
import pytest

from imbalance_kit import Margins, Population
from imbalance_kit.weighting._task import Task, make_task

SAMPLE = pd.DataFrame({"a": [1.0, 2, 3], "b": ["x", "y", "x"]})


def task(target: object, **options: object) -> Task:
    arguments: dict[str, object] = {"sample_weight": None, "target_weight": None, "name": "W"}
    return make_task(SAMPLE, target, **(arguments | options))  # type: ignore[arg-type]


def test_rows() -> None:
    found = task(SAMPLE, target_weight=[1, 2, 3], sample_weight=[3, 2, 1])
    assert found.size == 6
    np.testing.assert_array_equal(found.weights, [3, 2, 1])
    assert found.margins is None
    assert task(Population(SAMPLE, [1, 2, 3])).target_weights.tolist() == [1, 2, 3]
    assert task(Population(SAMPLE), target_weight=[1, 2, 3]).size == 6
    assert task(SAMPLE).weights.tolist() == [1, 1, 1]


def test_margins_learn_from_their_columns_and_levels() -> None:
    found = task(Margins({"b": {"x": 1, "z": 2, "y": 3}}), takes_margins=True)
    (covariate,) = found.covariates.columns
    assert covariate.levels == ("x", "y", "z")
    assert found.size == 6
    shares = Margins({"b": {"x": 0.5, "y": 0.5}}, kind="share")
    assert task(shares, takes_margins=True).size is None


def test_only_some_weighters_take_margins() -> None:
    with pytest.raises(ValueError, match="W needs the rows of the population, got Margins"):
        task(Margins({"b": {"x": 1}}))


def test_numbers_as_levels() -> None:
    found = task(SAMPLE, columns=["a"], numbers_are_levels=True)
    assert found.covariates.columns[0].levels == (1, 2, 3)


@pytest.mark.parametrize(
    ("target", "odd"),
    [
        (SAMPLE.assign(a=SAMPLE["a"] * 1000), ["a"]),
        (SAMPLE.assign(a=SAMPLE["a"] - 1000), ["a"]),
        (SAMPLE.assign(a=SAMPLE["a"] * 5 + 20), []),
        (SAMPLE.assign(a=2.0), []),
    ],
)
def test_other_units_are_told(target: pd.DataFrame, odd: list[str]) -> None:
    """Behind a scaler the sample is in standard units and the target in its own."""
    if odd:
        with pytest.warns(UserWarning, match=r"Columns \['a'\] are on another scale in the target"):
            task(target)
    else:
        task(target)


@pytest.mark.parametrize("name", ["sample_weight", "target_weight"])
def test_weights_in_an_absurd_unit(name: str) -> None:
    with pytest.raises(ValueError, match=f"largest entry of `{name}` is 3e\\+300"):
        task(SAMPLE, **{name: [1e300, 2e300, 3e300]})
