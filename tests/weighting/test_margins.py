"""Margins are checked when they are made, and travel as JSON."""

import pickle
from typing import Any

import numpy as np
import pytest

from imbalance_kit import Margins

SEX = {"sex": {"f": 510, "m": 490}}
JOINT = {("sex", "age"): {("f", "<40"): 3, ("f", "40+"): 4, ("m", "<40"): 2, ("m", "40+"): 1}}


def test_size_comes_from_a_categorical_margin() -> None:
    assert Margins(SEX | {"income": 4.2e7}).size == 1000
    assert Margins({"sex": {"f": 0.51, "m": 0.49}}, kind="share").size is None
    assert Margins({"income": 10.0}, size=3).size == 3


def test_columns_and_levels() -> None:
    margins = Margins(JOINT | {"income": 3, "sex": {"f": 7, "m": 3}})
    assert margins.columns == ("sex", "age", "income")
    assert margins.categorical == ("sex", "age")
    assert margins.levels("age") == ["<40", "40+"]
    assert margins.levels("sex") == ["f", "m"]
    assert margins.levels("income") == []


def test_totals_scale() -> None:
    totals = Margins(SEX | {"income": 4.2e7}).totals(1.0)
    assert totals == {"sex": {"f": 0.51, "m": 0.49}, "income": 4.2e4}
    shares = Margins({"sex": {"f": 0.51, "m": 0.49}, "income": 4.2e4}, kind="share")
    assert shares.totals(1000.0) == {"sex": {"f": 510, "m": 490}, "income": 4.2e7}


@pytest.mark.parametrize(
    "margins",
    [
        Margins(SEX | {"income": 4.2e7}),
        Margins(JOINT, size=10),
        Margins({"black": {0: 3, 1: 2, None: 1}, "yes": {True: 2.5, False: 3.5}}),
        Margins({"a": {"x": 1.0}}, kind="share"),
    ],
)
def test_json(margins: Margins) -> None:
    assert Margins.from_json(margins.to_json()) == margins
    assert pickle.loads(pickle.dumps(margins)) == margins
    assert hash(Margins.from_json(margins.to_json())) == hash(margins)


def test_json_by_hand() -> None:
    text = '{"margins": {"sex": {"f": 510, "m": 490}}, "size": 1000}'
    assert Margins.from_json(text) == Margins(SEX)


def test_numpy_and_missing_levels_become_plain() -> None:
    margins = Margins({"a": {np.int64(1): np.float32(2), float("nan"): 3}})
    assert margins.margins == {"a": {1: 2.0, None: 3.0}}


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Margins({}), "`margins` must be a mapping of at least one column"),
        (lambda: Margins({"a": -1.0, "b": {"x": -1}}), "level 'x' of 'b' must be at least 0"),
        (lambda: Margins({"b": {"x": np.nan}}), "finite number as the total of level 'x' of 'b'"),
        (lambda: Margins({"b": {"x": True}}), "finite number as the total of level 'x' of 'b'"),
        (lambda: Margins({"b": {"x": 10**400}}), "finite number as the total of level 'x'"),
        (lambda: Margins({"b": [1, 2]}), r"total of column 'b', got \[1, 2\]. Hint: a column of"),
        (lambda: Margins({"b": {"x": 0}}), "'b' needs a level with a total above 0"),
        (lambda: Margins({"b": {}}), "'b' needs a level with a total above 0"),
        (lambda: Margins({"a": 1.0}), "No population size: `size` is None"),
        (lambda: Margins({"a": 1.0}, size=0), "`size` must be above 0"),
        (lambda: Margins(SEX, kind="mean"), "`kind` must be 'total' or 'share'"),  # type: ignore[arg-type]
        (lambda: Margins(SEX, size=900), "the levels of 'sex' sum to 1000.0, but the size is 900"),
        (lambda: Margins(SEX | {"b": {"x": 999}}), "levels of 'b' sum to 999.0, but margin 'sex'"),
        (lambda: Margins({"b": {"x": 0.5}}, kind="share"), "but shares sum to 1"),
        (lambda: Margins({3: {"x": 1}}), "A margin is named by a column"),
        (lambda: Margins({("a", "b"): {"x": 1}}), "must be tuples of 2 levels"),
        (lambda: Margins({("a", "b"): 1.0}, size=2), "A joint margin needs {levels: total}"),
        (lambda: Margins.from_json("{"), "Expected JSON of margins"),
        (lambda: Margins.from_json("[]"), "an object with the key 'margins'"),
        (lambda: Margins.from_json('{"margins": {"a": 1}, "sise": 2}'), "'kind', got .*'sise'"),
    ],
)
def test_contradictions_are_named(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
