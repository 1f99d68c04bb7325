"""How fast are the cleaning methods, alone and after SMOTE, beside imbalanced-learn's?

The same call on the same data in one process, the two libraries alternating, medians of the times:
100,000 x 20 and 100,000 x 5 rows of float64, 10 % of them in the minority, the classes one standard
deviation apart in every column. How many rows are left says that both do the same.

    python -m benchmarks.cleaning
"""

import argparse

import imblearn.combine
import imblearn.under_sampling
import numpy as np

import imbalance_kit
from benchmarks._measure import beside, processor_seconds
from benchmarks._results import write_results

QUESTION = __doc__.partition("\n")[0]
MINUTES = 18
PEERS = {
    "TomekLinks": imblearn.under_sampling.TomekLinks(),
    "EditedNearestNeighbours": imblearn.under_sampling.EditedNearestNeighbours(),
    "SMOTEENN": imblearn.combine.SMOTEENN(random_state=0),
    "SMOTETomek": imblearn.combine.SMOTETomek(random_state=0),
}


def compare(name: str, X: np.ndarray, y: np.ndarray, repeats: int) -> dict[str, float]:
    peer, left = PEERS[name], {}
    own = getattr(imbalance_kit, name)(**peer.get_params())

    def run(library: str, sampler: object) -> None:
        left[library] = len(sampler.fit_resample(X, y)[1])

    calls = {"peer": lambda: run("peer", peer), "own": lambda: run("own", own)}
    figures = beside(calls["peer"], calls["own"], repeats=repeats, warm_up=0)
    busy = processor_seconds(calls["peer"]) / processor_seconds(calls["own"])
    return figures | {
        "times less processor time": round(busy, 2),
        "imbalanced-learn, rows left": left["peer"],
        "imbalance_kit, rows left": left["own"],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=QUESTION)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--rows", type=int, default=100_000)
    options = parser.parse_args()
    figures = {}
    for n_columns in (20, 5):
        rng = np.random.default_rng(0)
        y = (rng.random(options.rows) < 0.1).astype(int)
        X = rng.standard_normal((options.rows, n_columns)) + y[:, None]
        for name in PEERS:
            key = f"{name}, {options.rows:,} x {n_columns}"
            figures[key] = compare(name, X, y, options.repeats)
            print(key, figures[key], flush=True)
    print(write_results("cleaning", QUESTION, figures))


if __name__ == "__main__":
    main()
