"""Rows as a classifier gets them: as they came in, columns in one order, categories in common."""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from imbalance_kit._utils._column import is_missing
from imbalance_kit._utils._columns import table_of
from imbalance_kit._utils._containers import is_dataframe
from imbalance_kit._utils._covariates import Covariates
from imbalance_kit._utils._stacklevel import callers_stacklevel


@dataclass(frozen=True)
class ClassifierRows:
    """How sample, target and new rows become tables that can be stacked.

    Invariant: a frame keeps its kind; columns of dtype category have the levels of `covariates`,
    and a level that was not learned is missing there.
    """

    covariates: Covariates

    def prepare(self, X: Any) -> Any:
        """Return the rows as a table of the columns learned."""
        if not is_dataframe(X):
            return X if hasattr(X, "shape") else np.asarray(X)
        names = [c.name for c in self.covariates.columns]
        if not hasattr(X, "iloc"):
            return X.select(names)
        frame = X.iloc[:, self.covariates.places(table_of(X))]
        frame = frame.set_axis(names, axis="columns")  # covariates go by text, a frame may not
        levels = {
            c.name: [level for level in c.levels if not is_missing(level)]
            for c in self.covariates.columns
            if c.kind == "categorical" and str(frame[c.name].dtype) == "category"
        }
        common = {name: frame[name].cat.set_categories(known) for name, known in levels.items()}
        new = [
            name for name, column in common.items() if (column.isna() & ~frame[name].isna()).any()
        ]
        if new:
            warnings.warn(
                f"Columns {new!r} have levels that were not there at fit: the classifier gets them "
                "as missing.",
                UserWarning,
                stacklevel=callers_stacklevel(),
            )
        return frame.assign(**common)
