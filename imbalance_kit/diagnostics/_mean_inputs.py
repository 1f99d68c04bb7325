"""What an estimate of a mean is made from, and the checks of it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbalance_kit.diagnostics._target import TargetRows

_Floats = NDArray[np.float64]
REPLICATES = {"bootstrap": 200, "jackknife": 50}


@dataclass(frozen=True)
class MeanInputs:
    """What was handed in, checked; None where it was not given.

    Invariant: as many outcomes as rows of `X` and weights; `rows` is None for margins too.
    """

    y: _Floats
    X: Any
    target: Any
    target_weight: Any
    rows: TargetRows | None
    weight: _Floats | None
    base: _Floats | None
    weighter: Any
    estimator: Any


def check_options(method: Any, target_kind: Any, confidence: Any, n_replicates: Any) -> None:
    """Raise where an option is not one of those there are."""
    methods = ("weighted", *REPLICATES, "greg", "aipw")
    if method not in methods:
        raise ValueError(f"`method` must be one of {methods}, got {method!r}.")
    if target_kind not in (None, "census", "sample"):
        raise ValueError(f"`target_kind` must be 'census', 'sample' or None, got {target_kind!r}.")
    if not isinstance(confidence, (float, np.floating)) or not 0.0 < confidence < 1.0:
        raise ValueError(
            f"`confidence` must be a float in (0, 1), got {confidence!r}. Hint: .95 is 95 %."
        )
    if n_replicates is None:
        return
    if isinstance(n_replicates, bool) or not isinstance(n_replicates, (int, np.integer)):
        raise TypeError(f"`n_replicates` must be an int of at least 2, got {n_replicates!r}.")
    if n_replicates < 2:
        raise ValueError(f"`n_replicates` must be at least 2, got {n_replicates!r}.")


def check_outcome(y: Any) -> _Floats:
    """Return the outcome as float64, NaN where missing."""
    try:
        if hasattr(y, "iloc"):
            values = np.asarray(y.to_numpy(dtype=np.float64, na_value=np.nan))
        else:
            values = np.asarray(y, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"`y` must hold numbers, NaN where missing: {error}. Hint: for the share of a category "
            "pass y == category."
        ) from None
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim != 1 or not len(values):
        raise ValueError(f"`y` must have shape (n_samples,), got {values.shape}.")
    if np.isinf(values).any():
        raise ValueError(
            f"`y` contains infinity (first at row {int(np.argmax(np.isinf(values)))}): expected "
            "numbers, NaN where missing."
        )
    if np.isnan(values).all():
        raise ValueError("`y` is missing in every row: there is nothing to take the mean of.")
    return values


def check_needs(given: MeanInputs, method: str) -> None:
    """Raise where the method lacks something, or was given something it would not read."""
    needs: dict[str, Any] = {}
    unused: dict[str, Any] = {}
    if method != "weighted":
        needs |= {"X": given.X, "target": given.target}
    if method == "aipw":
        if (given.weighter is None) == (given.weight is None):
            raise ValueError(
                "method='aipw' needs either `weighter`, to fit weights out of fold, or "
                "`sample_weight`, exactly one of them. Hint: weighter=PropensityWeighter()."
            )
    else:
        unused["estimator"] = given.estimator
    if method in REPLICATES:
        needs["weighter"] = given.weighter
    elif method != "aipw":
        unused["weighter"] = given.weighter
    if method in (*REPLICATES, "greg"):
        unused["sample_weight"] = given.weight
    lacking = [name for name, value in needs.items() if value is None]
    if lacking:
        names = " and ".join(f"`{name}`" for name in lacking)
        raise ValueError(f"method={method!r} needs {names}: got None.")
    idle = [name for name, value in unused.items() if value is not None]
    if idle:
        raise ValueError(
            f"method={method!r} does not use {idle!r}. Hint: weights that rows came with are "
            "`base_weight`; leave the others out."
        )
    if method in ("greg", "aipw") and given.rows is None:
        raise ValueError(
            f"method={method!r} predicts the outcome for the rows of the population, and margins "
            "have none. Hint: pass rows as `target`; or calibrate to the margins with "
            "CalibrationWeighter(distance='linear') and take the weighted mean, which is the same "
            "estimate as method='greg'."
        )
    weight = given.weight if method == "weighted" and given.weight is not None else given.base
    if weight is not None and weight[~np.isnan(given.y)].sum() <= 0:
        raise ValueError(
            "The rows with an observed outcome have no weight in all: there is no mean."
        )
    if method == "weighted" and given.target is not None and given.X is None:
        raise ValueError(
            "method='weighted' uses `target` only with `X`, the covariates that the weights "
            "were calibrated on. Hint: pass `X`, or leave `target` out."
        )
    if method == "weighted" and given.target is not None and given.weight is None:
        raise ValueError(
            "method='weighted' adjusts nothing by itself, and `sample_weight` is None: the mean "
            "would be that of the sample, whatever the `target`. Hint: "
            "sample_weight=weighter.weights_, or a method that adjusts, such as 'greg'."
        )
    if given.weighter is not None and not hasattr(given.weighter, "fit_weights"):
        raise TypeError(
            f"`weighter` must be an object with fit_weights, got {given.weighter!r}. Hint: "
            "CalibrationWeighter()."
        )


def target_kind_of(given: MeanInputs, target_kind: str | None) -> str | None:
    """Return what kind of target it is: as said, else margins a census and rows a sample."""
    if given.target is None:
        if target_kind == "sample":
            raise ValueError(
                "target_kind='sample' adds the variance of the target's rows, and no `target` was "
                "given. Hint: pass it."
            )
        return "census" if given.X is not None else target_kind
    if given.rows is None:
        if target_kind == "sample":
            raise ValueError(
                "target_kind='sample' needs the rows of the target: margins do not show their "
                "error. Hint: target_kind='census', or pass rows."
            )
        return "census"
    return target_kind or "sample"
