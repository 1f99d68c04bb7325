"""Cells get the population's sizes; empty ones are an error, or are merged as asked."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from imbalance_kit import Margins, PostStratificationWeighter
from tests.weighting._populations import mixed_frames

COLUMNS = ["region", "school", "urban"]
SAMPLE, TARGET = (frame[COLUMNS] for frame in mixed_frames())
DESIGN = np.random.default_rng(0).exponential(size=len(SAMPLE))


def sizes(frame: pd.DataFrame, columns: list[str], weights: Any = 1.0) -> pd.Series:
    return frame.assign(w=weights).groupby(columns, observed=True)["w"].sum()


@pytest.mark.parametrize("weight", [None, DESIGN], ids=["plain", "weighted"])
def test_cells_of_rows_and_of_a_margin(weight: Any) -> None:
    weighter = PostStratificationWeighter()
    w = weighter.fit_weights(SAMPLE, target=TARGET, sample_weight=weight)
    pd.testing.assert_series_equal(
        sizes(SAMPLE, COLUMNS, w), sizes(TARGET, COLUMNS), rtol=1e-12, check_names=False
    )
    margin = Margins({tuple(COLUMNS): sizes(TARGET, COLUMNS).to_dict()})
    by_margin = PostStratificationWeighter().fit_weights(
        SAMPLE, target=margin, sample_weight=weight
    )
    np.testing.assert_allclose(by_margin, w, rtol=1e-12)
    np.testing.assert_allclose(weighter.weights(SAMPLE, sample_weight=weight), w, rtol=1e-13)
    assert weighter.collapsed_ == []


def test_collapsing_merges_as_little_as_it_can() -> None:
    """The empty cell (m, old, B) joins those of other ages in its sex and place, and no others."""
    table = pd.DataFrame(
        [(s, a, p) for s in "fm" for a in ("mid", "old", "young") for p in "AB"],
        columns=["sex", "age", "place"],
    )
    people = table.loc[table.index.repeat(np.arange(1, 13))]
    sample = table.drop(index=table.query("sex == 'm' and age == 'old' and place == 'B'").index)
    weighter = PostStratificationWeighter(collapse=["age", "place"])
    w = weighter.fit_weights(sample, target=people)
    assert weighter.collapsed_ == [(("m", "mid", "B"), ("m", "old", "B"), ("m", "young", "B"))]
    assert w.sum() == pytest.approx(78)
    merged = (sample["sex"] == "m") & (sample["place"] == "B")
    np.testing.assert_allclose(w[merged], (8 + 10 + 12) / 2)
    np.testing.assert_allclose(w[~merged], np.arange(1, 13)[sample.index][~merged])


def test_collapsing_goes_on_until_there_are_rows() -> None:
    sample = pd.DataFrame({"a": ["x", "y", "y"], "b": ["p", "p", "q"]})
    people = pd.DataFrame({"a": ["x", "x", "y", "y", "z"], "b": ["p", "q", "p", "q", "r"]})
    weighter = PostStratificationWeighter(collapse=["b", "a"])
    w = weighter.fit_weights(sample, target=people)
    # x lacks q: merged over b. z has no row at all: everything is merged.
    assert len(weighter.collapsed_) == 1
    np.testing.assert_allclose(w, 5 / 3)
    one = PostStratificationWeighter(collapse=["b"])
    with pytest.raises(ValueError, match=r"The population has \('z', 'r'\) of 'a x b'"):
        one.fit(sample, target=people)


def test_levels_the_sample_lacks_can_be_collapsed_in_margins() -> None:
    margin = Margins({("a", "b"): {("x", 1): 3, ("x", 2): 1, ("y", 1): 4}})
    sample = pd.DataFrame({"a": ["x", "y"], "b": [1, 1]})
    w = PostStratificationWeighter(collapse=["b"]).fit_weights(sample, target=margin)
    np.testing.assert_allclose(w, [4, 4])


def test_cells_without_people_and_new_cells() -> None:
    sample = pd.DataFrame({"a": ["x", "y", "z"]})
    people = pd.DataFrame({"a": ["x", "x", "y"]})
    weighter = PostStratificationWeighter()
    with pytest.warns(UserWarning, match="no row of 'z' of 'a'"):
        w = weighter.fit_weights(sample, target=people)
    np.testing.assert_allclose(w, [2, 1, 0])
    with pytest.warns(UserWarning, match=r"\['new'\]"):
        assert weighter.weights(pd.DataFrame({"a": ["new"]})) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("weighter", "target", "message"),
    [
        (
            PostStratificationWeighter(),
            TARGET.assign(region="east"),
            r"population has \('east', .*no row of it .*which columns may be merged: collapse=",
        ),
        (
            PostStratificationWeighter(),
            Margins({"region": {"north": 1, "south": 1, "west": 1}, "urban": {True: 1, False: 2}}),
            r"takes one categorical margin, .* got margins of \['region', 'urban'\]",
        ),
        (
            PostStratificationWeighter(collapse=["x"]),
            TARGET,
            "`collapse` must be a list of columns",
        ),
        (PostStratificationWeighter(collapse="urban"), TARGET, "`collapse` must be a list"),
        (PostStratificationWeighter("urban"), TARGET, "`columns` must be a list of names"),
        (PostStratificationWeighter(["x"]), TARGET, r"The sample has no columns \['x'\]"),
    ],
)
def test_messages(weighter: Any, target: Any, message: str) -> None:
    with pytest.raises((ValueError, TypeError), match=message):
        weighter.fit(SAMPLE, target=target)


@pytest.mark.parametrize(
    ("collapse", "asked"), [(None, r"collapse=\[...\]\. "), (["a"], "target\\. ")]
)
def test_numbers_that_count_as_levels_are_named(collapse: Any, asked: str) -> None:
    sample = pd.DataFrame({"a": ["x", "y"], "n": [1.5, 2.5]})
    message = asked + r"Every number of \['n'\] counts as a level here: cut numbers into classes"
    with pytest.raises(ValueError, match=message):
        PostStratificationWeighter(collapse=collapse).fit(sample, target=sample.assign(n=3.5))
