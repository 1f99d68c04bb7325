"""What can be known of a sampler that keeps no record: never more than is true."""

from typing import Any

import imblearn.combine as combine
import imblearn.over_sampling as over
import imblearn.under_sampling as under
import numpy as np
import pytest
from imblearn import FunctionSampler

from imbalance_kit import ClassShift
from imbalance_kit._utils._targets import encode_target
from imbalance_kit.correction._foreign import foreign_shift

TARGET = encode_target(np.array(["a"] * 60 + ["b"] * 20))
BEFORE = np.array([60.0, 20.0])
AFTER = np.array([30.0, 20.0])


class MyUnderSampler(under.RandomUnderSampler):
    pass


def shift_of(sampler: Any) -> ClassShift | None:
    return foreign_shift(sampler, TARGET, BEFORE, AFTER)


@pytest.mark.parametrize(
    "sampler",
    [
        under.RandomUnderSampler(),
        under.RandomUnderSampler(replacement=True),
        over.RandomOverSampler(),
        MyUnderSampler(),
    ],
)
def test_random_samplers_are_known_exactly(sampler: Any) -> None:
    assert shift_of(sampler) == ClassShift({"a": 0.5, "b": 1.0})


@pytest.mark.parametrize(
    "sampler",
    [
        over.RandomOverSampler(shrinkage=1.0),
        over.RandomOverSampler(shrinkage={"b": 0.1}),
        over.SMOTE(),
        over.SMOTENC(categorical_features=[0]),
        over.SMOTEN(),
        over.ADASYN(),
        over.BorderlineSMOTE(),
        over.SVMSMOTE(),
        over.KMeansSMOTE(),
    ],
)
def test_synthetic_rows_are_known_about(sampler: Any) -> None:
    assert shift_of(sampler) == ClassShift({"a": 0.5, "b": 1.0}, exact=False)


@pytest.mark.parametrize(
    "sampler",
    [
        combine.SMOTEENN(),
        combine.SMOTETomek(),
        under.NearMiss(),
        under.TomekLinks(),
        under.EditedNearestNeighbours(),
        under.InstanceHardnessThreshold(),
        under.ClusterCentroids(),
        FunctionSampler(),
    ],
)
def test_the_rest_is_not_known(sampler: Any) -> None:
    assert shift_of(sampler) is None
