"""How fast are the random samplers beside imbalanced-learn's, and how much memory do they need?

The same call on the same data in one process, the two libraries alternating, medians of the times;
the extra peak memory of one call as the tracer of the standard library sees it (what numpy and
pandas allocate; the input is not counted, the output is). Arrays of 1,000,000 x 20 float64 with
1 % and 10 % of the rows in the minority, and a pandas frame of 200,000 x 12 with columns of nine
kinds. Other work on the machine slows the faster side more, because it is bound by memory: run it
when nothing else runs.

    python -m benchmarks.random_samplers
"""

import argparse
from typing import Any

import imblearn.over_sampling
import imblearn.under_sampling
import numpy as np
import pandas as pd

import imbalance_kit
from benchmarks._measure import beside_sampler
from benchmarks._results import write_results

QUESTION = __doc__.partition("\n")[0]
MINUTES = 2
PEERS = {
    "RandomUnderSampler": imblearn.under_sampling.RandomUnderSampler,
    "RandomOverSampler": imblearn.over_sampling.RandomOverSampler,
}


def array(share: float) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    n = 1_000_000
    return rng.standard_normal((n, 20)), (rng.random(n) < share).astype(int)


def mixed_frame(share: float) -> tuple[pd.DataFrame, pd.Series]:
    rng = np.random.default_rng(0)
    n = 200_000
    numbers = rng.integers(0, 100, n)
    X = pd.DataFrame(
        {
            **{f"float {k}": rng.standard_normal(n) for k in range(4)},
            "float32": rng.standard_normal(n).astype(np.float32),
            "integer": numbers,
            "small integer": numbers.astype(np.int8),
            "nullable integer": pd.array(numbers, dtype="Int64"),
            "boolean": rng.random(n) < 0.5,
            "category": pd.Categorical.from_codes(numbers, [f"level {k}" for k in range(100)]),
            "time": pd.Timestamp("2024-01-01") + pd.to_timedelta(numbers, unit="h"),
            "text": pd.Series(numbers).astype(str),
        }
    )
    return X, pd.Series((rng.random(n) < share).astype(int))


def compare(name: str, X: Any, y: Any, repeats: int) -> dict[str, float]:
    peer = PEERS[name](random_state=0)
    own = getattr(imbalance_kit, name)(random_state=0)
    return beside_sampler(peer, own, X, y, repeats=repeats, memory=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=QUESTION)
    parser.add_argument("--repeats", type=int, default=15)
    repeats = parser.parse_args().repeats
    figures = {}
    for share in (0.01, 0.1):
        for kind, make in (("array 1,000,000 x 20", array), ("frame 200,000 x 12", mixed_frame)):
            X, y = make(share)
            for name in PEERS:
                key = f"{name}, {kind}, {share:.0%} minority"
                figures[key] = compare(name, X, y, repeats)
                print(key, figures[key], flush=True)
    print(write_results("random_samplers", QUESTION, figures))


if __name__ == "__main__":
    main()
