import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from imbalance_kit.shift import (
    InclusionRule,
    InclusionShift,
    LevelTerm,
    NumberTerm,
    TablePilot,
    from_json,
)
from imbalance_kit.shift._table_pilot import sum_terms
from tests._tables import KINDS, click_log

PILOT = TablePilot(
    (
        NumberTerm("age", 0.7, missing=-0.2),
        LevelTerm("city", {"Ulm": 1.0, "Rom": -1.0}, other=0.25, missing=0.5),
        NumberTerm("mobile", -0.5),
    ),
    -4.0,
)


def by_hand(frame: pd.DataFrame) -> Any:
    """Return the log odds, a row at a time."""
    total = []
    for age, city, mobile in zip(frame.age, frame.city, frame.mobile, strict=True):
        effect = {"Ulm": 1.0, "Rom": -1.0}.get(city, 0.25) if isinstance(city, str) else 0.5
        total.append(-4 + (-0.2 if np.isnan(age) else 0.7 * age) + effect - 0.5 * mobile)
    return np.array(total)


@pytest.mark.parametrize("kind", KINDS)
def test_log_odds_are_the_sum_of_the_terms(kind: str) -> None:
    frame = click_log(500)
    found = PILOT.log_odds(KINDS[kind](frame))
    np.testing.assert_allclose(found, by_hand(frame), rtol=1e-12)
    proba = PILOT.predict_proba(KINDS[kind](frame))
    np.testing.assert_allclose(proba[:, 1], 1 / (1 + np.exp(-by_hand(frame))), rtol=1e-12)
    np.testing.assert_allclose(proba.sum(axis=1), 1, rtol=1e-15)


def test_what_is_not_said_adds_nothing() -> None:
    frame = pd.DataFrame({"age": [1.0, np.nan, 1.0], "city": ["Ulm", "Rom", None]})
    pilot = TablePilot((NumberTerm("age", 2.0), LevelTerm("city", {"Ulm": 1.0})), 0.5)
    np.testing.assert_array_equal(pilot.log_odds(frame), [3.5, 0.5, 2.5])


def test_infinite_numbers_are_no_gaps() -> None:
    frame = pd.DataFrame({"age": [np.inf, -np.inf, np.nan, 1.0]})
    pilot = TablePilot((NumberTerm("age", 2.0, missing=-1.0),), 0.5)
    np.testing.assert_array_equal(pilot.log_odds(frame), [np.inf, -np.inf, -0.5, 2.5])
    np.testing.assert_array_equal(pilot.predict_proba(frame)[:2], [[0, 1], [1, 0]])


@pytest.mark.parametrize("log_odds", [-1e4, -800.0, 800.0, 1e4])
def test_extreme_log_odds(log_odds: float) -> None:
    proba = TablePilot((NumberTerm("a", 1.0),), 0.0).predict_proba([[log_odds]])
    np.testing.assert_array_equal(proba, [[log_odds < 0, log_odds > 0]])


def test_rows_beside_a_row_do_not_matter() -> None:
    frame = click_log(30_000)
    whole = PILOT.log_odds(frame)
    for part in (slice(0, 1), slice(8190, 8195), slice(12_345, 29_999)):
        np.testing.assert_array_equal(PILOT.log_odds(frame.iloc[part]), whole[part])


def test_several_pilots_in_one_reading() -> None:
    other = TablePilot(
        (
            NumberTerm("age", -1.0, missing=3.0),
            LevelTerm("city", {}, other=1.0),
            NumberTerm("mobile", 2.0),
        ),
        0.5,
    )
    frame = click_log(400)
    both = sum_terms([PILOT, other], frame)
    np.testing.assert_array_equal(both, [PILOT.log_odds(frame), other.log_odds(frame)])


def test_an_array_has_the_columns_in_order() -> None:
    pilot = TablePilot((NumberTerm("a", 2.0), NumberTerm("b", -1.0)), 0.0)
    np.testing.assert_array_equal(pilot.log_odds([[1, 1], [0, 3]]), [1, -3])
    with pytest.raises(ValueError, match=r"knows 2 columns \(a, b, ...\), got an array of shape"):
        pilot.log_odds([[1, 2, 3]])


def test_a_table_without_a_column_of_the_pilot() -> None:
    frame = click_log(5)
    absent = PILOT.columns[1]
    with pytest.raises(ValueError, match=rf"no columns \['{absent}'\], which the pilot reads"):
        PILOT.log_odds(frame.drop(columns=absent))


def test_it_travels_in_the_text_of_a_shift() -> None:
    shift = InclusionShift((PILOT,), (0, 1), {0: InclusionRule(2.0, 0.01, bits=12)})
    text = shift.to_json()
    assert from_json(text) == shift
    assert json.loads(text)["rules"] == [[0, 2.0, 0.01, 12]]
    frame = click_log(100)
    np.testing.assert_array_equal(
        from_json(text).log_factors(frame, [0, 1]), shift.log_factors(frame, [0, 1])
    )


def test_a_pilot_without_terms_is_refused() -> None:
    with pytest.raises(ValueError, match="no terms"):
        TablePilot((), 0.0).log_odds(click_log(3))
