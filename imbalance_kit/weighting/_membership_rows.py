"""Sample and target stacked for a logistic fit of which side a row is on, sorted by fold.

One sweep over blocks of rows serves the model of all rows and the models that leave out a fold:
a thin product for the scores, the row's own fold left out of the residuals, a thin product back.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from imbalance_kit.weighting._ratio import RatioTask

Array = NDArray[np.float64]

_BLOCK_BYTES = 1 << 19  # of rows, so that a block stays in cache between the two products
_TINY = 1e-12


@dataclass(frozen=True)
class MembershipRows:
    """Standardised columns times the side, +1 for target and -1 for sample, rows sorted by fold.

    Invariant: `signed[:, :-1]` is ``side · (x - centre) / scale`` and `signed[:, -1]` the side, so
    that ``signed @ theta`` is the margin. A column that does not vary has scale 0 and is 0.
    `weights` sum to 1; `edges` are the first rows of the folds, and the number of rows.
    """

    signed: Array
    weights: Array
    edges: tuple[int, ...]
    centre: Array
    scale: Array
    fold_weights: Array

    @property
    def n_folds(self) -> int:
        """Number of folds."""
        return len(self.edges) - 1

    @property
    def varies(self) -> NDArray[np.bool_]:
        """Which columns vary."""
        return self.scale > 0

    def original(self, theta: Array) -> Array:
        """Return coefficients of the original columns, (p + 1, ...) with the intercept last."""
        varies = self.varies.reshape(-1, *[1] * (theta.ndim - 1))
        scale = np.where(varies, self.scale.reshape(varies.shape), 1.0)
        slopes = np.where(varies, theta[:-1] / scale, 0.0)
        intercept = theta[-1] - self.centre @ slopes
        return np.concatenate([slopes, intercept[None]])

    def sweep(self, theta: Array, models: NDArray[np.intp], *, hessian: bool) -> "Sweep":
        """Evaluate models at once.

        Parameters
        ----------
        theta : ndarray of shape (m, p + 1)
            Coefficients of each, the intercept last.
        models : ndarray of shape (m,)
            The fold each leaves out, or -1 for the model of all rows.
        hessian : bool
            Whether to compute the Hessian of the first model as well.
        """
        n_columns = self.signed.shape[1]
        gradient = np.zeros_like(theta)
        loss, held_out = np.zeros(len(models)), np.zeros(len(models))
        square = np.zeros((n_columns, n_columns)) if hessian else None
        for fold, block in self._blocks():
            rows, weights = self.signed[block], self.weights[block]
            odds = theta @ rows.T  # margins: signed log odds
            own, every = models == fold, models == -1
            with np.errstate(over="ignore", divide="ignore"):  # infinite odds are right
                np.exp(odds, out=odds)
                for k in np.flatnonzero(own | every):
                    lost = float(weights @ np.log1p(1 / odds[k]))
                    held_out[k] += lost if own[k] else 0.0
                    loss[k] += lost if every[k] else 0.0
            odds += 1
            wrong = np.divide(weights, odds, out=odds)  # weight times probability of the other side
            if square is not None:
                share = wrong[0] / np.maximum(weights, np.finfo(float).tiny)
                curvature = wrong[0] * (1 - share)
                square += rows.T @ (rows * curvature[:, None])
            wrong[own] = 0.0
            gradient -= wrong @ rows
        kept = self.kept_weight(models)
        return Sweep(
            gradient / kept[:, None],
            loss,
            held_out / np.where(models < 0, 1.0, 1 - kept + (kept >= 1)),
            None if square is None else square / kept[0],
        )

    def alone(self, theta: Array, model: int) -> tuple[float, Array, Array]:
        """Return loss, gradient and Hessian of one model over the rows it is fitted to."""
        loss, gradient = 0.0, np.zeros_like(theta)
        square = np.zeros((len(theta), len(theta)))
        for fold, block in self._blocks():
            if fold == model:
                continue
            rows, weights = self.signed[block], self.weights[block]
            margin = rows @ theta
            loss += float(weights @ np.logaddexp(0, -margin))
            wrong = np.exp(-np.logaddexp(0, margin))
            gradient -= (weights * wrong) @ rows
            square += rows.T @ (rows * (weights * wrong * (1 - wrong))[:, None])
        kept = float(self.kept_weight(np.array([model]))[0])
        return loss / kept, gradient / kept, square / kept

    def kept_weight(self, models: NDArray[np.intp]) -> Array:
        """Weight of the rows each model is fitted to."""
        return np.where(models < 0, 1.0, 1.0 - self.fold_weights[np.maximum(models, 0)])

    def _blocks(self) -> list[tuple[int, slice]]:
        size = max(256, _BLOCK_BYTES // (8 * self.signed.shape[1]))
        return [
            (fold, slice(start, min(start + size, stop)))
            for fold, (begin, stop) in enumerate(pairwise(self.edges))
            for start in range(begin, stop, size)
        ]


@dataclass(frozen=True)
class Sweep:
    """What one sweep finds, one entry per model.

    Gradients and the Hessian are of the mean log loss over the rows a model is fitted to; `loss` is
    that mean for the model of all rows, `held_out` the mean over the fold left out.
    """

    gradient: Array
    loss: Array
    held_out: Array
    hessian: Array | None


def stack_membership(task: RatioTask) -> MembershipRows:
    """Stack and sort the rows of both sides; each side has half of the weight."""
    sample, target = task.sample, task.target
    sides = [0.5 * w / w.sum() for w in (task.sample_weight, task.target_weight)]
    n, n_sample = len(sample) + len(target), len(sample)
    signed = np.empty((n, sample.shape[1] + 1))
    of_row = np.concatenate(task.folds)
    order = np.argsort(of_row, kind="stable")
    edges = (0, *np.cumsum(np.bincount(of_row, minlength=task.n_folds)).tolist())
    weights = np.concatenate(sides)[order]
    centre, scale = _moments(sample, target, sides)
    divisor = np.where(scale > 0, scale, 1.0)
    size = max(256, _BLOCK_BYTES // (8 * signed.shape[1]))
    for start in range(0, n, size):
        block = order[start : start + size]
        out = signed[start : start + size]
        in_sample = block < n_sample
        out[in_sample, :-1] = sample[block[in_sample]]
        out[~in_sample, :-1] = target[block[~in_sample] - n_sample]
        out[:, :-1] -= centre
        out[:, :-1] /= divisor
        out[:, :-1][:, scale == 0] = 0.0
        out[:, -1] = 1.0
        out[in_sample] *= -1
    fold_weights = np.array([weights[a:b].sum() for a, b in pairwise(edges)])
    return MembershipRows(signed, weights, edges, centre, scale, fold_weights)


def _moments(sample: Array, target: Array, sides: list[Array]) -> tuple[Array, Array]:
    """Return means and standard deviations over both, zero where a column does not vary."""
    centre = sides[0] @ sample + sides[1] @ target
    square = np.zeros(len(centre))
    for rows, weights in zip((sample, target), sides, strict=True):
        for start in range(0, len(rows), 8192):
            apart = rows[start : start + 8192] - centre
            np.square(apart, out=apart)
            square += weights[start : start + 8192] @ apart
    ends = [end for x in (sample, target) for end in (x.max(axis=0), -x.min(axis=0))]
    size = np.maximum.reduce(ends)
    scale = np.sqrt(square)
    return centre, np.where(scale > _TINY * size, scale, 0.0)
