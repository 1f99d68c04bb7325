from typing import Any

import numpy as np
import pytest
from imblearn.over_sampling import SMOTE
from imblearn.under_sampling import TomekLinks
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression

import imbalance_kit
from imbalance_kit import (
    BorderlineSMOTE,
    ClassWeighter,
    CorrectedClassifier,
    NonuniformNegativeSampler,
    RandomOverSampler,
    RandomUnderSampler,
    SamplerChain,
)
from imbalance_kit.testing._capabilities import classes_drawn_alike, lacking
from imbalance_kit.testing._subject import Probe, probe
from tests.testing._honest import HonestPoisson

LEARNER = LogisticRegression()
UNIFORM = NonuniformNegativeSampler(criterion="uniform", sampling_strategy=0.5)
TRAINED = FrozenEstimator(LogisticRegression().fit(np.eye(4), [0, 0, 1, 1]))


@pytest.mark.parametrize(
    ("subject", "need", "has"),
    [
        (SMOTE(), "sample_weight", False),
        (RandomUnderSampler(), "sample_weight", True),
        (SMOTE(), "fit_weights", False),
        (LEARNER, "fit_weights", True),
        (TomekLinks(), "random_state", False),
        (TomekLinks(), "sizes", False),
        (ClassWeighter(), "sizes", True),
        (HonestPoisson(), "fixed sizes", False),
        (HonestPoisson(), "nothing drawn", False),
        (HonestPoisson(), "own probabilities", True),
        (UNIFORM, "nothing drawn", True),
        (UNIFORM, "own probabilities", True),
        (UNIFORM, "sizes", True),
        (NonuniformNegativeSampler(), "nothing drawn", False),
        (NonuniformNegativeSampler(), "open labels", True),
        (NonuniformNegativeSampler(pilot=TRAINED), "open labels", False),
        (SamplerChain([UNIFORM]), "fixed sizes", False),
        (SamplerChain([UNIFORM]), "own probabilities", False),
        (SamplerChain([UNIFORM]), "sizes", False),
        (SamplerChain([RandomUnderSampler()]), "own probabilities", True),
        (RandomUnderSampler(sampling_strategy={0: 20}), "relative sizes", False),
        (ClassWeighter({0: 0.5, 1: 0.5}), "relative sizes", True),
        (CorrectedClassifier(LEARNER, ClassWeighter({0: 0.5, 1: 0.5})), "relative sizes", True),
        (CorrectedClassifier(LEARNER, RandomOverSampler()), "nothing drawn", False),
        (CorrectedClassifier(LEARNER, ClassWeighter()), "nothing drawn", True),
        (RandomUnderSampler(sampling_strategy=lambda y: {0: 9}), "open labels", False),
        (imbalance_kit.SMOTE(), "own class alone", True),
        (BorderlineSMOTE(), "own class alone", False),
        (SamplerChain([RandomUnderSampler(), BorderlineSMOTE()]), "own class alone", False),
        (SamplerChain([SamplerChain([imbalance_kit.SMOTE()])]), "no neighbours", False),
        (RandomOverSampler(), "no neighbours", True),
        (RandomOverSampler(shrinkage=1.0), "shift to undo", False),
        (RandomOverSampler(), "shift to undo", True),
        (CorrectedClassifier(LEARNER, correction="none"), "corrected", False),
        (CorrectedClassifier(LEARNER, target_prior={0: 0.5, 1: 0.5}), "corrected", False),
        (CorrectedClassifier(LEARNER, correction="sigmoid"), "closed form", False),
        (LEARNER, "shift_", False),
        (LEARNER, "estimator", False),
    ],
)
def test_needs(subject: Any, need: str, has: bool) -> None:
    assert (lacking(probe(subject), (need,)) is None) is has


def test_a_failed_run_lacks_nothing() -> None:
    p = probe(RandomUnderSampler())
    assert lacking(Probe(p.subject, p.kind, p.example, None), ("estimator", "shift_")) is None


def test_classes_drawn_alike() -> None:
    assert classes_drawn_alike(RandomUnderSampler())
    assert classes_drawn_alike(RandomOverSampler())
    assert classes_drawn_alike(UNIFORM)
    assert not classes_drawn_alike(NonuniformNegativeSampler(sampling_strategy=0.5))
    assert not classes_drawn_alike(RandomOverSampler(sampling_strategy="minority"))
