"""scikit-learn's switches on every estimator: routing, array API, containers of the output."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
import sklearn
from sklearn.base import clone
from sklearn.pipeline import make_pipeline

from imbalance_kit import SMOTENC, KMeansSMOTE, Population
from tests._discovery import make_instance, public_classes
from tests.properties._checks import assert_same
from tests.properties._outcome import Refusal, attempt

SKLEARN = tuple(int(part) for part in sklearn.__version__.split(".")[:2])

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 3))
Y = (np.arange(60) % 4 == 0).astype(int)
W = RNG.uniform(0.5, 2, 60)
ESTIMATORS = public_classes("estimator")
each = pytest.mark.parametrize("cls", ESTIMATORS, ids=lambda cls: cls.__name__)
FEW = pytest.mark.filterwarnings("ignore:`sampling_strategy` asks for .* all of it is kept")
NONE_CLEAN = pytest.mark.filterwarnings("ignore:No cluster holds")
pytestmark = [FEW, NONE_CLEAN]


def test_there_is_something_to_check() -> None:
    assert len(ESTIMATORS) >= 20


def _instance(cls: type) -> Any:
    found = make_instance(cls)
    if "random_state" in found.get_params():
        found.set_params(random_state=0)
    for name in ("sampler__random_state",):
        if name in found.get_params():
            found.set_params(**{name: 0})
    return found


def _rows(cls: type, X: Any) -> Any:
    """Return rows that the class takes: the first column whole numbers where those are levels."""
    if issubclass(cls, SMOTENC):
        X = X.copy()
        X[:, 0] = np.rint(X[:, 0])
    return X


def _results(model: Any, X: Any, y: Any) -> Iterator[Any]:
    """Yield what every public method gives for the rows."""
    keywords = {}
    if hasattr(model, "fit_weights") or hasattr(model, "weighter"):
        needs = not hasattr(model, "sampling_strategy") and not hasattr(model, "steps")
        keywords = {"target": Population(X)} if needs and hasattr(model, "normalize") else {}
    for method in ("fit_resample", "fit_weights", "fit"):
        if hasattr(model, method):
            result = getattr(model, method)(X, y, sample_weight=W, **keywords)
            if isinstance(result, tuple):
                yield from result
            elif method == "fit_weights":
                yield result
    for method in ("predict", "predict_proba", "decision_function"):
        if hasattr(model, method):
            yield getattr(model, method)(X)


@contextmanager
def _switched(switch: dict[str, bool], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Switch something of scikit-learn on; its array API wants scipy's to be on as well."""
    monkeypatch.setenv("SCIPY_ARRAY_API", "1")
    with sklearn.config_context(**switch):
        yield


@each
@pytest.mark.parametrize(
    "switch", [{"enable_metadata_routing": True}, {"array_api_dispatch": True}], ids=str
)
def test_a_switch_changes_no_result(
    cls: type, switch: dict[str, bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """numpy arrays give the same, to the last digit, whatever is switched on."""
    model, rows = _instance(cls), _rows(cls, X)
    expected = list(_results(clone(model), rows, Y))
    if cls is KMeansSMOTE and "array_api_dispatch" in switch and SKLEARN < (1, 9):
        pytest.skip("scikit-learn's KMeans takes no numpy array then before 1.9")
    with _switched(switch, monkeypatch):
        found = list(_results(clone(model), rows, Y))
    assert len(found) == len(expected) > 0
    for one, other in zip(found, expected, strict=True):
        assert_same(one, other)


@each
@pytest.mark.parametrize("kind", ["pandas", "polars"])
def test_the_container_of_the_output_is_that_of_the_input(cls: type, kind: str) -> None:
    """A transformer's `set_output` says what comes out; here what came in does, switched or not."""
    make = {
        "pandas": lambda a: pd.DataFrame(a, columns=list("abc"), index=np.arange(60)[::-1]),
        "polars": lambda a: pl.DataFrame(a, schema=list("abc")),
    }[kind]
    rows = _rows(cls, X)
    other = {"pandas": "polars", "polars": "pandas"}[kind]
    model = _instance(cls)
    expected = list(_results(clone(model), make(rows), Y))
    for output in ("default", kind, other):
        with sklearn.config_context(transform_output=output):
            for one, same in zip(_results(clone(model), make(rows), Y), expected, strict=True):
                assert_same(one, same)


@each
@pytest.mark.parametrize("kind", ["pandas", "polars"])
def test_set_output(cls: type, kind: str) -> None:
    """Nothing here transforms, so nothing has `set_output`; a pipeline that sets it still runs."""
    model = _instance(cls)
    assert not hasattr(model, "transform")
    assert not hasattr(model, "set_output")
    if not hasattr(model, "predict"):
        return
    from sklearn.preprocessing import StandardScaler

    chain = make_pipeline(StandardScaler(), model).set_output(transform=kind)
    plain = make_pipeline(StandardScaler(), clone(model)).fit(X, Y)
    found = chain.fit(X, Y)
    np.testing.assert_allclose(found.predict(X), plain.predict(X))
    assert found[-1].n_features_in_ == 3
    assert list(found[-1].feature_names_in_) == ["x0", "x1", "x2"]


class ForeignArray:
    """An array of another library: it has a shape and a namespace, and numpy cannot read it."""

    def __init__(self, values: Any) -> None:
        self.values = values
        self.shape, self.ndim, self.dtype = values.shape, values.ndim, values.dtype
        self.device = "elsewhere"

    def __array_namespace__(self, api_version: str | None = None) -> Any:
        raise TypeError("Cannot use an array that is on another device: move it to the host.")

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        raise TypeError("Cannot convert an array on another device to numpy: move it to the host.")

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, index: Any) -> "ForeignArray":
        return ForeignArray(self.values[index])


@each
@pytest.mark.parametrize("dispatch", [False, True])
def test_an_array_that_numpy_cannot_read_is_refused(
    cls: type, dispatch: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is never taken for something else: its own message, or ours, says what to do."""
    rows = ForeignArray(_rows(cls, X))
    with (
        _switched({"array_api_dispatch": dispatch}, monkeypatch),
        pytest.raises((TypeError, ValueError), match=r"move it to the host|Cannot take rows"),
    ):
        list(_results(_instance(cls), rows, Y))


@each
def test_arrays_of_the_array_api(cls: type) -> None:
    """An array-api-strict array is refused in words, or gives what numpy gives."""
    xp = pytest.importorskip("array_api_strict", reason="array-api-strict is not installed")
    rows = _rows(cls, X)
    expected = list(_results(_instance(cls), rows, Y))
    found = attempt(lambda: list(_results(_instance(cls), xp.asarray(rows), Y)))
    if not isinstance(found, Refusal):
        for one, other in zip(found, expected, strict=True):
            np.testing.assert_allclose(np.asarray(one), other)
