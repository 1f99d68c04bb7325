"""What does the nonuniform sampler cost beside one scoring pass of its own pilot?

``fit_resample`` with the default pilot on 5,000,000 x 20 numbers, 1 positive in 200 and three
negatives per positive, against four times one ``predict_proba`` pass of that pilot over the data
plus one copy of the rows kept: all three timed in turn in one process, medians. The pass is the
mean of the two cross-fitted pilots', each over all rows, once as coefficients (the pilot that the
sampler really holds) and once as the scikit-learn pipeline that was trained. The extra memory is
the peak that the tracer of the standard library sees (what numpy allocates; the input is not
counted, the output is), against a quarter of X plus the output.

    python -m benchmarks.negative_sampling_speed
"""

import argparse
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks._measure import paired_seconds, peak_megabytes
from benchmarks._results import write_results
from imbalance_kit import NonuniformNegativeSampler

QUESTION = __doc__.partition("\n")[0]
MINUTES = 2
LIMITS = {"passes of the pilot": 4, "memory, share of X besides the output": 0.25}


def clicks(n: int, dtype: Any) -> tuple[Any, Any]:
    """Normal columns, four of which matter; 1 positive in about 200."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((n, 20), dtype=dtype)
    odds = np.exp(X[:, :4].sum(axis=1, dtype=np.float64) / 2 - 5.8)
    return X, (rng.random(n) < odds / (1 + odds)).astype(np.int64)


def run(n: int, dtype: Any, repeats: int) -> dict[str, float]:
    X, y = clicks(n, dtype)
    sampler = NonuniformNegativeSampler(random_state=0)
    sampler.fit_resample(X, y)
    rows = sampler.sample_indices_
    pilots = sampler.pilot_.pilots
    few = np.sort(
        np.concatenate([np.flatnonzero(y == 1)[:10_000], np.flatnonzero(y == 0)[:10_000]])
    )
    pipeline = make_pipeline(StandardScaler(), LogisticRegression()).fit(X[few], y[few])
    seconds = paired_seconds(
        {
            "fit_resample": lambda: sampler.fit_resample(X, y),
            "one pass": lambda: pilots[0].predict_proba(X),
            "one pass, pipeline": lambda: pipeline.predict_proba(X),
            "one copy": lambda: X[rows],
        },
        repeats=repeats,
    )
    limit = 4 * seconds["one pass"] + seconds["one copy"]
    X_res, y_res = sampler.fit_resample(X, y)
    output = X_res.nbytes + y_res.nbytes
    del X_res, y_res
    peak = 1e6 * peak_megabytes(lambda: sampler.fit_resample(X, y))
    attributes = sum(v.nbytes for v in vars(sampler).values() if isinstance(v, np.ndarray))
    return {
        "rows": n,
        "rows kept": len(rows),
        **{f"{name}, seconds": round(value, 3) for name, value in seconds.items()},
        "share of the limit": round(seconds["fit_resample"] / limit, 3),
        "share of the limit, pipeline": round(
            seconds["fit_resample"] / (4 * seconds["one pass, pipeline"] + seconds["one copy"]), 3
        ),
        "passes": round((seconds["fit_resample"] - seconds["one copy"]) / seconds["one pass"], 2),
        "X, MB": round(X.nbytes / 1e6, 1),
        "output, MB": round(output / 1e6, 1),
        "fitted attributes, MB": round(attributes / 1e6, 1),
        "extra peak, MB": round(peak / 1e6, 1),
        "extra peak, share of the limit": round(peak / (X.nbytes / 4 + output), 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=QUESTION)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    figures: dict[str, Any] = {"limits": LIMITS}
    for dtype in (np.float64, np.float32):
        name = np.dtype(dtype).name
        figures[name] = run(options.rows, dtype, options.repeats)
        print(name, figures[name], flush=True)
    print(write_results("negative_sampling_speed", QUESTION, figures))


if __name__ == "__main__":
    main()
