"""The same seed gives the same bytes: at any number of threads, across processes and backends."""

import copy
import inspect
import io
import json
import multiprocessing
import os
import pickle
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from threadpoolctl import threadpool_info, threadpool_limits

from imbalance_kit import (
    SMOTE,
    ClassWeighter,
    CorrectedClassifier,
    Margins,
    RakingWeighter,
    RandomUnderSampler,
    add_weights,
    compare_strategies,
    downsample,
    estimate_mean,
)
from imbalance_kit._utils._threads import _Limit, one_thread_each
from tests._discovery import public_functions
from tests._processes import MEDIUM, fitted, result, state, subjects, with_jobs

SUBJECTS = subjects()
EVERY = pytest.mark.parametrize("name", SUBJECTS)
FEW = pytest.mark.filterwarnings("ignore:`sampling_strategy` asks for .* all of it is kept")
ROOT = Path(__file__).parents[1]


def test_there_is_something_to_check() -> None:
    assert len(SUBJECTS) >= 24
    counted = [
        s for s in SUBJECTS.values() if with_jobs(clone(s), 2).get_params() != s.get_params()
    ]
    assert len(counted) >= 10
    assert len({result(subject) for subject in SUBJECTS.values()}) > 15  # digests tell them apart


# Threads ------------------------------------------------------------------------------------------


@FEW
@EVERY
def test_any_number_of_threads(name: str) -> None:
    subject = SUBJECTS[name]
    expected = result(with_jobs(clone(subject), 1), MEDIUM)
    for n_jobs, n_threads in ((1, 2), (2, 1), (-1, 2)):
        with threadpool_limits(n_threads):
            assert {one["num_threads"] for one in threadpool_info()} == {n_threads}
            assert result(with_jobs(clone(subject), n_jobs), MEDIUM) == expected, n_jobs


@FEW
def test_fits_at_once_in_threads() -> None:
    expected = {name: result(subject) for name, subject in SUBJECTS.items()}
    filters = list(warnings.filters)
    names = [name for name in SUBJECTS for _ in range(3)]
    np.random.default_rng(0).shuffle(names)
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda name: result(SUBJECTS[name]), names))
    assert dict(zip(names, found, strict=True)) == expected
    assert found == [expected[name] for name in names]
    assert list(warnings.filters) == filters


# What each function needs besides, so that `n_jobs` is all that is wrong.
CALLS: dict[str, Callable[[], Any]] = {
    "compare_strategies": lambda: compare_strategies(
        LogisticRegression(), None, MEDIUM.X, MEDIUM.y, n_jobs=0
    ),
    "estimate_mean": lambda: estimate_mean(MEDIUM.y, n_jobs=0),
    "downsample": lambda: downsample(_frame(), RandomUnderSampler(), label="y", n_jobs=0),
    "add_weights": lambda: add_weights(
        _frame(), RakingWeighter(), target=Margins({"y": {"0": 1, "1": 2}}), n_jobs=0
    ),
}


def _frame() -> Any:
    return pytest.importorskip("pandas").DataFrame({"x": [1.0, 2.0, 3.0], "y": [0, 0, 1]})


def test_no_job_at_all_is_refused() -> None:
    takers = [s for s in SUBJECTS.values() if "n_jobs" in s.get_params(deep=False)]
    assert len(takers) >= 10
    for subject in takers:
        with pytest.raises(ValueError, match=r"`n_jobs` must be .* got 0\. Hint: -1"):
            result(clone(subject).set_params(n_jobs=0))
    names = {
        name.rpartition(".")[2]
        for name, function in public_functions().items()
        if "n_jobs" in inspect.signature(function).parameters
    }
    assert names == set(CALLS)
    for call in CALLS.values():
        with pytest.raises(ValueError, match=r"`n_jobs` must be .* got 0\. Hint: -1"):
            call()


# Copies -------------------------------------------------------------------------------------------


def _joblib(estimator: Any) -> bytes:
    file = io.BytesIO()
    joblib.dump(estimator, file)
    return file.getvalue()


def _cloudpickle(estimator: Any) -> bytes:
    dumped: bytes = pytest.importorskip("cloudpickle").dumps(estimator)
    return dumped


DUMPS: dict[str, Callable[[Any], bytes]] = {
    f"protocol {k}": lambda estimator, k=k: pickle.dumps(estimator, k) for k in range(2, 6)
} | {"joblib": _joblib, "cloudpickle": _cloudpickle}


@FEW
@EVERY
def test_copies(name: str) -> None:
    subject = SUBJECTS[name]
    expected, said = result(subject), state(fitted(subject))
    assert result(copy.deepcopy(subject)) == expected
    assert state(copy.deepcopy(fitted(subject))) == said
    for dump in DUMPS.values():
        assert result(joblib.load(io.BytesIO(dump(subject)))) == expected
        assert state(joblib.load(io.BytesIO(dump(fitted(subject))))) == said


READ = """
import json, sys, warnings
from pathlib import Path
import joblib
from tests._processes import result, state
warnings.simplefilter("ignore")
found = {}
for path in sorted(Path(sys.argv[1]).iterdir()):
    unfitted, fitted = joblib.load(path)
    found[path.name] = [result(unfitted), state(fitted)]
print(json.dumps(found))
"""


@FEW
def test_pickles_in_a_fresh_interpreter(tmp_path: Path) -> None:
    expected = {}
    ways = list(DUMPS)
    for place, (name, subject) in enumerate(SUBJECTS.items()):
        pair = (subject, fitted(subject))
        way = ways[place % len(ways)]  # each class in one way: a class is found or is not
        (tmp_path / f"{name} {way}").write_bytes(DUMPS[way](pair))
        expected[f"{name} {way}"] = [result(subject), state(pair[1])]
    done = subprocess.run(
        [sys.executable, "-c", READ, str(tmp_path)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == expected


# Backends of joblib -------------------------------------------------------------------------------


@contextmanager
def _backend(name: str) -> Iterator[None]:
    if name != "dask":
        with joblib.parallel_config(name, n_jobs=2):
            yield
        return
    distributed = pytest.importorskip("distributed")
    how = {"processes": False, "n_workers": 1, "threads_per_worker": 2, "dashboard_address": None}
    with distributed.Client(**how), joblib.parallel_config("dask"):
        yield


def _search() -> Any:
    model = CorrectedClassifier(LogisticRegression(), RandomUnderSampler(random_state=0))
    samplers = [None, RandomUnderSampler(random_state=0), SMOTE(random_state=0), ClassWeighter()]
    search = GridSearchCV(model, {"sampler": samplers}, cv=2, scoring="neg_log_loss")
    found = search.fit(MEDIUM.X, MEDIUM.y).cv_results_
    return {name: np.asarray(v).tolist() for name, v in found.items() if "_test_" in name}


def _compare(n_jobs: int | None) -> Any:
    report = compare_strategies(
        LogisticRegression(),
        {"nothing": None, "under": RandomUnderSampler(), "weights": ClassWeighter()},
        *(MEDIUM.X, MEDIUM.y),
        cv=2,
        random_state=0,
        n_jobs=n_jobs,
    )
    return _without_times(report.to_dict())


def _without_times(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_times(v) for k, v in value.items() if "seconds" not in str(k)}
    if isinstance(value, (list, tuple)):
        return [_without_times(one) for one in value]
    return None if value != value else value


@pytest.mark.parametrize("backend", ["loky", "threading", "dask"])
def test_backends(backend: str) -> None:
    searched, compared = _search(), _compare(1)
    assert len(searched) >= 4
    assert len(compared) > 3
    with _backend(backend):
        assert _search() == searched
        assert _compare(None) == compared


# Forks --------------------------------------------------------------------------------------------


def _results(names: list[str]) -> dict[str, str]:
    warnings.simplefilter("ignore")
    return {name: result(with_jobs(clone(SUBJECTS[name]), 2)) for name in names}


def _in_a_fork(work: Callable[..., Any], *arguments: Any) -> Any:
    """Return what the work gives in a fork of this process, which must not hang."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that forks and threads can hang
        with multiprocessing.get_context("fork").Pool(1) as pool:
            return pool.apply_async(work, arguments).get(timeout=30)


@FEW
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks here")
def test_in_a_fork() -> None:
    expected = _results(list(SUBJECTS))  # and threads have run before the fork
    assert _in_a_fork(_results, list(SUBJECTS)) == expected


def _blas_threads() -> set[int]:
    return {one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"}


def _limited() -> tuple[set[int], set[int]]:
    with one_thread_each():
        inside = _blas_threads()
    return inside, _blas_threads()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks here")
def test_a_fork_while_another_thread_limits_the_library() -> None:
    with threadpool_limits(2, user_api="blas"):
        with one_thread_each(), _Limit.lock:  # as far as a fork can see, another thread's
            assert _in_a_fork(_limited) == ({1}, {2})
        assert _Limit.holders == 0
        assert _blas_threads() == {2}
