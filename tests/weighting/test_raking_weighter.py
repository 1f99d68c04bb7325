"""Raking to rows and margins: totals, new rows, and what is refused."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from imbalance_kit import Margins, Population, RakingWeighter
from tests.weighting._populations import mixed_frames

COLUMNS = ["region", "school", "urban"]
SAMPLE, TARGET = (frame[COLUMNS] for frame in mixed_frames())
DESIGN = np.random.default_rng(0).exponential(size=len(SAMPLE))


def totals(frame: pd.DataFrame, columns: Any, weights: Any) -> pd.Series:
    by = [frame[c] for c in columns]
    return pd.Series(np.asarray(weights, dtype=float), frame.index).groupby(by, observed=True).sum()


@pytest.mark.parametrize("weight", [None, DESIGN], ids=["plain", "weighted"])
def test_rows(weight: Any) -> None:
    people = np.linspace(1, 2, len(TARGET))
    weighter = RakingWeighter()
    w = weighter.fit_weights(SAMPLE, target=Population(TARGET, people), sample_weight=weight)
    for column in COLUMNS:
        pd.testing.assert_series_equal(
            totals(SAMPLE, [column], w), totals(TARGET, [column], people), rtol=1e-10
        )
    np.testing.assert_allclose(weighter.weights(SAMPLE, sample_weight=weight), w, rtol=1e-13)
    assert weighter.n_iter_ > 1
    assert set(weighter.factors_) == set(COLUMNS)


def test_joint_margins() -> None:
    weighter = RakingWeighter([("region", "school"), "urban"])
    w = weighter.fit_weights(SAMPLE, target=TARGET)
    pd.testing.assert_series_equal(
        totals(SAMPLE, ["region", "school"], w),
        totals(TARGET, ["region", "school"], np.ones(len(TARGET))),
        rtol=1e-10,
    )
    counts = {
        ("region", "school"): TARGET.groupby(["region", "school"], observed=True).size().to_dict(),
        "urban": TARGET["urban"].value_counts().to_dict(),
    }
    np.testing.assert_allclose(
        RakingWeighter().fit_weights(SAMPLE, target=Margins(counts)), w, rtol=1e-11
    )


def test_other_columns_do_not_matter() -> None:
    few = RakingWeighter(["urban"]).fit_weights(SAMPLE.assign(id=range(400)), target=TARGET)
    np.testing.assert_allclose(
        few, RakingWeighter().fit_weights(SAMPLE[["urban"]], target=TARGET[["urban"]])
    )


def test_missing_values_are_a_level_and_numbers_are_levels() -> None:
    X = pd.DataFrame({"a": [1.0, np.nan, 2.0, 2.0]})
    w = RakingWeighter().fit_weights(X, target=Margins({"a": {1: 2, 2: 4, None: 4}}))
    np.testing.assert_allclose(w, [2, 4, 2, 2])


def test_unseen_levels_get_the_mean_factor() -> None:
    weighter = RakingWeighter().fit(SAMPLE, target=TARGET)
    new = pd.DataFrame({"region": ["east", "north"], "school": ["high"] * 2, "urban": [True] * 2})
    with pytest.warns(UserWarning, match=r"'region' has levels .*\['east'\]"):
        w = weighter.weights(new)
    f = weighter.factors_["region"]
    mean = np.mean([f[level] for level in SAMPLE["region"]])
    assert w[0] / w[1] == pytest.approx(mean / f["north"])


def test_rows_that_the_population_does_not_have_weigh_nothing() -> None:
    with pytest.warns(UserWarning, match="no row of 'west' of 'region'.* weigh 0"):
        w = RakingWeighter().fit_weights(SAMPLE, target=TARGET[TARGET["region"] != "west"])
    assert (w[SAMPLE["region"] == "west"] == 0).all()
    margins = Margins({"region": {"north": 1, "south": 1, "west": 0}})
    assert (RakingWeighter().fit_weights(SAMPLE, target=margins) > 0).mean() < 1


SAME = pd.DataFrame({"a": ["x", "x", "y"], "b": ["x", "x", "y"]})


@pytest.mark.parametrize(
    ("weighter", "X", "target", "message"),
    [
        (
            RakingWeighter(),
            SAMPLE,
            TARGET.assign(region="east"),
            "population has 'east' of 'region', and the sample has no row of it",
        ),
        (
            RakingWeighter(),
            SAME,
            Margins({"a": {"x": 5, "y": 5}, "b": {"x": 6, "y": 4}}),
            r"margins cannot be met together: after 1000 sweeps '.' of '.' is still off by",
        ),
        (
            RakingWeighter(),
            SAME,
            Margins({"a": {"x": 5, "y": 5, "z": 3}}),
            "The population has 'z' of 'a'",
        ),
        (RakingWeighter(), SAME, Margins({"a": 5.0}, size=2), "but the column is categorical"),
        (
            RakingWeighter(),
            SAME.assign(n=[1, 2, 3]),
            Margins({"n": 5.0}, size=2),
            "the margin of 'n' is a number. Hint: CalibrationWeighter",
        ),
        (RakingWeighter(["c"]), SAME, SAME, r"The sample has no columns \['c'\]"),
        (RakingWeighter("a"), SAME, SAME, r"list of names, got 'a'. Hint: columns=\['a'\]"),
        (
            RakingWeighter(),
            SAME.assign(n=[1, 2, 3]),
            SAME.assign(n=[1, 2, 4]),
            r"Every number of \['n'\] counts as a level here: cut numbers into classes",
        ),
        (
            RakingWeighter(["n"]),
            SAME.assign(n=[1, 2, 3]),
            SAME.assign(n=["1", "2", "3"]),
            r"has '1', '2', '3' of 'n', .* \['n'\] holds numbers in one of the two only",
        ),
        (
            RakingWeighter(),
            SAME,
            Margins({"c": {"x": 5}}),
            r"no columns \['c'\], which have margins: it has \['a', 'b'\]",
        ),
        (RakingWeighter(max_iter=0), SAME, SAME, "`max_iter` must be an integer of at least 1"),
    ],
)
def test_messages(weighter: Any, X: Any, target: Any, message: str) -> None:
    with pytest.raises((ValueError, TypeError), match=message):
        weighter.fit(X, target=target)
