"""Any classifier as a scoring model, known to a shift by its fingerprint."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbalance_kit.shift._bayes import check_proba
from imbalance_kit.shift._class_shift import ClassShift
from imbalance_kit.shift._fingerprint import fingerprint
from imbalance_kit.shift._linear_pilot import LinearPilot
from imbalance_kit.shift._table_pilot import TablePilot


@dataclass(frozen=True)
class ScaledPilot:
    """A classifier trained on a known subsample, speaking for the population.

    Invariant: `predict_proba` has one column per label, in sorted order.

    Parameters
    ----------
    model : classifier
        Fitted, with predict_proba or, for two classes, decision_function: log odds.
    labels : tuple
        The classes, sorted.
    rates : ClassShift or None
        What the subsample did to the population; None where the model was trained on it all.
    """

    model: Any
    labels: tuple[Any, ...]
    rates: ClassShift | None

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Return probabilities of shape (n_samples, n_classes), checked."""
        name, expected = type(self.model).__name__, f"one column for each of {list(self.labels)!r}"
        if hasattr(self.model, "predict_proba"):
            proba = np.asarray(self.model.predict_proba(X))
        else:
            margin = np.asarray(self.model.decision_function(X), dtype=np.float64)
            if margin.ndim != 1:
                raise ValueError(
                    f"The pilot {name} has no predict_proba, and its decision_function has shape "
                    f"{margin.shape}: expected one number per row, log odds of two classes. Hint: "
                    "use a pilot with predict_proba."
                )
            proba = LinearPilot(np.ones((1, 1)), np.zeros(1)).predict_proba(margin[:, None])
        if proba.ndim != 2:
            raise ValueError(
                f"The pilot {name} returns scores of shape {proba.shape}, expected {expected}."
            )
        try:
            proba = check_proba(proba, n_classes=len(self.labels))
        except ValueError as error:
            raise ValueError(
                f"The pilot {name} cannot score rows, expected {expected}: {error}"
            ) from None
        proba = proba.astype(np.float64, copy=False)
        return proba if self.rates is None else np.asarray(self.rates.undo(proba))

    def _to_content(self) -> dict[str, Any]:
        """Return plain JSON values: the rates, and what the model is recognised by."""
        return {
            "fingerprint": fingerprint(self.model),
            "rates": None if self.rates is None else self.rates._content(),
        }

    @classmethod
    def _from_content(
        cls, content: dict[str, Any], labels: tuple[Any, ...], model: Any
    ) -> "ScaledPilot":
        """Rebuild around the model, once it has been recognised."""
        found = fingerprint(model)
        if found != content["fingerprint"]:
            raise ValueError(
                f"The pilot given ({type(model).__name__}) is not the one the shift was made with: "
                f"expected fingerprint {content['fingerprint'][:12]}..., got {found[:12]}..."
            )
        rates = content["rates"]
        return cls(model, labels, None if rates is None else ClassShift._from_content(rates))


@dataclass(frozen=True)
class MeanPilot:
    """The mean of cross-fitted pilots."""

    pilots: tuple[Any, ...]

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Return probabilities of shape (n_samples, n_classes)."""
        mean: NDArray[np.float64] = np.mean([p.predict_proba(X) for p in self.pilots], axis=0)
        return mean


def models_of(pilot: Any) -> list[Any]:
    """Return the models in what a caller gives as pilot: one, several, or a sampler's `pilot_`."""
    if pilot is None or isinstance(pilot, (LinearPilot, TablePilot)):  # they travel in the text
        return []
    if isinstance(pilot, (list, tuple)):
        return [model for part in pilot for model in models_of(part)]
    if isinstance(pilot, MeanPilot):
        return models_of(pilot.pilots)
    return [pilot.model if isinstance(pilot, ScaledPilot) else pilot]
