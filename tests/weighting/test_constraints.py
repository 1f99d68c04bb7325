"""What calibration holds fixed, for rows and for margins."""

import numpy as np
import pandas as pd
import pytest

from imbalance_kit import Margins
from imbalance_kit.weighting._constraints import make_constraints
from imbalance_kit.weighting._task import make_task

SAMPLE = pd.DataFrame({"sex": ["f", "m", "f"], "age": [20.0, 30, 40], "id": [1, 2, 3]})
TARGET = pd.DataFrame({"sex": ["m", "m", "f"], "age": [10.0, np.nan, 40], "id": [4, 5, 6]})


def test_rows() -> None:
    task = make_task(SAMPLE, TARGET, None, [1, 1, 2], name="W", takes_margins=True)
    found = make_constraints(task)
    assert found.names == ("sex=f", "sex=m", "age", "age[missing]", "id")
    np.testing.assert_allclose(found.means, [0.5, 0.5, 30, 0.25, 21 / 4])
    np.testing.assert_allclose(found.spreads[:2], 0.5)
    np.testing.assert_array_equal(found.design(SAMPLE), task.covariates.encode(SAMPLE))


def test_margins() -> None:
    margins = Margins({"sex": {"m": 30, "f": 10}, "age": 1000})
    found = make_constraints(make_task(SAMPLE, margins, None, None, name="W", takes_margins=True))
    assert found.names == ("sex=f", "sex=m", "age")
    np.testing.assert_allclose(found.means, [0.25, 0.75, 25])
    np.testing.assert_allclose(found.spreads, [np.sqrt(3) / 4, np.sqrt(3) / 4, 0])
    np.testing.assert_array_equal(found.design(SAMPLE), [[1, 0, 20], [0, 1, 30], [1, 0, 40]])


def test_margins_say_nothing_of_missing_numbers() -> None:
    task = make_task(
        TARGET, Margins({"age": 3.0}, size=2), None, None, name="W", takes_margins=True
    )
    with pytest.raises(ValueError, match="Column 'age' has missing values"):
        make_constraints(task)
