"""Class weights against scikit-learn's and against the shares asked for; draws against rounding."""

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.utils.class_weight import compute_sample_weight

from imbalance_kit import ClassWeighter, RandomOverSampler, Ratios

Y = np.random.default_rng(0).permutation(np.repeat(["a", "b", "c"], [50, 30, 8]))
X = np.arange(len(Y), dtype=float)[:, None]
W = np.random.default_rng(1).exponential(size=len(Y))


def totals(weights: np.ndarray, y: np.ndarray = Y) -> np.ndarray:
    return np.array([weights[y == label].sum() for label in np.unique(y)])


# Weights ------------------------------------------------------------------------------------------


@given(y=st.lists(st.sampled_from("abcd"), min_size=2, max_size=50))
def test_balanced_is_that_of_scikit_learn(y: list[str]) -> None:
    if len(set(y)) < 2:
        return
    weights = ClassWeighter().fit_weights(np.zeros((len(y), 1)), y)
    np.testing.assert_allclose(weights, compute_sample_weight("balanced", y), rtol=1e-13)


@pytest.mark.parametrize("strategy", ["balanced", "auto", lambda y: "balanced"])
def test_balanced_weights_count_weights(strategy: Any) -> None:
    weighter = ClassWeighter(strategy)
    weights = weighter.fit_weights(X, Y, sample_weight=W)
    np.testing.assert_allclose(totals(weights), W.sum() / 3, rtol=1e-13)
    assert weighter.sampling_strategy_ == pytest.approx(dict.fromkeys("abc", W.sum() / 3))
    ratio = weights / W
    for label in "abc":  # within a class the weights only scale
        np.testing.assert_allclose(ratio[label == Y], ratio[label == Y][0], rtol=1e-13)


@pytest.mark.parametrize("weight", [None, W])
def test_shares(weight: np.ndarray | None) -> None:
    shares = {"a": 0.9, "c": 0.03, "b": 0.07}
    weights = ClassWeighter(shares).fit_weights(X, Y, sample_weight=weight)
    before = len(Y) if weight is None else weight.sum()
    np.testing.assert_allclose(totals(weights) / before, [0.9, 0.07, 0.03], rtol=1e-13)


@pytest.mark.parametrize("ratio", [0.01, 0.5, 1.0])
def test_a_float_is_the_total_of_the_rarer_class(ratio: float) -> None:
    y = np.repeat([0, 1], [90, 10])
    weights = ClassWeighter(ratio).fit_weights(np.zeros((100, 1)), y)
    assert weights[y == 1].sum() / weights[y == 0].sum() == pytest.approx(ratio)
    assert weights.sum() == pytest.approx(100)


@pytest.mark.parametrize(
    ("ratios", "expected"),
    [
        (Ratios({"c": 10}, of="own"), [50, 30, 80]),
        (Ratios({"a": 2, "b": 1}, of="minority"), [16, 8, 8]),
        (Ratios({"c": 0.5, "b": 3}, of="majority"), [50, 150, 25]),
    ],
)
def test_ratios_go_both_ways(ratios: Ratios, expected: list[float]) -> None:
    weights = ClassWeighter(ratios).fit_weights(X, Y)
    assert weights.sum() == pytest.approx(len(Y))
    np.testing.assert_allclose(totals(weights) / len(Y), np.array(expected) / sum(expected))


def test_one_hot_equals_labels() -> None:
    one_hot = (Y[:, None] == np.unique(Y)).astype(int)
    np.testing.assert_array_equal(
        ClassWeighter().fit_weights(X, one_hot), ClassWeighter().fit_weights(X, Y)
    )


def test_the_shift_is_what_the_weights_did() -> None:
    weighter = ClassWeighter().fit(X, Y, sample_weight=W)
    factors = np.array([weighter.class_weight_[label] for label in Y])
    np.testing.assert_allclose(weighter.weights_, W * factors, rtol=1e-15)
    assert weighter.shift_.factors == weighter.class_weight_
    assert weighter.shift_.exact
    assert weighter.shift_.reference == "source"
    prior = totals(W)[None] / W.sum()
    np.testing.assert_allclose(weighter.shift_.apply(prior), [[1 / 3] * 3], rtol=1e-13)


def test_a_learner_with_these_weights_is_one_with_balanced_class_weights() -> None:
    y = (X[:, 0] + 10 * np.random.default_rng(2).normal(size=len(Y)) > 70).astype(int)
    ours = LogisticRegression().fit(X, y, sample_weight=ClassWeighter().fit_weights(X, y))
    theirs = LogisticRegression(class_weight="balanced").fit(X, y)
    np.testing.assert_allclose(ours.coef_, theirs.coef_, rtol=1e-8)


def test_new_rows_get_the_factors_fixed_at_fit() -> None:
    weighter = ClassWeighter().fit(X, Y, sample_weight=W)
    np.testing.assert_array_equal(weighter.weights(X, Y, sample_weight=W), weighter.weights_)
    new = weighter.weights(np.zeros((2, 1)), ["c", "a"])
    assert new.tolist() == [weighter.class_weight_["c"], weighter.class_weight_["a"]]
    weighter.fit_resample(X, Y, sample_weight=W)  # the draw rounds the shift, not the weights
    np.testing.assert_array_equal(weighter.weights(X, Y, sample_weight=W), weighter.weights_)


def test_labels_keep_their_type() -> None:
    for y in ([True, False, True], [1, 0, 1], [1.0, 0.0, 1.0], pd.Series([1, 0, 1], dtype="Int8")):
        weighter = ClassWeighter({0: 0.5, 1: 0.5}).fit(np.zeros((3, 1)), y)
        assert weighter.weights_.tolist() == [0.75, 1.5, 0.75]
        np.testing.assert_array_equal(weighter.weights(np.zeros((3, 1)), y), weighter.weights_)


# Draws --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("weight", [None, W], ids=["plain", "weighted"])
@pytest.mark.parametrize("n_samples", [None, 3, 20, 1000])
def test_every_row_is_copied_its_expected_times_rounded(
    n_samples: int | None, weight: np.ndarray | None
) -> None:
    weighter = ClassWeighter(random_state=0)
    X_res, y_res = weighter.fit_resample(X, Y, n_samples=n_samples, sample_weight=weight)
    size = n_samples or len(Y)
    assert len(y_res) == size
    rows = weighter.sample_indices_
    assert (np.diff(rows) >= 0).all()
    np.testing.assert_array_equal(X_res, X[rows])
    np.testing.assert_array_equal(y_res, Y[rows])
    times = np.bincount(rows, minlength=len(Y))
    for label in "abc":
        own, w = label == Y, weighter.weights_
        assert abs(own[rows].sum() - size / 3) < 1
        expected = own[rows].sum() * w[own] / w[own].sum()
        assert (np.abs(times[own] - expected) < 1).all()


def test_expected_copies_are_in_proportion_to_weight() -> None:
    """Over 2,000 seeds the mean copies of a row are its share, with the error of rounding.

    A count that rounds e up or down has variance f (1 - f), f the fraction of e: at most 1/4.
    """
    n_seeds = 2000
    times = np.zeros((n_seeds, len(Y)))
    for seed in range(n_seeds):
        weighter = ClassWeighter(random_state=seed)
        weighter.fit_resample(X, Y, n_samples=60, sample_weight=W)
        times[seed] = np.bincount(weighter.sample_indices_, minlength=len(Y))
    expected = 60 * weighter.weights_ / weighter.weights_.sum()
    fraction = expected % 1
    error = np.sqrt(fraction * (1 - fraction) / n_seeds)
    assert (np.abs(times.mean(axis=0) - expected) < 4.5 * error + 1e-12).all()


@pytest.mark.parametrize("weight", [None, W], ids=["plain", "weighted"])
def test_output_weights_restore_the_input(weight: np.ndarray | None) -> None:
    weighter = ClassWeighter({"a": 0.2, "b": 0.3, "c": 0.5}, random_state=0)
    _, y_res = weighter.fit_resample(X, Y, sample_weight=weight)
    before = totals(np.ones(len(Y)) if weight is None else weight)
    np.testing.assert_allclose(totals(weighter.sample_weight_, y_res), before, rtol=1e-12)
    assert weighter.carried_weight_.tolist() == [1] * len(y_res)
    assert not weighter.synthetic_mask_.any()
    factors = totals(np.ones(len(Y)), y_res) / before
    np.testing.assert_allclose(list(weighter.shift_.factors.values()), factors, rtol=1e-14)


def test_rows_of_weight_zero_are_never_drawn() -> None:
    weight = np.where(np.arange(len(Y)) % 3, 1.0, 0.0)
    for seed in range(50):
        weighter = ClassWeighter(random_state=seed)
        weighter.fit_resample(X, Y, sample_weight=weight)
        assert (weight[weighter.sample_indices_] > 0).all()


@pytest.mark.parametrize("make", [pd.DataFrame, lambda X: pl.DataFrame({"a": X[:, 0]}), list])
def test_the_container_comes_back(make: Any) -> None:
    frame = make(X)
    X_res, y_res = ClassWeighter(random_state=0).fit_resample(frame, Y.tolist())
    assert type(X_res) is type(frame)
    assert type(y_res) is list
    assert len(X_res) == len(y_res) == len(Y)


def test_a_class_does_not_depend_on_the_others() -> None:
    def of_a(keep: np.ndarray) -> list[int]:
        labels = Y[keep]
        shares = dict.fromkeys(np.unique(labels).tolist(), 0.25) | {"a": 0.5}
        if len(shares) == 2:
            shares = dict.fromkeys(shares, 0.5)
        weighter = ClassWeighter(shares, random_state=7)
        weighter.fit_resample(X[keep], labels, n_samples=80)
        rows: list[int] = keep[weighter.sample_indices_][
            Y[keep[weighter.sample_indices_]] == "a"
        ].tolist()
        return rows

    assert of_a(np.arange(len(Y))) == of_a(np.flatnonzero(Y != "b"))


def test_random_state() -> None:
    def rows(random_state: Any) -> list[int]:
        weighter = ClassWeighter(random_state=random_state)
        weighter.fit_resample(X, Y, n_samples=40)
        return weighter.sample_indices_.tolist()  # type: ignore[no-any-return]

    assert rows(0) == rows(0) == rows(np.int64(0))
    assert rows(0) != rows(1)
    assert rows(None) != rows(None)
    assert rows(np.random.default_rng(0)) == rows(np.random.default_rng(0))


# What is refused ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("strategy", "message"),
    [
        ("all", "must be 'balanced' or 'auto' where it is a string, got 'all'"),
        (
            {"a": 0.5, "b": 0.5},
            r"share wanted of every class \(\['a', 'b', 'c'\]\).*Hint: use Ratios",
        ),
        ({"a": 50, "b": 30, "c": 8}, r"in \(0, 1\) and summing to 1, got {'a': 50"),
        ({"a": 0.5, "b": 0.3, "c": 0.1}, r"in \(0, 1\) and summing to 1, got"),
        ({"a": 0.5, "b": 0.5, "c": 0}, r"in \(0, 1\) and summing to 1, got"),
        ({"a": "x", "b": 0.5, "c": 0.5}, r"in \(0, 1\) and summing to 1, got"),
        ({"a": 0.5, "b": 0.3, "c": 0.1, "d": 0.1}, "share wanted of every class"),
        (0.5, "only when the target is binary, and `y` has 3 classes. Hint: use Ratios"),
        (Ratios({"z": 1}), r"not present in the data: \['z'\]"),
        (None, "must be a float, a string, a dict of counts, a callable or Ratios, got None"),
    ],
)
def test_messages_of_the_strategy(strategy: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ClassWeighter(strategy).fit(X, Y)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda w: w.fit(X), "requires y to be passed, but the target y is None"),
        (lambda w: w.fit(X, Y, target=X), "takes no `target`. Hint: give the shares wanted as"),
        (lambda w: w.fit(X, Y, target_weight=W), "takes no `target`"),
        (lambda w: w.fit(X, Y[:-1]), "numbers of samples: `X` has 88 rows, `y` has 87"),
        (lambda w: w.fit(X[:0], Y[:0]), "0 sample"),
        (lambda w: w.fit(X, np.zeros(len(Y))), "more than 1 class. Got 1 class"),
        (lambda w: w.fit(X, W), "Unknown label type: continuous"),
        (lambda w: w.fit(X, Y, sample_weight=-W), "`sample_weight` contains negative values"),
        (lambda w: w.fit(X, Y, sample_weight=0 * W), "`sample_weight` is zero for every row: at"),
        (lambda w: w.fit(X, Y, sample_weight=Y != "c"), "every row of class 'c': no factor"),
        (lambda w: w.fit(X, Y, sample_weight=W / 0), "contains NaN or infinity"),
        (lambda w: w.fit(X, Y, sample_weight=W[1:]), "has 87 entries, but there are 88 rows"),
        (lambda w: w.fit_resample(X, Y, n_samples=2), "at least the number of classes, 3, got 2"),
        (lambda w: w.fit_resample(X, Y, n_samples=9.5), "be an integer of at least .* got 9.5"),
        (lambda w: w.fit(X, Y).weights(X, ["z"] * 88), r"not there at fit: \['z'\]"),
        (lambda w: w.fit(X, Y).weights(X), "requires y to be passed"),
        (lambda w: w.fit(X, Y).weights(X[1:], Y), "inconsistent numbers of samples"),
        (lambda w: w.fit(X, Y).weights(np.zeros((88, 3)), Y), "X has 3 features, but Class"),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:divide by zero")
def test_messages(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call(ClassWeighter())


def test_weights_need_a_fit() -> None:
    with pytest.raises(ValueError, match="not fitted yet"):
        ClassWeighter().weights(X, Y)


def test_weights_beyond_floating_point() -> None:
    """The factor of a class that weighs next to nothing overflowed."""
    X, y = np.zeros((4, 1)), np.array([0, 0, 1, 1])
    weighter = ClassWeighter({0: 0.5, 1: 0.5})
    with pytest.raises(ValueError, match="next to zero for every row of class 1: no factor"):
        weighter.fit(X, y, sample_weight=[1.0, 1.0, 0.0, 5e-324])
    with pytest.raises(ValueError, match="largest entry of `sample_weight` is 5e-324"):
        weighter.fit(X, y, sample_weight=np.full(4, 5e-324))
    with pytest.raises(ValueError, match="next to zero for every row of class 1: a class"):
        RandomOverSampler().fit(X, y, sample_weight=[1.0, 1.0, 0.0, 5e-324])
