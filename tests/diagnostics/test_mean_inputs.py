"""What estimates of means take, and what they say to what they do not."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import polars as pl
import pytest

from imbalance_kit import Margins, estimate_mean


@pytest.mark.parametrize(
    "y",
    [
        pd.Series([1, None, 3], dtype="Int64"),
        pl.Series([1, None, 3]),
        [1, None, 3],
        np.array([[1.0], [np.nan], [3.0]]),
        pd.Series([1.0, np.nan, 3.0], index=[7, 8, 9]),
    ],
)
def test_outcomes_of_any_kind(y) -> None:
    one = estimate_mean(y)
    assert one.estimate == 2
    assert one.n_observed == 2


def test_booleans_are_a_share() -> None:
    assert estimate_mean(np.array([True, False, True, True])).estimate == 0.75


X3, Y3 = np.arange(6.0).reshape(3, 2), [1.0, 2.0, 3.0]
MARGINS = Margins({"x0": 3.0}, size=3)
WEIGHTER = SimpleNamespace()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"y": [np.nan] * 3}, "missing in every row"),
        ({"y": [1.0, np.inf, 2.0]}, r"infinity \(first at row 1\)"),
        ({"y": ["a", "b", "c"]}, "must hold numbers.*Hint: for the share"),
        ({"y": np.ones((3, 2))}, "must have shape"),
        ({"y": []}, "must have shape"),
        ({"y": Y3, "X": X3[:2]}, "`X` has 2 rows, `y` has 3"),
        ({"y": Y3, "sample_weight": [1, 2]}, "2 entries"),
        ({"y": Y3, "base_weight": [1, -2, 3]}, "`base_weight` contains negative"),
        ({"y": [1, np.nan, 2], "sample_weight": [0, 1, 0]}, "there is no mean"),
        ({"y": [1, 2, np.nan], "sample_weight": [1, -1, 3]}, "no weight in all"),  # was -inf
        (
            {
                "y": [1, 2, np.nan],
                "X": X3,
                "target": X3,
                "method": "greg",
                "base_weight": [0, 0, 1],
            },
            "no weight in all",  # was NaN
        ),
        ({"y": Y3, "method": "mean"}, "`method` must be one of"),
        ({"y": Y3, "target_kind": "exact"}, "`target_kind` must be"),
        ({"y": Y3, "confidence": 95}, "`confidence` must be a float"),
        ({"y": Y3, "n_replicates": 1}, "at least 2"),
        ({"y": Y3, "target": X3}, "only with `X`"),
        ({"y": Y3, "X": X3, "target": X3}, "adjusts nothing by itself.*Hint: sample_weight="),
        ({"y": Y3, "X": X3, "target": MARGINS}, "adjusts nothing by itself"),
        ({"y": Y3, "target_kind": "sample"}, "no `target` was given"),
        (
            {
                "y": Y3,
                "X": X3,
                "target": MARGINS,
                "target_kind": "sample",
                "sample_weight": [1, 2, 3],
            },
            "needs the rows",
        ),
        ({"y": Y3, "X": X3, "target": MARGINS, "method": "greg"}, "margins have none.*linear"),
        (
            {"y": Y3, "X": X3, "target": MARGINS, "method": "aipw", "sample_weight": Y3},
            "margins have none",
        ),
        ({"y": Y3, "method": "greg"}, "needs `X` and `target`: got None"),
        ({"y": Y3, "X": X3, "target": X3, "method": "bootstrap"}, "needs `weighter`: got None"),
        ({"y": Y3, "X": X3, "target": X3, "method": "aipw"}, "exactly one of them"),
        (
            {"y": Y3, "X": X3, "target": X3, "method": "greg", "sample_weight": Y3},
            "does not use",
        ),
        ({"y": Y3, "weighter": WEIGHTER}, r"does not use \['weighter'\]"),
        ({"y": Y3, "estimator": WEIGHTER}, r"does not use \['estimator'\]"),
        (
            {"y": Y3, "X": X3, "target": X3, "method": "aipw", "sample_weight": Y3},
            "at least 5 observed",
        ),
        (
            {"y": Y3, "X": X3, "target": pd.DataFrame(X3, columns=["a", "b"]), "method": "greg"},
            "column names",
        ),
    ],
)
def test_bad_input(arguments: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        estimate_mean(**arguments)


def test_wrong_kind_of_number_of_replicates() -> None:
    with pytest.raises(TypeError, match="`n_replicates` must be an int"):
        estimate_mean(Y3, n_replicates=2.5)


def test_a_weighter_is_an_object_with_fit_weights() -> None:
    with pytest.raises(TypeError, match="`weighter` must be an object with fit_weights, got 'rak"):
        estimate_mean(Y3, X3, target=X3, method="bootstrap", weighter="raking")
