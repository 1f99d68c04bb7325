"""A population is opaque to whoever would slice it."""

import dataclasses
import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV

from imbalance_kit import CalibrationWeighter, CorrectedClassifier, Population


def test_it_has_neither_length_nor_shape() -> None:
    population = Population(np.zeros((3, 2)), weight=[1, 2, 3])
    for name in ("__len__", "shape", "__array__", "__getitem__", "iloc"):
        assert not hasattr(population, name)
    with pytest.raises(dataclasses.FrozenInstanceError):
        population.rows = None  # type: ignore[misc]
    copy = pickle.loads(pickle.dumps(population))
    np.testing.assert_array_equal(copy.rows, population.rows)


def test_a_grid_search_hands_it_on_whole() -> None:
    """A bare frame of the sample's own length is split with it; a Population is not."""
    X, y = make_classification(200, random_state=0)
    frame = pd.DataFrame(X, columns=[f"v{j}" for j in range(X.shape[1])])
    sizes: list[int] = []

    class Weighter(CalibrationWeighter):
        def _solve(self, task):  # type: ignore[no-untyped-def]
            sizes.append(len(task.target_rows))
            return super()._solve(task)

    model = CorrectedClassifier(LogisticRegression(), Weighter("raking"))
    search = GridSearchCV(model, {"sampler__ridge": [0.01, 0.1]}, cv=2)
    search.fit(frame, y, target=Population(frame))
    assert set(sizes) == {200}
    sizes.clear()
    search.fit(frame, y, target=frame)
    assert set(sizes) == {100, 200}
