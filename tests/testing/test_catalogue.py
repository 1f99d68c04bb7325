from typing import Any

import pytest
from imblearn.over_sampling import SMOTE
from imblearn.under_sampling import RandomUnderSampler as ImblearnUnderSampler
from sklearn.linear_model import LinearRegression, LogisticRegression

import imbalance_kit.testing
from imbalance_kit import ClassShift, ClassWeighter
from imbalance_kit.testing import (
    check_class_draw_ignores_the_others,
    check_global_random_state_is_untouched,
    check_laws,
    laws_not_applicable,
    parametrize_with_laws,
    yield_laws,
)
from imbalance_kit.testing._capabilities import NEEDS
from imbalance_kit.testing._catalogue import LAWS
from imbalance_kit.testing._subject import KINDS
from tests.testing._honest import (
    HonestInterpolator,
    HonestPoisson,
    HonestSampler,
    honest_classifier,
)
from tests.testing._mutants import MUTANTS, StartsTheSameStreamForEveryClass

HONEST = [
    HonestSampler(),
    HonestPoisson(),
    HonestInterpolator(),
    honest_classifier(),
    ClassShift({"a": 1, "b": 2}),
]


def test_every_law_is_exported_and_every_check_is_a_law() -> None:
    exported = {name for name in imbalance_kit.testing.__all__ if name.startswith("check_")}
    assert exported - {"check_laws"} == {law.name for law in LAWS}
    assert len(LAWS) > 15


def test_the_table_names_kinds_and_needs_that_exist() -> None:
    assert {kind for law in LAWS for kind in law.kinds} == set(KINDS)
    assert {need for law in LAWS for need in law.needs} == set(NEEDS)


def test_every_law_has_a_mutant() -> None:
    assert {law.__name__ for _, law in MUTANTS} == {law.name for law in LAWS}


@parametrize_with_laws(HONEST)
def test_honest_objects_of_a_user_keep_the_laws(estimator: Any, law: Any) -> None:
    law(estimator)


def test_every_law_holds_for_an_honest_object() -> None:
    held = {law.__name__ for estimator in HONEST for law in yield_laws(estimator)}
    assert held == {law.name for law in LAWS}


@pytest.mark.parametrize("estimator", HONEST, ids=lambda estimator: type(estimator).__name__)
def test_a_law_applies_or_has_a_reason(estimator: Any) -> None:
    applying = [law.__name__ for law in yield_laws(estimator)]
    reasons = laws_not_applicable(estimator)
    assert sorted([*applying, *reasons]) == sorted(law.name for law in LAWS)
    assert all(reasons.values())


def test_check_laws_names_the_broken_law() -> None:
    with pytest.raises(AssertionError, match="draw the same positions") as caught:
        check_laws(StartsTheSameStreamForEveryClass())
    assert caught.value.__notes__ == [
        "check_classes_have_their_own_streams: "
        "Check that two classes of one size do not draw the same positions."
    ]


def test_an_object_that_fails_at_once_is_held_to_every_law_of_its_kind() -> None:
    class Crashes(HonestSampler):
        def fit_resample(self, X: Any, y: Any, *, sample_weight: Any = None) -> Any:
            raise RuntimeError("out of order")

    laws = list(yield_laws(Crashes()))
    assert len(laws) == len([law for law in LAWS if "sampler" in law.kinds])
    with pytest.raises(RuntimeError, match="out of order"):
        check_laws(Crashes())


def test_foreign_objects_are_held_to_what_they_promise() -> None:
    reasons = laws_not_applicable(SMOTE())
    assert reasons["check_shift_is_what_was_done"] == "it takes no sample_weight"
    assert reasons["check_sample_indices_give_the_output"] == "it keeps no `sample_indices_`"
    checked = check_laws(LogisticRegression())
    assert "check_weight_is_repetition" in checked
    assert "check_corrected_mean_is_the_base_rate" not in checked


def test_known_defects_of_another_library_are_found() -> None:
    """imbalanced-learn draws all classes from one stream, and None from the global one."""
    for law in (check_class_draw_ignores_the_others, check_global_random_state_is_untouched):
        assert law in list(yield_laws(ImblearnUnderSampler()))
        with pytest.raises(AssertionError):
            law(ImblearnUnderSampler())


@pytest.mark.parametrize("estimator", [LinearRegression(), HonestSampler], ids=str)
def test_another_kind_is_refused(estimator: Any) -> None:
    with pytest.raises(TypeError):
        list(yield_laws(estimator))


def test_parametrize_refuses_to_check_nothing() -> None:
    with pytest.raises(ValueError, match="nothing to check"):
        parametrize_with_laws([])


def test_parametrize_names_the_cases() -> None:
    mark = parametrize_with_laws([ClassWeighter("auto")])
    names = [case.id for case in mark.args[1]]
    assert "ClassWeighter(sampling_strategy='auto')-check_clone_and_pickle" in names


def test_the_names_of_cases_are_the_same_in_every_process() -> None:
    mark = parametrize_with_laws([HonestSampler(sampling_strategy=honest_classifier)])
    assert all(" at 0x" not in case.id for case in mark.args[1])
    assert any("honest_classifier" in case.id for case in mark.args[1])
