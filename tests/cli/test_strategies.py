from dataclasses import replace

import pytest

from imbalance_kit import ClassWeighter, RandomOverSampler, RandomUnderSampler
from imbalance_kit.cli._columns import Columns
from imbalance_kit.cli._dataset import Dataset
from imbalance_kit.cli._demo_data import load_demo
from imbalance_kit.cli._learners import LearnerName
from imbalance_kit.cli._messages import InputError
from imbalance_kit.cli._strategies import NAMES, choose_strategies

DIGITS = load_demo()
GAPS = replace(DIGITS, columns=replace(DIGITS.columns, n_missing=1))
CATEGORIES = replace(DIGITS, columns=Columns(("a",), ("b",), (), {}, {}, (), 0))


@pytest.mark.parametrize("dataset", [DIGITS, GAPS, CATEGORIES])
def test_the_choice_of_the_library_where_the_learner_completes_the_rows(dataset: Dataset) -> None:
    assert choose_strategies([], LearnerName.LOGISTIC, dataset) == (None, [])


@pytest.mark.parametrize("dataset", [GAPS, CATEGORIES])
def test_no_smote_on_gaps_and_categories(dataset: Dataset) -> None:
    chosen, (note,) = choose_strategies([], LearnerName.GRADIENT_BOOSTING, dataset)
    assert chosen is not None
    assert list(chosen) == [
        "nothing",
        "class weights",
        "moved threshold",
        "RandomUnderSampler",
        "RandomOverSampler",
    ]
    assert note.startswith("SMOTE is left out")
    assert choose_strategies([], LearnerName.GRADIENT_BOOSTING, DIGITS) == (None, [])


def test_named_strategies() -> None:
    names = ["class-weights, moved-threshold", "under-sampling:0.25,over-sampling,under-sampling"]
    chosen, notes = choose_strategies(names, LearnerName.LOGISTIC, DIGITS)
    assert chosen is not None
    assert notes == []
    assert list(chosen) == [
        "nothing",
        "class weights",
        "moved threshold",
        "RandomUnderSampler 0.25",
        "RandomOverSampler",
        "RandomUnderSampler",
    ]
    assert chosen["nothing"] is None
    assert isinstance(chosen["class weights"], ClassWeighter)
    assert chosen["moved threshold"] == "threshold"
    assert isinstance(chosen["RandomUnderSampler 0.25"], RandomUnderSampler)
    assert chosen["RandomUnderSampler 0.25"].sampling_strategy == 0.25
    assert isinstance(chosen["RandomOverSampler"], RandomOverSampler)


def test_the_names_of_the_report_are_known_too() -> None:
    names = ["RandomUnderSampler:0.25,RandomOverSampler", "SMOTE"]
    chosen, _ = choose_strategies(names, LearnerName.LOGISTIC, DIGITS)
    same, _ = choose_strategies(
        ["under-sampling:0.25,over-sampling,smote"], LearnerName.LOGISTIC, DIGITS
    )
    assert chosen is not None
    assert same is not None
    assert list(chosen) == list(same)
    assert list(chosen)[1:] == ["RandomUnderSampler 0.25", "RandomOverSampler", "SMOTE"]


def test_smote_works_behind_the_preprocessing() -> None:
    for learner in LearnerName:
        chosen, _ = choose_strategies(["smote,smote:0.5"], learner, DIGITS)
        assert chosen is not None
        assert list(chosen) == ["nothing", "SMOTE", "SMOTE 0.5"]
        assert [chosen[name].behind_preprocessing for name in ("SMOTE", "SMOTE 0.5")] == [True] * 2
        assert chosen["SMOTE 0.5"].what.sampling_strategy == 0.5


@pytest.mark.parametrize("dataset", [GAPS, CATEGORIES])
def test_smote_is_refused_on_gaps_and_categories(dataset: Dataset) -> None:
    for name in ("smote", "smote:0.5"):
        with pytest.raises(InputError, match=r"complete numbers.*Hint: --estimator logistic"):
            choose_strategies([name], LearnerName.RANDOM_FOREST, dataset)
        assert choose_strategies([name], LearnerName.LOGISTIC, dataset)[0] is not None


def test_every_name_is_known() -> None:
    chosen, _ = choose_strategies([",".join(NAMES)], LearnerName.LOGISTIC, DIGITS)
    assert chosen is not None
    assert len(chosen) == len(NAMES) + 1


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("undersampling", "no strategy 'undersampling' .*did you mean 'under-sampling'"),
        ("smote:2", "'smote:2' .* above 0 and up to 1.*got '2'"),
        ("class-weights:2", "no strategy 'class-weights:2'"),
        ("under-sampling:0", r"'under-sampling:0' .* above 0 and up to 1.*got '0'"),
        ("under-sampling:1.5", "above 0 and up to 1.*got '1.5'"),
        ("over-sampling:", "got ''.*Hint: over-sampling:0.5"),
        ("over-sampling:half", "got 'half'"),
        ("over-sampling:nan", "got 'nan'"),
    ],
)
def test_unknown_names_and_ratios(name: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        choose_strategies([name], LearnerName.LOGISTIC, DIGITS)
