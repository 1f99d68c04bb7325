import numpy as np
import pandas as pd
import polars as pl
import pytest

from imbalance_kit.scale_out import _sums
from imbalance_kit.scale_out._sums import CellSums, merge_sums, sum_cells, sum_moments

RNG = np.random.default_rng(0)
FRAME = pd.DataFrame(
    {
        "a": pd.Series(RNG.choice(["x", "y", None], 500), dtype=object),
        "b": RNG.integers(0, 3, 500),
        "c": RNG.random(500) < 0.5,
    }
)
WEIGHTS = RNG.random(500)


def plain(sums: CellSums) -> dict[tuple[str, ...], float]:
    rows = sums.rows if isinstance(sums.rows, pd.DataFrame) else sums.rows.to_pandas()
    keys = [tuple(map(str, row)) for row in rows.itertuples(index=False)]
    assert len(set(keys)) == len(keys)
    return dict(zip(keys, sums.weights.tolist(), strict=True))


def test_cells_are_those_of_a_group_by() -> None:
    found = plain(sum_cells(FRAME, WEIGHTS, 500))
    expected = FRAME.assign(w=WEIGHTS).groupby(["a", "b", "c"], dropna=False)["w"].sum()
    assert len(found) == len(expected) == 18
    np.testing.assert_allclose(sorted(found.values()), sorted(expected), rtol=1e-12)


@pytest.mark.parametrize("container", [pd.DataFrame, pl.from_pandas])
def test_cells_merge_in_any_order(container: type) -> None:
    whole = sum_cells(container(FRAME), WEIGHTS, 500)
    cuts = np.array_split(np.arange(500), 7)
    parts = [sum_cells(container(FRAME.iloc[c]), WEIGHTS[c], len(c)) for c in cuts]
    for order in (parts, parts[::-1]):
        merged = merge_sums(order)
        assert list(plain(merged)) == list(plain(whole))
        np.testing.assert_allclose(merged.weights, whole.weights, rtol=1e-12)
        assert merged.n_rows == 500


def test_categories_that_differ_between_pieces_merge() -> None:
    first, second = (pd.DataFrame({"a": pd.Categorical(list(t))}) for t in ("xyx", "zy"))
    merged = merge_sums([sum_cells(first, np.ones(3), 3), sum_cells(second, np.ones(2), 2)])
    assert plain(merged) == {("x",): 2.0, ("y",): 2.0, ("z",): 1.0}


def test_too_many_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_sums, "MOST_CELLS", 17)
    with pytest.raises(ValueError, match=r"more than 17 distinct rows"):
        sum_cells(FRAME, WEIGHTS, 500)


def test_moments_merge_in_any_order_and_survive_in_a_few_rows() -> None:
    X = pd.DataFrame(RNG.normal(size=(500, 3)) * [1, 1e-3, 1e3] + [0, 5, 1e6], columns=list("abc"))
    X["one"] = 7.1
    cuts = np.array_split(np.arange(500), 7)
    parts = [sum_moments(X.iloc[c], WEIGHTS[c]) for c in cuts]
    mean = np.average(X, axis=0, weights=WEIGHTS)
    covariance = np.cov(X.T, aweights=WEIGHTS, ddof=0)
    scale = np.where(np.diag(covariance) > 1e-20, np.sqrt(np.diag(covariance)), 1)
    for order in (parts, parts[::-1]):
        merged = merge_sums(order)
        rows, weights = merged.weighted_rows()
        assert list(rows.columns) == list(X.columns)
        assert weights.sum() == pytest.approx(WEIGHTS.sum(), rel=1e-13)
        np.testing.assert_allclose(np.average(rows, axis=0, weights=weights), mean, rtol=1e-13)
        found = np.cov(rows.T, aweights=weights, ddof=0)
        np.testing.assert_allclose((found - covariance) / np.outer(scale, scale), 0, atol=1e-12)
        assert merged.n_rows == 500


def test_pieces_without_weight_merge() -> None:
    X = pd.DataFrame({"a": [1.0, 2.0]})
    nothing, something = sum_moments(X, np.zeros(2)), sum_moments(X, np.ones(2))
    for parts in ([nothing, something, nothing], [nothing, nothing, something]):
        merged = merge_sums(parts)
        assert merged.total == 2
        np.testing.assert_allclose(merged.means, 1.5)
        np.testing.assert_allclose(merged.products, 0.5)
        assert merged.n_rows == 6
