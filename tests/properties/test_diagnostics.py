"""Every measure on every kind of predictions, weights and rows: finite, or NaN where documented."""

import json
import math
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import imbalance_kit.diagnostics as kit
from tests.properties._checks import assert_same, snapshot
from tests.properties._outcome import Refusal, attempt, examples
from tests.properties._strategies import Data, data, weights
from tests.properties.test_weighters import populations

SIZES = st.one_of(st.integers(6, 40), st.sampled_from([0, 1, 2, 3]))


def _leaves(thing: Any) -> Any:
    if isinstance(thing, dict):
        for value in thing.values():
            yield from _leaves(value)
    elif isinstance(thing, (list, tuple)):
        for value in thing:
            yield from _leaves(value)
    else:
        yield thing


def check_report(report: Any) -> None:
    """A report prints, is plain, and holds no infinite number."""
    content = report.to_dict()
    infinite = [x for x in _leaves(content) if isinstance(x, float) and math.isinf(x)]
    assert not infinite
    assert not [x for x in _leaves(content) if isinstance(x, (np.generic, np.ndarray))]
    json.dumps(content)
    assert repr(report)
    assert len(report.to_frame())


# Calibration --------------------------------------------------------------------------------------


@given(chance=st.data())
@examples(30)
def test_calibration(chance: st.DataObject) -> None:
    rows: Data = chance.draw(data(sizes=SIZES), label="data")
    n, classes = len(rows.labels), np.unique(rows.labels)
    k = max(2, len(classes))
    kind = chance.draw(st.sampled_from(["spread", "certain", "equal", "true", "float32", "wrong"]))
    rng = np.random.default_rng(0)
    proba = rng.dirichlet(np.ones(k), n)
    if kind == "certain":
        proba = np.eye(k)[rng.integers(0, k, n)]
    elif kind == "equal":
        proba = np.full((n, k), 1 / k)
    elif kind == "true":
        proba = np.eye(k)[np.searchsorted(classes, rows.labels)] if n else proba
    elif kind == "float32":
        proba = proba.astype(np.float32)
    elif kind == "wrong":
        proba = proba * 1.5
    if k == 2 and chance.draw(st.booleans()):
        proba = proba[:, 1]
    options = {
        "n_bins": chance.draw(st.sampled_from([10, 1, 1000])),
        "confidence": chance.draw(st.sampled_from([0.95, 0.5, 0.999])),
    }
    report = attempt(
        lambda: kit.compute_calibration(rows.y, proba, sample_weight=rows.weight, **options)
    )
    if isinstance(report, Refusal):
        return
    check_report(attempt(lambda: report))
    assert np.isfinite([report.log_loss, report.brier_score]).all()
    for one in report.per_class:
        assert 0 <= one.base_rate <= 1
        assert 0 <= one.ece <= 1
        assert one.ece_interval[0] <= one.ece_interval[1]
        whole = one.reliability - one.resolution + one.uncertainty
        whole += one.within_bin_variance - one.within_bin_covariance
        np.testing.assert_allclose(one.brier_score, whole, atol=1e-9)
        for cell in one.bins:
            assert cell.observed_low - 1e-12 <= cell.observed_rate <= cell.observed_high + 1e-12


# Weights ------------------------------------------------------------------------------------------


@given(chance=st.data())
@examples(60)
def test_weights(chance: st.DataObject) -> None:
    n = chance.draw(SIZES)
    given_weight = chance.draw(weights(n))
    given_weight = np.ones(n) if given_weight is None else given_weight
    size = attempt(lambda: kit.effective_sample_size(given_weight))
    summary = attempt(lambda: kit.compute_weight_summary(given_weight))
    effect = attempt(lambda: kit.design_effect(given_weight))
    if isinstance(size, Refusal):
        assert isinstance(summary, Refusal)
        assert isinstance(effect, Refusal)
        return
    assert 0 < size <= np.count_nonzero(given_weight) * (1 + 1e-9)
    np.testing.assert_allclose(size * effect, n, rtol=1e-9)
    np.testing.assert_allclose(
        kit.effective_sample_size(np.asarray(given_weight)[::-1]), size, rtol=1e-12
    )
    assert not isinstance(summary, Refusal), summary
    check_report(summary)
    assert sum(summary.counts) == n
    np.testing.assert_allclose(summary.effective_sample_size, size, rtol=1e-9)


# Balance ------------------------------------------------------------------------------------------


@given(chance=st.data())
@examples(25)
def test_balance(chance: st.DataObject) -> None:
    rows: Data = chance.draw(data(sizes=SIZES), label="data")
    target = chance.draw(populations(rows), label="target")
    before = [snapshot(thing) for thing in (rows.X, rows.weight)]
    report = attempt(
        lambda: kit.compute_balance(
            rows.X,
            target,
            sample_weight=rows.weight,
            binary=chance.draw(st.sampled_from(["raw", "standardized"])),
            denominator=chance.draw(st.sampled_from([None, "population", "pooled", "sample"])),
            interactions=chance.draw(st.sampled_from([None, 2]))
            if rows.values.size < 300
            else None,
        )
    )
    for thing, copy in zip((rows.X, rows.weight), before, strict=True):
        assert_same(thing, copy)
    spread = attempt(lambda: kit.compute_distributions(rows.X, target, sample_weight=rows.weight))
    if not isinstance(report, Refusal):
        check_report(report)
        assert not isinstance(spread, Refusal), spread
    if not isinstance(spread, Refusal):
        for one in spread:
            for share in (one.target, one.before, *([] if one.after is None else [one.after])):
                if not np.isnan(share).all():  # nothing observed
                    assert np.isfinite(share).all()
                    assert (share >= 0).all()


@given(chance=st.data())
@examples(25)
def test_mean(chance: st.DataObject) -> None:
    rows: Data = chance.draw(data(sizes=SIZES), label="data")
    n = len(rows.labels)
    y = np.random.default_rng(0).normal(size=n)
    y *= chance.draw(st.sampled_from([1.0, 1e-150, 1e100, 0.0]))
    if n and chance.draw(st.integers(0, 3)) == 0:
        y[: chance.draw(st.integers(0, n))] = np.nan
    found = attempt(
        lambda: kit.estimate_mean(
            y,
            sample_weight=rows.weight,
            confidence=chance.draw(st.sampled_from([0.95, 0.5])),
            n_replicates=chance.draw(st.sampled_from([None, None, 20])),
            random_state=0,
        )
    )
    if isinstance(found, Refusal):
        return
    check_report(found)
    assert np.isfinite(found.estimate)
    seen = y[np.isfinite(y)]
    slack = 1e-9 * np.abs(seen).max()
    assert seen.min() - slack <= found.estimate <= seen.max() + slack
    if np.isfinite(found.standard_error):
        assert found.interval[0] <= found.estimate <= found.interval[1]


# Drawing ------------------------------------------------------------------------------------------


@given(chance=st.data())
@examples(3)
def test_displays(chance: st.DataObject) -> None:
    """What can be measured can be drawn."""
    import matplotlib.pyplot as plt

    rows: Data = chance.draw(data(sizes=SIZES, missing=False), label="data")
    weight = rows.weight if rows.weight is not None else np.ones(len(rows.labels))
    proba = np.random.default_rng(0).random(len(rows.labels))
    draw = {
        "balance": lambda: kit.LovePlotDisplay.from_report(kit.compute_balance(rows.X, rows.X)),
        "spread": lambda: kit.BalanceDisplay.from_weights(rows.X, rows.X),
        "weights": lambda: kit.WeightDisplay.from_weights(weight),
        "calibration": lambda: kit.CalibrationComparisonDisplay.from_predictions(
            rows.y, {"a": proba}
        ),
    }
    wide = rows.values.shape[1:] > (10,)
    for name, make in draw.items():
        display = attempt(make)
        if not isinstance(display, Refusal) and not (wide and name in ("balance", "spread")):
            assert attempt(display.plot) is not None, name
        plt.close("all")
