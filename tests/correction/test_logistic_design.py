"""The design matrix, against the same with centred columns and a column of ones written out."""

from typing import Any

import numpy as np
import pytest
from scipy import sparse

from imbalance_kit.correction import _logistic_design
from imbalance_kit.correction._logistic_design import make_design
from tests.correction._logistic_reference import dense_rows, rows_with_labels

X, _ = rows_with_labels(2, n=1000, p=5)
X[np.random.default_rng(3).random(X.shape) < 0.5] = 0.0

CONTAINERS = {
    "C": X,
    "Fortran": np.asfortranarray(X),
    "float32": X.astype(np.float32),
    "far from zero": X + 1e6,
    "constant column": np.column_stack([X, np.full(len(X), 0.1)]),
    "sparse": sparse.csr_array(X),
    "sparse float32": sparse.csr_array(X.astype(np.float32)),
    "sparse matrix": sparse.csr_matrix(X),
    "sparse constant column": sparse.csr_array(np.column_stack([X, np.full(len(X), 0.1)])),
}


@pytest.fixture(params=[1 << 18, 1 << 9])
def _blocks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """One block, and many of 64 rows with a shorter one at the end."""
    monkeypatch.setattr(_logistic_design, "_PRODUCT", request.param)


@pytest.mark.usefixtures("_blocks")
@pytest.mark.parametrize("intercept", [True, False])
@pytest.mark.parametrize("name", CONTAINERS)
@pytest.mark.parametrize("n_outputs", [1, 3])
def test_products_are_those_of_the_written_out_matrix(
    name: str, intercept: bool, n_outputs: int
) -> None:
    rng = np.random.default_rng(0)
    design = make_design(CONTAINERS[name], intercept=intercept)
    full = dense_rows(design)
    theta = rng.normal(size=(n_outputs, design.n_columns))
    values = rng.normal(size=(n_outputs, len(X)))
    for weights in (values[0], np.abs(values[0])):
        pulled, gram = np.ones_like(theta), np.ones((design.n_columns, design.n_columns))
        for rows, block in design.blocks(n_outputs):
            design.add_pull_back(block, values[:, rows], pulled)
            design.add_gram(block, weights[rows], gram)
        pulled, gram = pulled - 1, gram - 1  # what was there stays: products are added
        # Sums of 1000 products of numbers up to 20: rounding is below 1e-10.
        np.testing.assert_allclose(design.predict(theta), theta @ full.T, atol=1e-9)
        np.testing.assert_allclose(design.centre_rows(pulled), values @ full, atol=1e-9)
        np.testing.assert_allclose(
            design.centre_gram(gram), full.T @ (full * weights[:, None]), atol=1e-8
        )
    squares = design.square_sums(np.abs(values))
    np.testing.assert_allclose(squares, np.abs(values) @ full**2, atol=1e-8)


@pytest.mark.parametrize("name", CONTAINERS)
def test_raw_and_centred_coefficients_predict_the_same(name: str) -> None:
    design = make_design(CONTAINERS[name], intercept=True)
    theta = np.random.default_rng(0).normal(size=(2, design.n_columns))
    raw = design.to_raw(theta)
    rows = dense_rows(design)[:, :-1] + design.center
    # Values of 1e6 lose six of sixteen digits.
    np.testing.assert_allclose(
        rows @ raw[:, :-1].T + raw[:, -1], design.predict(theta).T, atol=1e-8
    )
    np.testing.assert_allclose(design.to_centred(raw), theta, atol=1e-8)


def test_neither_rows_nor_indices_are_copied_without_need() -> None:
    rows = sparse.csr_array(X)
    assert next(make_design(rows, intercept=True).blocks())[1] is rows
    assert np.shares_memory(next(make_design(X, intercept=True).blocks())[1], X)
    single = make_design(rows.astype(np.float32), intercept=True).X
    assert single.dtype == np.float64
    assert single.shape == rows.shape


def test_columns_far_from_zero_are_centred_before_they_are_multiplied() -> None:
    """With values of 1e8 and a spread of 1, raw squares have no digit left for the spread."""
    far = np.random.default_rng(0).normal(size=(500, 2)) + 1e8
    design = make_design(far, intercept=True)
    assert design.copies
    gram = np.zeros((3, 3))
    for _, block in design.blocks():
        design.add_gram(block, np.ones(len(block)), gram)
    np.testing.assert_allclose(gram[:2, :2], 500 * np.cov(far.T, bias=True), rtol=1e-9)


@pytest.mark.parametrize("center", [1e4, -1e4, 1e2])
def test_centring_costs_a_copy_only_where_it_is_needed(center: float) -> None:
    """A spread of 1 around 1e4 is 1e-8 of the squared mean, around 100 it is 1e-4."""
    rows = np.random.default_rng(1).normal(size=(500, 2)) + center
    assert make_design(rows, intercept=True).copies is (abs(center) > 1e3)


@pytest.mark.parametrize("make", [np.asarray, sparse.csr_array])
def test_constant_columns_are_zero_once_centred(make: Any) -> None:
    design = make_design(make(np.column_stack([X, np.full(len(X), 0.1)])), intercept=True)
    assert design.constant.tolist() == [False] * 5 + [True]
    gram = np.zeros((7, 7))
    for _, block in design.blocks():
        design.add_gram(block, np.ones(block.shape[0]), gram)
    assert not design.centre_gram(gram)[5].any()
