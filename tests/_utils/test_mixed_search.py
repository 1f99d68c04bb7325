"""The search by blocks finds what a full sort finds, whatever the rows are like."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imbalance_kit._utils import _mixed_search as search
from imbalance_kit._utils._mixed_distance import MixedDistance
from imbalance_kit._utils._mixed_search import distinct_rows, nearest_rows


def brute_force(numbers: np.ndarray, codes: np.ndarray, step: float) -> np.ndarray:
    """Squared distances of all pairs, from a different order of summation; none to itself."""
    away = ((numbers[:, None, :] - numbers[None, :, :]) ** 2).sum(axis=2)
    away += step**2 * (codes[:, :, None] != codes[:, None, :]).sum(axis=0)
    np.fill_diagonal(away, np.inf)
    return away


def assert_nearest(numbers: np.ndarray, codes: np.ndarray, step: float, k: int) -> None:
    """Compare distances, because two ways of summing may order almost equal ones differently."""
    found = nearest_rows(MixedDistance(numbers, codes, step), k)
    away = brute_force(numbers, codes, step)
    assert (found != np.arange(len(found))[:, None]).all(), "a row is its own neighbour"
    assert (np.diff(np.sort(found, axis=1), axis=1) > 0).all(), "a neighbour comes twice"
    np.testing.assert_allclose(
        np.take_along_axis(away, found, axis=1), np.sort(away, axis=1)[:, :k], rtol=1e-12
    )


def rows(kind: str, n: int = 900) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    numbers, codes = rng.normal(size=(n, 3)), rng.integers(0, 6, (2, n)).astype(np.uint8)
    if kind == "duplicated":
        again = rng.integers(0, 40, n)
        return numbers[again], codes[:, again]
    if kind == "clustered":
        return numbers * 1e-3 + rng.integers(0, 3, (n, 1)) * 1e3, codes
    if kind == "constant":
        return np.ones((n, 3)), np.zeros((2, n), np.uint8)
    if kind == "one number":
        return np.ones((n, 3)), codes
    if kind == "offset":
        return numbers.round(4) + 1e8, codes
    if kind == "outlier":
        numbers[7] = 1e6
    if kind == "far outlier":
        numbers[7] = 1e12
    if kind == "tiny":
        return numbers * 1e-150, codes
    if kind == "many levels":
        return numbers, rng.integers(0, 700, (2, n)).astype(np.uint16)
    return numbers, codes


KINDS = [
    "plain",
    "duplicated",
    "clustered",
    "constant",
    "one number",
    "offset",
    "outlier",
    "far outlier",
    "tiny",
    "many levels",
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("k", [1, 5])
def test_brute_force_finds_the_same(kind: str, k: int) -> None:
    numbers, codes = rows(kind)
    assert_nearest(numbers, codes, float(np.median(numbers.std(axis=0))), k)


@pytest.mark.parametrize("step", [0.0, 1e-3, 1.0, 1e4])
def test_whatever_a_category_counts(step: float) -> None:
    assert_nearest(*rows("plain"), step, 4)


def test_more_categories_than_a_byte_counts() -> None:
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 2, (700, 500)).astype(np.uint8)
    codes[:600] = 0  # that agree everywhere
    assert_nearest(rng.normal(size=(500, 1)), codes, 1.0, 3)


@pytest.mark.parametrize("k", [30, 899])
def test_many_neighbours(k: int) -> None:
    assert_nearest(*rows("plain"), 1.0, k)


@given(
    st.integers(2, 60),
    st.integers(1, 3),
    st.integers(1, 3),
    st.integers(1, 4),
    st.integers(0, 10_000),
    st.data(),
)
def test_any_small_integers_with_ties_by_row_number(
    n: int, n_numbers: int, n_codes: int, spread: int, seed: int, data: st.DataObject
) -> None:
    """Distances of integers are exact, so that ties are ties and the order is settled."""
    rng = np.random.default_rng(seed)
    numbers = rng.integers(-spread, spread + 1, (n, n_numbers)).astype(float)
    codes = rng.integers(0, spread + 1, (n_codes, n)).astype(np.uint8)
    k = data.draw(st.integers(1, n - 1))
    found = nearest_rows(MixedDistance(numbers, codes, 2.0), k)
    expected = np.argsort(brute_force(numbers, codes, 2.0), axis=1, kind="stable")[:, :k]
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("spread", [2, 40])
def test_ties_by_row_number_in_blocks(spread: int) -> None:
    rng = np.random.default_rng(0)
    numbers = rng.integers(0, spread, (1500, 2)).astype(float)
    codes = rng.integers(0, 9, (2, 1500)).astype(np.uint8)
    found = nearest_rows(MixedDistance(numbers, codes, 3.0), 5)
    expected = np.argsort(brute_force(numbers, codes, 3.0), axis=1, kind="stable")[:, :5]
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(("n_rows", "n_queries"), [(64, 32), (96, 256)])
def test_blocks_that_do_not_divide_the_rows(
    n_rows: int, n_queries: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_ROWS", n_rows)
    monkeypatch.setattr(search, "_QUERIES", n_queries)
    numbers, codes = rows("plain", 777)
    assert_nearest(numbers, codes, 1.0, 1)


def test_two_threads_find_the_same() -> None:
    numbers, codes = rows("plain")
    distance = MixedDistance(numbers, codes, 1.0)
    np.testing.assert_array_equal(
        nearest_rows(distance, 5, n_jobs=2), nearest_rows(distance, 5, n_jobs=1)
    )


@pytest.mark.parametrize("kind", ["plain", "offset", "outlier", "far outlier"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_scores_are_off_by_no_more_than_they_say(kind: str, dtype: type) -> None:
    """A score is ``(|q|² + m² · columns - distance) / 2``, of centred and scaled numbers."""
    numbers, codes = rows(kind)
    everything = np.arange(len(numbers))
    distance = MixedDistance(numbers, codes, 0.7)
    kernel = distance.kernel(everything, everything, dtype)
    scores = np.empty((len(numbers), len(numbers)), dtype=dtype)
    kernel.fill(slice(0, len(numbers)), slice(0, len(numbers)), scores)
    exact = (
        np.longdouble(kernel.scale) ** 2
        * -np.longdouble(distance.pairs(everything[:, None], everything[None, :]))
        / 2
    )
    own = np.diagonal(scores).astype(np.longdouble)  # the score of a distance of 0
    off = np.abs((scores - own) - exact)
    assert (off <= 2 * kernel.error).all()


def test_a_coarse_score_is_not_used() -> None:
    numbers, codes = rows("outlier")
    distance, everything = MixedDistance(numbers, codes, 1.0), np.arange(900)
    kernel = search._promising_kernel(distance, everything, everything, 6)
    assert kernel is not None
    assert kernel.dtype is np.float64
    distance = MixedDistance(*rows("constant"), 1.0)
    assert search._promising_kernel(distance, everything, everything, 6) is None


def test_memory_is_a_block_and_what_grows_with_the_rows() -> None:
    """Four times the rows may take no more than four times the memory, pairs would be sixteen."""

    def peak(n: int) -> int:
        numbers, codes = rows("plain", n)
        distance = MixedDistance(numbers, codes, 1.0)
        tracemalloc.start()
        nearest_rows(distance, 5, n_jobs=1)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    assert peak(8000) < 4 * peak(2000)


def test_distinct_rows() -> None:
    keys = np.array([[1, 2], [3, 4], [1, 2], [1, 3]], dtype=np.uint8)
    first, group = distinct_rows(keys)
    np.testing.assert_array_equal(first[group], [0, 1, 0, 3])
