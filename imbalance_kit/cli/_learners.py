"""The learners that can be named on the command line, each with the encoding it needs.

Every pipeline takes the matrix of `_columns.encode_columns` (numbers first, then codes) and learns
from the rows of its fold only: medians, scales, which levels are rare.
"""

from enum import StrEnum
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

from imbalance_kit.cli._columns import Columns

_RARE_ROWS = 10  # levels with fewer training rows are grouped for the logistic regression
_MOST_ONE_HOT = 50  # so are those beyond the commonest
_MOST_CODES = 250  # gradient boosting takes at most 255 levels


class LearnerName(StrEnum):
    """Names on the command line."""

    LOGISTIC = "logistic"
    GRADIENT_BOOSTING = "gradient-boosting"
    RANDOM_FOREST = "random-forest"


DESCRIPTIONS = {
    LearnerName.LOGISTIC: "logistic regression (numbers scaled, gaps filled by the median and "
    f"marked, categories one-hot, levels of fewer than {_RARE_ROWS} training rows grouped)",
    LearnerName.GRADIENT_BOOSTING: "gradient-boosted trees (100 trees; gaps and categories as "
    "they are)",
    LearnerName.RANDOM_FOREST: "random forest (200 trees, at least 5 rows per leaf; gaps as they "
    "are, categories as ordered codes)",
}


class EmptyColumnFiller(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Set columns without a value in the training rows to 0; leave all other gaps as they are.

    A column with few values can be empty in a fold, and scikit-learn's gradient boosting fails on
    such a column ("window shape cannot be larger than input array shape").
    """

    def fit(self, X: NDArray[np.float64], y: Any = None) -> Self:
        """Remember the empty columns."""
        self.empty_ = np.isnan(X).all(axis=0)
        return self

    def transform(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the rows, filled in a copy where there is something to fill."""
        return np.where(self.empty_, 0.0, X) if self.empty_.any() else X


def make_learner(name: LearnerName, columns: Columns, seed: int | None) -> Pipeline:
    """Return an unfitted pipeline for the matrix that `columns` describes."""
    n_numbers, n_categories = len(columns.numbers), len(columns.categories)
    numbers = list(range(n_numbers))
    categories = list(range(n_numbers, n_numbers + n_categories))
    if name is LearnerName.LOGISTIC:
        return _logistic(numbers, categories)
    codes = OrdinalEncoder(
        handle_unknown="use_encoded_value",
        unknown_value=float("nan"),
        encoded_missing_value=float("nan"),
        max_categories=_MOST_CODES,
    )
    # Categories come first, so that the trees find them at 0, 1, ...
    encoder = ColumnTransformer(
        [("categories", codes, categories), ("numbers", EmptyColumnFiller(), numbers)]
    )
    return Pipeline([("encode", encoder), ("learn", _trees(name, n_categories, seed))])


def _logistic(numbers: list[int], categories: list[int]) -> Pipeline:
    fill = SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True)
    one_hot = OneHotEncoder(
        handle_unknown="infrequent_if_exist",
        min_frequency=_RARE_ROWS,
        max_categories=_MOST_ONE_HOT,
    )
    encoder = ColumnTransformer(
        [
            ("numbers", make_pipeline(fill, StandardScaler()), numbers),
            ("categories", one_hot, categories),
        ]
    )
    return Pipeline([("encode", encoder), ("learn", LogisticRegression(max_iter=1000))])


def _trees(name: LearnerName, n_categories: int, seed: int | None) -> Any:
    if name is LearnerName.GRADIENT_BOOSTING:
        return HistGradientBoostingClassifier(
            categorical_features=list(range(n_categories)) or None,
            early_stopping=False,  # it would hold out copies of rows that it trains on
            random_state=seed,
        )
    return RandomForestClassifier(n_estimators=200, min_samples_leaf=5, random_state=seed)
