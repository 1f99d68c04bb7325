"""OffsetLogisticRegression: scikit-learn's solution without offset, the truth with one."""

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.utils.estimator_checks import parametrize_with_checks

from imbalance_kit import OffsetLogisticRegression
from tests.correction._logistic_reference import extras, naive_loss, rows_with_labels

SOLVERS = pytest.mark.parametrize("solver", ["newton", "lbfgs"])


# tests/test_common.py runs the checks on the default. They compare fits up to 1e-9; L-BFGS stops at
# some 1e-8 standard errors, where the loss has no more digits, so these are shrunk to a tenth.
SHRUNK = OffsetLogisticRegression(C=0.01, solver="lbfgs", tol=1e-10, covariance=None)


@parametrize_with_checks([SHRUNK])
def test_scikit_learn(estimator: Any, check: Any) -> None:
    check(estimator)


@pytest.mark.parametrize(("n_columns", "chosen"), [(4, "newton"), (210, "lbfgs")])
def test_the_solver_follows_the_number_of_columns(n_columns: int, chosen: str) -> None:
    X = np.random.default_rng(0).normal(size=(400, n_columns))
    y = (X[:, 0] + np.random.default_rng(1).normal(size=400) > 0).astype(int)
    fits = {
        solver: OffsetLogisticRegression(solver=solver, covariance=None).fit(X, y)
        for solver in ("auto", "newton", "lbfgs")
    }
    assert fits["newton"].n_iter_ != fits["lbfgs"].n_iter_
    np.testing.assert_array_equal(fits["auto"].coef_, fits[chosen].coef_)


# Without offset: scikit-learn ---------------------------------------------------------------------


@SOLVERS
@pytest.mark.parametrize("make", [np.asarray, sparse.csr_array, np.float32])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("intercept", [True, False])
@pytest.mark.parametrize("C", [0.01, 1.0, np.inf])
@pytest.mark.parametrize("n_classes", [2, 4])
def test_scikit_learns_solution(
    n_classes: int, C: float, intercept: bool, weighted: bool, make: Any, solver: str
) -> None:
    X, y = rows_with_labels(n_classes)
    X = X.astype(np.float32).astype(np.float64)
    weights = extras(len(X), n_classes)["sample_weight"] if weighted else None
    peer = LogisticRegression(
        C=C, solver="newton-cg", fit_intercept=intercept, tol=1e-9, max_iter=1000
    )
    peer.fit(X, y, sample_weight=weights)
    ours = OffsetLogisticRegression(C=C, solver=solver, fit_intercept=intercept)
    ours.fit(make(X), y, sample_weight=weights)
    assert ours.coef_.dtype == np.float64
    # Both are within 1e-6 standard errors of the optimum, and those are below 1 here.
    np.testing.assert_allclose(ours.coef_, peer.coef_, atol=1e-6)
    np.testing.assert_allclose(ours.intercept_, peer.intercept_, atol=1e-6)
    for method in ("decision_function", "predict_proba", "predict_log_proba"):
        np.testing.assert_allclose(
            getattr(ours, method)(make(X)), getattr(peer, method)(X), atol=1e-5
        )
    np.testing.assert_array_equal(ours.predict(make(X)), peer.predict(X))


def test_the_default_penalty_is_scikit_learns() -> None:
    X, y = rows_with_labels(2)
    peer = LogisticRegression(tol=1e-9, max_iter=1000).fit(X, y)
    np.testing.assert_allclose(OffsetLogisticRegression().fit(X, y).coef_, peer.coef_, atol=1e-5)


def test_real_data_like_scikit_learn(real_data: Any) -> None:
    """Columns whose scales differ by 1e5, as they come."""
    X, y = real_data("default")
    X = X.select_dtypes("number").to_numpy(dtype=float)
    ours = OffsetLogisticRegression(C=np.inf).fit(X, y)
    scale, mean = X.std(axis=0), X.mean(axis=0)
    peer = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-10)
    peer.fit((X - mean) / scale, y)
    np.testing.assert_allclose(ours.coef_ * scale, peer.coef_, atol=1e-6)


# With an offset -----------------------------------------------------------------------------------


@SOLVERS
@pytest.mark.parametrize("n_classes", [2, 3])
def test_the_offset_is_in_the_likelihood_and_not_in_the_predictions(
    n_classes: int, solver: str
) -> None:
    X, y = rows_with_labels(n_classes)
    options = extras(len(X), n_classes)
    model = OffsetLogisticRegression(C=2.0, solver=solver).fit(X, y, **options)
    loss = naive_loss(model.coef_, model.intercept_, X, y, ridge=0.5, **options)
    assert model.loss_ == pytest.approx(loss, rel=1e-10)
    # No point nearby is better: a step of a hundredth of a standard error costs 1e-4 / 2.
    rng = np.random.default_rng(0)
    for _ in range(20):
        coef = model.coef_ + rng.normal(size=model.coef_.shape) * 1e-3
        intercept = model.intercept_ + rng.normal(size=model.intercept_.shape) * 1e-3
        assert naive_loss(coef, intercept, X, y, ridge=0.5, **options) > loss
    scores = X @ model.coef_.T + model.intercept_
    decision = model.decision_function(X).reshape(scores.shape)
    np.testing.assert_allclose(decision, scores, atol=1e-12)


@SOLVERS
@pytest.mark.parametrize("n_classes", [2, 3])
def test_a_linear_offset_is_taken_off_the_coefficients(n_classes: int, solver: str) -> None:
    X, y = rows_with_labels(n_classes)
    rows = 1 if n_classes == 2 else 3
    slopes = np.random.default_rng(0).normal(size=(rows, 4))
    level = np.arange(rows) + 1.0
    offset = X @ slopes.T + level
    model = OffsetLogisticRegression(C=np.inf, solver=solver)
    plain = clone(model).fit(X, y)
    moved = clone(model).fit(X, y, offset=offset[:, 0] if n_classes == 2 else offset)
    centred = (slopes, level) if n_classes == 2 else (slopes - slopes.mean(0), level - level.mean())
    np.testing.assert_allclose(moved.coef_, plain.coef_ - centred[0], atol=1e-6)
    np.testing.assert_allclose(moved.intercept_, plain.intercept_ - centred[1], atol=1e-6)


def test_a_constant_per_row_changes_nothing_for_many_classes() -> None:
    X, y = rows_with_labels(3)
    offset = extras(len(X), 3)["offset"]
    constant = np.random.default_rng(0).normal(size=(len(X), 1)) * 100
    fits = [OffsetLogisticRegression().fit(X, y, offset=o) for o in (offset, offset + constant)]
    # The constants of up to 300 leave 14 digits of the offset.
    np.testing.assert_allclose(fits[0].coef_, fits[1].coef_, atol=1e-10)


@pytest.mark.parametrize("names", [("fraud", "ok"), (1, 0), (True, False)])
def test_the_sign_follows_the_order_of_the_labels(names: tuple[Any, Any]) -> None:
    """Rare first: where the rare label sorts before the other, columns and offset swap."""
    X, y = rows_with_labels(2)
    offset = extras(len(X), 2)["offset"]  # log factor of code 1 over that of code 0
    expected = OffsetLogisticRegression().fit(X, y, offset=offset).predict_proba(X)
    labels = np.array([names[1], names[0]])[y]  # code 1 is names[0]
    model = OffsetLogisticRegression()
    second = np.unique(labels)[1]
    model.fit(X, labels, offset=offset if second == names[0] else -offset)
    order = [0, 1] if second == names[0] else [1, 0]
    np.testing.assert_allclose(model.predict_proba(X), expected[:, order], atol=1e-10)
    assert set(model.predict(X)) <= set(labels)


# Simulation: rows sampled with known probabilities ------------------------------------------------


def _sampled_fits(repeats: int) -> dict[str, np.ndarray]:
    """Return z values, (repeats, 4): the offset, its sandwich, and weights with either covariance.

    20,000 rows, log odds -5 + x1 + x2 + x3 with x ~ N(0, I/4); all 190 positives or so kept, and
    about as many negatives, with probability proportional to that of being positive.
    """
    rng = np.random.default_rng(20_24)
    truth = np.array([1.0, 1.0, 1.0, -5.0])
    found: dict[str, list[np.ndarray]] = {}
    for _ in range(repeats):
        X = rng.normal(size=(20_000, 3)) / 2
        p = 1 / (1 + np.exp(-(X @ truth[:3] + truth[3])))
        y = rng.random(20_000) < p
        pi = np.clip(p, 0.2 * p.mean(), 1)
        kept = y | (rng.random(20_000) < pi)
        rows, labels, log_pi = X[kept], y[kept], np.log(pi[kept])
        weights = np.where(labels, 1.0, 1 / pi[kept])
        for name, options in {
            "offset": {"offset": -log_pi},
            "weights": {"sample_weight": weights},
            "weights, model": {"sample_weight": weights},
        }.items():
            kind = "model" if name == "weights, model" else "auto"
            model = OffsetLogisticRegression(C=np.inf, covariance=kind)
            model.fit(rows, labels, **options)
            estimate = np.append(model.coef_, model.intercept_)
            errors = np.sqrt(np.diag(model.coef_covariance_))
            found.setdefault(name, []).append((estimate - truth) / errors)
            found.setdefault(f"{name}: estimate", []).append(estimate - truth)
    return {name: np.array(values) for name, values in found.items()}


def test_intervals_cover_and_the_offset_is_the_better_estimator() -> None:
    repeats = 150
    found = _sampled_fits(repeats)
    covered = {name: (np.abs(z) < 1.96) for name, z in found.items() if ":" not in name}
    for name in ("offset", "weights"):
        share = covered[name].mean()
        # The four coefficients of a repeat are dependent: the standard error is taken over repeats.
        # Weighted sums of 400 rows or so have heavier tails than the normal, worth 2 points more.
        error = covered[name].mean(axis=1).std(ddof=1) / np.sqrt(repeats)
        assert abs(share - 0.95) < 4 * error + (0.02 if name == "weights" else 0.0), name
        assert error < 0.015
    assert covered["weights, model"].mean() < 0.88
    # Unbiased to first order: the mean is within 4 standard errors, and a bias of the order 1/n.
    for name in ("offset", "weights"):
        estimates = found[f"{name}: estimate"]
        error = estimates.std(axis=0, ddof=1) / np.sqrt(repeats)
        assert np.all(np.abs(estimates.mean(axis=0)) < 4 * error + 0.02), name
    # Theorem 5 of Wang, Zhang and Wang: the offset's variance is the smaller one. Same rows, so
    # that the two differ by much less than either varies.
    squares = {n: (found[f"{n}: estimate"] ** 2).sum(axis=1) for n in ("offset", "weights")}
    gain = squares["weights"] - squares["offset"]
    assert gain.mean() > 2 * gain.std(ddof=1) / np.sqrt(repeats)


def test_sandwich_intervals_cover_where_a_few_heavy_rows_decide_the_fit() -> None:
    """All positives and as many negatives, drawn uniformly: weights of 1 and about 70.

    Of the slopes alone: the weighted intercept is biased by half a standard error or so here.
    """
    repeats, truth = 200, np.array([1.0, 1.0, 1.0, 1.0, -5.5])
    rng = np.random.default_rng(20_26)
    covered: dict[str, list[np.ndarray]] = {"own pull taken out": [], "Huber and White": []}
    for _ in range(repeats):
        X = rng.normal(size=(8_000, 4)) / np.sqrt(2)
        y = rng.random(8_000) < 1 / (1 + np.exp(-(X @ truth[:4] + truth[4])))
        drawn = rng.choice(np.flatnonzero(~y), y.sum(), replace=False)
        kept = np.concatenate([np.flatnonzero(y), drawn])
        weights = np.where(y[kept], 1.0, (~y).sum() / y.sum())
        model = OffsetLogisticRegression(C=np.inf).fit(X[kept], y[kept], sample_weight=weights)
        rows = np.column_stack([X[kept], np.ones(len(kept))])
        share = model.predict_proba(X[kept])[:, 1]
        bread = np.linalg.inv((rows.T * (weights * share * (1 - share))) @ rows)
        scores = (weights * (y[kept] - share))[:, None] * rows
        off = np.abs(model.coef_[0] - truth[:4])
        for name, found in (
            ("own pull taken out", model.coef_covariance_),
            ("Huber and White", bread @ (scores.T @ scores) @ bread),
        ):
            covered[name].append(off <= 1.96 * np.sqrt(np.diag(found)[:4]))
    share, error = {}, {}
    for name, inside in covered.items():
        by_repeat = np.array(inside).mean(axis=1)  # the slopes of a repeat depend on each other
        share[name], error[name] = by_repeat.mean(), by_repeat.std(ddof=1) / np.sqrt(repeats)
    assert abs(share["own pull taken out"] - 0.95) < 4 * error["own pull taken out"]
    assert share["Huber and White"] < 0.95 - 4 * error["Huber and White"]


# Estimator ----------------------------------------------------------------------------------------


def test_containers_give_the_same() -> None:
    X, y = rows_with_labels(2)
    names = ["a", "b", "c", "d"]
    expected = OffsetLogisticRegression().fit(X, y).predict_proba(X)
    for make in (
        lambda X: pd.DataFrame(X, columns=names),
        lambda X: pl.DataFrame(X, schema=names),
        np.asfortranarray,
        sparse.csc_array,
        np.ndarray.tolist,
    ):
        rows = make(X)
        model = OffsetLogisticRegression().fit(rows, y)
        np.testing.assert_allclose(model.predict_proba(rows), expected, atol=1e-9)
        if hasattr(rows, "columns"):
            assert model.feature_names_in_.tolist() == names
    offset = extras(len(X), 2)["offset"]
    series = OffsetLogisticRegression().fit(X, pd.Series(y), offset=pd.Series(offset))
    array = OffsetLogisticRegression().fit(X, y, offset=offset)
    np.testing.assert_array_equal(series.coef_, array.coef_)


def test_the_input_is_left_alone() -> None:
    X, y = rows_with_labels(3)
    options = extras(len(X), 3)
    given = [X, y, *options.values()]
    before = [a.copy() for a in given]
    OffsetLogisticRegression().fit(X, y, **options).predict_proba(X)
    for a, b in zip(given, before, strict=True):
        np.testing.assert_array_equal(a, b)


@SOLVERS
@pytest.mark.parametrize("n_classes", [2, 3])
def test_warm_start_begins_where_the_last_fit_ended(n_classes: int, solver: str) -> None:
    X, y = rows_with_labels(n_classes)
    options = extras(len(X), n_classes)
    model = OffsetLogisticRegression(solver=solver, warm_start=True).fit(X + 1e3, y, **options)
    first, steps = model.coef_, model.n_iter_
    assert model.fit(X + 1e3, y, **options).n_iter_ == 1 < steps
    np.testing.assert_allclose(model.coef_, first, atol=1e-7)
    # Another number of columns, or a fit that is worse than nothing: from the beginning.
    model.fit(X[:, :2], y, **options)
    model.coef_ = np.full_like(model.coef_, 1e3)
    cold = clone(model).fit(X[:, :2], y, **options)
    np.testing.assert_allclose(model.fit(X[:, :2], y, **options).coef_, cold.coef_, atol=1e-6)
    model.set_params(fit_intercept=False).fit(X, y, **options)
    assert model.fit(X, y, **options).n_iter_ == 1


def test_auto_takes_newton_for_few_columns_and_covariances_with_it() -> None:
    rng = np.random.default_rng(0)
    few, many = rng.normal(size=(300, 10)), rng.normal(size=(300, 250))
    y = (few[:, 0] + rng.normal(size=300) > 0).astype(int)
    weights = rng.exponential(size=300)
    for options, kind in (({}, "model"), ({"sample_weight": weights}, "sandwich")):
        auto = OffsetLogisticRegression().fit(few, y, **options).coef_covariance_
        asked = OffsetLogisticRegression(covariance=kind).fit(few, y, **options).coef_covariance_
        np.testing.assert_array_equal(auto, asked)
        assert auto.shape == (11, 11)
    model = OffsetLogisticRegression().fit(many, y)
    with pytest.raises(AttributeError, match=r"many parameters\. Hint: fit with covariance="):
        _ = model.coef_covariance_
    model = OffsetLogisticRegression(covariance="model").fit(many, y)
    assert model.coef_covariance_.shape == (251, 251)
    assert not hasattr(OffsetLogisticRegression(covariance=None).fit(few, y), "coef_covariance_")
    assert not hasattr(OffsetLogisticRegression(), "coef_covariance_")


def test_covariance_is_in_the_order_of_the_parameters() -> None:
    X, y = rows_with_labels(3)
    fits = [OffsetLogisticRegression(fit_intercept=b).fit(X, y) for b in (True, False)]
    assert fits[0].coef_covariance_.shape == (15, 15)
    assert fits[1].coef_covariance_.shape == (12, 12)
    # A column in other units, of which the penalty hardly notices anything: its three variances.
    wide = OffsetLogisticRegression(C=1e9).fit(X * [1, 10, 1, 1], y).coef_covariance_
    same = OffsetLogisticRegression(C=1e9).fit(X, y).coef_covariance_
    ratio = np.diag(same) / np.diag(wide)
    np.testing.assert_allclose(ratio, np.tile([1, 100, 1, 1, 1], 3), rtol=1e-5)


def test_grid_search_routes_the_offset() -> None:
    X, y = rows_with_labels(2)
    search = GridSearchCV(OffsetLogisticRegression(), {"C": [0.1, 1.0]}, cv=3)
    search.fit(X, y, **extras(len(X), 2))  # sliced with the rows, or the lengths would not agree
    assert search.best_params_["C"] in (0.1, 1.0)


# Mistakes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"C": 0}, "`C` must be a number above 0, got 0"),
        ({"C": np.nan}, "`C` must be"),
        ({"C": True}, "`C` must be"),
        ({"tol": -1.0}, "`tol` must be"),
        ({"max_iter": 0}, "`max_iter` must be an integer above 0, got 0"),
        ({"solver": "sag"}, "`solver` must be one of .*, got 'sag'"),
        ({"covariance": "robust"}, "`covariance` must be one of .* or None, got 'robust'"),
    ],
)
def test_bad_parameters(parameters: dict[str, Any], message: str) -> None:
    X, y = rows_with_labels(2)
    with pytest.raises(ValueError, match=message):
        OffsetLogisticRegression(**parameters).fit(X, y)


@SOLVERS
def test_extreme_numbers(solver: str) -> None:
    X, y = rows_with_labels(2)
    model = OffsetLogisticRegression(C=np.inf, solver=solver)
    plain, moved = clone(model).fit(X, y), clone(model).fit(X, y, offset=np.full(len(X), 1e5))
    # An offset of 1e5 leaves 11 digits of the log odds.
    np.testing.assert_allclose(moved.coef_, plain.coef_, atol=1e-6)
    np.testing.assert_allclose(moved.intercept_, plain.intercept_ - 1e5, atol=1e-6)
    np.testing.assert_allclose(clone(model).fit(X * 1e150, y).coef_ * 1e150, plain.coef_, atol=1e-6)
    with pytest.raises(ValueError, match=r"too large to be squared.*Hint: scale"):
        model.fit(X * 1e200, y)


def test_bad_rows() -> None:
    X, y = rows_with_labels(2)
    model = OffsetLogisticRegression()
    with pytest.raises(NotFittedError):
        model.predict(X)
    with pytest.raises(ValueError, match="got one class only: 0"):
        model.fit(X, np.zeros(len(X)))
    with pytest.raises(ValueError, match="`offset` contains NaN or infinity"):
        model.fit(X, y, offset=np.full(len(X), np.inf))
    with pytest.raises(ValueError, match="`sample_weight` is zero for every row of class 1"):
        model.fit(X, y, sample_weight=(y == 0).astype(float))
    with pytest.raises(ValueError, match="contains NaN"):
        model.fit(np.where(X > 2, np.nan, X), y)


@SOLVERS
def test_what_has_no_optimum_and_what_was_not_reached_warns(solver: str) -> None:
    X, y = rows_with_labels(2)
    with pytest.warns(ConvergenceWarning, match="did not converge in 1 iterations.*Hint: raise"):
        OffsetLogisticRegression(solver=solver, max_iter=1).fit(X, y)
    with pytest.warns(ConvergenceWarning, match="separates classes.*Hint: use a finite C"):
        model = OffsetLogisticRegression(C=np.inf, solver=solver).fit(X, X[:, 0] > 0)
    assert np.isfinite(model.coef_).all()
    assert model.score(X, X[:, 0] > 0) == 1


def test_weights_in_an_absurd_unit() -> None:
    """Their squares, in the covariance, overflowed."""
    X, y = np.arange(6.0)[:, None], np.array([0, 1, 0, 1, 0, 1])
    with pytest.raises(ValueError, match=r"largest entry of `sample_weight` is 1e\+300"):
        OffsetLogisticRegression().fit(X, y, sample_weight=np.full(6, 1e300))
