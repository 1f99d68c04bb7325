"""Equal content, equal fingerprint, in any process; other content, another fingerprint."""

import copy
import pickle
import re
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.svm import SVC

from imbalance_kit.shift._fingerprint import fingerprint

X = np.random.default_rng(0).normal(size=(120, 3))
Y = (X[:, 0] + np.random.default_rng(1).normal(size=120) > 0).astype(int)
FRAME = pd.DataFrame(X, columns=list("abc")).assign(d=np.where(X[:, 1] > 0, "u", "v"))

MODELS: dict[str, Any] = {
    "logistic": LogisticRegression(),
    "forest": RandomForestClassifier(6, random_state=0),
    "boosting": GradientBoostingClassifier(n_estimators=5, random_state=0),
    "histogram boosting": HistGradientBoostingClassifier(max_iter=8, random_state=0),
    "pipeline": make_pipeline(StandardScaler(), FunctionTransformer(np.arcsinh), SVC()),
    "neighbours": KNeighborsClassifier(),
}


def fitted(name: str) -> Any:
    return copy.deepcopy(MODELS[name]).fit(X, Y)


def on_frame() -> Any:
    encode = make_column_transformer((StandardScaler(), ["a", "b"]), (OneHotEncoder(), ["d"]))
    return make_pipeline(encode, LogisticRegression()).fit(FRAME, Y)


@pytest.mark.parametrize("name", MODELS)
def test_a_copy_has_the_same_fingerprint(name: str) -> None:
    model = fitted(name)
    expected = fingerprint(model)
    assert len(expected) == 64
    for _ in range(3):
        assert fingerprint(model) == expected
        model = pickle.loads(pickle.dumps(model))
    assert fingerprint(fitted(name)) == expected


@pytest.mark.parametrize("name", MODELS)
def test_a_model_trained_on_other_rows_has_another_one(name: str) -> None:
    model, other = fitted(name), copy.deepcopy(MODELS[name]).fit(X[::-1] ** 2, Y)
    assert fingerprint(model) != fingerprint(other)


def test_every_part_of_a_forest_counts() -> None:
    model = fitted("forest")
    expected = fingerprint(model)
    for k in range(len(model.estimators_)):
        changed = copy.deepcopy(model)
        changed.estimators_[k].tree_.value[-1] += 1e-9
        assert fingerprint(changed) != expected, k


def test_every_step_of_a_pipeline_counts() -> None:
    model, expected = on_frame(), fingerprint(on_frame())
    for change in (
        lambda m: m[0].transformers_[0][1].mean_.__setitem__(1, 3.0),
        lambda m: m[0].transformers_[1][1].categories_[0].__setitem__(0, "w"),
        lambda m: m[1].coef_.__setitem__((0, 0), 3.0),
    ):
        changed = copy.deepcopy(model)
        change(changed)
        assert fingerprint(changed) != expected


def test_the_same_in_another_process() -> None:
    code = "from tests.shift.test_fingerprint import *; print(*map(fingerprint, "
    code += (
        "[on_frame(), *map(fitted, MODELS)]))"  # where texts have other hashes, which order sets
    )
    root = Path(__file__).resolve().parents[2]
    out = subprocess.run(
        [sys.executable, "-c", code],
        cwd=root,
        env={"PYTHONPATH": str(root), "PYTHONHASHSEED": "7", "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert out == [fingerprint(on_frame()), *map(fingerprint, map(fitted, MODELS))]


def test_the_release_of_scikit_learn_does_not_count() -> None:
    class Newer(LogisticRegression):
        def __getstate__(self) -> Any:
            return {**super().__getstate__(), "_sklearn_version": "99"}

    older, newer = fitted("logistic"), Newer().fit(X, Y)
    newer.__class__.__name__, newer.__class__.__qualname__ = ["LogisticRegression"] * 2
    newer.__class__.__module__ = type(older).__module__
    assert fingerprint(newer) == fingerprint(older)


class Booster:
    """Hides its content behind a handle, as those of LightGBM and XGBoost do."""

    def __init__(self, text: str, method: str) -> None:
        self.handle = iter(())
        setattr(self, method, lambda: text)


@pytest.mark.parametrize("method", ["model_to_string", "save_raw"])
def test_a_booster_is_asked_for_its_raw_form(method: str) -> None:
    one, same, other = (Booster(text, method) for text in ("tree 1", "tree 1", "tree 2"))
    assert fingerprint(one) == fingerprint(same) != fingerprint(other)


class Holds:
    def __init__(self, **content: Any) -> None:
        self.__dict__ = content


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 2),
        (1, 1.0),
        (True, 1),
        ("a", b"a"),
        ([1, 2], (1, 2)),
        ([[1], 2], [[1, 2]]),
        (["a", "b"], ["ab"]),
        ({1: "a"}, {1: "b"}),
        ({1, 2}, {1, 3}),
        (np.zeros(4), np.zeros((2, 2))),
        (np.zeros(2), np.zeros(2, np.float32)),
        (np.array(["a", 1], object), np.array(["a", 2], object)),
        (np.array([(1, 2.0)], "i4,f8"), np.array([(1, 3.0)], "i4,f8")),
        (np.float32(1), np.float64(1)),
        (partial(np.clip, a_max=1), partial(np.clip, a_max=2)),
        (Holds(a=1), Holds(a=2)),
        (Holds(a=Holds(b=[1])), Holds(a=Holds(b=[2]))),
        (np.arcsinh, np.log1p),
        (re.compile("a+"), re.compile("b+")),
        (LogisticRegression, SVC),
        (np.random.RandomState(0), np.random.RandomState(1)),
        (Holds(open=sys.stdout, a=1), Holds(open=sys.stdout, a=2)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_content(one: Any, other: Any) -> None:
    assert fingerprint(one) == fingerprint(one)
    assert fingerprint(one) != fingerprint(other)


def test_sharing_is_not_content() -> None:
    part = [1.5, "a"]
    assert fingerprint([part, part]) == fingerprint([[1.5, "a"], [1.5, "a"]])


def test_order_of_keys_and_memory_is_not_content() -> None:
    assert fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1})
    assert fingerprint(X) == fingerprint(np.asfortranarray(X)) == fingerprint(X.copy())
    wide = np.dtype([("a", "i1"), ("b", "f8")], align=True)
    one, same = (np.full(64, fill, np.uint8).view(wide) for fill in (0, 255))
    one["a"] = same["a"] = 1
    one["b"] = same["b"] = 2
    assert one.tobytes() != same.tobytes()
    assert fingerprint(one) == fingerprint(same)


def test_what_cannot_be_sorted_has_an_order_all_the_same() -> None:
    assert fingerprint({"a": 1, 1: "b"}) == fingerprint({1: "b", "a": 1})
    assert fingerprint({"a", 1, None}) == fingerprint({None, 1, "a"}) != fingerprint({"a", 2, None})


class Refuses:
    def __init__(self, content: Any) -> None:
        self.content = content

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError("not to be pickled")


def test_what_cannot_be_pickled_counts_by_its_attributes() -> None:
    holders = [Holds(a=value, lock=threading.Lock()) for value in (1, 1, 2)]
    one, same, other = map(fingerprint, holders)  # a lock has no attributes: its kind counts
    assert one == same != other
    one, same, other = map(fingerprint, map(Refuses, (1, 1, 2)))
    assert one == same != other


def test_cycles_end() -> None:
    loop: list[Any] = [1]
    loop.append(loop)
    other: list[Any] = [2]
    other.append(other)
    assert fingerprint(loop) != fingerprint(other)
