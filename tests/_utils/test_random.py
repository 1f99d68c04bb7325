"""Streams: reproducible, one per class, independent of each other, never the global one."""

from typing import Any

import numpy as np
import pytest

from imbalance_kit._utils._random import class_stream, draw_seed


def test_an_int_is_its_own_seed() -> None:
    assert draw_seed(7) == 7
    assert draw_seed(np.int32(7)) == 7
    assert draw_seed(2**70) == 2**70


def test_generators_are_advanced() -> None:
    for make in (np.random.RandomState, np.random.default_rng):
        one, two = make(0), make(0)
        assert draw_seed(one) == draw_seed(two)
        assert draw_seed(one) != draw_seed(make(0))


def test_none_is_fresh_and_leaves_the_global_state_alone() -> None:
    before = _global_state()
    seeds = {draw_seed(None) for _ in range(20)}
    assert len(seeds) == 20
    assert _global_state() == before


def _global_state() -> str:
    return repr(np.random.get_state())  # noqa: NPY002, the global state is what is looked at


@pytest.mark.parametrize("wrong", ["0", 1.5, True, [1]], ids=repr)
def test_what_is_no_random_state(wrong: Any) -> None:
    with pytest.raises(ValueError, match="must be None, an int, a numpy RandomState or a numpy Ge"):
        draw_seed(wrong)
    with pytest.raises(ValueError, match="must be non-negative, got -1"):
        draw_seed(-1)


def first(seed: int, label: Any) -> list[int]:
    return class_stream(seed, label).integers(2**62, size=4).tolist()


def test_the_stream_is_a_function_of_seed_and_label() -> None:
    assert first(0, "a") == first(0, "a")
    assert first(0, "a") != first(1, "a")
    assert first(0, "a") != first(0, "b")


@pytest.mark.parametrize(
    "same", [1, 1.0, True, np.int8(1), np.float32(1), np.bool_(True)], ids=repr
)
def test_equal_labels_share_a_stream(same: Any) -> None:
    assert first(3, same) == first(3, 1)
    assert first(3, same) != first(3, "1")


def test_strings_of_numpy_and_of_python_are_equal() -> None:
    assert first(0, np.str_("red")) == first(0, "red")


def test_streams_of_many_labels_differ() -> None:
    labels = [*range(500), *map(str, range(500)), (0, 1), b"a"]
    assert len({tuple(first(0, label)) for label in labels}) == len(labels)


def test_streams_are_uncorrelated() -> None:
    """Correlation of two streams of 20,000 normals has standard error 1 / sqrt(20000) = .007."""
    draws = np.array([class_stream(0, k).standard_normal(20_000) for k in range(12)])
    correlation = np.corrcoef(draws)[np.triu_indices(12, 1)]
    assert np.abs(correlation).max() < 4 / np.sqrt(20_000)


def test_streams_do_not_change_between_releases() -> None:
    """Seeds written into people's papers: a change here must be a decision, not an accident."""
    assert class_stream(0, "a").integers(100, size=5).tolist() == [91, 69, 21, 25, 35]
    assert class_stream(42, 1).integers(100, size=5).tolist() == [49, 36, 80, 15, 52]
