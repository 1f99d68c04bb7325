from typing import Any

import numpy as np
import pytest
from imblearn.over_sampling import SMOTE
from sklearn.base import BaseEstimator
from sklearn.cluster import KMeans
from sklearn.linear_model import LogisticRegression

from imbalance_kit import (
    ClassShift,
    ClassWeighter,
    CorrectedClassifier,
    NonuniformNegativeSampler,
    RandomOverSampler,
    RandomUnderSampler,
    Ratios,
    SamplerChain,
)
from imbalance_kit.testing._subject import kind_of, probe, relabelled, run, seeded


class Untagged(BaseEstimator):
    def fit_weights(self, X: Any, y: Any) -> Any:
        return np.ones(len(y))


@pytest.mark.parametrize(
    ("subject", "kind"),
    [
        (ClassShift({0: 1, 1: 2}), "shift"),
        (RandomUnderSampler(), "sampler"),
        (SMOTE(), "sampler"),
        (ClassWeighter(), "weighter"),
        (Untagged(), "weighter"),
        (CorrectedClassifier(LogisticRegression()), "classifier"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_kind(subject: Any, kind: str) -> None:
    assert kind_of(subject) == kind


def test_other_kinds_are_refused() -> None:
    with pytest.raises(TypeError, match="speak of samplers"):
        kind_of(KMeans())


def test_every_random_state_is_set() -> None:
    classifier = CorrectedClassifier(LogisticRegression(), RandomUnderSampler())
    params = seeded(classifier, 5).get_params()
    assert params["sampler__random_state"] == params["estimator__random_state"] == 5
    assert classifier.sampler.random_state is None


def test_labels_in_parameters_are_renamed() -> None:
    names = {0: "a", 1: "b"}
    over = relabelled(RandomOverSampler(sampling_strategy={1: 9}, shrinkage={1: 0.5}), names)
    assert (over.sampling_strategy, over.shrinkage) == ({"b": 9}, {"b": 0.5})
    under = relabelled(RandomUnderSampler(sampling_strategy=Ratios({0: 2}, of="minority")), names)
    assert under.sampling_strategy == Ratios({"a": 2}, of="minority")
    nested = relabelled(
        CorrectedClassifier(LogisticRegression(), ClassWeighter({0: 0.3, 1: 0.7})), names
    )
    assert nested.sampler.sampling_strategy == {"a": 0.3, "b": 0.7}


def test_a_label_among_the_parameters_is_renamed() -> None:
    chain = SamplerChain([NonuniformNegativeSampler(pos_label=1), RandomUnderSampler()])
    renamed = relabelled(chain, {0: "a", 1: "b"})
    assert renamed.steps[0].pos_label == "b"
    assert chain.steps[0].pos_label == 1
    assert relabelled(NonuniformNegativeSampler(), {0: "a", 1: "b"}).pos_label is None


def test_two_classes_where_three_are_refused() -> None:
    assert probe(RandomUnderSampler()).example.classes == [0, 1, 2]
    assert probe(RandomUnderSampler(sampling_strategy=0.5)).example.classes == [0, 1]


def test_a_run_uses_the_main_method() -> None:
    example = probe(ClassWeighter()).example
    assert hasattr(run(ClassWeighter(), example), "sample_indices_")
    assert hasattr(run(LogisticRegression(), example), "coef_")
    assert run(Untagged(), example) is not None
