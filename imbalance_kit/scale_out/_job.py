"""What every piece of one run knows: columns, seed, and which random number is for what."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imbalance_kit._utils._column import has_nulls, to_numpy
from imbalance_kit._utils._tables import check_columns, column_names, table_length
from imbalance_kit._utils._targets import EncodedTarget, encode_target
from imbalance_kit.scale_out._hashing import Hashes, key_hashes, position_hashes, stage_hashes

ADDED = ("inclusion_probability", "log_odds_offset", "sample_weight")


@dataclass(frozen=True)
class Place:
    """Where a piece of a table comes from: rows without a key are known by it.

    Parameters
    ----------
    source : str
        Name of the file within the source; empty for a frame.
    first_row : int
        Number of the first row within it.
    """

    source: str = ""
    first_row: int = 0


@dataclass(frozen=True)
class Job:
    """The settings of one run; small, and sent to every worker.

    Invariant: every decision about a row is a function of this object, of the shift, and of the
    row's key and columns. `key` is empty where rows are known by their place.
    """

    label: str
    features: tuple[str, ...]
    key: tuple[str, ...]
    seed: int
    stage: str
    n_folds: int
    pilot_size: int

    @property
    def columns(self) -> list[str]:
        """Names of all columns that decisions are made from."""
        return list(dict.fromkeys([self.label, *self.key, *self.features]))

    @property
    def pilot_rows_per_class(self) -> int:
        """Rows of each class that the pilots are trained on, where there are as many."""
        return max(self.pilot_size // 2, 1)

    def check(self, table: Any) -> None:
        """Raise unless the table has the columns, and none of those that are to be added."""
        wanted: Mapping[str, Any] = {
            "label": [self.label],
            "features": self.features,
            "key": self.key,
        }
        check_columns(table, wanted)
        taken = [name for name in ADDED if name in column_names(table)]
        if taken:
            raise ValueError(
                f"The source has a column {taken[0]!r} already, which is to be added. Hint: rename "
                "it; if it comes from an earlier run, its values are part of the shift too."
            )

    def codes(self, table: Any, labels: tuple[Any, ...] | None = None) -> NDArray[np.intp]:
        """Return the position of each row's label among the sorted labels."""
        target = label_target(table, self.label)
        if labels is None:
            return target.codes
        new = [label for label in target.classes.tolist() if label not in labels]
        if new:
            raise ValueError(
                f"The column {self.label!r} holds {new[0]!r}, which was not there in the first "
                f"pass ({list(labels)!r}): the source has changed."
            )
        places = [labels.index(label) for label in target.classes.tolist()]
        return np.array(places, dtype=np.intp)[target.codes]

    def hashes(self, table: Any, place: Place) -> Hashes:
        """Return the hash of each row's key, or of its place."""
        if self.key:
            return key_hashes(table, self.key)
        return position_hashes(place.first_row, table_length(table), place.source)

    def numbers(self, hashes: Hashes, purpose: str) -> Hashes:
        """Return random numbers for one purpose: "pilot", "fold" or "draw"."""
        return stage_hashes(hashes, self.seed, f"{self.stage}/{purpose}")

    def folds(self, hashes: Hashes) -> NDArray[np.intp]:
        """Return the fold of each row."""
        if self.n_folds == 1:
            return np.zeros(len(hashes), dtype=np.intp)
        return (self.numbers(hashes, "fold") % np.uint64(self.n_folds)).astype(np.intp)


def label_target(table: Any, label: str) -> EncodedTarget:
    """Return the labels of a piece of a table as codes.

    Raises
    ------
    ValueError
        If a label is missing, or there are more than two in this piece alone.
    """
    column = table[label]
    if has_nulls(column):
        raise ValueError(
            f"The label column {label!r} has missing values: every row needs a class. Hint: drop "
            "such rows before."
        )
    try:
        target = encode_target(to_numpy(column))
    except (ValueError, TypeError) as error:
        raise type(error)(f"The label column {label!r} cannot be used: {error}") from None
    check_two(target.classes.tolist(), label)
    return target


def check_two(labels: list[Any], label: str) -> None:
    """Raise where there are more than two classes."""
    if len(labels) > 2:
        some = ", ".join(map(repr, labels[:5]))
        raise ValueError(
            f"The label column {label!r} holds more than two classes ({some}): expected two. Hint: "
            "make a column that says whether a row is of the rare one."
        )
