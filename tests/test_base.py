"""What every sampler inherits: containers, weights, fitted attributes, random states, messages."""

import inspect
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from imblearn.pipeline import Pipeline, make_pipeline
from scipy import sparse
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.utils import get_tags

from imbalance_kit import RandomOverSampler, RandomUnderSampler, Ratios
from imbalance_kit._base import BaseSampler, Draw, SamplingInput
from imbalance_kit._utils._sampling_strategy import ClassPlan
from tests._discovery import make_instance, public_classes

SAMPLERS = [RandomUnderSampler, RandomOverSampler]
N = 60
X = np.arange(2.0 * N).reshape(N, 2)
Y = np.random.default_rng(0).permutation(np.repeat(["a", "b", "c"], [30, 20, 10]))
W = np.random.default_rng(1).exponential(size=N)

each_sampler = pytest.mark.parametrize("cls", SAMPLERS, ids=lambda cls: cls.__name__)


def totals(labels: Any, weights: Any) -> dict[str, float]:
    return pd.Series(weights).groupby(np.asarray(labels)).sum().to_dict()


@pytest.mark.parametrize("cls", public_classes("sampler"), ids=lambda cls: cls.__name__)
def test_constructors_store_what_they_are_given(cls: type) -> None:
    given = {name: object() for name in inspect.signature(cls).parameters}
    assert given
    stored = cls(**given).get_params(deep=False)
    assert {name for name in given if stored[name] is not given[name]} == set()


@pytest.mark.parametrize("cls", public_classes("sampler"), ids=lambda cls: cls.__name__)
def test_tags_promise_the_indices_of_the_rows(cls: type) -> None:
    assert get_tags(make_instance(cls)).sampler_tags.sample_indices


NEIGHBORS = [
    (cls, name)
    for cls in public_classes("sampler")
    for name in inspect.signature(cls).parameters
    if name.endswith("_neighbors")
]


@pytest.mark.parametrize(("cls", "name"), NEIGHBORS)
def test_a_bad_number_of_neighbours_is_named(cls: type, name: str) -> None:
    rows = np.random.default_rng(2).normal(size=(N, 2))
    with pytest.raises(ValueError, match=f"`{name}` must be at least 1, got 0"):
        make_instance(cls, **{name: 0}).fit_resample(rows, Y)


def test_there_are_samplers_with_neighbours() -> None:
    assert len(NEIGHBORS) >= 9


# Containers ---------------------------------------------------------------------------------------


CONTAINERS: dict[str, Callable[[], Any]] = {
    "array": lambda: X,
    "float32, Fortran": lambda: np.asfortranarray(X, dtype="f4"),
    "3-D": lambda: X.reshape(N, 1, 2),
    "objects": lambda: np.array([[i, str(i), None] for i in range(N)], dtype=object),
    "strings": lambda: X.astype(str),
    "dates": lambda: X.astype("i8").astype("M8[D]"),
    "csr": lambda: sparse.csr_array(X),
    "csc": lambda: sparse.csc_matrix(X),
    "pandas": lambda: pd.DataFrame(X, columns=["u", "v"], index=[f"r{i}" for i in range(N)]),
    "polars": lambda: pl.DataFrame({"u": X[:, 0], "t": list(map(str, range(N)))}),
    "list": lambda: [[i, str(i)] for i in range(N)],
}
TARGETS: dict[str, Callable[[], Any]] = {
    "array": lambda: Y,
    "list": Y.tolist,
    "series": lambda: pd.Series(Y, index=[f"r{i}" for i in range(N)], name="y"),
    "category": lambda: pd.Series(Y, dtype="category"),
    "frame": lambda: pd.DataFrame({"y": Y}),
    "polars": lambda: pl.Series("y", Y),
    "one-hot": lambda: (Y[:, None] == np.unique(Y)).astype(int),
}


def plain(rows: Any) -> list[Any]:
    """Return rows of any container as a list."""
    if sparse.issparse(rows):
        rows = rows.toarray()
    if hasattr(rows, "rows"):
        return list(rows.rows())
    found: list[Any] = rows if isinstance(rows, list) else np.asarray(rows)[()].tolist()
    return found


@each_sampler
@pytest.mark.parametrize("y_name", TARGETS)
@pytest.mark.parametrize("X_name", CONTAINERS)
def test_containers(cls: Any, X_name: str, y_name: str) -> None:
    data, y = CONTAINERS[X_name](), TARGETS[y_name]()
    before = pickle.dumps((data, y))
    sampler = cls(random_state=0)
    X_res, y_res = sampler.fit_resample(data, y)
    assert pickle.dumps((data, y)) == before
    assert type(X_res) is type(data)
    assert type(y_res) is type(y)
    for given, got in ((data, X_res), (y, y_res)):
        rows, all_rows = plain(got), plain(given)
        assert rows == [all_rows[i] for i in sampler.sample_indices_]
        for attribute in ("dtype", "dtypes", "schema", "format", "name", "columns"):
            assert repr(getattr(got, attribute, None)) == repr(getattr(given, attribute, None))
    # The draw is the same whatever the container.
    plain_sampler = cls(random_state=0)
    plain_sampler.fit_resample(X, TARGETS["one-hot"]() if y_name == "one-hot" else Y)
    np.testing.assert_array_equal(sampler.sample_indices_, plain_sampler.sample_indices_)


@each_sampler
def test_pandas_index_follows_the_rows(cls: Any) -> None:
    """A defect of the peer: all but its random under-sampler lose the index."""
    frame, y = CONTAINERS["pandas"](), TARGETS["series"]()
    sampler = cls(random_state=0)
    X_res, y_res = sampler.fit_resample(frame, y)
    pd.testing.assert_index_equal(X_res.index, frame.index[sampler.sample_indices_])
    pd.testing.assert_index_equal(X_res.index, y_res.index)
    assert sampler.feature_names_in_.tolist() == ["u", "v"]
    assert sampler.n_features_in_ == 2


@each_sampler
def test_a_mixed_frame_never_passes_through_objects(cls: Any) -> None:
    """A defect of the peer: its over-sampler copied a mixed frame through one array of objects.

    Dtypes that an object array would have to guess again come back as they were.
    """
    frame = pd.DataFrame(
        {
            "i": np.arange(N, dtype="i2"),
            "n": pd.array([None, *range(1, N)], dtype="Int8"),
            "c": pd.Categorical(Y, categories=["c", "b", "a", "z"]),
            "t": pd.date_range("2024-01-01", periods=N, tz="Asia/Tokyo"),
            "s": pd.array(["x", None] * (N // 2), dtype="string"),
        }
    )
    sampler = cls(random_state=0)
    X_res, _ = sampler.fit_resample(frame, Y)
    pd.testing.assert_frame_equal(X_res, frame.iloc[sampler.sample_indices_])


@each_sampler
@pytest.mark.parametrize(
    "labels", [[0, 1], [False, True], [1.0, 2.0], ["no", "yes"], [-1, 1], [10**12, 0]], ids=repr
)
def test_labels(cls: Any, labels: list[Any]) -> None:
    y = np.repeat(labels, [20, 8])
    sampler = cls(random_state=0)
    _, y_res = sampler.fit_resample(np.zeros((28, 1)), y)
    assert y_res.dtype == y.dtype
    size = 8 if cls is RandomUnderSampler else 20
    assert [(y_res == label).sum() for label in labels] == [size, size]
    (touched,) = sampler.sampling_strategy_
    assert type(touched) is type(labels[0])
    assert sampler.shift_.classes == tuple(sorted(labels))


@each_sampler
def test_missing_values_pass_through(cls: Any) -> None:
    holes = X.copy()
    holes[::3, 0], holes[1::5, 1] = np.nan, np.inf
    sampler = cls(random_state=0)
    np.testing.assert_array_equal(sampler.fit_resample(holes, Y)[0], holes[sampler.sample_indices_])


# Weights ------------------------------------------------------------------------------------------


@each_sampler
@pytest.mark.parametrize("weight", [None, W], ids=["plain", "weighted"])
@pytest.mark.parametrize("strategy", ["auto", "all", Ratios({"b": 1}, of="own")])
def test_output_weights_restore_the_input(cls: Any, strategy: Any, weight: Any) -> None:
    sampler = cls(sampling_strategy=strategy, random_state=0)
    _, y_res = sampler.fit_resample(X, Y, sample_weight=weight)
    given = np.ones(N) if weight is None else weight
    np.testing.assert_array_equal(sampler.carried_weight_, given[sampler.sample_indices_])
    for array in (sampler.carried_weight_, sampler.sample_weight_):
        assert array.dtype == np.float64
        assert array.flags.c_contiguous  # learners written in C ask for it
        assert array.flags.writeable
    restored = totals(y_res, sampler.sample_weight_)
    assert restored == pytest.approx(totals(Y, given), rel=1e-12)
    factors = sampler.shift_.factors
    after = totals(y_res, sampler.carried_weight_)
    assert factors == pytest.approx({k: after[k] / t for k, t in totals(Y, given).items()})
    np.testing.assert_allclose(
        sampler.sample_weight_ * [factors[label] for label in y_res],
        sampler.carried_weight_,
        rtol=1e-12,
    )


def test_relative_sizes_are_weight_totals_and_counts_are_rows() -> None:
    y = np.repeat(["heavy", "light"], [40, 20])
    weight = np.repeat([1.0, 0.5], [40, 20])  # totals 40 and 10: four to one
    data = np.zeros((60, 1))
    under = RandomUnderSampler(random_state=0).fit(data, y, sample_weight=weight)
    assert under.sampling_strategy_ == {"heavy": 10}
    over = RandomOverSampler(random_state=0).fit(data, y, sample_weight=weight)
    assert over.sampling_strategy_ == {"light": 60}
    half = RandomUnderSampler(sampling_strategy=0.5).fit(data, y, sample_weight=weight)
    assert half.sampling_strategy_ == {"heavy": 20}
    rows = RandomUnderSampler(sampling_strategy={"heavy": 7}).fit(data, y, sample_weight=weight)
    assert rows.sampling_strategy_ == {"heavy": 7}
    assert rows.shift_.factors == {"heavy": 7 / 40, "light": 1.0}


@each_sampler
@pytest.mark.parametrize("weight", [None, W], ids=["plain", "weighted"])
def test_fit_weights_are_the_copies_to_expect(cls: Any, weight: Any) -> None:
    """The mean copies of each row over 1,000 seeds, within 4.5 standard errors."""
    n_seeds = 1000
    expected = cls().fit_weights(X, Y, sample_weight=weight)
    given = np.ones(N) if weight is None else weight
    copies = np.empty((n_seeds, N))
    for seed in range(n_seeds):
        sampler = cls(random_state=seed)
        sampler.fit_resample(X, Y, sample_weight=weight)
        copies[seed] = np.bincount(sampler.sample_indices_, minlength=N)
    error = copies.std(axis=0) / np.sqrt(n_seeds)
    rounding = 1 / np.array([(label == Y).sum() for label in Y])  # less than a row per class
    assert (np.abs(copies.mean(axis=0) - expected / given) <= 4.5 * error + rounding).all()


@each_sampler
def test_fit_weights_give_the_totals_asked_for_exactly(cls: Any) -> None:
    weights = cls().fit_weights(X, Y, sample_weight=W)
    found = list(totals(Y, weights).values())
    edge = min if cls is RandomUnderSampler else max
    np.testing.assert_allclose(found, edge(totals(Y, W).values()), rtol=1e-12)


@each_sampler
def test_fit_plans_what_fit_resample_does(cls: Any) -> None:
    planned, done = cls(random_state=0).fit(X, Y), cls(random_state=0)
    done.fit_resample(X, Y)
    assert planned.sampling_strategy_ == done.sampling_strategy_
    assert planned.shift_ == done.shift_
    assert not hasattr(planned, "sample_indices_")


def test_the_shift_is_that_of_the_rows_drawn() -> None:
    """Of a weighted class the rows drawn have another total than planned: the shift knows it."""
    sampler = RandomUnderSampler(random_state=0)
    planned = sampler.fit(X, Y, sample_weight=W).shift_.factors
    _, y_res = sampler.fit_resample(X, Y, sample_weight=W)
    assert sampler.shift_.factors != planned
    after, before = totals(y_res, sampler.carried_weight_), totals(Y, W)
    assert sampler.shift_.factors == pytest.approx({k: after[k] / before[k] for k in before})


# Random states ------------------------------------------------------------------------------------


@each_sampler
def test_random_state(cls: Any) -> None:
    def rows(random_state: Any) -> list[int]:
        sampler = cls(random_state=random_state)
        sampler.fit_resample(X, Y)
        return sampler.sample_indices_.tolist()  # type: ignore[no-any-return]

    assert rows(5) == rows(5) == rows(np.int32(5))
    assert rows(5) != rows(6)
    assert rows(None) != rows(None)
    assert rows(np.random.RandomState(0)) == rows(np.random.RandomState(0))
    advancing = np.random.default_rng(0)
    assert rows(advancing) != rows(advancing)
    with pytest.raises(ValueError, match="`random_state` must be None, an int"):
        rows("seed")


# In other people's hands --------------------------------------------------------------------------


@each_sampler
def test_clone_and_pickle(cls: Any) -> None:
    sampler = cls(sampling_strategy=Ratios({"c": 1.0}, of="own"), random_state=3)
    assert clone(sampler).get_params() == sampler.get_params()
    sampler.fit_resample(X, Y)
    back = pickle.loads(pickle.dumps(sampler))
    np.testing.assert_array_equal(back.sample_indices_, sampler.sample_indices_)
    assert back.shift_ == sampler.shift_


@each_sampler
def test_a_sampler_returns_two_values_in_any_pipeline(cls: Any) -> None:
    """A defect of the peer: a sampler that returns a third value breaks its pipeline."""
    assert len(cls().fit_resample(X, Y, sample_weight=W)) == 2
    model = make_pipeline(cls(random_state=0), LogisticRegression())
    scaled = X / X.max()
    assert cross_val_score(model, scaled, Y, cv=3, error_score="raise").shape == (3,)
    assert isinstance(model.fit(scaled, Y), Pipeline)


def test_kept_and_added_rows_together() -> None:
    """A draw may drop rows and add others, copies or made ones: as a combination would."""

    class Mixed(BaseSampler):
        _sampling_type = "over-sampling"
        synthetic = False

        def _fit_resample(self, data: SamplingInput, plan: ClassPlan, seed: int) -> Draw:
            a, c = (data.target.members(k) for k in (0, 2))
            added = {0: a[[4, 4]], 2: c[[1]]}
            rows = data.X[[a[4], a[4], c[1]]] + 0.5 if self.synthetic else None
            return Draw(kept=np.arange(10, N), added=added, synthetic=rows)

    a, c = np.flatnonzero(Y == "a"), np.flatnonzero(Y == "c")
    expected = [*range(10, N), a[4], a[4], c[1]]
    for Mixed.synthetic in (False, True):
        sampler = Mixed()
        X_res, y_res = sampler.fit_resample(X, Y)
        np.testing.assert_array_equal(sampler.sample_indices_, expected)
        np.testing.assert_array_equal(X_res, X[expected] + 0.5 * sampler.synthetic_mask_[:, None])
        np.testing.assert_array_equal(y_res, Y[expected])
        assert sampler.synthetic_mask_.sum() == 3 * Mixed.synthetic
        restored = totals(y_res, sampler.sample_weight_)
        assert restored == pytest.approx(totals(Y, np.ones(N)), rel=1e-12)


PEER_TESTS = [
    "imblearn.under_sampling._prototype_selection.tests.test_random_under_sampler",
    "imblearn.over_sampling.tests.test_random_over_sampler",
]


@pytest.mark.skipif(
    not all(find_spec(name.rpartition(".tests")[0] + ".tests") for name in PEER_TESTS),
    reason="this release of imbalanced-learn ships without its tests",
)
def test_the_tests_of_imbalanced_learn(tmp_path: Path) -> None:
    """Its own tests of its random samplers, with our classes in the place of its own.

    Left out are those that compare with rows written down for its stream of random numbers and its
    order of the output (class by class; ours keeps the order of the input).
    """
    code = f"""
import importlib, sys, pytest, imbalance_kit
for name in {PEER_TESTS!r}:
    module = importlib.import_module(name)
    for cls in (imbalance_kit.RandomUnderSampler, imbalance_kit.RandomOverSampler):
        if hasattr(module, cls.__name__):
            setattr(module, cls.__name__, cls)
golden = "not test_rus_fit_resample and not test_ros_fit_resample"
keep = " or test_ros_fit_resample_half"
sys.exit(pytest.main(["--pyargs", *{PEER_TESTS!r}, "-p", "no:cacheprovider", "-k", golden + keep]))
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert "33 passed" in done.stdout


# What is refused ----------------------------------------------------------------------------------


@each_sampler
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda s: s.fit(X, np.zeros(N)), r"than 1 class. Got 1 class instead: \[0.0\]"),
        (lambda s: s.fit(X, Y[1:]), "`X` has 60 rows, `y` has 59"),
        (lambda s: s.fit(X[:0], Y[:0]), r"0 sample\(s\)"),
        (lambda s: s.fit(pd.DataFrame({"a": []}), []), r"0 sample\(s\)"),
        (lambda s: s.fit(X[:, :0], Y), r"0 feature\(s\)"),
        (lambda s: s.fit(X, W), "Unknown label type: continuous"),
        (lambda s: s.fit(X, None), "requires y to be passed"),
        (lambda s: s.fit(X, np.ones((N, 2), dtype=int)), "Multilabel and multioutput targets"),
        (lambda s: s.fit(X, [None, *Y[1:]]), "`y` contains missing labels"),
        (lambda s: s.fit(X, [np.nan] + [1.0] * (N - 1)), "`y` contains NaN"),
        (lambda s: s.fit(X, Y, sample_weight=-W), "`sample_weight` contains negative values"),
        (lambda s: s.fit(X, Y, sample_weight=0 * W), "`sample_weight` is zero for every row"),
        (lambda s: s.fit(X, Y, sample_weight=W * np.nan), "contains NaN or infinity"),
        (lambda s: s.fit(X, Y, sample_weight=W[1:]), "has 59 entries, but there are 60 rows"),
        (lambda s: s.fit_weights(X, Y, sample_weight=-W), "`sample_weight` contains negative"),
        (lambda s: s.fit(X, Y, sample_weight=Y == "a"), "zero for every row of class 'b': a class"),
        (lambda s: s.set_params(sampling_strategy={"a": 0.5}).fit(X, Y), r"Hint: use Ratios\({'a'"),
        (lambda s: s.set_params(sampling_strategy={"z": 5}).fit(X, Y), "not present in the data"),
    ],
)  # fmt: skip
def test_messages(cls: Any, call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call(cls())


def test_a_class_whose_rows_drawn_weigh_nothing() -> None:
    weight = np.zeros(N)
    weight[[int(np.argmax(label == Y)) for label in "abc"]] = 1
    sampler = RandomUnderSampler(sampling_strategy={"a": 1}, random_state=0)
    with pytest.raises(ValueError, match="Every row drawn of class 'a' has `sample_weight` 0, so"):
        sampler.fit_resample(X, Y, sample_weight=weight)
