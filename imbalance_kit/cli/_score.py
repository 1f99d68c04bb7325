"""The command `score`: undo a downsampling in a file of predictions."""

from typing import Any

import numpy as np
import pandas as pd
from rich.console import Console

from imbalance_kit.cli._downsample import explain
from imbalance_kit.cli._messages import InputError, count_of, did_you_mean
from imbalance_kit.cli._output import check_outputs, standard_output
from imbalance_kit.cli._read_table import read_table
from imbalance_kit.cli._score_options import (
    ManifestPath,
    Out,
    Positive,
    Predictions,
    Probability,
    Quiet,
)
from imbalance_kit.cli._write_table import check_writer, write_table
from imbalance_kit.scale_out import Manifest, read_manifest

_CORRECTED = "corrected_probability"
_OFFSET = "log_odds_offset"


def score(
    predictions: Predictions,
    manifest: ManifestPath,
    probability: Probability,
    out: Out,
    positive: Positive = None,
    quiet: Quiet = False,
) -> None:
    """Turn raw probabilities of a model trained on a sample into those of the whole log.

    Not for models trained with the offset, whose predictions are right as they are.

    Example: imbalance-kit score raw.csv --manifest sampled/ --probability p --out scored.csv
    """
    check_outputs({"--out": out}, predictions)
    if out.suffix not in (".csv", ".parquet"):
        raise InputError(f"--out must end in .csv or .parquet, got '{out}'.")
    check_writer(out)
    with explain():
        record = read_manifest(manifest)
    frame = read_table(predictions).frame
    raw = _raw(frame, probability)
    rare = _position(record, positive)
    with explain():
        corrected = _corrected(record, frame, raw, rare)
    write_table(out, frame.assign(**{_CORRECTED: corrected}))
    if not quiet:
        with standard_output():
            Console(highlight=False, soft_wrap=True).print(
                f"{count_of(len(frame), 'row')}: mean probability {raw.mean():.6g} before, "
                f"{corrected.mean():.6g} after. Written to {out}.",
                markup=False,
            )


def _corrected(record: Manifest, frame: "pd.DataFrame", raw: Any, rare: int) -> Any:
    q = raw if rare == 1 else 1 - raw
    if _OFFSET in frame:
        p = record.undo(q, log_odds_offset=frame[_OFFSET].to_numpy(np.float64))
    else:
        missing = [name for name in record.features if name not in frame]
        if missing and record.depends_on_row:
            raise InputError(
                f"The file has neither {_OFFSET} nor the column {missing[0]!r} that the pilot "
                "reads.",
                f"add them to the file; the pilot reads {len(record.features)} columns.",
            )
        p = record.undo(q, frame)
    return p if rare == 1 else 1 - p


def _raw(frame: "pd.DataFrame", column: str) -> Any:
    if column not in frame:
        raise InputError(
            f"--probability names {column!r}, which is no column.",
            did_you_mean(column, frame.columns),
        )
    if _CORRECTED in frame:
        raise InputError(f"The file has a column {_CORRECTED!r} already.")
    try:
        raw = frame[column].to_numpy(np.float64)
    except (TypeError, ValueError):
        raise InputError(f"The column {column!r} does not hold numbers.") from None
    bad = ~((raw >= 0) & (raw <= 1))
    if bad.any():
        raise InputError(
            f"The column {column!r} must hold probabilities in [0, 1], but has "
            f"{count_of(int(bad.sum()), 'other value')}, such as {raw[bad][0]} in row "
            f"{int(np.flatnonzero(bad)[0]) + 1}."
        )
    return raw


def _position(record: Manifest, positive: str | None) -> int:
    labels = [label for label, _ in record.counts_before]
    if len(labels) != 2:
        raise InputError(
            f"The manifest counts {count_of(len(labels), 'class', 'classes')}: expected two."
        )
    if positive is None:
        counts = [count for _, count in record.counts_before]
        return int(np.argmin(counts))
    texts = [str(label) for label in labels]
    if positive not in texts:
        raise InputError(f"--positive is {positive!r}: the classes are {', '.join(texts)}.")
    return texts.index(positive)
