"""From what the user asks for (`sampling_strategy`) to rows and factors per class.

The forms and their meaning are those of imbalanced-learn, computed from class totals (its own
helper sorts `y` several times), plus `Ratios`. Relative forms (strings, a float, `Ratios`) speak of
weight totals, which without weights are row counts; absolute ones (a dict, a callable that returns
one) speak of rows.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._utils._targets import EncodedTarget

SamplingKind = Literal["over-sampling", "under-sampling", "clean-sampling", "weighting"]

_REFERENCES = ("majority", "minority", "own")
_ROUNDING = 1e-9  # rows: what floating point may add or take
_MOST_ROWS = 1 << 48  # no machine holds more; factors that need them can still be weights


@dataclass(frozen=True)
class Ratios:
    """Ask for class sizes as ratios, which survive cross-validation where counts do not.

    Use it wherever a `sampling_strategy` is taken and there are more than two classes, or where the
    number of rows varies from fit to fit (folds, growing data): a dict of counts is right for one
    data set only. For two classes a plain float says the same as
    ``Ratios({minority: r}, of="majority")``. It is of no use to cleaning methods, which take no
    sizes.

    Parameters
    ----------
    ratios : mapping of {label: float}
        Size wanted per class, in (0, inf). Classes left out stay as they are.
    of : {"majority", "minority", "own"}, default="majority"
        What the ratios multiply: the size of the largest class, of the smallest class, or of the
        class itself (``of="own"`` with .02 keeps 2 % of it). Sizes are weight totals where a
        `sample_weight` is given, row counts otherwise.

    Raises
    ------
    ValueError
        If a ratio is not a finite number above 0, if there is none, or if `of` is unknown.

    Examples
    --------
    >>> from imbalance_kit import RandomUnderSampler, Ratios
    >>> X, y = [[i] for i in range(13)], ["a"] * 2 + ["b"] * 3 + ["c"] * 8
    >>> sampler = RandomUnderSampler(sampling_strategy=Ratios({"c": 2}, of="minority"))
    >>> X_res, y_res = sampler.fit_resample(X, y)
    >>> y_res
    ['a', 'a', 'b', 'b', 'b', 'c', 'c', 'c', 'c']
    """

    ratios: Mapping[Any, float]
    of: Literal["majority", "minority", "own"] = "majority"

    def __post_init__(self) -> None:
        if not isinstance(self.ratios, Mapping) or not self.ratios:
            raise ValueError(
                f"`ratios` must be a non-empty mapping of label to ratio, got {self.ratios!r}."
            )
        for label, ratio in self.ratios.items():
            if not isinstance(ratio, Real) or not math.isfinite(ratio) or ratio <= 0:
                raise ValueError(
                    f"The ratio of class {label!r} must be a finite number above 0, got {ratio!r}."
                )
        if self.of not in _REFERENCES:
            raise ValueError(f"`of` must be one of {_REFERENCES}, got {self.of!r}.")
        object.__setattr__(self, "ratios", {k: float(r) for k, r in self.ratios.items()})

    def __hash__(self) -> int:
        """Hash by content, whatever the order of the labels."""
        return hash((frozenset(self.ratios.items()), self.of))

    def to_json(self) -> str:
        """Return the ratios as JSON text.

        Returns
        -------
        text : str
            Labels that are strings, integers, booleans or floats keep their type.
        """
        pairs = [[getattr(k, "item", lambda k=k: k)(), r] for k, r in self.ratios.items()]
        return json.dumps({"ratios": pairs, "of": self.of})

    @classmethod
    def from_json(cls, text: str) -> "Ratios":
        """Rebuild from the text of `to_json`.

        Parameters
        ----------
        text : str
            JSON text written by `to_json`.

        Returns
        -------
        ratios : Ratios
            Equal to those that were written.
        """
        content = json.loads(text)
        return cls(dict(map(tuple, content["ratios"])), of=content["of"])


@dataclass(frozen=True)
class ClassPlan:
    """What a strategy asks of each class.

    Invariant: arrays have one entry per class in the order of ``target.classes``; ``factors`` is
    the exact ratio of weight totals asked for, ``rows`` the number of rows that carries it out;
    both are those of the input for classes that are not touched.
    """

    touched: tuple[int, ...]
    rows: NDArray[np.intp]
    factors: NDArray[np.float64]


def plan_classes(
    strategy: Any, target: EncodedTarget, totals: NDArray[np.float64], kind: SamplingKind
) -> ClassPlan:
    """Resolve a `sampling_strategy` for these classes.

    Parameters
    ----------
    strategy : float, str, dict, callable or Ratios
        As the user gave it; a callable has been replaced by what it returned.
    target : EncodedTarget
        The classes and their rows.
    totals : ndarray of shape (n_classes,)
        Weight total per class, above 0.
    kind : {"over-sampling", "under-sampling", "weighting"}
        Which direction is allowed.
    """
    if target.n_classes < 2:
        raise ValueError(
            "The target 'y' needs to have more than 1 class. Got "
            f"{target.n_classes} class instead: {target.classes.tolist()!r}."
        )
    if isinstance(strategy, Mapping):
        wanted = _counts(strategy, target)
        factors = {k: rows / target.counts[k] for k, rows in wanted.items()}
    else:
        sizes = _sizes(strategy, target, totals, kind)
        factors = {k: size / totals[k] for k, size in sizes.items()}
        wanted = {k: _whole(target.counts[k] * factor) for k, factor in factors.items()}
    rows = target.counts.astype(np.intp)
    exact = np.ones(target.n_classes)
    for k, n in wanted.items():
        rows[k], exact[k] = _allowed(k, n, factors[k], target, kind, strategy)
    return ClassPlan(tuple(sorted(wanted)), rows, exact)


def _allowed(
    k: int, rows: int, factor: float, target: EncodedTarget, kind: SamplingKind, strategy: Any
) -> tuple[int, float]:
    """Return rows and factor, or raise where the kind of sampler cannot deliver them.

    A difference of less than one row is the rounding of a fold, not a contradiction.
    """
    have = int(target.counts[k])
    is_rounding = abs(factor - 1) * have < 1 - _ROUNDING
    label = target.label(k)
    if kind == "over-sampling" and rows >= _MOST_ROWS:
        raise ValueError(
            f"`sampling_strategy` asks for class {label!r}, which has {have} rows, {factor:.3g} "
            "times over: no machine holds so many. Hint: classes whose weights differ so much need "
            "weights, not copies: ClassWeighter."
        )
    if kind == "over-sampling" and factor < 1:
        if is_rounding:
            return have, 1.0
        raise ValueError(
            f"`sampling_strategy` asks for {rows} rows of class {label!r}, which has {have}: an "
            f"over-sampler only adds rows. Hint: {_way_out(strategy, target, kind)}."
        )
    if kind == "under-sampling" and factor > 1:
        if is_rounding:
            return have, 1.0
        raise ValueError(
            f"`sampling_strategy` asks for {rows} rows of class {label!r}, which has {have}: an "
            f"under-sampler only removes rows. Hint: {_way_out(strategy, target, kind)}."
        )
    if kind == "under-sampling" and rows == 0:
        rows = 1  # a relative size below one row: the class must not vanish
    return rows, factor


def _way_out(strategy: Any, target: EncodedTarget, kind: SamplingKind) -> str:
    """Return what to ask for instead: of a ratio that is passed already, a larger one."""
    if isinstance(strategy, Real):
        have = target.counts.min() / target.counts.max()
        return (
            f"there are {have:.3g} rows of the rarer class per row of the other already; a float "
            "is that ratio after sampling, and has to be larger"
        )
    other = "RandomUnderSampler" if kind == "over-sampling" else "RandomOverSampler"
    return f"use {other}, or leave the class out; Ratios suit every fold, counts do not"


def _whole(rows: float) -> int:
    """Whole rows in `rows`: truncated as in imbalanced-learn, but not by a rounding error."""
    return int(min(rows * (1 + 1e-12) + _ROUNDING, _MOST_ROWS))


def _counts(strategy: Mapping[Any, Any], target: EncodedTarget) -> dict[int, int]:
    codes = _codes_of(strategy, target)
    counts = {}
    for label, count in strategy.items():
        if not isinstance(count, Real) or not math.isfinite(count):
            raise ValueError(f"The count of class {label!r} must be a number, got {count!r}.")
        if count < 0:
            raise ValueError(
                f"The number of samples in a class cannot be negative: {count!r} for {label!r}."
            )
        if not float(count).is_integer():
            raise ValueError(
                f"A dict as `sampling_strategy` holds counts of rows, got {count!r} for class "
                f"{label!r}. Hint: use Ratios({{{label!r}: {count!r}}}, of='majority') for "
                "fractions; they survive cross-validation too."
            )
        if count == 0:
            raise ValueError(
                f"`sampling_strategy` asks for 0 rows of class {label!r}: a class that is gone "
                "cannot be predicted, and the change cannot be undone. Hint: drop its rows from X "
                "and y before."
            )
        counts[codes[label]] = int(min(float(count), _MOST_ROWS))
    return counts


def _sizes(
    strategy: Any, target: EncodedTarget, totals: NDArray[np.float64], kind: SamplingKind
) -> dict[int, float]:
    """Weight total wanted per touched class, for the relative forms."""
    minority, majority = int(np.argmin(totals)), int(np.argmax(totals))
    if isinstance(strategy, Ratios):
        codes = _codes_of(strategy.ratios, target)
        base = {"majority": totals[majority], "minority": totals[minority]}
        return {
            codes[label]: ratio * float(base.get(strategy.of, totals[codes[label]]))
            for label, ratio in strategy.ratios.items()
        }
    if isinstance(strategy, str):
        return _named_sizes(strategy, target, totals, kind)
    if isinstance(strategy, Real) and not isinstance(strategy, bool):
        return _ratio_sizes(float(strategy), target, totals, kind)
    raise ValueError(
        "`sampling_strategy` must be a float, a string, a dict of counts, a callable or Ratios, "
        f"got {strategy!r}."
    )


def _named_sizes(
    name: str, target: EncodedTarget, totals: NDArray[np.float64], kind: SamplingKind
) -> dict[int, float]:
    minority, majority = int(np.argmin(totals)), int(np.argmax(totals))
    every = range(target.n_classes)
    not_minority = [k for k in every if k != minority]
    not_majority = [k for k in every if k != majority]
    over = kind == "over-sampling"
    touched = {
        "auto": not_majority if over else not_minority,
        "all": list(every),
        "minority": [minority],
        "majority": [majority],
        "not minority": not_minority,
        "not majority": not_majority,
    }
    if kind != "weighting":
        del touched["majority" if over else "minority"]
    if name not in touched:
        raise ValueError(
            f"`sampling_strategy` of an {kind.removesuffix('-sampling')}-sampler must be one of "
            f"{list(touched)} where it is a string, got {name!r}."
        )
    return dict.fromkeys(touched[name], float(totals[majority if over else minority]))


def _ratio_sizes(
    ratio: float, target: EncodedTarget, totals: NDArray[np.float64], kind: SamplingKind
) -> dict[int, float]:
    if not 0 < ratio <= 1:
        hint = f" Hint: 1/{ratio:g} asks for {ratio:g} rows of the other per row of the rarer."
        raise ValueError(
            "When 'sampling_strategy' is a float, it should be in the range (0, 1]: the rows of "
            f"the rarer class per row of the other. Got {ratio!r}."
            + (hint if 1 < ratio < math.inf else "")
        )
    if target.n_classes != 2:
        raise ValueError(
            "'sampling_strategy' can be a float only when the target is binary, and `y` has "
            f"{target.n_classes} classes. Hint: use Ratios({{label: ratio, ...}})."
        )
    majority = int(np.argmax(totals))
    minority = 1 - majority
    if kind == "under-sampling":
        return {majority: float(totals[minority]) / ratio}
    return {minority: float(totals[majority]) * ratio}


def _codes_of(strategy: Mapping[Any, Any], target: EncodedTarget) -> dict[Any, int]:
    known = {label: k for k, label in enumerate(target.classes.tolist())}
    unknown = [label for label in strategy if label not in known]
    if unknown:
        raise ValueError(
            f"`sampling_strategy` names classes that are not present in the data: {unknown!r}. "
            f"The classes of `y` are {list(known)!r}."
        )
    return {label: known[label] for label in strategy}
