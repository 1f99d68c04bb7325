"""Real reports of small data, made once."""

import numpy as np
import pytest

from imbalance_kit import RandomUnderSampler
from imbalance_kit.cli._dataset import Dataset, make_dataset
from imbalance_kit.cli._learners import LearnerName, make_learner
from imbalance_kit.cli._read_table import Table
from imbalance_kit.model_selection import ComparisonReport, compare_strategies
from tests.cli._files import small_frame

HOSTILE = "<script>alert('x')</script>&amp;"


@pytest.fixture(scope="session")
def compared() -> tuple[ComparisonReport, Dataset]:
    """Return a report of two classes, with every variant, and its data."""
    dataset = make_dataset(Table(small_frame(700), "loans.csv"), target="default")
    learner = make_learner(LearnerName.LOGISTIC, dataset.columns, 0)
    report = compare_strategies(learner, None, dataset.X, dataset.y, cv=3, random_state=0)
    return report, dataset


@pytest.fixture(scope="session")
def hostile() -> tuple[ComparisonReport, Dataset]:
    """Return a report of three classes, weighted, with names that are HTML, and its data."""
    rng = np.random.default_rng(0)
    frame = small_frame(300).rename(columns={"balance": HOSTILE, "default": f"y{HOSTILE}"})
    labels = rng.choice(["a", "b", HOSTILE], 300, p=[0.5, 0.3, 0.2])
    frame[f"y{HOSTILE}"] = labels
    frame["w"] = rng.uniform(0.5, 2.0, 300)
    dataset = make_dataset(Table(frame, HOSTILE), target=f"y{HOSTILE}", drop=["age"], weights="w")
    learner = make_learner(LearnerName.LOGISTIC, dataset.columns, 0)
    report = compare_strategies(
        learner,
        {f"idle {HOSTILE}": None, f"own {HOSTILE}": learner, "under": RandomUnderSampler()},
        dataset.X,
        dataset.y,
        sample_weight=dataset.weights,
        cv=3,
        random_state=0,
    )
    return report, dataset
