"""Data for the samplers that interpolate, and a look into imbalanced-learn's draws."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.neighbors import NearestNeighbors

SHAPES = [
    # rows per class, columns, distance between the classes
    ((60, 12), 1, 1.0),
    ((200, 40), 2, 1.5),
    ((150, 60, 20), 3, 1.0),
    ((90, 30, 30, 15), 5, 2.0),
    ((300, 25), 12, 0.5),
    ((80, 60), 30, 1.0),
]


def clouds(
    sizes: tuple[int, ...], n_features: int = 2, distance: float = 1.5, seed: int = 0
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return normal clouds in mixed order, their centres on a line."""
    rng = np.random.default_rng([seed, n_features, *sizes])
    y = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
    X = rng.normal(size=(len(y), n_features))
    X[:, 0] += distance * y
    return X, y


def others_by_brute_force(
    X: NDArray[np.float64], y: NDArray[np.intp], label: Any, m: int
) -> NDArray[np.float64]:
    """Share of other classes among the `m` nearest rows of each row of a class, by full sorts."""
    distance = ((X[:, None] - X[None]) ** 2).sum(axis=2)
    np.fill_diagonal(distance, np.inf)
    nearest = np.argsort(distance, axis=1, kind="stable")[:, :m]
    return (y[nearest] != label).mean(axis=1)[y == label]


def made(sampler: Any) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """Seeds, neighbours and steps of the synthetic rows."""
    rows = sampler.synthetic_mask_
    return sampler.sample_indices_[rows], sampler.neighbor_indices_[rows], sampler.steps_[rows]


class NoSteps(np.random.RandomState):
    """A generator under which imbalanced-learn's new rows are their seeds."""

    def uniform(self, *arguments: Any, size: Any = None, **others: Any) -> Any:
        return np.zeros(size)


def peer_seeds(sampler: Any, X: NDArray[np.float64], y: NDArray[np.intp]) -> dict[int, Any]:
    """Return by class the seeds imbalanced-learn's sampler draws, one per synthetic row."""
    sampler.set_params(random_state=NoSteps(0))
    X_res, y_res = sampler.fit_resample(X, y)
    index = NearestNeighbors(n_neighbors=1).fit(X)
    seeds = {}
    for label in np.unique(y_res[len(y) :]).tolist():
        rows = X_res[len(y) :][y_res[len(y) :] == label]
        distance, nearest = index.kneighbors(rows)
        assert (distance < 1e-6).all()
        seeds[label] = nearest[:, 0]
    return seeds
