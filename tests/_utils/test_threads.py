"""Tests of the threads, and of the limit on the linear algebra library."""

from collections.abc import Iterator
from threading import get_ident

import joblib
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from imbalance_kit._utils._threads import check_n_jobs, count_threads, run_in_threads


def _blas_threads() -> set[int]:
    return {info["num_threads"] for info in threadpool_info() if info["user_api"] == "blas"}


def test_a_number_counts_as_in_joblib() -> None:
    assert count_threads(1) == 1
    assert count_threads(3) == 3
    assert count_threads(-1) == joblib.effective_n_jobs(-1)


@pytest.mark.parametrize("n_jobs", [2.0, "2", True])
def test_anything_but_a_whole_number_is_refused(n_jobs: object) -> None:
    with pytest.raises(TypeError, match=r"`n_jobs` must be a whole number or None, got"):
        check_n_jobs(n_jobs)


def test_none_follows_the_limit_on_the_library() -> None:
    with threadpool_limits(1, user_api="blas"):
        assert count_threads(None) == 1


@pytest.mark.parametrize("n", [1, 3])
def test_every_task_is_done_once_and_the_limit_is_lifted(n: int) -> None:
    done, limits, threads = [], [], set()

    def work(tasks: Iterator[int]) -> None:
        for task in tasks:
            threads.add(get_ident())
            limits.append(_blas_threads())
            done.append(task)

    before = _blas_threads()
    run_in_threads(work, range(20), n)
    assert sorted(done) == list(range(20))
    assert all(limit == {1} for limit in limits)
    assert len(threads) <= n
    assert _blas_threads() == before


def test_an_error_is_passed_on_and_the_limit_is_lifted() -> None:
    def work(tasks: Iterator[int]) -> None:
        for task in tasks:
            raise KeyError(task)

    before = _blas_threads()
    for n in (1, 2):
        with pytest.raises(KeyError):
            run_in_threads(work, range(5), n)
    assert _blas_threads() == before
