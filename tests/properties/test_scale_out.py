"""Sampling and weighting of tables in memory and on disk, for odd columns, keys and labels."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import assume, given
from hypothesis import strategies as st

from imbalance_kit import (
    CalibrationWeighter,
    ClassWeighter,
    NonuniformNegativeSampler,
    RakingWeighter,
    RandomUnderSampler,
    Ratios,
    add_weights,
    downsample,
    read_manifest,
)
from tests._tables import KINDS, write_parquet
from tests.properties._outcome import Refusal, attempt, examples

LABELS = [(0, 1), (False, True), ("ok", "fraud"), (0.0, 1.0), (-1, 1), ("", "b")]
KEYS: dict[str, Any] = {
    "int": lambda n: np.arange(n),
    "negative": lambda n: -np.arange(n) * (1 << 40),
    "text": lambda n: np.array([f"row {i}" for i in range(n)], dtype=object),
    "same": lambda n: np.zeros(n, dtype=int),
    "float": lambda n: np.arange(n) / 3,
    "time": lambda n: pd.Timestamp("2020-01-01") + pd.to_timedelta(np.arange(n), "h"),
}


@st.composite
def logs(draw: Any) -> pd.DataFrame:
    """Draw a table with a label, a key, and some columns of each kind."""
    n = draw(st.one_of(st.integers(20, 120), st.sampled_from([0, 1, 2, 5])))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    labels = draw(st.sampled_from(LABELS))
    codes = (rng.random(n) < draw(st.sampled_from([0.2, 0.5, 0.0, 0.02]))).astype(int)
    columns = {
        "number": rng.normal(size=n) * draw(st.sampled_from([1.0, 1e150, 1e-150, 0.0])),
        "single": rng.normal(size=n).astype(np.float32),
        "count": rng.integers(-5, 5, n),
        "city": rng.choice(np.array(["Ulm", "Bonn", "", "ü"], dtype=object), n),
        "flag": rng.random(n) < 0.5,
        "gaps": np.where(rng.random(n) < 0.3, np.nan, rng.normal(size=n)),
        "level": pd.Categorical(rng.choice(["a", "b"], n), categories=["a", "b", "c"]),
        "nullable": pd.array(np.where(rng.random(n) < 0.3, None, 7), dtype="Int64"),
        "empty": np.full(n, np.nan),
    }
    chosen = draw(st.lists(st.sampled_from(list(columns)), unique=True, min_size=1, max_size=4))
    frame = pd.DataFrame({name: columns[name] for name in chosen})
    frame["id"] = KEYS[draw(st.sampled_from(list(KEYS)))](n)
    frame["y"] = np.array(labels, dtype=object if isinstance(labels[0], str) else None)[codes]
    return frame


@st.composite
def samplers(draw: Any, labels: Any) -> Any:
    """Draw a sampler that can work row by row."""
    known = np.unique(labels).tolist()
    if draw(st.booleans()) and known:
        of_one = Ratios({draw(st.sampled_from(known)): 0.5}, of="own")
        strategy = draw(st.sampled_from(["auto", 0.5, of_one]))
        return RandomUnderSampler(sampling_strategy=strategy, random_state=0)
    return NonuniformNegativeSampler(
        sampling_strategy=draw(st.sampled_from([1 / 3, 1.0, 0.01, 7.0])),
        criterion=draw(st.sampled_from(["probability", "uniform", "local_case_control"])),
        cross_fit=draw(st.sampled_from([1, 2])),
        floor=draw(st.sampled_from([0.1, 1.0])),
        random_state=0,
    )


def _ids(table: Any) -> list[Any]:
    return sorted(
        map(
            str,
            table["id"].to_pylist()
            if hasattr(table, "schema") and hasattr(table["id"], "to_pylist")
            else list(table["id"]),
        )
    )


@given(chance=st.data())
@examples(15)
def test_downsample(chance: st.DataObject) -> None:
    """The same rows from every kind of table, and from files in any pieces."""
    frame = chance.draw(logs(), label="log")
    sampler = chance.draw(samplers(frame["y"].to_numpy()), label="sampler")
    before = frame.copy()
    options = {"label": "y", "key": "id"}

    kept = attempt(lambda: downsample(frame, sampler, **options))

    pd.testing.assert_frame_equal(frame, before)
    kind = chance.draw(st.sampled_from(["polars", "arrow", "parquet"]), label="other kind")
    with TemporaryDirectory() as folder:
        other = attempt(lambda: _elsewhere(frame, sampler, kind, Path(folder), options))
    assert isinstance(other, Refusal) == isinstance(kept, Refusal), (kept, other)
    if isinstance(kept, Refusal):
        return
    assert set(frame.columns) <= set(kept.columns)
    assert set(_ids(kept)) <= set(_ids(frame))
    assert _ids(other) == _ids(kept)
    for name in ("sample_weight", "log_odds_offset"):
        if name in kept:
            assert np.isfinite(kept[name]).all()
    if "sample_weight" in kept:
        assert (kept["sample_weight"] >= 1 - 1e-12).all()
    assert kept[frame.columns].dtypes.tolist() == frame.dtypes.tolist()


def _elsewhere(frame: Any, sampler: Any, kind: str, folder: Path, options: Any) -> Any:
    if kind != "parquet":
        return downsample(KINDS[kind](frame), sampler, **options)
    source = write_parquet(frame, folder / "log", 2, 17)
    out = downsample(source, sampler, destination=folder / "out", **options)
    assert read_manifest(out).load_shift() == sampler.shift_
    return pd.read_parquet(out)


@given(chance=st.data())
@examples(10)
def test_add_weights(chance: st.DataObject) -> None:
    """Weights beside the rows are those of a fit in memory."""
    frame = chance.draw(logs(), label="log").drop(columns="id")
    weighter = chance.draw(
        st.sampled_from([CalibrationWeighter("raking"), RakingWeighter(), ClassWeighter()])
    )
    assume(len(frame.columns) > 1)
    features = [name for name in frame.columns if name != "y"]
    towards: dict[str, Any] = {"target": frame[features].iloc[: max(1, len(frame) // 2)]}
    if isinstance(weighter, ClassWeighter):
        towards = {}
    before = frame.copy()
    found = attempt(
        lambda: add_weights(frame, weighter, features=["y"] if not towards else features, **towards)
    )
    pd.testing.assert_frame_equal(frame, before)
    if isinstance(found, Refusal):
        return
    assert np.isfinite(found["weight"]).all()
    assert len(found) == len(frame)
    if towards:
        plain = attempt(lambda: weighter.fit_weights(frame[features], **towards))
        assert not isinstance(plain, Refusal), plain
        np.testing.assert_allclose(found["weight"], plain, rtol=1e-6, atol=1e-9)


@given(text=st.text(max_size=60))
@examples(30)
def test_manifests(text: str) -> None:
    """A file that is no manifest is refused."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "_imbalance_kit.json").write_text(text, encoding="utf-8")
        found = attempt(lambda: read_manifest(folder))
    assert isinstance(found, Refusal)
