"""How fast is the exact neighbour search beside scikit-learn's brute force and k-d tree?

Five neighbours of the first rows among all rows of a normal sample: the same call, with the default
number of threads, in one process, the libraries alternating, medians of the times. "auto" is what
imbalanced-learn asks scikit-learn for. How many of the rows found are the same is noted: all of
them, where the data are centred; the last case lies far from the origin, where brute force by
products is wrong.

    python -m benchmarks.neighbor_search
"""

import argparse

import numpy as np
from sklearn.neighbors import NearestNeighbors

from benchmarks._measure import beside, processor_seconds
from benchmarks._results import write_results
from imbalance_kit._utils._neighbor_search import NeighborSearch

QUESTION = __doc__.partition("\n")[0]
MINUTES = 2
K = 5
SHAPES = [  # queries, rows, columns
    (100, 100, 20),
    (1_000, 1_000, 20),
    (20_000, 20_000, 20),
    (20_000, 200_000, 20),
    (20_000, 200_000, 50),
    (5_000, 20_000, 200),
    (1_000, 1_000, 5),
    (20_000, 20_000, 5),
    (20_000, 200_000, 5),
    (20_000, 20_000, 10),
    (20_000, 200_000, 2),
]


def compare(n_queries: int, n: int, d: int, repeats: int, offset: float = 0) -> dict[str, object]:
    X = np.random.default_rng(0).standard_normal((n, d)) + offset
    of, found = np.arange(n_queries), {}

    def own() -> None:
        found["own"] = NeighborSearch(X).nearest(K, of=of)

    def peer() -> None:
        index = NearestNeighbors(n_neighbors=K + 1).fit(X)
        found["peer"] = index.kneighbors(X[of], return_distance=False)[:, 1:]

    figures: dict[str, object] = {}
    figures |= beside(peer, own, repeats=repeats, peer_name="scikit-learn")
    busy = processor_seconds(peer) / processor_seconds(own)
    return figures | {
        "times less processor time": round(busy, 2),
        "share of rows that are the same": float((found["own"] == found["peer"]).mean()),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=QUESTION)
    parser.add_argument("--repeats", type=int, default=3)
    repeats = parser.parse_args().repeats
    figures = {}
    for shape in SHAPES:
        key = "{:,} x {:,}, {} columns".format(*shape)
        times = repeats if shape[1] > 1_000 else 10 * repeats
        figures[key] = compare(*shape, times)
        print(key, figures[key], flush=True)
    key = "20,000 x 20,000, 20 columns, at 1e8"
    figures[key] = compare(20_000, 20_000, 20, repeats, offset=1e8)
    print(key, figures[key], flush=True)
    print(write_results("neighbor_search", QUESTION, figures))


if __name__ == "__main__":
    main()
