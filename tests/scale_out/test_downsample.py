from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression

from imbalance_kit import (
    CorrectedClassifier,
    NonuniformNegativeSampler,
    OffsetLogisticRegression,
    RandomOverSampler,
    RandomUnderSampler,
    Ratios,
    downsample,
)
from imbalance_kit.scale_out import read_manifest
from tests._tables import KINDS, click_log, write_parquet


def sampler(**options: Any) -> NonuniformNegativeSampler:
    return NonuniformNegativeSampler(random_state=0, **options)


def big_log(seed: int) -> pd.DataFrame:
    """Return 120,000 rows without gaps, 1 in 100 positive, of which a linear model is true."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.normal(size=(120_000, 4)), columns=list("abcd"))
    log_odds = -6.1 + frame.a + frame.b - 0.5 * frame.c
    frame["y"] = (rng.random(len(frame)) < 1 / (1 + np.exp(-log_odds))).astype(int)
    return frame.assign(id=np.arange(len(frame)))


def test_a_model_trained_on_the_output_is_calibrated_on_untouched_rows(tmp_path: Path) -> None:
    train, test = big_log(0), big_log(1)
    folder = write_parquet(train, tmp_path / "log", 2, 20_000)
    out = downsample(folder, sampler(), label="y", key="id", destination=tmp_path / "out")
    kept = pd.read_parquet(out)
    assert len(kept) < 0.06 * len(train)
    manifest, X = read_manifest(out), list("abcd")
    truth = test.y.mean()
    # The number of positives is Poisson in both sets: relative errors add up in squares.
    error = np.sqrt(1 / train.y.sum() + 1 / test.y.sum())

    offset = OffsetLogisticRegression().fit(kept[X], kept.y, offset=kept.log_odds_offset)
    assert offset.predict_proba(test[X])[:, 1].mean() == pytest.approx(truth, rel=4 * error)

    weighted = LogisticRegression().fit(kept[X], kept.y, sample_weight=kept.sample_weight)
    assert weighted.predict_proba(test[X])[:, 1].mean() == pytest.approx(truth, rel=4 * error)

    raw = HistGradientBoostingClassifier(max_iter=60, random_state=0).fit(kept[X], kept.y)
    q = raw.predict_proba(test[X])[:, 1]
    assert q.mean() > 5 * truth
    assert manifest.undo(q, test[X]).mean() == pytest.approx(truth, rel=0.05 + 4 * error)
    corrected = CorrectedClassifier(FrozenEstimator(raw), shift=manifest.load_shift())
    proba = corrected.fit(test[X], test.y).predict_proba(test[X])[:, 1]
    np.testing.assert_allclose(proba, manifest.undo(q, test[X]), rtol=1e-6)


def test_the_sampler_is_fitted_and_its_seed_decides() -> None:
    frame = click_log(5000)
    first, again, other = sampler(), sampler(), sampler().set_params(random_state=1)
    ids = [downsample(frame, s, label="click", key="id").id.tolist() for s in (first, again, other)]
    assert ids[0] == ids[1]
    assert ids[0] != ids[2]
    assert first.shift_ == again.shift_
    assert first.inclusion_probability(frame.drop(columns=["id", "click"])).shape == (5000,)


def test_stages_are_independent() -> None:
    frame = click_log(20_000)
    kept = {
        stage: set(
            downsample(
                frame, sampler(criterion="uniform"), label="click", key="id", stage=stage
            ).query("click == 0")["id"]
        )
        for stage in ("first", "second")
    }
    n = int((frame.click == 0).sum())
    expected = len(kept["first"]) * len(kept["second"]) / n
    # The overlap of two independent samples is about Poisson.
    assert abs(len(kept["first"] & kept["second"]) - expected) < 4 * np.sqrt(expected)


def test_a_fitted_pilot_scores_new_rows() -> None:
    frame = click_log(6000).fillna({"age": 0.0})
    X = frame[["price", "age"]]
    pilot = LogisticRegression().fit(X, frame.click)
    chosen = sampler(pilot=FrozenEstimator(pilot))
    kept = downsample(frame, chosen, label="click", key="id", features=["price", "age"])
    expected = chosen.inclusion_probability(kept[["price", "age"]])
    np.testing.assert_allclose(-kept.log_odds_offset, np.log(expected))


def test_what_is_kept_is_never_modified() -> None:
    frame = click_log(1000)
    before = frame.copy()
    downsample(frame, sampler(), label="click", key="id")
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"features": ["click", "age"]}, ValueError, "`features` holds the label"),
        ({"features": ["age", "city", "age"]}, ValueError, "`features` names 'age' twice"),
        ({"features": []}, ValueError, "`features` is empty: .* Hint: name some"),
        ({"features": "age"}, TypeError, "`features` must be a sequence of names"),
        ({"destination": "out"}, ValueError, "`destination` is not for frames in memory"),
        ({"resume": True}, ValueError, "`resume` is for sources that are Parquet files"),
        ({"key": ["id", "click"]}, ValueError, "`key` holds the label 'click': a draw must not"),
        ({"label": "clicks"}, ValueError, "`label` names 'clicks'"),
    ],
)
def test_options_that_do_not_fit(
    options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        downsample(click_log(50), sampler(), **{"label": "click", **options})


def test_chance_alone_needs_no_features() -> None:
    frame = click_log(2000)[["id", "click"]]
    with pytest.raises(ValueError, match="`features` is empty"):
        downsample(frame, sampler(), label="click", key="id")
    for chosen in (sampler(criterion="uniform"), RandomUnderSampler(random_state=0)):
        kept = downsample(frame, chosen, label="click", key="id")
        assert kept.click.sum() == frame.click.sum()


@pytest.mark.parametrize("kind", [*KINDS, "parquet", "dask"])
def test_a_class_that_chance_drops_whole_is_an_error(tmp_path: Path, kind: str) -> None:
    frame = click_log(2000)
    options: dict[str, Any] = {"label": "click", "key": "id"}
    if kind in KINDS:
        rows = KINDS[kind](frame)
    else:
        rows = write_parquet(frame, tmp_path / "log", 1, 500)
        options["destination"] = tmp_path / "out"
    if kind == "dask":
        rows = pytest.importorskip("dask.dataframe").from_pandas(frame, npartitions=2)
    few = sampler(sampling_strategy=Ratios({0: 1e-9}, of="own"))
    with pytest.raises(ValueError, match=r"No row of class 0 was kept: .* Hint: ask for more"):
        downsample(rows, few, **options)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("dtype", [pl.Categorical, pl.Enum(["Ulm", "Bonn", "Köln", "Rom"])])
def test_categories_as_polars_writes_them(tmp_path: Path, dtype: Any) -> None:
    frame = click_log(3000)
    expected = downsample(frame, sampler(), label="click", key="id")
    pl.from_pandas(frame).with_columns(pl.col("city").cast(dtype)).write_parquet(tmp_path / "log")
    out = downsample(
        tmp_path / "log", sampler(), label="click", key="id", destination=tmp_path / "out"
    )
    assert pd.read_parquet(out)["id"].tolist() == expected["id"].tolist()


def test_samplers_that_need_all_rows_are_refused() -> None:
    with pytest.raises(TypeError, match="others need all rows at once"):
        downsample(click_log(50), RandomOverSampler(), label="click")


def test_a_destination_is_needed_for_files(tmp_path: Path) -> None:
    folder = write_parquet(click_log(100), tmp_path / "log", 1, 50)
    with pytest.raises(ValueError, match="`destination` is missing"):
        downsample(folder, sampler(), label="click")


@pytest.mark.parametrize("labels", [("ok", "fraud"), (False, True), (0.0, 1.0)], ids=str)
@pytest.mark.parametrize("kind", [*KINDS, "nullable", "categories", "parquet", "dask"])
def test_labels_of_every_type_in_every_source(
    tmp_path: Path, labels: tuple[Any, Any], kind: str
) -> None:
    frame = click_log(2000)
    expected = downsample(frame, sampler(), label="click", key="id")["id"]
    frame["click"] = np.where(frame["click"] == 1, labels[1], labels[0])
    options: dict[str, Any] = {"label": "click", "key": "id"}
    if kind == "parquet":
        source: Any = write_parquet(frame, tmp_path / "log", 2, 300)
        kept: Any = pd.read_parquet(
            downsample(source, sampler(), destination=tmp_path / "out", **options)
        )
        assert {label for label, _ in read_manifest(tmp_path / "out").counts_before} == {*labels}
    elif kind == "dask":
        dd = pytest.importorskip("dask.dataframe", reason="Dask is not installed (extra 'dask')")
        lazy = downsample(dd.from_pandas(frame, npartitions=3), sampler(), **options)
        kept = lazy.compute(scheduler="synchronous")
    else:
        make = KINDS | {
            "nullable": lambda f: f.convert_dtypes(),
            "categories": lambda f: f.astype({"click": "category", "city": "category"}),
        }
        kept = downsample(make[kind](frame), sampler(), **options)
    assert sorted(np.asarray(kept["id"]).tolist()) == sorted(expected.tolist())


def test_columns_of_lists_are_refused() -> None:
    frame = click_log(500)
    frame["tags"] = [["a"]] * len(frame)
    for kind in ("pandas", "arrow"):
        with pytest.raises(TypeError, match=r"Column 'tags' was .* leave it out of `features`"):
            downsample(KINDS[kind](frame), sampler(), label="click", key="id")
