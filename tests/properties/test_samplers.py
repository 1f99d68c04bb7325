"""Every sampler on every kind of rows, labels, weights and strategy."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone

from imbalance_kit import SVMSMOTE, KMeansSMOTE, NonuniformNegativeSampler, Ratios, SamplerChain
from imbalance_kit.shift import from_json
from tests._discovery import public_classes
from tests.properties._checks import assert_same, assert_same_kind, rows_of, snapshot
from tests.properties._instances import FORMS, INSTANCES
from tests.properties._outcome import Refusal, attempt, examples
from tests.properties._strategies import CONTAINERS, SPARSE, Data, data, dense, in_dtype

SAMPLERS = public_classes("sampler")
each_sampler = pytest.mark.parametrize("cls", SAMPLERS, ids=lambda cls: cls.__name__)


def test_there_is_something_to_check() -> None:
    assert len(SAMPLERS) >= 10


def _totals(labels: Any, weight: Any, classes: Any) -> Any:
    return np.array([weight[labels == label].sum() for label in classes])


def _flat(y: Any) -> Any:
    return np.asarray(y).ravel()


def _is_poisson(sampler: Any) -> bool:
    return hasattr(sampler, "inclusion_probability_") or any(
        _is_poisson(step) for step in getattr(sampler, "steps_", [])
    )


@each_sampler
@given(chance=st.data())
@examples(20)
def test_contract(cls: type, chance: st.DataObject) -> None:
    rows: Data = chance.draw(data(), label="data")
    sampler = chance.draw(INSTANCES[cls.__name__](rows), label="sampler")
    before = [snapshot(thing) for thing in (rows.X, rows.y, rows.weight)]

    result = attempt(lambda: sampler.fit_resample(rows.X, rows.y, sample_weight=rows.weight))

    for thing, copy in zip((rows.X, rows.y, rows.weight), before, strict=True):
        assert_same(thing, copy)
    again = clone(sampler)
    weights = attempt(lambda: again.fit_weights(rows.X, rows.y, sample_weight=rows.weight))
    if not isinstance(weights, Refusal):
        check_weights(weights, rows)
    if isinstance(result, Refusal):
        return
    assert isinstance(result, tuple)
    assert len(result) == 2
    check_rows(sampler, rows, *result)
    check_totals(sampler, rows, result[1])
    check_shift(sampler, rows)
    check_repeats(sampler, rows, result)


def check_weights(weights: Any, rows: Data) -> None:
    assert weights.shape == rows.labels.shape
    assert weights.dtype == np.float64
    assert np.isfinite(weights).all()
    assert (weights >= 0).all()
    assert weights.any()


def check_rows(sampler: Any, rows: Data, X_res: Any, y_res: Any) -> None:
    """The container that came in came out; rows that are not synthetic are the input's."""
    indices, made = sampler.sample_indices_, sampler.synthetic_mask_
    n = len(indices)
    assert made.shape == (n,)
    assert made.dtype == bool
    assert ((indices >= 0) & (indices < len(rows.labels))).all()
    assert_same_kind(X_res, rows.X)
    assert dense(X_res).shape[0] == n
    assert_same(y_res, rows_of(rows.y, indices))
    real = np.flatnonzero(~made)
    assert_same(rows_of(X_res, real), rows_of(rows.X, indices[real]))
    if rows.values.dtype.kind == "f" and np.isfinite(rows.values).all():
        assert np.isfinite(dense(X_res).astype(float)).all()


def check_totals(sampler: Any, rows: Data, y_res: Any) -> None:
    """Carried weights are the source rows'; the others restore the class totals of the input."""
    given = np.ones(len(rows.labels)) if rows.weight is None else np.asarray(rows.weight, float)
    np.testing.assert_array_equal(sampler.carried_weight_, given[sampler.sample_indices_])
    if sampler.sample_weight_ is None:
        assert sampler.shift_ is None
        return
    assert np.isfinite(sampler.sample_weight_).all()
    assert (sampler.sample_weight_ >= 0).all()
    classes = np.unique(rows.labels)
    assert set(np.unique(_flat(y_res)).tolist()) == set(classes.tolist())
    if not _is_poisson(sampler):
        labels = rows.labels[sampler.sample_indices_]
        np.testing.assert_allclose(
            _totals(labels, sampler.sample_weight_, classes),
            _totals(rows.labels, given, classes),
            rtol=1e-9,
            atol=1e-300,  # subnormal weights have few digits
        )


def check_shift(sampler: Any, rows: Data) -> None:
    """The shift speaks of the classes of y, in finite numbers, and survives JSON exactly."""
    if sampler.shift_ is None:
        return
    classes = np.unique(rows.labels).tolist()
    if sampler.shift_.depends_on_row:
        return
    logs = sampler.shift_.log_factors(None, classes)
    assert np.isfinite(logs).all()
    text = sampler.shift_.to_json()
    assert from_json(text) == sampler.shift_
    assert json.loads(text)


def check_repeats(sampler: Any, rows: Data, result: tuple[Any, Any]) -> None:
    twin = clone(sampler)
    X_res, y_res = attempt(lambda: twin.fit_resample(rows.X, rows.y, sample_weight=rows.weight))
    assert_same(X_res, result[0])
    assert_same(y_res, result[1])


@each_sampler
@given(chance=st.data())
@examples(10)
def test_scale_of_weights(cls: type, chance: st.DataObject) -> None:
    """Weights say how much a row counts beside the others: their unit changes no row.

    Not where a penalised pilot is trained with them: a row of weight k counts like k rows there,
    and more rows are penalised less.
    """
    if cls in (NonuniformNegativeSampler, SamplerChain):
        return
    rows: Data = chance.draw(data(missing=False), label="data")
    if rows.weight is None:
        return
    sampler = chance.draw(INSTANCES[cls.__name__](rows), label="sampler")
    scaled = np.asarray(rows.weight, float) * 4.0
    other = clone(sampler)
    first = attempt(lambda: sampler.fit_resample(rows.X, rows.y, sample_weight=rows.weight))
    second = attempt(lambda: other.fit_resample(rows.X, rows.y, sample_weight=scaled))
    if isinstance(first, Refusal) or not np.isfinite(scaled).all():
        return
    assert not isinstance(second, Refusal), second
    np.testing.assert_array_equal(other.sample_indices_, sampler.sample_indices_)
    np.testing.assert_allclose(
        other.carried_weight_, 4 * sampler.carried_weight_, rtol=1e-12, atol=0
    )


@each_sampler
@given(chance=st.data())
@examples(10)
def test_container(cls: type, chance: st.DataObject) -> None:
    """The same numbers give the same rows in any container."""
    # scikit-learn's k-means and SVM compute otherwise where the rows are sparse.
    like_dense = [name for name in CONTAINERS if name not in SPARSE]
    containers = like_dense if cls in (KMeansSMOTE, SVMSMOTE) else list(CONTAINERS)
    rows: Data = chance.draw(
        data(missing=False, dtypes=("float64",), containers=tuple(containers)), label="data"
    )
    sampler = chance.draw(INSTANCES[cls.__name__](rows), label="sampler")
    first = attempt(lambda: sampler.fit_resample(rows.X, rows.y, sample_weight=rows.weight))
    plain = clone(sampler)
    second = attempt(
        lambda: plain.fit_resample(rows.values, rows.labels, sample_weight=rows.weight)
    )
    if isinstance(first, Refusal) or isinstance(second, Refusal):
        return
    np.testing.assert_array_equal(plain.sample_indices_, sampler.sample_indices_)
    one, other = dense(first[0]).astype(float), dense(second[0]).astype(float)
    if rows.container == "pandas, mixed":  # a synthetic row is rounded to what the column holds
        other[:, 1::2] = in_dtype(other[:, 1::2], "float32")
    np.testing.assert_array_equal(other, one)


@given(chance=st.data())
@examples(60)
def test_ratios(chance: st.DataObject) -> None:
    """Ratios through JSON are the same ratios."""
    labels = st.one_of(st.integers(), st.text(), st.booleans(), st.floats(allow_nan=False))
    ratio = st.floats(min_value=0, exclude_min=True, allow_infinity=False)
    ratios = Ratios(
        chance.draw(st.dictionaries(labels, ratio, min_size=1, max_size=4)),
        of=chance.draw(st.sampled_from(["majority", "minority", "own"])),
    )
    back = Ratios.from_json(ratios.to_json())
    assert back == ratios
    assert hash(back) == hash(ratios)
    assert [type(label) for label in back.ratios] == [type(label) for label in ratios.ratios]


def test_strategies_cover_every_form() -> None:
    """Each form of `sampling_strategy` is among those that are drawn."""
    assert {"float", "str", "dict", "callable", "Ratios"} <= set(FORMS)
