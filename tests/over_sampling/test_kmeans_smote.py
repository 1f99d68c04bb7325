"""KMeansSMOTE: which clusters are used, and how many rows each of them gets."""

from typing import Any

import imblearn.over_sampling
import numpy as np
import pytest
from imblearn.over_sampling._smote.tests import test_kmeans_smote as peer_tests
from sklearn.cluster import DBSCAN, KMeans

from imbalance_kit import SMOTE, KMeansSMOTE
from tests.over_sampling._clouds import clouds, made, peer_seeds
from tests.over_sampling._peer_tests import cases


def _many_places(seed: int, n_features: int) -> tuple[Any, Any]:
    """Clouds of both classes in nine places, purer in some than in others, of different spread."""
    rng = np.random.default_rng([seed, n_features])
    place = rng.integers(9, size=500)
    X = 6 * rng.normal(size=(9, n_features))[place]
    X += rng.normal(size=X.shape) * (0.2 + 0.2 * place[:, None])
    y = (rng.random(500) < np.linspace(0.02, 0.7, 9)[place]).astype(int)
    return X, y


@pytest.mark.parametrize("n_features", [1, 2, 5, 20])
@pytest.mark.parametrize("exponent", ["auto", 2.0])
@pytest.mark.parametrize("threshold", ["auto", 0.2])
def test_clusters_and_their_shares_are_those_of_imbalanced_learn(
    n_features: int, exponent: Any, threshold: Any
) -> None:
    """imbalanced-learn rounds each cluster's share up: here the sum is kept, by largest remainder.

    So its count is ours, or ours and one more.
    """
    X, y = _many_places(0, n_features)
    parameters = {
        "kmeans_estimator": KMeans(8, n_init=1, random_state=0),
        "cluster_balance_threshold": threshold,
        "density_exponent": exponent,
    }
    ours = KMeansSMOTE(random_state=0, **parameters)
    _, y_res = ours.fit_resample(X, y)
    (theirs,) = peer_seeds(imblearn.over_sampling.KMeansSMOTE(**parameters), X, y).values()
    clusters, label = ours.kmeans_estimator_.labels_, int(np.argmin(np.bincount(y)))
    assert len(set(np.bincount(y_res))) == 1
    seeds, neighbors, _ = made(ours)
    assert (y[seeds] == label).all()
    np.testing.assert_array_equal(clusters[seeds], clusters[neighbors])
    one, other = (np.bincount(clusters[rows], minlength=8) for rows in (seeds, theirs))
    assert set(other - one) <= {0, 1}
    assert (other - one)[one == 0].max(initial=0) <= 1
    assert np.count_nonzero(one) > 1


def test_no_cluster_of_the_class() -> None:
    """imbalanced-learn raises; here the class counts as one cluster, and a warning says so."""
    X, y = clouds((200, 20), distance=0)
    sampler = KMeansSMOTE(random_state=0)
    with pytest.warns(UserWarning, match=r"No cluster holds more than 2 rows of class 1 and at le"):
        _, y_res = sampler.fit_resample(X, y)
    np.testing.assert_array_equal(np.bincount(y_res), [200, 200])


def test_a_single_cluster_is_used_in_any_case() -> None:
    X, y = clouds((200, 20), distance=0)
    sampler = KMeansSMOTE(random_state=0, kmeans_estimator=1)
    _, y_res = sampler.fit_resample(X, y)
    np.testing.assert_array_equal(np.bincount(y_res), [200, 200])
    assert sampler.cluster_balance_threshold_ == -np.inf


def test_rows_are_clustered_once() -> None:
    fits = []

    class Counted(KMeans):
        def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Any:
            fits.append(len(X))
            return super().fit(X, y, sample_weight)

    X, y = clouds((60, 30, 20, 10), distance=9)
    sampler = KMeansSMOTE(random_state=0, kmeans_estimator=Counted(4, n_init=1))
    sampler.fit_resample(X, y)
    assert fits == [120]
    assert sampler.kmeans_estimator_.random_state is not None
    assert sampler.kmeans_estimator.random_state is None


def test_another_clusterer() -> None:
    X, y = clouds((60, 30), distance=20)
    sampler = KMeansSMOTE(random_state=0, kmeans_estimator=DBSCAN(eps=2.0))
    _, y_res = sampler.fit_resample(X, y)
    np.testing.assert_array_equal(np.bincount(y_res), [60, 60])


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"kmeans_estimator": 0}, ValueError, "at least 1 cluster, got 0"),
        ({"kmeans_estimator": "8"}, TypeError, "an int or a clusterer"),
        ({"kmeans_estimator": KMeans}, TypeError, "an int or a clusterer"),
        ({"kmeans_estimator": True}, TypeError, "an int or a clusterer"),
        ({"density_exponent": "high"}, ValueError, '`density_exponent` must be "auto" or a fini'),
        ({"density_exponent": np.nan}, ValueError, '"auto" or a finite number, got nan'),
        ({"cluster_balance_threshold": np.inf}, ValueError, "a finite number, got inf"),
        ({"cluster_balance_threshold": None}, ValueError, '`cluster_balance_threshold` must be "'),
    ],
)
def test_wrong_parameters(parameters: Any, error: Any, message: str) -> None:
    X, y = clouds((30, 10))
    with pytest.raises(error, match=message):
        KMeansSMOTE(**parameters).fit_resample(X, y)


DEVIATIONS = {
    "test_kmeans_smote": "there is no nn_k_: one search serves all; the rest is below",
    "test_sample_kmeans_custom": "there is no nn_k_: one search serves all; the rest is below",
    "test_sample_kmeans_not_enough_clusters": "the count is delivered, and a warning",
}


@pytest.mark.parametrize(("test", "arguments"), cases(peer_tests, DEVIATIONS))
def test_what_imbalanced_learn_tests(
    test: Any, arguments: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peer_tests, "KMeansSMOTE", KMeansSMOTE)
    monkeypatch.setattr(peer_tests, "SMOTE", SMOTE)
    test(**arguments)


def test_a_single_cluster_is_smote() -> None:
    X, y = clouds((60, 20))
    options = {"random_state": 0, "k_neighbors": 5}
    clustered = KMeansSMOTE(kmeans_estimator=1, **options)
    np.testing.assert_array_equal(
        clustered.fit_resample(X, y)[0], SMOTE(**options).fit_resample(X, y)[0]
    )
    assert clustered.kmeans_estimator_.n_clusters == 1
