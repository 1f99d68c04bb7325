"""Weights fitted from sums are those of a fit in memory, on every kind of source."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest

from imbalance_kit import (
    CalibrationWeighter,
    CBPSWeighter,
    ClassWeighter,
    Margins,
    Population,
    PostStratificationWeighter,
    PropensityWeighter,
    RakingWeighter,
    add_weights,
)
from imbalance_kit.scale_out import _parquet_source, _sums
from tests._tables import KINDS, write_parquet

FEATURES = ["city", "mobile"]


def people(n: int, seed: int, tilt: float) -> pd.DataFrame:
    """Return rows with two categories, two numbers and design weights."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "id": np.arange(n),
            "city": rng.choice(["Ulm", "Bonn", "Rom"], n, p=[0.4 + tilt, 0.4 - tilt, 0.2]),
            "mobile": rng.random(n) < 0.3 + tilt,
            "age": rng.normal(40 + 30 * tilt, 10, n),
            "income": rng.normal(3e4 + 1e4 * tilt, 1e4, n),
            "d": rng.uniform(0.5, 2, n),
        }
    )


SAMPLE, POPULATION = people(4000, 0, 0.0), people(3000, 1, 0.1)
CELLS: dict[str, Any] = {
    "raking": RakingWeighter(),
    "raking, mean": RakingWeighter(normalize="mean"),
    "cells": PostStratificationWeighter(normalize="sample"),
    "linear": CalibrationWeighter(),
    "entropy": CalibrationWeighter("raking"),
    "bounded": CalibrationWeighter("logit", bounds=(0.2, 5)),
    "exact score": CBPSWeighter("exact"),
    "score": CBPSWeighter("over"),
}


def in_memory(weighter: Any, features: list[str], design_weight: str | None = None) -> Any:
    given = None if design_weight is None else SAMPLE[design_weight]
    target = POPULATION[features]
    return weighter.fit_weights(SAMPLE[features], target=target, sample_weight=given)


@pytest.mark.parametrize("design_weight", [None, "d"])
@pytest.mark.parametrize("weighter", CELLS.values(), ids=CELLS)
def test_cells_give_the_weights_of_all_rows(
    weighter: Any, design_weight: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imbalance_kit.scale_out._frames._BLOCK", 700)
    expected = in_memory(weighter, FEATURES, design_weight)
    target = POPULATION[FEATURES]
    found = add_weights(SAMPLE, weighter, target=target, design_weight=design_weight)
    # Newton's method stops within its own tolerance, 1e-10 for the scores, wherever it starts.
    np.testing.assert_allclose(found["weight"], expected, rtol=1e-8)
    assert found["weight"].sum() == pytest.approx(expected.sum(), rel=1e-10)
    pd.testing.assert_frame_equal(found.drop(columns="weight"), SAMPLE)


NUMBERS = ["age", "income"]


@pytest.mark.parametrize(
    "options", [{}, {"ridge": 0.1}, {"tolerance": 0.1}, {"normalize": "mean"}], ids=str
)
def test_moments_give_linear_weights(
    options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imbalance_kit.scale_out._frames._BLOCK", 700)
    weighter = CalibrationWeighter(**options)
    expected = in_memory(weighter, NUMBERS, "d")
    target = Population(POPULATION[NUMBERS])
    found = add_weights(SAMPLE, weighter, target=target, design_weight="d", name="w")
    np.testing.assert_allclose(found["w"], expected, rtol=1e-9)
    assert found["w"].sum() == pytest.approx(expected.sum(), rel=1e-10)


def test_moments_of_columns_that_say_nothing_new() -> None:
    frame = SAMPLE.assign(one=1.0, twice=2 * SAMPLE["age"])
    target = Margins({"age": 41.0, "one": 1.0, "twice": 82.0}, size=1000, kind="share")
    found = add_weights(frame, CalibrationWeighter(), target=target)
    columns = ["age", "one", "twice"]
    expected = CalibrationWeighter().fit_weights(frame[columns], target=target)
    np.testing.assert_allclose(found["weight"], expected, rtol=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_frames_of_every_kind(kind: str) -> None:
    margins = Margins({"city": {"Ulm": 5, "Bonn": 3, "Rom": 2}, "mobile": {True: 4, False: 6}})
    expected = RakingWeighter().fit_weights(SAMPLE[FEATURES], target=margins)
    found = add_weights(KINDS[kind](SAMPLE), RakingWeighter(), target=margins)
    assert type(found) is type(KINDS[kind](SAMPLE))
    np.testing.assert_allclose(np.asarray(found["weight"]), expected, rtol=1e-10)


@pytest.mark.parametrize("most_bytes", [1 << 27, 100], ids=["small groups", "large groups"])
def test_parquet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most_bytes: int) -> None:
    monkeypatch.setattr(_parquet_source, "_MOST_BYTES", most_bytes)
    monkeypatch.setattr(_parquet_source, "_MOST_ROWS", 300)
    folder = write_parquet(SAMPLE, tmp_path / "rows", 3, 500)
    for weighter, columns in ((RakingWeighter(), FEATURES), (CalibrationWeighter(), NUMBERS)):
        expected = in_memory(weighter, columns, "d")
        out = add_weights(
            folder,
            weighter,
            target=POPULATION[columns],
            design_weight="d",
            destination=tmp_path / columns[0],
        )
        found = pq.read_table(out).to_pandas()
        np.testing.assert_allclose(found["weight"], expected, rtol=1e-9)
        pd.testing.assert_frame_equal(found.drop(columns="weight"), SAMPLE)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["age", "city", "rows"]


def test_what_is_fitted_on_a_sample_weighs_all_rows(tmp_path: Path) -> None:
    features = ["city", "age"]
    weighter = PropensityWeighter(random_state=0)
    weighter.fit(SAMPLE[features].head(1000), target=POPULATION[features])
    folder = write_parquet(SAMPLE, tmp_path / "rows", 2, 500)
    out = add_weights(folder, weighter, destination=tmp_path / "out", n_jobs=1)
    expected = weighter.weights(SAMPLE[features])
    np.testing.assert_allclose(pq.read_table(out)["weight"], expected, rtol=1e-12)
    found = add_weights(SAMPLE, weighter, design_weight="d")
    expected = weighter.weights(SAMPLE[features], sample_weight=SAMPLE["d"])
    np.testing.assert_allclose(found["weight"], expected, rtol=1e-12)


def test_what_is_fitted_on_an_array_reads_the_columns_named() -> None:
    target = POPULATION[NUMBERS].to_numpy()
    weighter = CalibrationWeighter().fit(SAMPLE[NUMBERS].to_numpy(), target=target)
    found = add_weights(pl.from_pandas(SAMPLE), weighter, features=NUMBERS)
    np.testing.assert_allclose(found["weight"], weighter.weights_, rtol=1e-12)
    with pytest.raises(ValueError, match="`features` is missing"):
        add_weights(SAMPLE, weighter)


def test_the_order_of_rows_does_not_matter() -> None:
    weights = []
    for seed in range(3):
        frame = SAMPLE.sample(frac=1, random_state=seed)
        found = add_weights(frame, RakingWeighter(), target=POPULATION[FEATURES])
        weights.append(found.sort_index()["weight"])
    pd.testing.assert_series_equal(weights[0], weights[1], check_exact=True)
    pd.testing.assert_series_equal(weights[0], weights[2], check_exact=True)


def test_gaps_are_a_level() -> None:
    sample, target = (f[FEATURES].astype(object) for f in (SAMPLE, POPULATION))
    sample.loc[sample.index % 7 == 0, "city"] = None
    target.loc[target.index % 5 == 0, "city"] = None
    expected = RakingWeighter().fit_weights(sample, target=target)
    found = add_weights(sample, RakingWeighter(), target=target)
    np.testing.assert_allclose(found["weight"], expected, rtol=1e-10)


@pytest.mark.parametrize(
    ("weighter", "options", "error", "message"),
    [
        (RakingWeighter, {}, TypeError, "`weighter` must be an object with weights"),
        (ClassWeighter(), {}, TypeError, r"Hint: downsample\(source, weighter"),
        (RakingWeighter(), {}, ValueError, "is not fitted. Hint: give a `target`"),
        (PropensityWeighter(), {"target": POPULATION}, ValueError, "needs single rows"),
        (RakingWeighter(), {"target": POPULATION, "features": "age"}, TypeError, "a sequence"),
        (RakingWeighter(), {"target": POPULATION, "features": ["x"]}, ValueError, "names 'x'"),
        (RakingWeighter(), {"target": POPULATION, "name": "id"}, ValueError, "another `name`"),
        (RakingWeighter(), {"target": POPULATION, "destination": "o"}, ValueError, "not for"),
    ],
)
def test_what_cannot_be_done(
    weighter: Any, options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        add_weights(SAMPLE, weighter, **options)


def test_numbers_that_make_too_many_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_sums, "MOST_CELLS", 1000)
    target = POPULATION[["city", "age"]]
    with pytest.raises(ValueError, match=r"more than 1,000 distinct .* the most values in 'age'"):
        add_weights(SAMPLE, CalibrationWeighter("raking"), target=target)


def test_moments_of_numbers_with_gaps() -> None:
    frame = SAMPLE.assign(age=SAMPLE["age"].where(SAMPLE.index > 5))
    with pytest.raises(ValueError, match="'age' has missing or infinite values, which moments"):
        add_weights(frame, CalibrationWeighter(), target=POPULATION[NUMBERS])


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_parquet(SAMPLE, tmp_path / "rows", 2, 500)

    def full(*arguments: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(_parquet_source.RowGroup, "read", full)
    with pytest.raises(OSError, match="No space left"):
        add_weights(
            folder, RakingWeighter(), target=POPULATION[FEATURES], destination=tmp_path / "out"
        )
    assert [p.name for p in tmp_path.iterdir()] == ["rows"]


def test_dask() -> None:
    dd = pytest.importorskip("dask.dataframe", reason="Dask is not installed (extra 'dask')")
    for weighter, columns in ((RakingWeighter(), FEATURES), (CalibrationWeighter(), NUMBERS)):
        expected = in_memory(weighter, columns, "d")
        rows = dd.from_pandas(SAMPLE, npartitions=5)
        lazy = add_weights(rows, weighter, target=POPULATION[columns], design_weight="d")
        found = lazy.compute(scheduler="synchronous")
        np.testing.assert_allclose(found["weight"], expected, rtol=1e-9)
