"""`sampling_strategy`: each form against imbalanced-learn's own answer, `Ratios` against theory."""

import json
import pickle
import warnings
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from imblearn.pipeline import make_pipeline
from imblearn.utils import check_sampling_strategy
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_val_score

from imbalance_kit import ClassWeighter, RandomOverSampler, RandomUnderSampler, Ratios
from imbalance_kit._utils._sampling_strategy import ClassPlan, plan_classes
from imbalance_kit._utils._targets import EncodedTarget, encode_target

OVER, UNDER, WEIGHT = "over-sampling", "under-sampling", "weighting"
NAMES = ["auto", "all", "minority", "majority", "not minority", "not majority"]

counts = st.lists(st.integers(1, 60), min_size=2, max_size=5)
kinds = st.sampled_from([OVER, UNDER])


def target_of(counts: list[int]) -> EncodedTarget:
    return encode_target(np.repeat(np.arange(len(counts)), counts))


def plan(strategy: Any, counts: list[int], kind: Any, totals: Any = None) -> ClassPlan:
    target = target_of(counts)
    return plan_classes(strategy, target, np.asarray(totals or counts, dtype=float), kind)


def resolved(strategy: Any, counts: list[int], kind: Any) -> dict[int, int] | str:
    """Return what the attribute ``sampling_strategy_`` says, or "refused"."""
    try:
        found = plan(strategy, counts, kind)
    except ValueError:
        return "refused"
    new = found.rows - np.array(counts) if kind == OVER else found.rows
    return {k: int(new[k]) for k in found.touched}


def theirs(strategy: Any, counts: list[int], kind: str) -> dict[int, int] | str:
    y = np.repeat(np.arange(len(counts)), counts)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a dict that over-samples beyond the largest class
            return {int(k): int(n) for k, n in check_sampling_strategy(strategy, y, kind).items()}
    except ValueError:
        return "refused"


# The forms of imbalanced-learn --------------------------------------------------------------------


@given(counts=counts, kind=kinds, name=st.sampled_from([*NAMES, "none"]))
def test_names(counts: list[int], kind: str, name: str) -> None:
    assert resolved(name, counts, kind) == theirs(name, counts, kind)


@given(counts=st.lists(st.integers(1, 60), min_size=2, max_size=2), kind=kinds, data=st.data())
def test_floats(counts: list[int], kind: str, data: st.DataObject) -> None:
    ratio = data.draw(
        st.one_of(
            st.floats(-0.5, 1.5),
            st.builds(lambda a, b: a / b, st.integers(1, 60), st.integers(1, 60)),
        )
    )
    ours, peer = resolved(ratio, counts, kind), theirs(ratio, counts, kind)
    if ours == peer:
        return
    # Two differences are meant. Theirs truncates a rounding error where whole rows are asked for;
    # and it refuses to add no row at all, so that data balanced in one fold would stop a search.
    large, small = max(counts), min(counts)
    near = Fraction(ratio).limit_denominator(10**6)
    size = near * large if kind == OVER else small / near
    assert isinstance(ours, dict)
    (got,) = ours.values()
    if large == small and isinstance(peer, dict):  # which of two equal classes is no matter
        assert [got] == list(peer.values())
    elif peer == "refused":
        assert kind == OVER
        assert got == 0
        assert abs(size - small) <= 1
    else:
        assert size.denominator == 1
        assert got == (size - small if kind == OVER else size)


@pytest.mark.parametrize(
    ("have", "ratio", "rows"), [(100, 0.29, 29), (100, 0.57, 57), (100, 0.58, 58)]
)
def test_whole_rows_are_not_truncated(have: int, ratio: float, rows: int) -> None:
    """100 * .29 is 28.999999999999996, which int() makes 28."""
    assert int(have * ratio) == rows - 1
    assert plan(ratio, [have, 1], OVER).rows[1] == rows


@given(counts=counts, kind=kinds, data=st.data())
def test_counts(counts: list[int], kind: str, data: st.DataObject) -> None:
    wanted = data.draw(
        st.dictionaries(st.integers(0, len(counts) - 1), st.integers(1, 80), max_size=len(counts))
    )
    assert resolved(wanted, counts, kind) == theirs(wanted, counts, kind)


def test_counts_may_be_whole_floats_and_numpy_integers() -> None:
    assert resolved({0: 4.0, 1: np.int64(2)}, [9, 5], UNDER) == {0: 4, 1: 2}
    assert resolved({}, [9, 5], UNDER) == {}


@given(counts=counts, kind=kinds)
def test_touched_classes_are_in_order(counts: list[int], kind: str) -> None:
    wanted = dict(reversed(list(enumerate(counts))))
    assert list(resolved(wanted, counts, kind)) == list(range(len(counts)))


@given(counts=counts, kind=kinds, name=st.sampled_from(NAMES))
def test_untouched_classes_stay(counts: list[int], kind: str, name: str) -> None:
    assume(resolved(name, counts, kind) != "refused")
    found = plan(name, counts, kind)
    for k in set(range(len(counts))) - set(found.touched):
        assert found.rows[k] == counts[k]
        assert found.factors[k] == 1


def test_a_callable_is_resolved_before() -> None:
    X, y = np.zeros((10, 1)), ["a"] * 7 + ["b"] * 3
    seen = []

    def strategy(labels: Any) -> Any:
        seen.append(labels.tolist())
        return Ratios({"a": 0.5}, of="own")

    sampler = RandomUnderSampler(sampling_strategy=strategy, random_state=0)
    assert sampler.fit(X, y).sampling_strategy_ == {"a": 3}
    assert seen == [y]
    assert RandomUnderSampler(sampling_strategy=lambda y: {"a": 2}).fit(
        X, y
    ).sampling_strategy_ == {"a": 2}


# Ratios -------------------------------------------------------------------------------------------


@given(
    counts=counts,
    ratios=st.dictionaries(st.integers(0, 4), st.floats(0.01, 20), min_size=1),
    of=st.sampled_from(["majority", "minority", "own"]),
    kind=kinds,
)
def test_ratios(counts: list[int], ratios: dict[int, float], of: Any, kind: str) -> None:
    ratios = {k: r for k, r in ratios.items() if k < len(counts)}
    assume(ratios)
    asked = {
        k: r * {"majority": max(counts), "minority": min(counts), "own": counts[k]}[of]
        for k, r in ratios.items()
    }
    wrong = {
        k
        for k, size in asked.items()
        if (size >= counts[k] + 1 if kind == UNDER else size <= counts[k] - 1)
    }
    got = resolved(Ratios(ratios, of=of), counts, kind)
    if wrong:
        assert got == "refused"
        return
    found = plan(Ratios(ratios, of=of), counts, kind)
    for k, size in asked.items():
        limited = min(size, counts[k]) if kind == UNDER else max(size, counts[k])
        assert found.rows[k] == max(1, int(limited + 1e-6)) or found.rows[k] == int(limited)
        assert found.factors[k] == pytest.approx(limited / counts[k], rel=1e-12)


@given(counts=st.lists(st.integers(1, 60), min_size=2, max_size=2), ratio=st.floats(0.01, 1))
def test_for_two_classes_a_float_says_the_same(counts: list[int], ratio: float) -> None:
    assume(counts[0] != counts[1])
    minority = int(np.argmin(counts))
    as_ratios = Ratios({minority: ratio}, of="majority")
    assert resolved(ratio, counts, OVER) == resolved(as_ratios, counts, OVER)


def test_relative_forms_speak_of_weight_totals() -> None:
    """Two classes of 10 rows; one weighs 4 times the other: balance asks for a quarter of it."""
    found = plan("auto", [10, 10], UNDER, totals=[40.0, 10.0])
    assert found.touched == (0,)
    assert found.rows.tolist() == [2, 10]
    assert found.factors.tolist() == [0.25, 1]
    found = plan("auto", [10, 10], OVER, totals=[40.0, 10.0])
    assert found.rows.tolist() == [10, 40]
    assert plan(0.5, [10, 10], OVER, totals=[40.0, 10.0]).rows.tolist() == [10, 20]
    own = plan(Ratios({0: 0.5}, of="own"), [10, 10], UNDER, totals=[40.0, 10.0])
    assert own.rows.tolist() == [5, 10]
    # Counts are counts of rows, whatever they weigh.
    assert plan({0: 7}, [10, 10], UNDER, totals=[40.0, 10.0]).rows.tolist() == [7, 10]


def test_weighting_goes_both_ways() -> None:
    found = plan("all", [30, 10], WEIGHT)
    assert found.factors[1] / found.factors[0] == pytest.approx(3)
    assert plan(Ratios({0: 2, 1: 0.1}, of="own"), [30, 10], WEIGHT).factors.tolist() == [2, 0.1]
    assert plan(0.5, [30, 10], WEIGHT).factors.tolist() == [1, 1.5]


def test_a_fraction_of_a_row_is_the_rounding_of_a_fold() -> None:
    """10 % of 95 is 9.5 rows: an over-sampler that finds 10 adds none, instead of refusing."""
    found = plan(0.1, [95, 10], OVER)
    assert found.rows.tolist() == [95, 10]
    assert found.factors.tolist() == [1, 1]
    assert plan(0.52, [19, 10], UNDER).rows.tolist() == [19, 10]


def test_a_class_never_vanishes() -> None:
    assert plan(Ratios({0: 0.001}, of="own"), [50, 10], UNDER).rows.tolist() == [1, 10]


def test_ratios_survive_cross_validation_where_counts_do_not() -> None:
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(300, 2)), np.repeat(["a", "b", "c"], [200, 70, 30])
    cv = StratifiedKFold(3)
    ratios = RandomOverSampler(sampling_strategy=Ratios({"b": 0.5, "c": 0.5}), random_state=0)
    model = make_pipeline(ratios, LogisticRegression())
    assert np.isfinite(cross_val_score(model, X, y, cv=cv)).all()
    counts = RandomUnderSampler(sampling_strategy={"a": 150}, random_state=0)
    with pytest.raises(ValueError, match="asks for 150 rows of class 'a', which has 133"):
        cross_val_score(
            make_pipeline(counts, LogisticRegression()), X, y, cv=cv, error_score="raise"
        )


def test_ratios_in_a_grid_search() -> None:
    rng = np.random.default_rng(1)
    X, y = rng.normal(size=(120, 2)), np.repeat([0, 1, 2], [60, 40, 20])
    grid = [Ratios({2: r}) for r in (0.5, 1.0)]
    search = GridSearchCV(
        make_pipeline(RandomOverSampler(random_state=0), LogisticRegression()),
        {"randomoversampler__sampling_strategy": grid},
        cv=2,
        error_score="raise",
    ).fit(X, y)
    assert search.best_params_["randomoversampler__sampling_strategy"] in grid


def test_ratios_are_a_value() -> None:
    one = Ratios({"a": 2, "b": 1}, of="minority")
    same = Ratios({"b": 1.0, "a": 2.0}, of="minority")
    assert one == same
    assert hash(one) == hash(same)
    assert one != Ratios({"a": 2, "b": 1})
    assert pickle.loads(pickle.dumps(one)) == one
    assert clone(one, safe=False) == one
    sampler = RandomUnderSampler(sampling_strategy=one)
    assert clone(sampler).sampling_strategy == one
    with pytest.raises(AttributeError):
        one.of = "own"  # type: ignore[misc]
    given = {"a": 2.0}
    kept = Ratios(given)
    given["a"] = 5.0
    assert kept.ratios == {"a": 2.0}


@given(
    labels=st.one_of(
        st.lists(st.text(), min_size=1, unique=True),
        st.lists(st.integers(), min_size=1, unique=True),
        st.just([False, True]),
    ),
    of=st.sampled_from(["majority", "minority", "own"]),
)
def test_json(labels: list[Any], of: Any) -> None:
    ratios = Ratios({label: (k + 1) / 3 for k, label in enumerate(labels)}, of=of)
    back = Ratios.from_json(ratios.to_json())
    assert back == ratios
    assert [type(label) for label in back.ratios] == [type(label) for label in ratios.ratios]


def test_json_of_numpy_labels() -> None:
    ratios = Ratios(dict(zip(np.array([0, 1]), np.array([0.5, 1.0]), strict=True)))
    assert json.loads(ratios.to_json()) == {"ratios": [[0, 0.5], [1, 1.0]], "of": "majority"}


# What is refused ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ratios", "of", "message"),
    [
        ({}, "own", "`ratios` must be a non-empty mapping of label to ratio, got {}"),
        ([0.5], "own", r"non-empty mapping of label to ratio, got \[0.5\]"),
        ({"a": 0}, "own", "ratio of class 'a' must be a finite number above 0, got 0"),
        ({"a": -1.0}, "own", "ratio of class 'a' must be a finite number above 0, got -1.0"),
        ({"a": np.nan}, "own", "must be a finite number above 0, got nan"),
        ({"a": np.inf}, "own", "must be a finite number above 0, got inf"),
        ({"a": "half"}, "own", "must be a finite number above 0, got 'half'"),
        (
            {"a": 1},
            "largest",
            r"`of` must be one of \('majority', 'minority', 'own'\), got 'larges",
        ),
    ],
)
def test_messages_of_ratios(ratios: Any, of: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Ratios(ratios, of=of)


@pytest.mark.parametrize(
    ("strategy", "kind", "message"),
    [
        ({0: 5}, OVER, "asks for 5 rows of class 0, which has 20: an over-sampler only adds rows. "
         "Hint: use RandomUnderSampler, or leave the class out; Ratios suit every fold"),
        ({1: 11}, UNDER, "asks for 11 rows of class 1, which has 10: an under-sampler only removes "
         "rows. Hint: use RandomOverSampler, or leave the class out; Ratios suit every fold"),
        (0.2, OVER, "asks for 4 rows of class 1, which has 10: an over-sampler only adds rows. "
         "Hint: there are 0.5 rows of the rarer class per row of the other already; a float"),
        (0.2, UNDER, "asks for 50 rows of class 0, which has 20: an under-sampler only removes "
         "rows. Hint: there are 0.5 rows of the rarer class .* already; .* has to be larger"),
        (Ratios({1: 3}, of="own"), UNDER, "asks for 30 rows of class 1, which has 10: an under"),
        (Ratios({0: 0.5}, of="own"), OVER, "asks for 10 rows of class 0, which has 20: an over"),
        (0.0, UNDER, r"should be in the range \(0, 1\].*Got 0.0"),
        (1.5, OVER, r"should be in the range \(0, 1\].*Got 1.5\. Hint: 1/1.5 asks for 1.5 rows of"),
        (np.nan, OVER, r"should be in the range \(0, 1\].*Got nan"),
        ({0: 0.5}, UNDER, r"holds counts of rows, got 0.5 for class 0. Hint: use Ratios\({0: 0.5}"),
        ({0: -3}, UNDER, "number of samples in a class cannot be negative: -3 for 0"),
        ({0: 0}, UNDER, "asks for 0 rows of class 0: a class that is gone cannot be predicted"),
        ({0: np.nan}, UNDER, "count of class 0 must be a number, got nan"),
        ({0: "5"}, UNDER, "count of class 0 must be a number, got '5'"),
        ({2: 5, "z": 1}, UNDER, r"not present in the data: \[2, 'z'\].*classes of `y` are \[0, 1"),
        (Ratios({3: 1.0}), OVER, r"names classes that are not present in the data: \[3\]"),
        ("majority", OVER, r"of an over-sampler must be one of \['auto', 'all', 'minority', 'not "),
        ("minority", UNDER, "of an under-sampler must be one of .* got 'minority'"),
        ("some", UNDER, "of an under-sampler must be one of .* got 'some'"),
        (None, UNDER, "must be a float, a string, a dict of counts, a callable or Ratios, got N"),
        (True, UNDER, "must be a float, a string, a dict of counts, a callable or Ratios, got T"),
        ([0, 1], UNDER, "must be a float, a string, a dict of counts, a callable or Ratios, got"),
    ],
)  # fmt: skip
def test_messages(strategy: Any, kind: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        plan(strategy, [20, 10], kind)


def test_a_float_is_for_two_classes() -> None:
    with pytest.raises(
        ValueError, match=r"only when the target is binary, and `y` has 3 classes. Hi"
    ):
        plan(0.5, [20, 10, 5], UNDER)


def test_one_class_is_none() -> None:
    with pytest.raises(
        ValueError, match=r"needs to have more than 1 class. Got 1 class instead: \[0"
    ):
        plan("auto", [20], UNDER)


@pytest.mark.parametrize("heavy", [1e20, 1e55])
def test_classes_whose_weights_differ_beyond_any_number_of_rows(heavy: float) -> None:
    """They ended in an OverflowError; as weights they can still be balanced."""
    X, y = np.zeros((12, 1)), np.repeat([0, 1], [8, 4])
    weight = np.where(y == 0, heavy, 1.0)
    with pytest.raises(ValueError, match=r"class 1, which has 4 rows, .* Hint: .* ClassWeighter"):
        RandomOverSampler().fit(X, y, sample_weight=weight)
    with pytest.raises(ValueError, match="no machine holds so many"):
        RandomOverSampler(sampling_strategy={1: 10**30}).fit(X, y)
    wanted = Ratios({1: 1.0}, of="majority")
    balanced = ClassWeighter(wanted).fit_weights(X, y, sample_weight=weight)
    assert balanced[y == 1].sum() == pytest.approx(balanced[y == 0].sum())
