"""Watch the global random generators: the only file of the package that touches them.

It must, to prove that nothing else does; it puts them back as they were.
"""

# ruff: noqa: NPY002 -- the legacy functions are the global state

import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np


@contextmanager
def global_state_must_stay(seed: int) -> Iterator[None]:
    """Seed the global generators, assert that the body leaves them alone, and put them back.

    Parameters
    ----------
    seed : int
        Seed of the global generators inside.
    """
    saved, saved_python = np.random.get_state(), random.getstate()
    try:
        np.random.seed(seed)
        random.seed(seed)
        before, before_python = np.random.get_state(), random.getstate()
        yield
        for old, new in zip(before, np.random.get_state(), strict=True):
            np.testing.assert_array_equal(new, old, err_msg="numpy's global state has moved")
        assert random.getstate() == before_python, "the global state of `random` has moved"
    finally:
        np.random.set_state(saved)
        random.setstate(saved_python)
