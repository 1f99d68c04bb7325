"""Is boosting on a few per cent of a click log as good as on all of it?

2,000,000 rows, 1 click in 200: three ids hashed into 128 buckets each, device, hour, eight numbers;
log odds made of effects of the ids before hashing, interactions and curves, so that the truth is
known. LightGBM trained with the offset and scikit-learn's histogram boosting shifted after
training, on all rows and with 1 to 10 negatives per positive, uniform and nonuniform; 400,000 rows
kept apart to test on. AUC and log loss are their expectations under the true probabilities, which
takes the noise of the test labels out; the calibration slope is estimated from labels.

The learners' penalties were chosen for the fit on *all* rows, which overfits the clicks without
them (calibration slope .5 to .7 on test rows) and then loses to its own subsample; LightGBM's
`cat_smooth`, which counts rows, is chosen for all rows apart. The pilot of the nonuniform sampler
is a small model of the same kind as the learner; at three negatives the default pilot, linear in
the levels of the ids, is shown too. Each model is trained in a process of its own, in one thread:
seconds are of the processor and include sampling and pilots, and the peak memory is what is used
above the loaded data. Standard errors are over draws of the sample, from one log.

    python -m benchmarks.click_log
"""

import argparse
import multiprocessing
import time
import warnings
from collections.abc import Iterable
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score
from sklearn.utils import murmurhash3_32
from threadpoolctl import threadpool_limits

from benchmarks._results import write_results
from imbalance_kit import CorrectedClassifier, NonuniformNegativeSampler, compute_calibration

QUESTION = __doc__.partition("\n")[0]
MINUTES = 10
NEEDS = ("lightgbm",)
NEGATIVES = (1, 2, 3, 5, 10)
IDS = {"site": (3_000, 0.5), "ad": (10_000, 0.5), "user": (100_000, 0.4)}  # levels, sd of effects
N_BUCKETS = 128
N_NUMBERS = 8


# The log ------------------------------------------------------------------------------------------


def click_log(n: int, *, rate: float, seed: int) -> tuple[pd.DataFrame, Any, Any]:
    """Return rows, labels and true probabilities; effects are the same for every seed."""
    world, rng = np.random.default_rng(0), np.random.default_rng([1, seed])
    columns: dict[str, Any] = {}
    log_odds, ids = np.zeros(n), {}
    for name, (levels, spread) in IDS.items():
        popularity = 1 / np.arange(1, levels + 1)
        ids[name] = rng.choice(levels, size=n, p=popularity / popularity.sum())
        log_odds += world.normal(0, spread, levels)[ids[name]]
        hashed = murmurhash3_32(np.arange(levels, dtype=np.int32), positive=True) % N_BUCKETS
        columns[name] = pd.Categorical.from_codes(hashed[ids[name]], range(N_BUCKETS))
    device, hour = rng.integers(6, size=n), rng.integers(24, size=n)
    columns["device"] = pd.Categorical.from_codes(device, range(6))
    log_odds += world.normal(0, 0.4, (6, 40))[device, ids["ad"] % 40]
    log_odds += world.normal(0, 0.3, (24, 8))[hour, ids["site"] % 8]
    columns["hour"] = hour.astype(np.float32)
    x = rng.standard_normal((n, N_NUMBERS), dtype=np.float32)
    log_odds += 0.6 * x[:, 0] + 0.5 * np.maximum(x[:, 1], 0) - 0.3 * x[:, 2] ** 2
    log_odds += 0.4 * x[:, 3] * x[:, 4] + 0.3 * np.sin(2 * x[:, 5])
    columns |= {f"x{j}": x[:, j] for j in range(N_NUMBERS)}
    p = 1 / (1 + np.exp(-(log_odds + _intercept(log_odds, rate))))
    return pd.DataFrame(columns), (rng.random(n) < p).astype(np.int8), p


def _intercept(log_odds: Any, rate: float) -> float:
    constant = float(np.log(rate))
    for _ in range(60):
        constant += np.log(rate / np.mean(1 / (1 + np.exp(-(log_odds + constant)))))
    return constant


# Models -------------------------------------------------------------------------------------------


def lightgbm(n_estimators: int = 150, learning_rate: float = 0.08, cat_smooth: float = 300) -> Any:
    """LightGBM does not split off levels with fewer rows than `cat_smooth`."""
    from lightgbm import LGBMClassifier

    return LGBMClassifier(
        n_estimators=n_estimators,
        learning_rate=learning_rate,
        num_leaves=15,
        min_child_weight=20,
        reg_lambda=20,
        cat_smooth=cat_smooth,
        cat_l2=100,
        random_state=0,
        n_jobs=1,
        verbose=-1,
    )


def histogram_boosting(max_iter: int = 150, learning_rate: float = 0.08) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(
        max_iter=max_iter,
        learning_rate=learning_rate,
        max_leaf_nodes=15,
        l2_regularization=50,
        categorical_features="from_dtype",
        early_stopping=False,
        random_state=0,
    )


LEARNERS = {"LightGBM": (lightgbm, "offset"), "histogram boosting": (histogram_boosting, "shift")}
COUNTS_ROWS = {"LightGBM": {"cat_smooth": 4_000}}  # on all rows; of 300, 4,000 and 15,000 the best


def models(learner: str, repeats: int) -> Iterable[tuple[str, Any]]:
    """Return names and models; a name occurs once per draw."""
    make, correction = LEARNERS[learner]
    yield "all rows", make(**COUNTS_ROWS.get(learner, {}))

    def sampled(k: int, draw: int, **parameters: Any) -> Any:
        sampler = NonuniformNegativeSampler(
            sampling_strategy=1 / k, random_state=draw, **parameters
        )
        return CorrectedClassifier(make(), sampler, correction=correction)

    for draw in range(repeats):
        for k in NEGATIVES:
            yield f"uniform, {k} negatives", sampled(k, draw, criterion="uniform")
            yield f"nonuniform, {k} negatives", sampled(k, draw, pilot=make(30, 0.2))
    yield "nonuniform, 3 negatives, default pilot", sampled(3, 0)


# Measuring ----------------------------------------------------------------------------------------


def measure(model: Any, train: Any, test: Any) -> dict[str, float]:
    """Fit and score one model; memory by the kernel's record of the peak, reset before."""
    X, y, _ = train
    Path("/proc/self/clear_refs").write_text("5")
    before, start = _memory("VmRSS"), time.process_time()
    model.fit(X, y)
    seconds, peak = time.process_time() - start, _memory("VmHWM") - before
    rows = len(model.sampler_.sample_indices_) if hasattr(model, "sampler_") else len(y)
    X, y, p = test
    predicted = model.predict_proba(X)[:, 1].astype(np.float64)
    report = compute_calibration(y, predicted).per_class[0]
    groups = np.array_split(np.argsort(predicted), 20)
    gaps = [abs(predicted[group].sum() - p[group].sum()) for group in groups]
    both = np.repeat([1, 0], len(p))
    return {
        "rows": rows / len(train[1]),
        "auc": roc_auc_score(both, np.tile(predicted, 2), sample_weight=np.append(p, 1 - p)),
        "log loss": float(-(p * np.log(predicted) + (1 - p) * np.log1p(-predicted)).mean()),
        "mean over truth": float(predicted.mean() / p.mean()),
        "calibration error over rate": float(sum(gaps) / p.sum()),
        "calibration slope": report.slope,
        "seconds": seconds,
        "peak MB": peak,
    }


def _memory(field: str) -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) / 1e3
    raise KeyError(field)


def measure_apart(tasks: list[Any], train: Any, test: Any, jobs: int) -> Iterable[tuple[str, Any]]:
    """Yield names and figures as they come, each model in a process that shares the data."""
    context = multiprocessing.get_context("fork")
    waiting, running = list(tasks), {}

    def work(model: Any, sending: Any) -> None:
        warnings.simplefilter("error")
        with threadpool_limits(1):
            sending.send(measure(model, train, test))

    while waiting or running:
        while waiting and len(running) < jobs:
            name, model = waiting.pop(0)
            receiving, sending = context.Pipe(duplex=False)
            process = context.Process(target=work, args=(model, sending))
            process.start()
            sending.close()
            running[receiving] = name, process
        for ready in wait(list(running)):
            name, process = running.pop(ready)
            yield name, ready.recv()
            process.join()


def summarize(draws: list[dict[str, float]]) -> dict[str, float]:
    """Mean over draws, with standard errors of what is compared."""
    means = {name: float(np.mean([d[name] for d in draws])) for name in draws[0]}
    if len(draws) > 1:
        for name in ("auc", "log loss", "mean over truth"):
            spread = np.std([d[name] for d in draws], ddof=1)
            means[f"{name}, standard error"] = float(spread / len(draws) ** 0.5)
    return means


def against_all_rows(row: dict[str, float], whole: dict[str, float]) -> dict[str, float]:
    """Add what the acceptance limits speak of."""
    compared = {
        "auc less than all rows": whole["auc"] - row["auc"],
        "log loss over all rows": row["log loss"] / whole["log loss"],
        "times faster": whole["seconds"] / row["seconds"],
    }
    return {name: float(f"{value:.5g}") for name, value in (row | compared).items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=QUESTION)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--jobs", type=int, default=1, help="models trained at a time")
    options = parser.parse_args()
    train = click_log(options.rows, rate=1 / 200, seed=0)
    test = click_log(options.rows // 5, rate=1 / 200, seed=1)
    p = test[2]
    figures: dict[str, Any] = {
        "rows": options.rows,
        "positives": int(train[1].sum()),
        "draws": options.repeats,
        "truth": {
            "auc": roc_auc_score(
                np.repeat([1, 0], len(p)), np.tile(p, 2), sample_weight=np.append(p, 1 - p)
            ),
            "log loss": float(-(p * np.log(p) + (1 - p) * np.log1p(-p)).mean()),
        },
    }
    print(figures)
    for learner in LEARNERS:
        tasks = list(models(learner, options.repeats))
        draws: dict[str, list[Any]] = {name: [] for name, _ in tasks}
        for name, row in measure_apart(tasks, train, test, options.jobs):
            draws[name].append(row)
            print(learner, name, row, flush=True)
        rows = {name: summarize(found) for name, found in draws.items()}
        whole = rows["all rows"]
        figures[learner] = {name: against_all_rows(row, whole) for name, row in rows.items()}
    print(write_results("click_log", QUESTION, figures, libraries=("lightgbm",)))


if __name__ == "__main__":
    main()
