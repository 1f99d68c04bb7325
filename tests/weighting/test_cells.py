"""Cells of one column and of several, from rows and from margins."""

import numpy as np
import pandas as pd
import pytest

from imbalance_kit import Margins
from imbalance_kit.weighting._cells import Cells, cells_of_margin, cells_of_rows
from imbalance_kit.weighting._task import Task, make_task

SAMPLE = pd.DataFrame({"a": ["x", "y", "x", None], "b": [1, 1, 2, 2]})
TARGET = pd.DataFrame({"a": ["y", "y", "z"], "b": [1, 2, 2]})


def task(target: object) -> Task:
    return make_task(
        SAMPLE, target, None, None, name="W", takes_margins=True, numbers_are_levels=True
    )


def test_cells_of_rows() -> None:
    t = task(TARGET)
    cells, shares = cells_of_rows(t, ["a"])
    assert cells.labels == ("x", "y", "z", None)
    np.testing.assert_allclose(shares, [0, 2 / 3, 1 / 3, 0])
    assert cells.codes(t.covariates, SAMPLE).tolist() == [0, 1, 0, 3]


def test_joint_cells_are_those_that_occur() -> None:
    t = task(TARGET)
    cells, shares = cells_of_rows(t, ["a", "b"])
    assert cells.labels == (("x", 1), ("x", 2), ("y", 1), ("y", 2), ("z", 2), (None, 2))
    np.testing.assert_allclose(shares, [0, 0, 1 / 3, 1 / 3, 1 / 3, 0])
    codes = cells.codes(t.covariates, SAMPLE)
    assert [cells.labels[k] for k in codes] == [("x", 1), ("y", 1), ("x", 2), (None, 2)]
    assert cells.name == "a x b"


def test_cells_of_margins() -> None:
    margins = Margins(
        {("b", "a"): {(2, "x"): 1, (1, "y"): 2, (1, "x"): 3, (2, None): 4, (2, "q"): 0}}
    )
    t = task(margins)
    ((column, total),) = margins.margins.items()
    cells, shares = cells_of_margin(t, column, total)
    found = dict(zip(cells.labels, shares.tolist(), strict=True))
    assert found == pytest.approx({k: v / 10 for k, v in total.items()})
    codes = cells.codes(t.covariates, SAMPLE)
    assert [cells.labels[k] for k in codes] == [(1, "x"), (1, "y"), (2, "x"), (2, None)]


def test_a_cell_of_the_sample_that_the_margin_does_not_name() -> None:
    margins = Margins({"a": {"x": 1, "y": 2}})
    with pytest.raises(ValueError, match="The sample has None of 'a', which its margin does not"):
        cells_of_margin(task(margins), "a", {"x": 1, "y": 2})


def test_unknown_rows_have_no_cell() -> None:
    t = task(TARGET)
    cells, _ = cells_of_rows(t, ["a", "b"])
    new = pd.DataFrame({"a": ["z", "w", "x"], "b": [1, 1, 2]})
    with pytest.warns(UserWarning, match=r"'a' has levels .*\['w'\]"):
        assert cells.codes(t.covariates, new).tolist() == [-1, -1, 1]


def test_many_cells_are_cut_short_in_messages() -> None:
    cells = Cells(("a",), np.arange(30), tuple(range(30)))
    assert cells.show(np.arange(30)).endswith("9 and 20 more of 'a'")
    assert cells.show(np.array([3])) == "3 of 'a'"
