"""A target in each of its forms."""

import numpy as np
import pytest

from imbalance_kit import Margins, Population
from imbalance_kit.diagnostics._target import is_margins, target_rows

ROWS = np.arange(6.0).reshape(3, 2)


def test_rows_and_population_are_the_same() -> None:
    bare = target_rows(ROWS, [1, 2, 3])
    for other in (
        target_rows(Population(ROWS, [1, 2, 3]), None),
        target_rows(Population(ROWS), [1, 2, 3]),
    ):
        assert other.rows is ROWS
        assert other.weight.tolist() == bare.weight.tolist()
    assert target_rows(ROWS, None).weight is None


def test_margins_have_no_rows() -> None:
    margins = Margins({"a": {"x": 1, "y": 2}})
    assert is_margins(margins)
    assert not is_margins(ROWS)
    assert target_rows(margins, None) is None
    with pytest.raises(ValueError, match="margins have none"):
        target_rows(margins, [1.0])


def test_bad_targets() -> None:
    with pytest.raises(ValueError, match="given twice"):
        target_rows(Population(ROWS, [1, 2, 3]), [1, 2, 3])
    with pytest.raises(ValueError, match="`target_weight` has 2 entries"):
        target_rows(ROWS, [1, 2])
    with pytest.raises(ValueError, match="no rows"):
        target_rows(ROWS[:0], None)
