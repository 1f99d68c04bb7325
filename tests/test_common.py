"""scikit-learn's checks and imbalanced-learn's checks, over every class of the package."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from imblearn.base import BaseSampler
from imblearn.over_sampling.base import BaseOverSampler
from imblearn.under_sampling.base import BaseCleaningSampler, BaseUnderSampler
from imblearn.utils.estimator_checks import (
    check_samplers_fit_resample,
    check_samplers_sampling_strategy_fit_resample,
)
from imblearn.utils.estimator_checks import parametrize_with_checks as imblearn_checks
from sklearn.linear_model import LogisticRegression
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import parametrize_with_checks as sklearn_checks

from imbalance_kit import (
    SMOTENC,
    ClassWeighter,
    CorrectedClassifier,
    NonuniformNegativeSampler,
    RandomOverSampler,
    RandomUnderSampler,
    SamplerChain,
)
from tests._discovery import make_instance, public_classes

# imbalanced-learn's count checks look at instances of its own bases only; a chain, which may go in
# both directions, has none.
BASES = {
    "over-sampling": BaseOverSampler,
    "under-sampling": BaseUnderSampler,
    "clean-sampling": BaseCleaningSampler,
}
DIRECTED = [cls for cls in public_classes("sampler") if hasattr(cls, "_sampling_type")]
for _sampler in DIRECTED:
    BASES[_sampler._sampling_type].register(_sampler)

FOUND = [cls for kind in ("sampler", "weighter", "classifier") for cls in public_classes(kind)]
LEARNER = LogisticRegression(max_iter=1000)
CONFIGURED = [
    RandomUnderSampler(replacement=True),
    RandomOverSampler(shrinkage=1.0),
    NonuniformNegativeSampler(sampling_strategy=1.0, criterion="local_case_control", cross_fit=1),
    SamplerChain([RandomUnderSampler(), RandomOverSampler()]),
    SamplerChain([NonuniformNegativeSampler(), RandomOverSampler()]),
    CorrectedClassifier(LEARNER, ClassWeighter()),
    CorrectedClassifier(LEARNER, RandomUnderSampler(random_state=0)),
    CorrectedClassifier(LEARNER, RandomOverSampler(random_state=0), carry_out="weights"),
    CorrectedClassifier(LEARNER, RandomOverSampler(random_state=0), correction="weight"),
]

ONE_COLUMN_OF_CATEGORIES = {
    "check_estimators_nan_inf": "a missing category is a level of its own",
    "check_samplers_string": "it needs a column of numbers beside the categories",
}
ROWS_OF_ONE_DIMENSION = {
    "check_fit1d": "rows of any number of dimensions can be drawn, a list of texts among them",
}
NOISE = {
    "check_samplers_string": "noise cannot be added to strings",
    "check_samplers_nan": "noise cannot be added to missing values",
}
DRAWN = {
    f"check_sample_weight_equivalence_on_{kind}_data": (
        "where rows are drawn a weight equals repetition in expectation only, which "
        "tests/test_laws.py checks"
    )
    for kind in ("dense", "sparse")
}


POISSON = {
    "check_samplers_fit_resample": (
        "a Poisson design keeps a random number of rows, by default three per row of the rarest "
        "class, not as many"
    ),
    "check_samplers_sampling_strategy_fit_resample": (
        "the rarest class, which the check wants to thin too, is kept whole"
    ),
}


def _instances() -> Iterator[Any]:
    for cls in FOUND:
        instance = make_instance(cls)
        if "estimator" in instance.get_params():
            instance.set_params(estimator=LEARNER)
        yield instance
    yield from CONFIGURED


def _seeded(instances: Iterator[Any]) -> Iterator[Any]:
    """Set the random state, because some checks compare two runs."""
    for instance in instances:
        if "random_state" in instance.get_params():
            instance.set_params(random_state=0)
        yield instance


def expected_failures(estimator: Any) -> dict[str, str]:
    """Return the checks that must fail, each with its reason; one that passes is an error."""
    expected = {}
    if hasattr(estimator, "fit_resample") and get_tags(estimator).input_tags.three_d_array:
        expected |= ROWS_OF_ONE_DIMENSION
    if isinstance(estimator, NonuniformNegativeSampler):
        expected |= POISSON
    if isinstance(estimator, SMOTENC):
        expected |= ONE_COLUMN_OF_CATEGORIES
    if getattr(estimator, "shrinkage", None) is not None:
        expected |= NOISE
    sampler = getattr(estimator, "sampler", None)
    if isinstance(sampler, BaseSampler) and estimator.carry_out != "weights":
        expected |= DRAWN
    return expected


class _ForImblearn(ClassWeighter):
    """ClassWeighter under the tags that imbalanced-learn's checks read of a sampler."""

    def __sklearn_tags__(self) -> Any:
        tags, own = BaseSampler.__sklearn_tags__(self), super().__sklearn_tags__()
        tags.input_tags.string = own.input_tags.string
        tags.input_tags.allow_nan = own.input_tags.allow_nan
        tags.sampler_tags.sample_indices = True
        return tags


def _for_imblearn(instances: Iterator[Any]) -> Iterator[Any]:
    for instance in instances:
        if isinstance(instance, ClassWeighter):
            yield _ForImblearn(**instance.get_params())
        elif hasattr(instance, "fit_resample") or hasattr(instance, "predict"):
            yield instance


def _listed(decorator: pytest.MarkDecorator) -> pytest.MarkDecorator:
    """Replace imbalanced-learn's generator of cases, which pytest deprecates, by a list."""
    names, cases = decorator.args
    return pytest.mark.parametrize(names, list(cases), **decorator.kwargs)


def test_there_is_something_to_check() -> None:
    kinds = {kind: public_classes(kind) for kind in ("sampler", "weighter", "classifier")}
    assert len(kinds["sampler"]) >= 2
    assert all(kinds.values())
    assert issubclass(RandomUnderSampler, BaseUnderSampler)
    assert issubclass(RandomOverSampler, BaseOverSampler)


# The checks' data are hardly imbalanced: they lack three rows per row of the rarest class.
FEW = pytest.mark.filterwarnings("ignore:`sampling_strategy` asks for .* all of it is kept")


@FEW
@sklearn_checks(list(_seeded(_instances())), expected_failed_checks=expected_failures)
def test_scikit_learn(estimator: Any, check: Any) -> None:
    check(estimator)


@FEW
@_listed(
    imblearn_checks(
        list(_for_imblearn(_seeded(_instances()))), expected_failed_checks=expected_failures
    )
)
def test_imbalanced_learn(estimator: Any, check: Any) -> None:
    check(estimator)


# The checks bite ----------------------------------------------------------------------------------

# Of cleaning methods imbalanced-learn only asks that they add no row.
COUNTED = [
    cls for cls in DIRECTED if not issubclass(cls, (NonuniformNegativeSampler, BaseCleaningSampler))
]


def _doing_nothing(base: type) -> Any:
    class DoesNothing(base):  # type: ignore[misc]
        def fit_resample(self, X: Any, y: Any, *, sample_weight: Any = None) -> tuple[Any, Any]:
            super().fit_resample(X, y, sample_weight=sample_weight)
            return X, y

    return make_instance(DoesNothing, random_state=0)


@pytest.mark.parametrize("cls", COUNTED, ids=lambda cls: cls.__name__)
def test_a_sampler_that_does_nothing_fails(cls: type) -> None:
    with pytest.raises(AssertionError):
        check_samplers_fit_resample(cls.__name__, _doing_nothing(cls))


@pytest.mark.parametrize("cls", COUNTED, ids=lambda cls: cls.__name__)
def test_a_sampler_that_ignores_its_strategy_fails(cls: type) -> None:
    class Deaf(cls):  # type: ignore[misc, valid-type]
        def fit_resample(self, X: Any, y: Any, *, sample_weight: Any = None) -> tuple[Any, Any]:
            size = 600 if self._sampling_type == "over-sampling" else 100
            self.sampling_strategy = dict.fromkeys(np.unique(y).tolist(), size)
            return super().fit_resample(X, y, sample_weight=sample_weight)

    with pytest.raises(AssertionError):
        check_samplers_sampling_strategy_fit_resample(
            cls.__name__, make_instance(Deaf, random_state=0)
        )
