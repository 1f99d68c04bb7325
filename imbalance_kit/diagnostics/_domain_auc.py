"""How well a classifier tells the sample from its population: the domain AUC."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

from imbalance_kit._utils._random import draw_seed
from imbalance_kit.diagnostics._balance_rows import Weightings

_Floats = NDArray[np.float64]
_N_FOLDS = 5


def domain_auc(
    design: _Floats,
    target_design: _Floats,
    weights: Weightings,
    classifier: Any,
    random_state: Any,
) -> tuple[float, float]:
    """Return the AUC before and after weighting, NaN where there is no after.

    Parameters
    ----------
    design, target_design : ndarray of shape (n, p) and (m, p)
        Encoded covariates.
    weights : Weightings
        Weights of both sides; negative ones count as 0.
    classifier : classifier or "auto"
        Taken with weights, so its `fit` must know `sample_weight`.
    random_state : int, RandomState, Generator or None
        Source of the folds.
    """
    n, m = len(design), len(target_design)
    if min(n, m) < _N_FOLDS:
        raise ValueError(
            f"The domain AUC needs at least {_N_FOLDS} rows on each side to hold some out, got {n} "
            f"of the sample and {m} of the target. Hint: domain_classifier=None."
        )
    seed = draw_seed(random_state) % 2**32
    if isinstance(classifier, str):
        if classifier != "auto":
            raise ValueError(
                f"`domain_classifier` must be a classifier or 'auto', got {classifier!r}."
            )
        classifier = HistGradientBoostingClassifier(
            max_iter=30, learning_rate=0.2, max_leaf_nodes=15, early_stopping=False
        )
    rows = np.vstack([design, target_design])
    is_target = np.repeat([0, 1], [n, m])
    folds = list(StratifiedKFold(_N_FOLDS, shuffle=True, random_state=seed).split(rows, is_target))
    found = [float("nan"), float("nan")]
    for number, share in enumerate((weights.before, weights.after)):
        if share is None:
            continue
        both = np.concatenate([np.maximum(share, 0.0), weights.target]) * (n + m) / 2.0
        scores = np.empty(n + m)
        for train, held in folds:
            model = clone(classifier)
            model.fit(rows[train], is_target[train], sample_weight=both[train])
            scores[held] = model.predict_proba(rows[held])[:, 1]
        found[number] = float(roc_auc_score(is_target, scores, sample_weight=both))
    return found[0], found[1]
