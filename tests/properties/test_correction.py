"""Every classifier and regressor on every kind of rows, labels and weights."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone

from imbalance_kit import register_offset_learner
from tests._discovery import public_classes
from tests.properties._checks import assert_same, snapshot
from tests.properties._instances import INSTANCES
from tests.properties._outcome import Refusal, attempt, examples
from tests.properties._strategies import Data, data

CLASSIFIERS = public_classes("classifier")
REGRESSORS = public_classes("regressor")
each_classifier = pytest.mark.parametrize("cls", CLASSIFIERS, ids=lambda cls: cls.__name__)
SIZES = st.one_of(st.integers(8, 40), st.sampled_from([0, 1, 2, 3]))
# Rows at 1e150 are beyond what learners of scikit-learn compute with.
KINDS = ("normal", "grid", "constant", "one constant column", "tiny", "zeros", "duplicates")


def test_there_is_something_to_check() -> None:
    assert len(CLASSIFIERS) >= 2
    assert REGRESSORS


def _rows(chance: st.DataObject) -> Data:
    rows: Data = chance.draw(data(sizes=SIZES, kinds=KINDS), label="data")
    return rows


@each_classifier
@given(chance=st.data())
@examples(20)
def test_classifier(cls: type, chance: st.DataObject) -> None:
    rows = _rows(chance)
    model = chance.draw(INSTANCES[cls.__name__](rows), label="model")
    before = [snapshot(thing) for thing in (rows.X, rows.y, rows.weight)]

    fitted = attempt(lambda: model.fit(rows.X, rows.y, sample_weight=rows.weight))

    for thing, copy in zip((rows.X, rows.y, rows.weight), before, strict=True):
        assert_same(thing, copy)
    if isinstance(fitted, Refusal):
        return
    assert fitted is model
    classes = np.unique(rows.labels)
    np.testing.assert_array_equal(model.classes_.tolist(), classes.tolist())
    check_predictions(model, rows)
    twin = attempt(lambda: clone(model).fit(rows.X, rows.y, sample_weight=rows.weight))
    np.testing.assert_array_equal(
        attempt(lambda: twin.predict_proba(rows.X)), attempt(lambda: model.predict_proba(rows.X))
    )


def check_predictions(model: Any, rows: Data) -> None:
    """Probabilities are such, decisions are finite, and labels follow them."""
    n, k = len(rows.labels), len(model.classes_)
    proba = attempt(lambda: model.predict_proba(rows.X))
    if not np.isfinite(rows.values.astype(float)).all() and isinstance(proba, Refusal):
        return  # the sampler has dropped the row that the learner refuses
    assert not isinstance(proba, Refusal), proba
    assert proba.shape == (n, k)
    assert np.isfinite(proba).all()
    assert ((proba >= 0) & (proba <= 1)).all()
    np.testing.assert_allclose(proba.sum(axis=1), 1, rtol=1e-6)
    decision = attempt(lambda: model.decision_function(rows.X))
    assert np.isfinite(decision).all()
    assert decision.shape == ((n,) if k == 2 else (n, k))
    labels = attempt(lambda: model.predict(rows.X))
    assert labels.dtype == model.classes_.dtype
    assert set(labels.tolist()) <= set(model.classes_.tolist())
    codes = (decision > 0).astype(int) if k == 2 else decision.argmax(axis=1)
    if k == 2 or "Offset" not in type(model).__name__:
        np.testing.assert_array_equal(labels, model.classes_[codes])


@given(chance=st.data())
@examples(25)
def test_offsets(chance: st.DataObject) -> None:
    """Offsets of any size: finite coefficients, or a refusal."""
    rows = _rows(chance)
    model = chance.draw(INSTANCES["OffsetLogisticRegression"](rows), label="model")
    n = len(rows.labels)
    scale = chance.draw(st.sampled_from([0.0, 1.0, 50.0, 1e300, np.nan, np.inf]), label="scale")
    offset = np.random.default_rng(0).normal(size=n) * scale if scale else np.zeros(n)
    fitted = attempt(lambda: model.fit(rows.X, rows.y, sample_weight=rows.weight, offset=offset))
    if not isinstance(fitted, Refusal):
        assert np.isfinite(model.coef_).all()
        assert np.isfinite(model.intercept_).all()
        check_predictions(model, rows)


@pytest.mark.parametrize("cls", REGRESSORS, ids=lambda cls: cls.__name__)
@given(chance=st.data())
@examples(25)
def test_regressor(cls: type, chance: st.DataObject) -> None:
    rows = _rows(chance)
    model = chance.draw(INSTANCES[cls.__name__](rows), label="model")
    outcome = np.arange(len(rows.labels), dtype=float)
    target = rows.X if model.weighter is not None else None
    fitted = attempt(lambda: model.fit(rows.X, outcome, sample_weight=rows.weight, target=target))
    if isinstance(fitted, Refusal):
        return
    found = attempt(lambda: model.predict(rows.X))
    assert not isinstance(found, Refusal), found
    assert found.shape == outcome.shape
    assert np.isfinite(found).all()


class NoLearner:
    """A class of one's own that is no learner."""


@given(
    what=st.one_of(st.none(), st.integers(), st.text(), st.just(NoLearner), st.just(NoLearner()))
)
@examples(20)
def test_what_is_registered_is_checked(what: Any) -> None:
    """Only a class, or the dotted name of one, can be registered, with two functions."""
    found = attempt(lambda: register_offset_learner(what, "fit", None))  # type: ignore[arg-type]
    assert isinstance(found, Refusal)
