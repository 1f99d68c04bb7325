"""Separated sides are found and named."""

import warnings

import numpy as np
import pytest

from imbalance_kit.weighting._overlap import check_overlap, warn_of_separation
from imbalance_kit.weighting._ratio import RatioTask


def task(sample: list[list[float]], target: list[list[float]]) -> RatioTask:
    names = tuple("abc"[: len(sample[0])])
    weights = np.ones(len(sample)), np.ones(len(target))
    return RatioTask(np.array(sample), np.array(target), *weights, names, 2)


def test_columns_that_separate_are_named_in_either_direction() -> None:
    with pytest.raises(ValueError, match=r"perfectly separated by \['a', 'c'\]: no row"):
        check_overlap(task([[0, 5, 9], [1, 6, 8]], [[2, 5, 7], [3, 6, 6]]))


def test_a_shared_value_is_overlap() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_overlap(task([[0.0], [1.0]], [[1.0], [2.0]]))
        check_overlap(task([[1.0], [1.0]], [[1.0], [1.0]]))


def test_an_indicator_that_only_the_target_has_warns() -> None:
    with pytest.warns(UserWarning, match=r"no rows with \['b'\]"):
        check_overlap(task([[0, 0], [1, 0]], [[0, 0], [1, 1]]))


def test_scores_that_separate_warn() -> None:
    given = task([[0.0], [1.0]], [[0.0], [1.0]])
    with pytest.warns(UserWarning, match="every row of the sample from every row"):
        warn_of_separation(given, (np.array([0.0, 1.0]), np.array([2.0, 3.0])))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_of_separation(given, (np.array([0.0, 2.0]), np.array([2.0, 3.0])))
