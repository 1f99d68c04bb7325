"""scikit-learn's checks and imbalanced-learn's checks, over every class of the package."""

from collections.abc import Iterator
from functools import cache
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
from sklearn.base import is_classifier
from sklearn.linear_model import LogisticRegression
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import parametrize_with_checks as sklearn_checks

from imbalance_kit import (
    SMOTENC,
    ClassWeighter,
    CorrectedClassifier,
    NonuniformNegativeSampler,
    Population,
    RandomOverSampler,
    RandomUnderSampler,
    SamplerChain,
)
from imbalance_kit.testing._assertions import dense
from imbalance_kit.testing._examples import population_of
from imbalance_kit.testing._subject import needs_target
from tests._discovery import make_instance, public_classes

# imbalanced-learn's count checks look at instances of its own bases only; a chain, which may go in
# both directions, has none.
BASES = {
    "over-sampling": BaseOverSampler,
    "under-sampling": BaseUnderSampler,
    "clean-sampling": BaseCleaningSampler,
}
DIRECTED = [
    cls for cls in public_classes("sampler") if getattr(cls, "_sampling_type", None) in BASES
]
for _sampler in DIRECTED:
    BASES[_sampler._sampling_type].register(_sampler)

FOUND = [
    cls
    for kind in ("sampler", "weighter", "classifier", "regressor")
    for cls in public_classes(kind)
]
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
        if get_tags(instance).estimator_type == "classifier" and hasattr(instance, "estimator"):
            instance.set_params(estimator=LEARNER)
        yield _with_target(instance)
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


class _SamplerTags:
    """A weighter under the tags that imbalanced-learn's checks read of a sampler."""

    def __sklearn_tags__(self) -> Any:
        tags = BaseSampler.__sklearn_tags__(self)  # type: ignore[arg-type]
        own = super().__sklearn_tags__()  # type: ignore[misc]
        tags.input_tags.string = own.input_tags.string
        tags.input_tags.allow_nan = own.input_tags.allow_nan
        tags.sampler_tags.sample_indices = True
        return tags


class _OwnTarget:
    """A weighter towards a population that is made of the rows it is given."""

    def fit(self, X: Any, y: Any = None, **arguments: Any) -> Any:
        rows = dense(X)
        good = rows.ndim == 2 and rows.size and rows.dtype.kind in "iufO"
        population = population_of(X) if good else Population(X)  # others are to be refused
        return super().fit(X, y, **(arguments | {"target": population}))  # type: ignore[misc]


def _is_towards_a_population(instance: Any) -> bool:
    return get_tags(instance).estimator_type == "weighter" and needs_target(instance)


def _with_target(instance: Any) -> Any:
    """Return the instance, a weighter towards a population with one of its own."""
    if not _is_towards_a_population(instance):
        return instance
    return _mixed(_OwnTarget, type(instance))(**instance.get_params(deep=False))


@cache
def _mixed(mixin: type, cls: type) -> type:
    """Return the class with a mixin in front, in this module, where pickle can find it."""
    name = f"{mixin.__name__.strip('_')}{cls.__name__}"
    globals()[name] = type(name, (mixin, cls), {"__module__": __name__})
    mixed: type = globals()[name]
    return mixed


def _for_imblearn(instances: Iterator[Any]) -> Iterator[Any]:
    for instance in instances:
        if _is_towards_a_population(instance):
            continue  # those checks are about class counts and refused labels
        if get_tags(instance).estimator_type == "weighter":
            yield _mixed(_SamplerTags, type(instance))(**instance.get_params(deep=False))
        elif hasattr(instance, "fit_resample") or is_classifier(instance):
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
# The checks' classes overlap: with MiniBatchKMeans of scikit-learn 1.8 the largest share that class
# 0 has in a cluster is .481, where .5 is asked for; with that of 1.9 it is .5.
CLUSTERS = pytest.mark.filterwarnings(
    "ignore:No cluster holds more than 2 rows of class 0 and at least 0.5 of it:UserWarning"
)
NEGATIVE = pytest.mark.filterwarnings("ignore:.* weights are negative")


@FEW
@NEGATIVE
@sklearn_checks(list(_seeded(_instances())), expected_failed_checks=expected_failures)
def test_scikit_learn(estimator: Any, check: Any) -> None:
    check(estimator)


@FEW
@CLUSTERS
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
