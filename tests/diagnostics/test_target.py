"""A target in each of its forms."""

import numpy as np
import pandas as pd
import pytest

from imbalance_kit import (
    Margins,
    Population,
    compute_balance,
    compute_distributions,
    estimate_mean,
)
from imbalance_kit._utils._columns import table_of
from imbalance_kit.diagnostics._target import is_margins, margin_covariates, target_rows

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


@pytest.mark.parametrize(
    ("margins", "message"),
    [
        ({"b": {"u": 1, "v": 2}}, r"speak of columns \['b'\], which `X` does not have"),
        ({("a", "b"): {("u", "x"): 1}}, r"speak of columns \['b'\], which `X` does not have"),
        ({"a": 3.0}, "margin of 'a' is a single number, and the column holds categories"),
    ],
)
def test_margins_that_do_not_fit_the_sample(margins: dict, message: str) -> None:
    """Else what was calibrated on would silently be something else."""
    X, y = pd.DataFrame({"a": ["u", "v"] * 5}), np.arange(10.0)
    target = Margins(margins, size=None if "a" not in margins else 10)
    with pytest.raises(ValueError, match=message):
        margin_covariates(table_of(X), target)
    for measure in (compute_balance, compute_distributions):
        with pytest.raises(ValueError, match=message):
            measure(X, target)
    with pytest.raises(ValueError, match=message):
        estimate_mean(y, X, target=target, sample_weight=np.ones(10))
