"""Replicate errors against linearised ones and theory, with weights that are fitted anew."""

import joblib
import numpy as np
import pytest

from imbalance_kit import CalibrationWeighter, estimate_mean
from imbalance_kit.diagnostics._replicates import (
    ReweightedMean,
    bootstrap_standard_error,
    jackknife_standard_error,
)


class Recorder:
    """A weighter that gives the design weights back, and says what it was given."""

    seen: list = []  # noqa: RUF012 - shared by its clones on purpose

    def get_params(self, deep: bool = True) -> dict:
        return {}

    def fit_weights(self, X, *, target, sample_weight=None, target_weight=None):
        self.seen.append((X, target, sample_weight, target_weight))
        return np.ones(len(X)) if sample_weight is None else sample_weight


@pytest.fixture
def case():
    rng = np.random.default_rng(0)
    x, people = rng.normal(0.4, 1, (200, 1)), rng.normal(0, 1, (400, 1))
    return x[:, 0] + rng.normal(0, 1, 200), x, people, rng.uniform(0.5, 2, 200)


def plain(y, X, target, **changes) -> ReweightedMean:
    fields = {"base": None, "weighter": Recorder(), "target_weight": None, "target_rows": None}
    return ReweightedMean(X=X, y=y, target=target, **{**fields, **changes})


def test_bootstrap_of_a_plain_mean_is_its_textbook_error(case) -> None:
    y, X, people, _ = case
    error = bootstrap_standard_error(plain(y, X, people), n_replicates=800, seed=0, n_jobs=None)
    # Over B replicates a standard deviation has relative error 1 / sqrt(2 B), here .025; four.
    assert error == pytest.approx(y.std(ddof=1) / np.sqrt(200), rel=4 * 0.025)


def test_delete_one_jackknife_of_a_plain_mean_is_exact(case) -> None:
    y, X, people, _ = case
    error = jackknife_standard_error(plain(y, X, people), n_replicates=200, seed=0, n_jobs=None)
    assert error == pytest.approx(y.std(ddof=1) / np.sqrt(200), rel=1e-10)


def test_rao_wu_draws_one_row_less_and_rescales(case) -> None:
    y, X, people, d = case
    Recorder.seen.clear()
    mean = plain(y, X, people, base=d)
    bootstrap_standard_error(mean, n_replicates=3, seed=0, n_jobs=None)
    assert len(Recorder.seen) == 3
    for rows, target, weight, _ in Recorder.seen:
        assert target is people  # a census is not drawn again
        place = [int(np.flatnonzero(X[:, 0] == value)[0]) for value in rows[:, 0]]
        times = weight / d[place] * 199 / 200
        np.testing.assert_allclose(times, np.round(times), atol=1e-9)
        assert times.sum() == pytest.approx(199)


@pytest.mark.parametrize("kind", ["census", "sample"])
@pytest.mark.parametrize("method", ["bootstrap", "jackknife"])
def test_errors_agree_with_linearisation(case, method: str, kind: str) -> None:
    y, X, people, d = case
    weighter = CalibrationWeighter("raking")
    w = weighter.fit_weights(X, target=people, sample_weight=d)
    linear = estimate_mean(y, X, target=people, sample_weight=w, base_weight=d, target_kind=kind)
    n = {"bootstrap": 400, "jackknife": 200}[method]
    one = estimate_mean(
        y,
        X,
        target=people,
        base_weight=d,
        weighter=weighter,
        method=method,
        n_replicates=n,
        target_kind=kind,
        random_state=0,
    )
    assert one.estimate == pytest.approx(linear.estimate)
    # Relative error of the bootstrap 1 / sqrt(2 * 400) = .035, times four; the jackknife leaves out
    # rows one by one, and differs from the linearised error in the terms of order 1 / ESS.
    tolerance = {"bootstrap": 0.14, "jackknife": 0.08}[method]
    assert one.standard_error == pytest.approx(linear.standard_error, rel=tolerance)


def test_same_seed_same_error_with_any_number_of_jobs(case) -> None:
    y, X, people, _ = case
    options = {
        "target": people,
        "weighter": CalibrationWeighter("raking"),
        "method": "bootstrap",
        "n_replicates": 10,
        "random_state": 3,
    }
    with joblib.parallel_config(backend="threading"):  # starting processes takes seconds
        parallel = estimate_mean(y, X, n_jobs=2, **options)
    assert estimate_mean(y, X, **options) == parallel


@pytest.mark.parametrize("method", ["bootstrap", "jackknife"])
def test_one_row_has_no_error_that_could_be_known(method: str) -> None:
    """It was 0, or a division by it."""
    one, two = np.array([[1.0]]), np.array([[1.0], [1.0]])
    options = {"method": method, "weighter": Recorder(), "random_state": 0}
    assert np.isnan(estimate_mean([3.0], one, target=two, **options).standard_error)
    assert np.isnan(estimate_mean([3.0, 4.0], two, target=one, **options).standard_error)
    census = estimate_mean([3.0, 4.0], two, target=one, target_kind="census", **options)
    assert census.standard_error == pytest.approx(0.5, rel=4 / np.sqrt(2 * 200))


@pytest.mark.parametrize("method", ["bootstrap", "jackknife"])
def test_what_every_replicate_would_warn_of_is_told_once(method: str) -> None:
    rng = np.random.default_rng(0)
    x, people = rng.normal(size=(40, 1)), rng.normal(1.5, 1, size=(400, 1))
    with pytest.warns(UserWarning, match="of 40 weights are negative") as found:
        estimate_mean(
            x[:, 0],
            x,
            target=people,
            weighter=CalibrationWeighter(),
            method=method,
            n_replicates=20,
            random_state=0,
        )
    assert [w.filename for w in found] == [__file__]


def test_a_replicate_that_fails_says_so(case) -> None:
    y, X, people, _ = case
    rare = np.column_stack([X, np.arange(200) == 0]).astype(float)
    with pytest.raises(ValueError, match=r"weights of replicate .* could not be fitted.*Hint"):
        estimate_mean(
            y,
            rare,
            target=np.column_stack([people, np.arange(400) < 40]).astype(float),
            weighter=CalibrationWeighter("raking"),
            method="bootstrap",
            n_replicates=10,
            random_state=0,
        )
