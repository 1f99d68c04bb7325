import numpy as np
import pytest

from imbalance_kit.testing._examples import (
    known_truth,
    of_classes,
    of_sizes,
    repeated,
    true_probabilities,
)


def test_sizes_are_as_asked_and_classes_are_mixed() -> None:
    example = of_sizes(30, 20, 10)
    assert np.bincount(example.y).tolist() == [30, 20, 10]
    assert (np.diff(example.y) < 0).any()
    assert example.classes == [0, 1, 2]
    assert set(example.weights) == {1.0, 2.0, 3.0}


def test_repetition_is_weight() -> None:
    example = of_classes(3)
    copies, source = repeated(example)
    np.testing.assert_array_equal(np.bincount(source), example.weights)
    np.testing.assert_array_equal(copies.totals(), example.totals())
    np.testing.assert_array_equal(copies.X, example.X[source])


@pytest.mark.parametrize("n_classes", [2, 3])
def test_labels_follow_the_truth(n_classes: int) -> None:
    """Within 4 standard errors of a share of 40,000 rows."""
    data = known_truth(0, 40_000, n_classes)
    truth = true_probabilities(data.X, n_classes)
    np.testing.assert_allclose(truth.sum(axis=1), 1)
    shares = np.bincount(data.y) / len(data.y)
    error = np.sqrt((truth * (1 - truth)).mean(axis=0) / len(data.y))
    assert (np.abs(shares - truth.mean(axis=0)) <= 4 * error).all()


def test_labels_are_renamed_and_nothing_else() -> None:
    example = of_classes(2)
    other = example.with_labels({0: "b", 1: "a"}, dtype=object)
    assert other.y.dtype == object
    np.testing.assert_array_equal(other.members("b"), example.members(0))
    assert other.X is example.X
