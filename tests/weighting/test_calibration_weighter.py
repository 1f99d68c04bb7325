"""Calibration from rows and from margins: totals met, errors that name what cannot be."""

import pickle
import tracemalloc
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imbalance_kit import CalibrationWeighter, CBPSWeighter, Margins, Population, RakingWeighter
from tests._data import data_file
from tests.weighting._populations import mixed_frames, two_normals

SAMPLE, TARGET = mixed_frames()
DESIGN = np.random.default_rng(1).exponential(size=len(SAMPLE)) + 0.1
EVERY = [
    CalibrationWeighter("linear"),
    CalibrationWeighter("raking"),
    CalibrationWeighter("logit", bounds=(0.1, 6.0)),
    CalibrationWeighter("truncated", bounds=(0.1, 6.0)),
]
each_distance = pytest.mark.parametrize("weighter", EVERY, ids=lambda w: w.distance)
NEGATIVE = pytest.mark.filterwarnings("ignore:.* weights are negative")


@NEGATIVE
@each_distance
@pytest.mark.parametrize("weight", [None, DESIGN], ids=["plain", "weighted"])
def test_totals_of_mixed_frames_are_met(weighter: Any, weight: Any) -> None:
    people = np.linspace(1, 3, len(TARGET))
    w = weighter.fit_weights(SAMPLE, target=TARGET, sample_weight=weight, target_weight=people)
    covariates = weighter.covariates_
    wanted, got = people @ covariates.encode(TARGET), w @ covariates.encode(SAMPLE)
    np.testing.assert_allclose(got, wanted, rtol=1e-10)
    assert w.sum() == pytest.approx(people.sum(), rel=1e-12)
    np.testing.assert_allclose(weighter.weights(SAMPLE, sample_weight=weight), w, rtol=1e-12)
    if weighter.bounds:
        ratio = w / (1 if weight is None else weight)
        ratio /= people.sum() / (len(SAMPLE) if weight is None else weight.sum())
        assert ratio.min() >= 0.1 - 1e-12
        assert ratio.max() <= 6 + 1e-12


@NEGATIVE
@each_distance
def test_totals_of_margins_are_met(weighter: Any) -> None:
    totals = {
        "region": {"north": 3e5, "south": 4e5, "west": 3e5},
        ("school", "urban"): {
            ("high", True): 4e5,
            ("high", False): 2e5,
            ("low", True): 1e5,
            ("low", False): 3e5,
        },
        "age": 4.2e7,
    }
    w = weighter.fit_weights(SAMPLE, target=Margins(totals))
    assert w.sum() == pytest.approx(1e6, rel=1e-12)
    assert w @ SAMPLE["age"] == pytest.approx(4.2e7, rel=1e-10)
    for keys, column in ((["region"], "region"), (["school", "urban"], ("school", "urban"))):
        found = pd.Series(w).groupby([SAMPLE[k] for k in keys], observed=True).sum()
        for level, total in totals[column].items():  # type: ignore[attr-defined]
            assert found[level] == pytest.approx(total, rel=1e-10)


def test_rows_and_their_margins_give_the_same_weights() -> None:
    columns = ["region", "school", "urban", "age"]
    margins: dict[str, Any] = {c: TARGET[c].value_counts().to_dict() for c in columns[:3]}
    margins["age"] = float(TARGET["age"].sum())
    shares = {
        c: {k: n / len(TARGET) for k, n in t.items()} if isinstance(t, dict) else t / len(TARGET)
        for c, t in margins.items()
    }
    by_rows = CalibrationWeighter("raking").fit_weights(SAMPLE[columns], target=TARGET[columns])
    for target in (Margins(margins), Margins(shares, kind="share", size=len(TARGET))):
        by_margins = CalibrationWeighter("raking").fit_weights(SAMPLE, target=target)
        np.testing.assert_allclose(by_margins, by_rows, rtol=1e-9)


def test_raking_distance_is_raking() -> None:
    columns = ["region", "school", "urban"]
    for target in (TARGET[columns], Population(TARGET[columns], np.arange(1.0, 601.0))):
        by_newton = CalibrationWeighter("raking").fit_weights(
            SAMPLE[columns], target=target, sample_weight=DESIGN
        )
        by_sweeps = RakingWeighter().fit_weights(
            SAMPLE[columns], target=target, sample_weight=DESIGN
        )
        np.testing.assert_allclose(by_newton, by_sweeps, rtol=1e-9)


def test_entropy_balancing_is_exact_cbps() -> None:
    X, T = two_normals()
    balanced = CalibrationWeighter("raking").fit_weights(X, target=T)
    np.testing.assert_allclose(
        balanced, CBPSWeighter(method="exact").fit_weights(X, target=T), rtol=1e-6
    )


def test_containers_give_the_same() -> None:
    expected = CalibrationWeighter("raking").fit_weights(SAMPLE, target=TARGET)
    got = CalibrationWeighter("raking").fit_weights(pl.from_pandas(SAMPLE), target=TARGET)
    np.testing.assert_allclose(got, expected, rtol=1e-12)
    order = np.random.default_rng(0).permutation(len(SAMPLE))
    shuffled = CalibrationWeighter("raking").fit_weights(SAMPLE.iloc[order], target=TARGET[::-1])
    np.testing.assert_allclose(shuffled, expected[order], rtol=1e-9)
    renamed = {"north": "z", "south": "y", "west": "x"}
    frames = [f.assign(region=f["region"].map(renamed)) for f in (SAMPLE, TARGET)]
    got = CalibrationWeighter("raking").fit_weights(frames[0], target=frames[1])
    np.testing.assert_allclose(got, expected, rtol=1e-9)


@settings(max_examples=15, deadline=None)
@given(scale=st.floats(1e-6, 1e6), moved=st.floats(-1e6, 1e6))
def test_units_of_a_column_do_not_matter(scale: float, moved: float) -> None:
    X, T = two_normals(80, 80, 3)
    plain = CalibrationWeighter("raking").fit_weights(X, target=T)
    factors, shift = np.array([scale, 1, 1]), np.array([moved * scale, 0, 0])
    other = CalibrationWeighter("raking").fit_weights(
        X * factors + shift, target=T * factors + shift
    )
    np.testing.assert_allclose(other, plain, rtol=1e-6)


def test_tolerance_is_in_standard_deviations_of_the_population() -> None:
    X, T = two_normals()
    weighter = CalibrationWeighter("truncated", bounds=(0, np.inf), tolerance=0.1)
    w = weighter.fit_weights(X, target=T, sample_weight=np.ones(len(X)))
    off = np.abs(np.average(X, axis=0, weights=w) - T.mean(axis=0)) / T.std(axis=0)
    assert off.max() == pytest.approx(0.1, rel=1e-6)
    exact = CalibrationWeighter("truncated", bounds=(0, np.inf)).fit_weights(X, target=T)
    assert w.std() < exact.std()
    assert w.min() >= 0


@pytest.mark.parametrize(
    ("normalize", "total"), [("population", 600), ("sample", DESIGN.sum()), ("mean", 400)]
)
def test_sums(normalize: Any, total: float) -> None:
    for weighter in (CalibrationWeighter("raking", normalize=normalize),):
        w = weighter.fit_weights(SAMPLE, target=TARGET, sample_weight=DESIGN)
        assert w.sum() == pytest.approx(total, rel=1e-12)


def test_weights_of_new_rows_are_fixed_at_fit() -> None:
    weighter = CalibrationWeighter("raking").fit(SAMPLE, target=TARGET, sample_weight=DESIGN)
    some = weighter.weights(SAMPLE.iloc[10:20], sample_weight=DESIGN[10:20])
    np.testing.assert_allclose(some, weighter.weights_[10:20], rtol=1e-12)
    copy = pickle.loads(pickle.dumps(weighter))
    np.testing.assert_array_equal(copy.weights(SAMPLE), weighter.weights(SAMPLE))
    new = SAMPLE.head(3).assign(region="east")
    with pytest.warns(UserWarning, match=r"'region' has levels .* \['east'\]"):
        assert (weighter.weights(new) > 0).all()


def test_a_survey_weighted_to_an_experiment() -> None:
    """Published data: balance to 1e-8 on the CPS, with indicators of no earnings."""
    nsw, cps = (pd.read_csv(data_file(name)) for name in ("nsw", "cps"))
    columns = ["age", "educ", "black", "hisp", "marr", "nodegree", "re74", "re75"]
    treated = nsw.loc[nsw["treat"] == 1]
    frames = [f[columns].assign(u74=f.re74 == 0, u75=f.re75 == 0) for f in (cps, treated)]
    weighter = CalibrationWeighter("raking")
    w = weighter.fit_weights(frames[0], target=frames[1])
    design = weighter.covariates_.encode
    wanted = design(frames[1]).mean(axis=0)
    got = np.average(design(frames[0]), axis=0, weights=w)
    assert np.abs(got / np.where(wanted == 0, 1, wanted) - 1).max() < 1e-8


def test_negative_weights_are_told() -> None:
    X = np.linspace(0, 1, 20)[:, None]
    with pytest.warns(UserWarning, match=r"\d+ of 20 weights are negative.*distance='raking'"):
        CalibrationWeighter().fit(X, target=X + 0.4)


def test_a_mean_beyond_the_sample_is_named_beside_the_negative_weights() -> None:
    """The linear distance reaches a mean that was given as a total, or a total as a mean."""
    said = (
        r"mean of 'age', 0\.45, lies outside the sample's values, 20 to 50: .*"
        "In Margins a number column has its total, with kind='share' its mean"
    )
    with pytest.warns(UserWarning, match=said):
        CalibrationWeighter().fit(SEX, target=Margins({"sex": HALF, "age": 45.0}))
    with pytest.warns(UserWarning, match="weights are negative") as caught:
        CalibrationWeighter().fit(SEX, target=Margins({"sex": HALF, "age": 4700.0}))
    assert ["outside" in str(one.message) for one in caught] == [False]


SEX = pd.DataFrame({"sex": ["f", "f", "f", "m"], "age": [20.0, 30, 40, 50]})
HALF = {"f": 50, "m": 50}


@pytest.mark.parametrize(
    ("weighter", "X", "options", "message"),
    [
        (CalibrationWeighter(), SEX, {}, "CalibrationWeighter needs a `target`, the population"),
        (CalibrationWeighter(), SEX, {"target": {"sex": HALF}}, "`target` is of type dict: exp"),
        (CalibrationWeighter(), SEX, {"target": 3}, "`target` is of type int: expected rows"),
        (CalibrationWeighter(), SEX, {"target": "a.csv"}, "type str: .*Hint: read the file"),
        (CalibrationWeighter(), SEX, {"target": Population(None)}, "`target` is of type NoneType"),
        (
            CalibrationWeighter(),
            SEX,
            {"target": Margins({"sex": HALF | {"x": 1}})},
            r"The population has 'sex=x' \(share 0.009901\), and the sample has no row of it",
        ),
        (
            CalibrationWeighter(),
            SEX,
            {"target": Margins({"sex": {"f": 9}})},
            r"The sample has 'm' of 'sex', which its margin does not name: expected only \('f',\)",
        ),
        (
            CalibrationWeighter("raking"),
            SEX,
            {"target": Margins({"sex": HALF, "age": 6000})},
            "target of 'age' cannot be met: its mean in the population is 60, .* between 20 and 50 "
            "only. Hint: are the units alike. In Margins .* Else a tolerance",
        ),
        (
            CalibrationWeighter("raking"),
            SEX,
            {"target": Margins({"sex": HALF, "age": 4600})},
            "The targets cannot be met together: .* means of '(age|sex=.)'",
        ),
        (
            CalibrationWeighter("logit", bounds=(0.9, 1.1)),
            SEX,
            {"target": Margins({"sex": HALF})},
            r"target of 'sex=f' cannot be met: .* reach means between 0.7\d* and 0.7\d* only",
        ),
        (
            CalibrationWeighter(),
            SEX.assign(one=1.0),
            {"target": Margins({"one": 20.0}, size=10)},
            r"'one' is constant in the sample \(1\), and its mean in the population is 2",
        ),
        (
            CalibrationWeighter(),
            SEX.assign(twice=2 * SEX["age"]),
            {"target": Margins({"sex": HALF, "age": 3000, "twice": 6100})},
            "these columns determine each other in the sample. .* means of '(age|twice)'",
        ),
        (
            CalibrationWeighter(),
            SEX.assign(age=[np.nan, 1, 2, 3]),
            {"target": Margins({"sex": HALF, "age": 3000})},
            "Column 'age' has missing values, and its margin says nothing of those",
        ),
        (CalibrationWeighter(), SEX, {"target": Margins({"x": HALF})}, r"has no columns \['x'\]"),
        (
            CalibrationWeighter(),
            SEX,
            {"target": Margins({"sex": 3.0}, size=5)},
            "margin of column 'sex' is a number, but the column is categorical",
        ),
        (
            CalibrationWeighter(),
            SEX,
            {"target": Margins({"sex": HALF}), "target_weight": [1]},
            "`target_weight` goes with rows",
        ),
        (
            CalibrationWeighter(),
            SEX,
            {"target": Population(SEX, [1, 1, 1, 1]), "target_weight": [1, 1, 1, 1]},
            "`target_weight` was given beside a Population with weights",
        ),
        (CalibrationWeighter(), SEX, {"target": SEX.head(0)}, "`target` has no rows"),
        (
            CalibrationWeighter(),
            SEX,
            {"target": SEX, "sample_weight": [-1, 1, 1, 1]},
            r"`sample_weight` contains negative values \(first at row 0: -1.0\)",
        ),
        (
            CalibrationWeighter(),
            SEX,
            {"target": SEX, "sample_weight": [0, 0, 0, 0]},
            "`sample_weight` is zero for every row",
        ),
        (
            CalibrationWeighter(),
            SEX,
            {"target": SEX, "sample_weight": [1, 1, 1, 0]},
            r"The population has 'sex=m' \(share 0.25\), and the sample has no row of it with a we",
        ),
        (CalibrationWeighter(), SEX, {"target": SEX[["sex"]]}, r"\['age'\] are in the sample only"),
        (
            CalibrationWeighter(),
            SEX,
            {"target": SEX.assign(age="old")},
            r"Column 'age' is numeric \(float64\) and categorical",
        ),
        (CalibrationWeighter(tolerance=-1), SEX, {"target": SEX}, "`tolerance` must be a finite"),
        (CalibrationWeighter(ridge="no"), SEX, {"target": SEX}, "`ridge` must be a finite"),
        (CalibrationWeighter(normalize="one"), SEX, {"target": SEX}, "`normalize` must be"),
        (
            CalibrationWeighter(),
            SEX,
            {"target": Margins({"sex": {"f": 0.5, "m": 0.5}}, kind="share")},
            "normalize='population' needs the population's size",
        ),
    ],
)
def test_messages(weighter: Any, X: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises((ValueError, TypeError), match=message):
        weighter.fit(X, **options)


@pytest.mark.parametrize("distance", ["raking", "linear"])
@pytest.mark.filterwarnings("ignore:.* weights are negative")
def test_rows_that_the_population_has_none_of_are_told(distance: Any) -> None:
    """Their weights sum to 0, which used to pass in silence: gaps of the sample alone, say."""
    gaps = SEX.assign(age=[30.0, np.nan, 50.0, 40.0])
    target = pd.DataFrame({"sex": ["f", "m", "f", "f"], "age": [35.0, 40.0, 45.0, 40.0]})
    said = r"No row of the population has 'age\[missing\]', and 1 of 4 rows .* fill the gaps, merge"
    with pytest.warns(UserWarning, match=said):
        weights = CalibrationWeighter(distance, ridge=1e-3).fit_weights(gaps, target=target)
    assert abs(weights[1]) < 0.05 * weights.sum()
    with pytest.warns(UserWarning, match=r"has 'sex=m', and 1 of 4 rows"):
        CalibrationWeighter("linear").fit(SEX[["sex"]], target=pd.DataFrame({"sex": ["f", "f"]}))


@NEGATIVE
@pytest.mark.parametrize("distance", ["linear", "raking"])
def test_the_rows_are_not_copied(distance: Any) -> None:
    """A few vectors of the rows beside them, and blocks: far from the one copy that crept in."""
    rng = np.random.default_rng(0)
    sample, target = rng.normal(size=(40_000, 50)), rng.normal(size=(2_000, 50)) + 0.1
    tracemalloc.start()
    CalibrationWeighter(distance).fit_weights(sample, target=target)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 0.5 * sample.nbytes
