"""How fast are the samplers of the SMOTE family beside imbalanced-learn's?

The same call on the same data in one process, the two libraries alternating, medians of the times.
Two or five normal clouds that overlap; as many rows are asked for by both, filled up to the largest
class. Other work on the machine disturbs both: run it when nothing else runs.

    python -m benchmarks.smote_speed
"""

import argparse
import warnings
from typing import Any

import imblearn.over_sampling
import numpy as np
from sklearn.cluster import KMeans

import imbalance_kit
from benchmarks._measure import beside_sampler
from benchmarks._results import write_results

QUESTION = __doc__.partition("\n")[0]
MINUTES = 4
SAMPLERS = ("SMOTE", "BorderlineSMOTE", "ADASYN")


def clouds(sizes: list[int], n_columns: int, distance: float = 1.5) -> tuple[Any, Any]:
    """Normal clouds on a line, in mixed order."""
    rng = np.random.default_rng(0)
    y = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
    X = rng.standard_normal((len(y), n_columns))
    X[:, 0] += distance * y
    return X, y


def compare(
    name: str, X: Any, y: Any, repeats: int, *, warm_up: int = 1, **options: Any
) -> dict[str, float]:
    peer = getattr(imblearn.over_sampling, name)(random_state=0, **options)
    own = getattr(imbalance_kit, name)(random_state=0, **options)
    return beside_sampler(peer, own, X, y, repeats=repeats, warm_up=warm_up)


def main_cases(repeats: int) -> dict[str, Any]:
    figures = {}
    for n_columns in (20, 5):
        X, y = clouds([180_000, 20_000], n_columns)
        for name in SAMPLERS:
            key = f"{name}, 200,000 x {n_columns}, 10 % minority"
            figures[key] = compare(name, X, y, repeats)
            print(key, figures[key], flush=True)
    X, y = clouds([4_000, 1_000, 600, 400, 200], 10)
    key = "SVMSMOTE, 6,200 x 10, five classes"
    figures[key] = compare("SVMSMOTE", X, y, repeats)
    print(key, figures[key], flush=True)
    X, y = clouds([40_000, 10_000, 6_000, 4_000, 2_000], 10, distance=6)
    options = {
        "kmeans_estimator": KMeans(20, n_init=1, random_state=0),
        "cluster_balance_threshold": 0.1,
    }
    key = "KMeansSMOTE, 62,000 x 10, five classes"
    figures[key] = compare("KMeansSMOTE", X, y, repeats, **options)
    print(key, figures[key], flush=True)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=QUESTION)
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    print(write_results("smote_speed", QUESTION, main_cases(arguments.repeats)))


if __name__ == "__main__":
    main()
