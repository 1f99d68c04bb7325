"""A linear scoring model small enough to travel inside the JSON text of a shift."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class LinearPilot:
    """Class probabilities from a linear predictor on numeric columns.

    Invariant: `coef` has one row for two classes (the log odds of the second) and one row per class
    for more (a softmax), as in scikit-learn; missing values never occur.

    Parameters
    ----------
    coef : ndarray of shape (1 or n_classes, n_features)
        Coefficients of the columns as they are.
    intercept : ndarray of shape (1 or n_classes,)
        Intercepts on the scale of the source population.
    """

    coef: NDArray[np.float64]
    intercept: NDArray[np.float64]

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Return probabilities of shape (n_samples, n_classes)."""
        logits = self.margins(X)
        with np.errstate(over="ignore"):
            if len(self.intercept) == 1:
                positive = 1 / (1 + np.exp(-logits[:, 0]))
                return np.column_stack([1 / (1 + np.exp(logits[:, 0])), positive])
            proba: NDArray[np.float64] = np.exp(logits - logits.max(axis=1, keepdims=True))
        proba /= proba.sum(axis=1, keepdims=True)
        return proba

    def margins(self, X: Any) -> NDArray[np.float64]:
        """Return the linear predictors, one column per row of `coef`."""
        rows = X if hasattr(X, "tocsr") else np.asarray(X)
        product = np.asarray(rows @ np.ascontiguousarray(self.coef.T, dtype=_float_of(rows)))
        return product.astype(np.float64, copy=False) + self.intercept

    def to_content(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {"coef": self.coef.tolist(), "intercept": self.intercept.tolist()}

    @classmethod
    def from_content(cls, content: dict[str, Any]) -> Self:
        """Rebuild from plain JSON values."""
        return cls(np.array(content["coef"]), np.array(content["intercept"]))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, LinearPilot)
            and np.array_equal(self.coef, other.coef)
            and np.array_equal(self.intercept, other.intercept)
        )

    def __hash__(self) -> int:
        return hash((self.coef.tobytes(), self.intercept.tobytes()))


def _float_of(rows: Any) -> Any:
    return np.float32 if rows.dtype == np.float32 else np.float64
