"""Are probabilities right on untouched rows, after training on what downsampling kept?

5,000,000 rows of Parquet, about 1 in 100 positive, sampled at three negatives per positive; a
logistic regression trained with the offset, one with inverse-probability weights, and gradient
boosting corrected by the manifest. Tested on 2,500,000 other rows from the same source, whose true
probabilities are known: mean prediction over mean truth, and excess log loss over that of the
truth, per row and times 1e5.

    python -m benchmarks.downsample_calibration
"""

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from benchmarks._click_parquet import N_FEATURES, true_probability, write_clicks
from benchmarks._results import write_results
from imbalance_kit import (
    NonuniformNegativeSampler,
    OffsetLogisticRegression,
    downsample,
    read_manifest,
)

QUESTION = __doc__.partition("\n")[0]
MINUTES = 2
NEEDS = ("pyarrow",)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        log = write_clicks(base / "log", 5_000_000, seed=0)
        out = downsample(
            log,
            NonuniformNegativeSampler(random_state=0),
            label="click",
            key="id",
            destination=base / "out",
        )
        kept, manifest = pd.read_parquet(out), read_manifest(out)
        test = pd.read_parquet(write_clicks(base / "new", 2_500_000, seed=1))
    columns = [f"x{j}" for j in range(N_FEATURES)]
    X, y = kept[columns], kept["click"]
    offset = OffsetLogisticRegression().fit(X, y, offset=kept["log_odds_offset"])
    weighted = LogisticRegression().fit(X, y, sample_weight=kept["sample_weight"])
    boosted = HistGradientBoostingClassifier(random_state=0).fit(X, y)
    raw = boosted.predict_proba(test[columns])[:, 1]
    predictions = {
        "offset": offset.predict_proba(test[columns])[:, 1],
        "inverse-probability weights": weighted.predict_proba(test[columns])[:, 1],
        "boosting, uncorrected": raw,
        "boosting, corrected by the manifest": manifest.undo(raw, test),
    }
    truth = true_probability(test[columns].to_numpy().T)
    figures = {
        "rows trained on": len(kept),
        "of": 5_000_000,
        "models": {name: compare(proba, truth) for name, proba in predictions.items()},
    }
    print(figures)
    write_results("downsample_calibration", QUESTION, figures, libraries=("pyarrow",))


def compare(proba: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    proba = np.clip(proba, 1e-12, 1 - 1e-12)
    gap = truth * np.log(truth / proba) + (1 - truth) * np.log((1 - truth) / (1 - proba))
    return {
        "mean over truth": round(float(proba.mean() / truth.mean()), 4),
        "excess log loss, 1e-5": round(float(gap.mean() * 1e5), 2),
    }


if __name__ == "__main__":
    main()
