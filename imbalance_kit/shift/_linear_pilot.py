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

    Examples
    --------
    >>> import numpy as np
    >>> from imbalance_kit.shift import LinearPilot
    >>> pilot = LinearPilot(np.array([[1.0, -1.0]]), np.array([0.0]))
    >>> pilot.predict_proba([[2.0, 2.0]])
    array([[0.5, 0.5]])
    """

    coef: NDArray[np.float64]
    intercept: NDArray[np.float64]

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Return the class probabilities of rows.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Numeric rows.

        Returns
        -------
        proba : ndarray of shape (n_samples, n_classes)
            In [0, 1].
        """
        logits = self.margins(X)
        with np.errstate(over="ignore"):
            if len(self.intercept) == 1:
                positive = 1 / (1 + np.exp(-logits[:, 0]))
                return np.column_stack([1 / (1 + np.exp(logits[:, 0])), positive])
            proba: NDArray[np.float64] = np.exp(logits - logits.max(axis=1, keepdims=True))
        proba /= proba.sum(axis=1, keepdims=True)
        return proba

    def margins(self, X: Any) -> NDArray[np.float64]:
        """Return the linear predictors of rows.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Numeric rows.

        Returns
        -------
        margins : ndarray of shape (n_samples, 1 or n_classes)
            One column per row of `coef`.
        """
        rows = X if hasattr(X, "tocsr") else np.asarray(X)
        product = np.asarray(rows @ np.ascontiguousarray(self.coef.T, dtype=_float_of(rows)))
        return product.astype(np.float64, copy=False) + self.intercept

    def _to_content(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {"coef": self.coef.tolist(), "intercept": self.intercept.tolist()}

    @classmethod
    def _from_content(cls, content: dict[str, Any]) -> Self:
        """Rebuild from plain JSON values."""
        coef, intercept = (np.array(content[key], np.float64) for key in ("coef", "intercept"))
        numbers = np.append(coef, intercept)
        if coef.ndim != 2 or intercept.shape != coef.shape[:1] or not np.isfinite(numbers).all():
            raise ValueError(
                "A linear pilot needs finite coefficients, a row per intercept, got shapes "
                f"{coef.shape} and {intercept.shape}."
            )
        return cls(coef, intercept)

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
