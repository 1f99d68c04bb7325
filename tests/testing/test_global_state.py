# ruff: noqa: NPY002 -- the legacy functions are the global state
import random

import numpy as np
import pytest

from imbalance_kit.testing._global_state import global_state_must_stay


def test_the_state_is_put_back() -> None:
    before, before_python = np.random.get_state()[1], random.getstate()
    with global_state_must_stay(3):
        pass
    moved = pytest.raises(AssertionError, match="numpy's global state has moved")
    with moved, global_state_must_stay(3):
        np.random.random()
    moved = pytest.raises(AssertionError, match="global state of `random` has moved")
    with moved, global_state_must_stay(3):
        random.random()
    np.testing.assert_array_equal(np.random.get_state()[1], before)
    assert random.getstate() == before_python


def test_the_body_sees_the_seed() -> None:
    with global_state_must_stay(3):
        first = np.random.get_state()[1]
    with global_state_must_stay(4):
        second = np.random.get_state()[1]
    assert not np.array_equal(first, second)
