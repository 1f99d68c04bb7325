"""The estimate as a value: dict, table and text."""

import dataclasses
import json

import numpy as np
import pytest

from imbalance_kit import MeanEstimate, estimate_mean

Y = np.array([1.0, 2.0, np.nan, 4.0, 5.0])


def test_to_dict_is_json_without_nan() -> None:
    one = estimate_mean(Y)
    plain = one.to_dict()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert set(plain) == {field.name for field in dataclasses.fields(MeanEstimate)}
    alone = estimate_mean([3.0]).to_dict()
    assert alone["estimate"] == 3
    assert alone["standard_error"] is None
    assert alone["interval"] == [None, None]


def test_to_frame_has_one_row() -> None:
    one = estimate_mean(Y)
    frame = one.to_frame()
    assert frame.shape == (1, 12)
    assert (frame.loc[0, "lower"], frame.loc[0, "upper"]) == one.interval


def test_text_says_what_is_missing_and_what_the_target_is() -> None:
    text = repr(estimate_mean(Y))
    assert "of which 4 observed (20 % of the weight missing)" in text
    assert "not given: the weights are taken as fixed" in text
    census = repr(estimate_mean(Y, np.arange(5.0)[:, None]))
    assert "a census" in census


def test_it_is_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        estimate_mean(Y).estimate = 0
