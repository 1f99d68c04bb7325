"""What do imbalanced-learn and balance do of what the README says that this kit does?

Every sampler of imbalanced-learn and of this kit, found by walking the package, gets the same 600
rows: does `fit_resample` take `sample_weight`, does it say which rows it took or made, does a
pandas index survive, does a polars frame come back as one? Then under-sampling before a logistic
regression: mean prediction over the base rate. balance (in an interpreter of its own) and our
propensity weighter weight the same sample: do the same rows get the same weights again, is the
method an estimator, is the global random state left alone?

    python -m benchmarks.peers --peer PYTHON

PYTHON is an interpreter with balance.
"""

import argparse
import inspect
import json
import subprocess
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import imblearn.pipeline
import imblearn.under_sampling
import numpy as np
import pandas as pd
import polars as pl
from imblearn.utils.testing import all_estimators
from sklearn.linear_model import LogisticRegression

import imbalance_kit
from benchmarks._peers import add_peer_option
from benchmarks._results import write_results
from imbalance_kit import CorrectedClassifier, PropensityWeighter, RandomUnderSampler

QUESTION = __doc__.partition("\n")[0]
MINUTES = 1
NEEDS = ("peer:balance",)
NEED_ARGUMENTS = {"SMOTENC": {"categorical_features": [3]}}
NOT_OF_FRAMES = {"FunctionSampler"}


def imblearn_samplers() -> dict[str, type]:
    found = dict(all_estimators(type_filter="sampler"))
    return {name: cls for name, cls in found.items() if name not in NOT_OF_FRAMES}


def own_samplers() -> dict[str, type]:
    public = {name: getattr(imbalance_kit, name) for name in imbalance_kit.__all__}
    return {
        name: cls
        for name, cls in public.items()
        if hasattr(cls, "fit_resample")
        and hasattr(cls, "fit")
        and name != "SamplerChain"
        # weighters resample too, towards a target that none of these questions has
        and "target" not in inspect.signature(cls.fit_resample).parameters
    }


def frame(rng: np.random.Generator) -> tuple[pd.DataFrame, np.ndarray]:
    y = (rng.random(600) < 0.15).astype(int)
    X = rng.normal(size=(600, 4)) + y[:, None]
    X[:, 3] = np.digitize(X[:, 3], [0, 1])
    return pd.DataFrame(X, columns=list("abcd"), index=[f"row {i}" for i in range(600)]), y


def survives(question: Callable[[], bool]) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return bool(question())
        except Exception:
            return False


def sampler_features(samplers: dict[str, type]) -> dict[str, Any]:
    """Return the samplers that do each thing, by name."""
    X, y = frame(np.random.default_rng(0))
    polars = pl.from_pandas(X)
    having: dict[str, list[str]] = {
        "fit_resample": [],
        "sample_weight": [],
        "sample_indices_": [],
        "pandas index": [],
        "polars": [],
    }
    for name, cls in samplers.items():
        sampler = cls(**NEED_ARGUMENTS.get(name, {}))
        index = survives(lambda s=sampler: set(s.fit_resample(X, y)[0].index) <= set(X.index))
        questions = {
            "fit_resample": lambda s=sampler: len(s.fit_resample(X, y)) == 2,
            "sample_weight": lambda s=sampler: (
                "sample_weight" in inspect.signature(s.fit_resample).parameters
            ),
            "sample_indices_": lambda s=sampler: (
                len(s.fit_resample(X, y)[1]) == len(s.sample_indices_)
            ),
            "pandas index": lambda found=index: found,
            "polars": lambda s=sampler: isinstance(s.fit_resample(polars, y)[0], pl.DataFrame),
        }
        for feature, question in questions.items():
            if survives(question):
                having[feature].append(name)
    return {
        "samplers": len(samplers),
        **{feature: len(names) for feature, names in having.items()},
        "without": {
            feature: sorted(set(samplers) - set(names)) for feature, names in having.items()
        },
    }


def mean_over_base_rate() -> dict[str, float]:
    """Mean prediction over the base rate after under-sampling to 1:1, on 200,000 rows."""
    rng = np.random.default_rng(0)
    y = (rng.random(200_000) < 0.03).astype(int)
    X = rng.normal(size=(len(y), 2)) + y[:, None]
    peer = imblearn.pipeline.make_pipeline(
        imblearn.under_sampling.RandomUnderSampler(random_state=0), LogisticRegression()
    )
    ours = CorrectedClassifier(LogisticRegression(), RandomUnderSampler(random_state=0))
    models = {"imbalanced-learn, Pipeline": peer, "CorrectedClassifier": ours}
    return {
        name: round(float(model.fit(X, y).predict_proba(X)[:, 1].mean() / y.mean()), 3)
        for name, model in models.items()
    }


def people(rng: np.random.Generator, n: int, bias: float) -> pd.DataFrame:
    share = [0.5, 0.3, 0.2] if bias else [0.3, 0.3, 0.4]
    return pd.DataFrame(
        {
            "x": rng.normal(bias, 1, n),
            "z": rng.gamma(2, 1 + bias, n),
            "group": rng.choice(list("abc"), n, p=share),
        }
    )


def _global_state() -> np.ndarray:
    return np.random.get_state()[1].copy()  # noqa: NPY002  the very thing asked about


def weighting_features(python: str) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    sample, target = people(rng, 1000, 0.5), people(rng, 3000, 0)
    weighter = PropensityWeighter()
    before = _global_state()
    own = weighter.fit_weights(sample, target=target)
    ratio = weighter.weights(sample) / own
    ours = {
        "version": imbalance_kit.__version__,
        "an estimator (get_params)": hasattr(PropensityWeighter, "get_params"),
        "weights of the same rows given again, largest ratio": round(
            float(np.maximum(ratio, 1 / ratio).max()), 3
        ),
        "changes the global random state": bool((_global_state() != before).any()),
    }
    with tempfile.TemporaryDirectory() as folder:
        names = [str(Path(folder) / name) for name in ("s.csv", "t.csv")]
        for table, name in zip((sample, target), names, strict=True):
            table.to_csv(name, index=False)
        script = str(Path(__file__).with_name("_balance_features.py"))
        done = subprocess.run([python, script, *names], check=True, capture_output=True, text=True)
    return {"balance": json.loads(done.stdout.splitlines()[-1]), "imbalance_kit": ours}


def main() -> None:
    parser = argparse.ArgumentParser(description=QUESTION)
    add_peer_option(parser)
    python = parser.parse_args().peer
    figures = {
        "samplers": {
            "imbalanced-learn": sampler_features(imblearn_samplers()),
            "imbalance_kit": sampler_features(own_samplers()),
        },
        "mean prediction over base rate": mean_over_base_rate(),
        "weighting": weighting_features(python),
    }
    print(write_results("peers", QUESTION, figures, libraries=("polars",)))


if __name__ == "__main__":
    main()
