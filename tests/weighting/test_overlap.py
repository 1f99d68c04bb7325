"""Separated sides are found and named."""

import warnings

import numpy as np
import pytest

from imbalance_kit.weighting._overlap import (
    check_overlap,
    warn_of_partial_overlap,
    warn_of_separation,
)
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


def column(*values: tuple[float, int]) -> list[list[float]]:
    return [[value] for value, count in values for _ in range(count)]


def test_a_level_that_only_the_sample_has_warns_where_chance_does_not_explain_it() -> None:
    sample = column((1, 5), (0, 45))  # a tenth
    with pytest.warns(UserWarning, match=r"No row of the target has 'a' \(0\.1 of the sample\)"):
        warn_of_partial_overlap(task(sample, column((0, 100))), np.ones(50))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_of_partial_overlap(task(sample, column((0, 99))), np.ones(50))


def test_numbers_beyond_the_other_side_warn_from_a_tenth_and_ten_rows() -> None:
    # A side of 100 rows says where the values end but for 10 / 100; the other exceeds it by more
    # than .1 + .1 with 21 of 100.
    inner = column((2, 50), (3, 50))
    outer, less = column((1, 11), (2, 79), (4, 10)), column((1, 10), (2, 80), (4, 10))
    equal = np.ones(100)
    with pytest.warns(UserWarning, match=r"weights extrapolate: 21% beyond 2 to 3 in 'a'\. Hint"):
        warn_of_partial_overlap(task(inner, outer), equal)
    with pytest.warns(UserWarning, match=r"target has none: 21% beyond 2 to 3 in 'a'\. Hint"):
        warn_of_partial_overlap(task(outer, inner), equal)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_of_partial_overlap(task(inner, less), equal)
        warn_of_partial_overlap(task(less, inner), equal)
        # What counts is the weight found, not the rows.
        warn_of_partial_overlap(task(outer, inner), np.array(outer)[:, 0] == 2)


def test_equal_sides_hardly_ever_warn() -> None:
    # Of equal distributions n rows leave Beta(2, n - 1) outside; more than .1 + 10 / n has the
    # probability of less than 1e-6 from n = 20: none in 2 x 300 tries.
    rng = np.random.default_rng(0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for n in (20, 100, 1000) * 100:
            sample, target = rng.normal(size=(2, n, 1))
            warn_of_partial_overlap(task(sample.tolist(), target.tolist()), np.ones(n))


def test_scores_that_separate_warn() -> None:
    with pytest.warns(UserWarning, match="every row of the sample from every row"):
        assert warn_of_separation((np.array([0.0, 1.0]), np.array([2.0, 3.0])))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not warn_of_separation((np.array([0.0, 2.0]), np.array([2.0, 3.0])))
