"""The report as text, dict and table."""

import sys

import numpy as np
import pytest

from imbalance_kit.diagnostics import compute_calibration


def _report(n_classes: int = 2, n: int = 3000, scale: float = 1.0, **options):
    rng = np.random.default_rng(0)
    if n_classes == 2:
        p = rng.beta(1, 30, n) * scale
        return compute_calibration(rng.random(n) < p, p, **options)
    proba = rng.dirichlet(np.ones(n_classes), n)
    codes = (proba.cumsum(axis=1) > rng.random((n, 1))).argmax(axis=1)
    names = np.array([f"a class with a long name {k:03}" for k in range(n_classes)])
    return compute_calibration(names[codes], proba, **options)


@pytest.mark.parametrize(
    "report",
    [
        _report(),
        _report(n=100_000, scale=1e-2),
        _report(sample_weight=np.full(3000, 1234.567)),
        _report(4),
        _report(30),
    ],
)
def test_text_fits_eighty_columns(report) -> None:
    lines = repr(report).splitlines()
    assert 6 < len(lines) < 30
    assert max(map(len, lines)) <= 80, max(lines, key=len)
    assert not any(line != line.rstrip() for line in lines)


def test_text_of_a_binary_report() -> None:
    report = _report()
    text = repr(report)
    assert text.startswith("CalibrationReport: 3,000 rows, positive class True\n")
    for value in (report.log_loss, report.brier_score, report.base_rate, report.ece):
        assert f"{value:.4g}" in text
    assert f"{report.slope:.3f} (SE {report.per_class[0].slope_se:.3f})" in text
    assert "0.95 interval" in text


def test_errors_of_the_slope_stand_beside_it_for_one_class_alone() -> None:
    binary, multiclass = _report(), _report(4)
    for name in ("slope_se", "intercept_se", "calibration_in_the_large_se"):
        assert getattr(binary, name) == getattr(binary.per_class[0], name) > 0
        assert np.isnan(getattr(multiclass, name))


def test_text_of_a_multiclass_report() -> None:
    text = repr(_report(30))
    assert "30 classes" in text
    assert "... 10 more" in text
    assert "(mean)" in text


def test_dict_is_plain() -> None:
    def kinds(value):
        if isinstance(value, dict):
            return {type(k) for k in value}.union(*map(kinds, value.values()))
        if isinstance(value, list):
            return set().union(*map(kinds, value))
        return {type(value)}

    report = _report(3)
    values = report.to_dict()
    assert kinds(values) <= {str, int, float, bool, type(None)}
    assert values["log_loss"] == report.log_loss
    assert values["per_class"][1]["ece_interval"] == list(report.per_class[1].ece_interval)
    assert "histogram" not in values["per_class"][0]


def test_frame_has_one_row_per_bin() -> None:
    report = _report(3, n_bins=7)
    frame = report.to_frame()
    assert list(frame.columns) == [
        "class", "bin", "lower", "upper", "mean_predicted", "observed_rate", "observed_low",
        "observed_high", "weight", "count",
    ]  # fmt: skip
    assert frame.groupby("class")["count"].sum().tolist() == [3000] * 3
    assert frame["bin"].tolist() == [*range(7)] * 3
    assert (frame["observed_low"] <= frame["observed_rate"]).all()
    assert (frame["observed_rate"] <= frame["observed_high"]).all()


def test_reports_are_values() -> None:
    assert _report() == _report()
    assert hash(_report()) == hash(_report())
    assert _report() != _report(n_bins=5)


def test_missing_pandas_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    report = _report()
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match=r"to_frame needs pandas.*imbalance-kit\[frame\]"):
        report.to_frame()
