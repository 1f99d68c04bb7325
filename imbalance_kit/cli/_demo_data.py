"""Real data for the command without a file: no network, nothing made up, nothing thinned."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits

from imbalance_kit.cli._columns import Columns
from imbalance_kit.cli._dataset import Dataset

SOURCE = "handwritten digits (shipped with scikit-learn)"


def load_demo() -> Dataset:
    """Return 1,797 scanned digits of 8 x 8 pixels, each an 8 or not an 8."""
    bunch: Any = load_digits()
    y: NDArray[Any] = np.where(bunch.target == 8, "8", "not 8").astype(object)
    blank = bunch.data.min(axis=0) == bunch.data.max(axis=0)
    X = np.ascontiguousarray(bunch.data[:, ~blank], dtype=np.float64)
    names = [
        name for name, is_blank in zip(bunch.feature_names, blank, strict=True) if not is_blank
    ]
    columns = Columns(tuple(names), (), (), {}, {}, (), 0)
    note = (
        "No file was given: these are real data that ship with scikit-learn, 1,797 scanned digits "
        "of 8 x 8 pixels (Alpaydin and Kaynak 1998), with the question whether a digit is an 8. "
        f"All rows are used as they are; {int(blank.sum())} pixels that are blank in every scan "
        "are left out. "
        "Your own: imbalance-kit compare FILE --target COLUMN"
    )
    return Dataset(X, y, None, None, "8", "is it an 8", SOURCE, columns, (note,))
