"""Make the Parquet files of the scale-out benchmarks: clicks with 20 numbers, 1 in 100 positive."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

ROWS_PER_GROUP = 250_000
_GROUPS_PER_FILE = 20
N_FEATURES = 20


def true_probability(X: np.ndarray) -> np.ndarray:
    """Return the probability of a click for columns of shape (20, n_rows)."""
    return 1 / (1 + np.exp(5.9 - np.linspace(-0.6, 0.6, N_FEATURES) @ X))


def write_clicks(folder: Path, n_rows: int, seed: int = 0) -> Path:
    """Write `n_rows` rows (a multiple of 250,000) of id, click and 20 float32 columns."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(seed)
    writer = None
    for i in range(n_rows // ROWS_PER_GROUP):
        X = rng.standard_normal((N_FEATURES, ROWS_PER_GROUP), dtype=np.float32)
        clicks = rng.random(ROWS_PER_GROUP) < true_probability(X)
        first = i * ROWS_PER_GROUP
        columns = {
            "id": np.arange(first, first + ROWS_PER_GROUP),
            "click": clicks.astype(np.int8),
            **{f"x{j}": column for j, column in enumerate(X)},
        }
        table = pa.table(columns)
        if i % _GROUPS_PER_FILE == 0:
            if writer is not None:
                writer.close()
            path = folder / f"part-{i // _GROUPS_PER_FILE:04d}.parquet"
            writer = pq.ParquetWriter(path, table.schema, use_dictionary=False)
        writer.write_table(table, row_group_size=ROWS_PER_GROUP)
    if writer is not None:
        writer.close()
    return folder
