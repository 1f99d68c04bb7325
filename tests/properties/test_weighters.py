"""Every weighter on every kind of rows, weights and population."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.base import clone

from imbalance_kit import Margins, Population
from imbalance_kit.shift import from_json
from imbalance_kit.testing._subject import needs_target
from tests._discovery import make_instance, public_classes
from tests.properties._checks import assert_same, rows_of, snapshot
from tests.properties._instances import INSTANCES
from tests.properties._outcome import Refusal, attempt, examples
from tests.properties._strategies import CONTAINERS, Data, data, weights

WEIGHTERS = public_classes("weighter")
each_weighter = pytest.mark.parametrize("cls", WEIGHTERS, ids=lambda cls: cls.__name__)
SIZES = st.one_of(st.integers(8, 40), st.sampled_from([0, 1, 2, 3]))


def test_there_is_something_to_check() -> None:
    assert len(WEIGHTERS) >= 6


@st.composite
def populations(draw: Any, rows: Data) -> Any:
    """Draw a population for the rows: some of them, all, others, one row, none."""
    n = len(rows.labels)
    form = draw(st.sampled_from(["self", "part", "moved", "one", "none", "Population"]))
    if form == "none":
        return rows.X[:0] if isinstance(rows.X, np.ndarray) else None
    if form == "one" or n < 2:
        return rows_of(rows.X, np.arange(min(n, 1)))
    chosen = np.random.default_rng(draw(st.integers(0, 9))).integers(0, n, draw(st.integers(1, 60)))
    if form == "Population":
        weight = draw(weights(len(chosen)))
        return Population(rows_of(rows.X, chosen), weight)
    if form == "moved" and rows.dtype == "float64" and rows.container != "list":
        return CONTAINERS[rows.container](rows.values[chosen] * 1.1 + 0.1)
    return rows.X if form == "self" else rows_of(rows.X, chosen)


@each_weighter
@given(chance=st.data())
@examples(10)
def test_contract(cls: type, chance: st.DataObject) -> None:
    rows: Data = chance.draw(data(sizes=SIZES), label="data")
    weighter = chance.draw(INSTANCES[cls.__name__](rows), label="weighter")
    arguments: dict[str, Any] = {"sample_weight": rows.weight}
    if needs_target(make_instance(cls)):
        arguments["target"] = chance.draw(populations(rows), label="target")
    before = [snapshot(thing) for thing in (rows.X, rows.y, rows.weight)]

    found = attempt(lambda: clone(weighter).fit_weights(rows.X, rows.y, **arguments))
    drawn = attempt(lambda: weighter.fit_resample(rows.X, rows.y, **arguments))

    for thing, copy in zip((rows.X, rows.y, rows.weight), before, strict=True):
        assert_same(thing, copy)
    if isinstance(found, Refusal):
        assert isinstance(drawn, Refusal)
        return
    n = len(rows.labels)
    assert found.shape == (n,)
    assert found.dtype == np.float64
    assert np.isfinite(found).all()
    if rows.weight is not None:
        assert (found[np.asarray(rows.weight) == 0] == 0).all()
    fitted = attempt(lambda: clone(weighter).fit(rows.X, rows.y, **arguments))
    assert_same(fitted.weights_, found)
    check_total(fitted, rows, arguments)
    assert from_json(fitted.shift_.to_json()) == fitted.shift_
    check_new_rows(fitted, rows)
    if isinstance(drawn, Refusal):
        return
    assert_same(drawn[0], rows_of(rows.X, weighter.sample_indices_))
    assert_same(drawn[1], rows_of(rows.y, weighter.sample_indices_))
    for name in ("synthetic_mask_", "carried_weight_", "sample_weight_"):
        assert getattr(weighter, name).shape == (n,)
    assert np.isfinite(weighter.sample_weight_).all()
    assert (weighter.sample_weight_ > 0).all()
    assert (found[weighter.sample_indices_] > 0).all()


def check_total(fitted: Any, rows: Data, arguments: dict[str, Any]) -> None:
    """The weights sum to what `normalize` says."""
    n = len(rows.labels)
    total = n if rows.weight is None else float(np.sum(rows.weight))
    normalize = getattr(fitted, "normalize", "sample")
    if normalize == "mean":
        total = n
    elif normalize == "population":
        target = arguments["target"]
        total = _size(target)
    np.testing.assert_allclose(fitted.weights_.sum(), total, rtol=1e-6)


def _size(target: Any) -> float:
    if isinstance(target, Population):
        if target.weight is not None:
            return float(np.sum(target.weight))
        target = target.rows
    return float(target.shape[0] if hasattr(target, "shape") else len(target))


def check_new_rows(fitted: Any, rows: Data) -> None:
    """`weights` gives `weights_` for the rows of fit, unless these were cross-fitted."""
    labels = () if needs_target(fitted) else (rows.y,)
    found = attempt(lambda: fitted.weights(rows.X, *labels, sample_weight=rows.weight))
    assert not isinstance(found, Refusal), found
    assert np.isfinite(found).all()
    if not hasattr(fitted, "cv"):
        scale = np.abs(fitted.weights_).max()
        np.testing.assert_allclose(found, fitted.weights_, rtol=1e-7, atol=1e-9 * scale)


@each_weighter
@given(chance=st.data())
@examples(5)
def test_unit_of_weights(cls: type, chance: st.DataObject) -> None:
    """The unit of the weights, of the sample's or the target's, changes no relative weight."""
    rows: Data = chance.draw(
        data(sizes=st.integers(8, 40), kinds=("normal", "grid"), missing=False), label="data"
    )
    weighter = chance.draw(INSTANCES[cls.__name__](rows), label="weighter")
    if getattr(weighter, "method", None) == "over":
        return  # there the totals say how much each side counts in the score
    given_weight = np.ones(len(rows.labels)) if rows.weight is None else rows.weight
    unit = chance.draw(st.sampled_from([2.0**-90, 2.0**90]))
    arguments: dict[str, Any] = {}
    if needs_target(make_instance(cls)):
        arguments["target"] = rows.X
    first = attempt(
        lambda: clone(weighter).fit_weights(rows.X, rows.y, sample_weight=given_weight, **arguments)
    )
    with np.errstate(over="ignore"):
        scaled = np.asarray(given_weight, float) * unit
    assume(not isinstance(first, Refusal) and 1e-60 < scaled.max() < 1e60)
    second = attempt(
        lambda: clone(weighter).fit_weights(rows.X, rows.y, sample_weight=scaled, **arguments)
    )
    assert not isinstance(second, Refusal), second
    np.testing.assert_allclose(
        second / second.sum(), first / first.sum(), rtol=1e-5, atol=1e-7 / len(first)
    )


@each_weighter
@given(chance=st.data())
@examples(5)
def test_order_of_rows(cls: type, chance: st.DataObject) -> None:
    """Rows in another order have the same weights, where they are not dealt into folds."""
    if "cv" in make_instance(cls).get_params():
        return
    rows: Data = chance.draw(
        data(
            sizes=st.integers(8, 40),
            kinds=("normal", "grid"),
            missing=False,
            containers=("C order", "csr array", "pandas", "polars"),
        ),
        label="data",
    )
    weighter = chance.draw(INSTANCES[cls.__name__](rows), label="weighter")
    order = np.random.default_rng(0).permutation(len(rows.labels))
    towards = {"target": rows.X} if needs_target(make_instance(cls)) else {}
    weight = None if rows.weight is None else np.asarray(rows.weight)

    def fit(these: Any) -> Any:
        chosen = None if weight is None else weight[these]
        return clone(weighter).fit_weights(
            rows_of(rows.X, these), rows.labels[these], sample_weight=chosen, **towards
        )

    first = attempt(lambda: fit(np.arange(len(order))))
    second = attempt(lambda: fit(order))
    assert isinstance(first, Refusal) == isinstance(second, Refusal), (first, second)
    assume(not isinstance(first, Refusal))
    scale = np.abs(first).max()
    np.testing.assert_allclose(second, first[order], rtol=1e-6, atol=1e-7 * scale)


# Margins ------------------------------------------------------------------------------------------

LEVELS = st.one_of(st.text(max_size=3), st.integers(-5, 5), st.booleans(), st.none())
TOTALS = st.one_of(st.integers(0, 1000), st.floats(0, 1e300), st.sampled_from([5e-324, 1e-30]))


@given(chance=st.data())
@examples(80)
def test_margins(chance: st.DataObject) -> None:
    """Margins through JSON are the same; what contradicts itself is refused in words."""
    one = st.dictionaries(LEVELS, TOTALS, min_size=1, max_size=4)
    joint = st.dictionaries(st.tuples(LEVELS, LEVELS), TOTALS, min_size=1, max_size=4)
    columns = st.dictionaries(
        st.one_of(st.text(max_size=2), st.tuples(st.text(max_size=2), st.text(max_size=2))),
        st.one_of(one, joint, TOTALS),
        min_size=1,
        max_size=2,
    )
    margins = attempt(
        lambda: Margins(
            chance.draw(columns),
            size=chance.draw(st.one_of(st.none(), TOTALS)),
            kind=chance.draw(st.sampled_from(["total", "total", "share"])),
        )
    )
    if isinstance(margins, Refusal):
        return
    back = Margins.from_json(margins.to_json())
    assert back == margins
    assert back.columns == margins.columns
    assert hash(back) == hash(margins)


MIXED = pd.DataFrame(
    {
        "sex": ["f", "m", "f", None, "m", "f", "m", "f"],
        "age": [1.0, 2, 3, 4, 5, np.nan, 7, 8],
        "town": pd.Categorical(list("abcabcab"), categories=list("abcd")),
        "adult": [True, False] * 4,
        "count": pd.array([1, 2, None, 4, 5, 6, 7, 8], dtype="Int64"),
    }
)


@each_weighter
@given(chance=st.data())
@examples(10)
def test_mixed_tables(cls: type, chance: st.DataObject) -> None:
    """Categories, missing values and nullable columns, in any choice of columns and rows."""
    columns = chance.draw(
        st.lists(st.sampled_from(list(MIXED)), unique=True, min_size=1), label="columns"
    )
    frame = MIXED.iloc[chance.draw(st.lists(st.integers(0, 7), min_size=1, max_size=20))][columns]
    y = np.arange(len(frame)) % 2
    some = Data(frame, y, None, np.zeros((len(y), 1)), y, "pandas", "array", "mixed")
    weighter = chance.draw(INSTANCES[cls.__name__](some), label="weighter")
    towards = {}
    if needs_target(make_instance(cls)):
        towards["target"] = MIXED.iloc[chance.draw(st.lists(st.integers(0, 7), min_size=1))]
    before = snapshot(frame)
    found = attempt(lambda: weighter.fit_weights(frame, y, **towards))
    assert_same(frame, before)
    if not isinstance(found, Refusal):
        assert found.shape == y.shape
        assert np.isfinite(found).all()
