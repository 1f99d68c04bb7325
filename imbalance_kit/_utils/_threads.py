"""How many threads to use, and keeping the linear algebra library from starting more of its own."""

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from numbers import Integral
from threading import Lock
from typing import Any, TypeVar

import joblib
import numpy as np
from threadpoolctl import ThreadpoolController

T = TypeVar("T")


@cache
def _libraries() -> Any:
    """Return the linear algebra libraries that are loaded; looking for them takes milliseconds."""
    return ThreadpoolController().select(user_api="blas")


def check_n_jobs(n_jobs: Any) -> None:
    """Raise unless `n_jobs` is None or a whole number other than 0.

    Raises
    ------
    ValueError
        If it is 0.
    TypeError
        If it is no whole number.
    """
    if n_jobs is None:
        return
    if isinstance(n_jobs, (bool, np.bool_)) or not isinstance(n_jobs, Integral):
        raise TypeError(
            f"`n_jobs` must be a whole number or None, got {n_jobs!r}. Hint: -1 takes all cores."
        )
    if n_jobs == 0:
        raise ValueError(
            "`n_jobs` must be 1 or more, or below 0 to count from all cores, got 0. Hint: -1 takes "
            "all cores, 1 works without parallelism."
        )


def count_threads(n_jobs: int | None) -> int:
    """Return the number of threads that `n_jobs` asks for.

    None takes as many as the linear algebra library may: all cores, or fewer where threadpoolctl,
    joblib or an environment variable such as OMP_NUM_THREADS says so. A number counts as in joblib:
    -1 takes all cores.
    """
    check_n_jobs(n_jobs)
    if n_jobs is not None:
        return int(joblib.effective_n_jobs(n_jobs))
    allowed = [library["num_threads"] for library in _libraries().info()]
    return int(max(allowed, default=joblib.cpu_count()))


def run_in_threads(work: Callable[[Iterator[T]], object], tasks: Sequence[T], n: int) -> None:
    """Call `work` in at most `n` threads, each with an iterator over its share of `tasks`.

    Meanwhile each call into the linear algebra library uses one thread.
    """
    waiting = deque(tasks)

    def mine() -> Iterator[T]:
        while True:
            try:
                task = waiting.popleft()
            except IndexError:
                return
            yield task

    n = min(n, len(tasks))
    with one_thread_each():
        if n <= 1:
            work(mine())
            return
        with ThreadPoolExecutor(n) as pool:
            for done in [pool.submit(work, mine()) for _ in range(n)]:
                done.result()


class _Limit:
    """The limit on the library, which is one for the whole process, and who holds it."""

    lock = Lock()
    holders = 0
    limiter: Any = None


@contextmanager
def one_thread_each() -> Iterator[None]:
    """Limit the library to one thread; the last of several callers at once lifts the limit."""
    with _Limit.lock:
        _Limit.holders += 1
        if _Limit.holders == 1:
            _Limit.limiter = _libraries().limit(limits=1)
            _Limit.limiter.__enter__()
    try:
        yield
    finally:
        with _Limit.lock:
            _Limit.holders = max(_Limit.holders - 1, 0)  # 0 before in a fork made meanwhile
            if _Limit.holders == 0:
                _lift()


def _lift() -> None:
    if _Limit.limiter is not None:
        _Limit.limiter.__exit__(None, None, None)
        _Limit.limiter = None


def _start_anew() -> None:
    """Forget who holds the limit: of a process that forks, one thread goes on in the fork."""
    _Limit.lock, _Limit.holders = Lock(), 0
    _lift()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_anew)
