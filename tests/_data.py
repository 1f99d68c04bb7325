"""Real data for tests: the folder ``shared/data`` beside the repository, where there is one."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

_FOLDER = Path(
    os.environ.get("IMBALANCE_KIT_DATA", Path(__file__).resolve().parents[2] / "shared" / "data")
)
_TARGETS = {
    "mammography": "microcalcification",
    "phoneme": "oral",
    "adult": "income",
    "default": "default",
}


def data_file(name: str) -> Path:
    """Return the path of a data file; skip the test where the folder is absent, never in CI."""
    path = _FOLDER / f"{name}.csv"
    if not path.exists():
        if os.environ.get("CI") and _FOLDER.exists():
            raise FileNotFoundError(path)
        pytest.skip(f"{name}.csv is not in {_FOLDER.name}/ beside the repository")
    return path


def load_real(name: str) -> tuple[pd.DataFrame, np.ndarray]:
    """Return features and a 0/1 target, 1 the rare class."""
    frame = pd.read_csv(data_file(name), na_values="?", skipinitialspace=True)
    frame = frame.drop(columns="rownames", errors="ignore")
    column = _TARGETS[name]
    labels = frame.pop(column)
    rare = labels.value_counts().idxmin()
    return frame, (labels == rare).to_numpy().astype(int)
