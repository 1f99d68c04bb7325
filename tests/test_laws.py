"""Every law over every class of the package, in its sensible configurations; and the grid of both.

Classes are found, never listed: a new one is held to all laws in its default configuration, and a
law that says nothing about it is an error until `BLANKS` gives the reason.
"""

import inspect
import re
from functools import cache
from typing import Any

import imblearn.over_sampling
import imblearn.under_sampling
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import NearestNeighbors
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.svm import SVC

from imbalance_kit import (
    ADASYN,
    SMOTE,
    SMOTEENN,
    SMOTEN,
    SMOTENC,
    SVMSMOTE,
    BorderlineSMOTE,
    CalibrationWeighter,
    ClassShift,
    ClassWeighter,
    CorrectedClassifier,
    EditedNearestNeighbours,
    KMeansSMOTE,
    NonuniformNegativeSampler,
    OffsetLogisticRegression,
    RandomOverSampler,
    RandomUnderSampler,
    Ratios,
    SamplerChain,
    Shift,
    SMOTETomek,
    TomekLinks,
)
from imbalance_kit.shift import CovariateShift, InclusionRule, InclusionShift, LinearPilot
from imbalance_kit.testing import laws_not_applicable, yield_laws
from imbalance_kit.testing._catalogue import LAWS
from imbalance_kit.testing._subject import kind_of, needs_target
from tests._discovery import make_instance, public_classes

# A learner that is not regularised much, so that its error is that of the data.
LEARNER = LogisticRegression(C=100.0)
THINNED = ClassShift.from_rates({0: 0.1, 1: 1.0})
WANTED = ClassShift({0: 1.0, 1: 3.0}, reference="training")


class FirstColumn:
    """A pilot that needs no training, for any number of columns and two classes."""

    def predict_proba(self, X: Any) -> Any:
        column = X[:, [0]].toarray() if hasattr(X, "toarray") else np.asarray(X)[:, :1]
        return LinearPilot(np.array([[1.0]]), np.array([-2.0])).predict_proba(column)

    def __repr__(self) -> str:
        return "FirstColumn()"


RULE = InclusionRule(2.0, 0.05)
SOFTMAX = LinearPilot(np.eye(3, 4), np.zeros(3))


def _twenty_of_the_commonest(y: Any) -> dict[int, int]:
    return {0: 20}


# Besides the default, where there is one. Labels are 0, 1 (and 2), most frequent first.
CONFIGURATIONS: dict[str, list[Any]] = {
    "ClassShift": [
        THINNED,
        WANTED,
        ClassShift.from_counts({0: 900, 1: 90, 2: 10}, {0: 10, 1: 10, 2: 10}),
        ClassShift({"no": 1e-9, "yes": 1.0}, exact=False),
    ],
    "ChainedShift": [THINNED.then(WANTED)],
    "InclusionShift": [
        InclusionShift((LinearPilot(np.ones((1, 4)), np.zeros(1)),), (0, 1), {0: RULE}),
        InclusionShift((SOFTMAX, LinearPilot(-SOFTMAX.coef, np.ones(3))), (0, 1, 2), {0: RULE}),
        InclusionShift((), ("no", "yes"), {"no": RULE}, "uniform"),
    ],
    "NonuniformNegativeSampler": [
        # Nothing is drawn for a pilot: weights are the same for any seed.
        NonuniformNegativeSampler(
            criterion="uniform", sampling_strategy=Ratios({0: 0.5, 1: 0.5}, of="own")
        ),
        NonuniformNegativeSampler(pilot=FirstColumn(), sampling_strategy=0.5),
        NonuniformNegativeSampler(
            pilot=FirstColumn(), criterion="local_case_control", sampling_strategy=0.7
        ),
        NonuniformNegativeSampler(
            pilot=FirstColumn(),
            criterion="L",
            pos_label=0,
            sampling_strategy=Ratios({1: 0.8}, of="own"),
        ),
    ],
    "SamplerChain": [
        SamplerChain([NonuniformNegativeSampler(criterion="uniform", sampling_strategy=0.7)]),
        SamplerChain([RandomUnderSampler(), RandomOverSampler(sampling_strategy="all")]),
        SamplerChain(
            [
                RandomUnderSampler(sampling_strategy=Ratios({0: 0.8}, of="own")),
                NonuniformNegativeSampler(pilot=FirstColumn(), sampling_strategy=0.7),
                RandomOverSampler(),
            ]
        ),
    ],
    "RandomUnderSampler": [
        RandomUnderSampler(replacement=True),
        RandomUnderSampler(sampling_strategy=0.5),
        RandomUnderSampler(sampling_strategy="all", replacement=True),
        RandomUnderSampler(sampling_strategy={0: 30, 1: 14}),
        RandomUnderSampler(sampling_strategy=Ratios({0: 0.5, 1: 0.75}, of="own")),
        RandomUnderSampler(sampling_strategy=_twenty_of_the_commonest),
    ],
    "RandomOverSampler": [
        RandomOverSampler(shrinkage=0.5),
        RandomOverSampler(sampling_strategy=0.75),
        RandomOverSampler(sampling_strategy="minority"),
        RandomOverSampler(sampling_strategy={1: 40}),
        RandomOverSampler(sampling_strategy=Ratios({1: 0.9}, of="majority")),
    ],
    "SMOTE": [
        SMOTE(sampling_strategy="minority", k_neighbors=2),
        SMOTE(k_neighbors=NearestNeighbors(n_neighbors=4)),
    ],
    "BorderlineSMOTE": [BorderlineSMOTE(kind="borderline-2", m_neighbors=5)],
    "SVMSMOTE": [SVMSMOTE(out_step=0.2, svm_estimator=SVC(kernel="linear"))],
    "KMeansSMOTE": [
        KMeansSMOTE(kmeans_estimator=1),
        KMeansSMOTE(kmeans_estimator=2, cluster_balance_threshold=0.05, density_exponent=2.0),
    ],
    "ADASYN": [ADASYN(n_neighbors=3, sampling_strategy=Ratios({1: 0.9}, of="majority"))],
    "SMOTENC": [
        SMOTENC([False, True, False, True], k_neighbors=3, sampling_strategy={1: 40}),
        SMOTENC([0], k_neighbors=NearestNeighbors(n_neighbors=4)),
    ],
    "SMOTEN": [SMOTEN(k_neighbors=2, sampling_strategy="minority")],
    "EditedNearestNeighbours": [
        EditedNearestNeighbours(kind_sel="mode", sampling_strategy="all"),
        EditedNearestNeighbours(n_neighbors=NearestNeighbors(n_neighbors=3)),
    ],
    "TomekLinks": [TomekLinks(sampling_strategy="all")],
    "SMOTEENN": [
        SMOTEENN(
            smote=SMOTE(k_neighbors=3), enn=EditedNearestNeighbours(kind_sel="mode"), random_state=0
        )
    ],
    "SMOTETomek": [SMOTETomek(smote=BorderlineSMOTE(), tomek=TomekLinks())],
    "ClassWeighter": [
        ClassWeighter(0.5),
        ClassWeighter({0: 0.6, 1: 0.4}),
        ClassWeighter({0: 0.5, 1: 0.3, 2: 0.2}),
        ClassWeighter(Ratios({1: 2.0}, of="own")),
    ],
    "CalibrationWeighter": [
        CalibrationWeighter("raking", normalize="sample"),
        CalibrationWeighter("logit", bounds=(0.3, 3.0)),
        CalibrationWeighter("truncated", bounds=(0.0, np.inf), tolerance=0.05),
    ],
    "CovariateShift": [CovariateShift()],
    "OffsetLogisticRegression": [
        OffsetLogisticRegression(C=100.0, solver="lbfgs"),
        OffsetLogisticRegression(fit_intercept=False, covariance=None),
    ],
    "CorrectedClassifier": [
        CorrectedClassifier(LEARNER, ClassWeighter()),
        CorrectedClassifier(LEARNER, RandomUnderSampler()),
        CorrectedClassifier(LEARNER, RandomUnderSampler(), correction="weight"),
        CorrectedClassifier(LEARNER, RandomUnderSampler(), correction="sigmoid"),
        CorrectedClassifier(LEARNER, RandomOverSampler(), carry_out="weights"),
        CorrectedClassifier(LogisticRegression(C=100.0, class_weight="balanced")),
        # Weights go to the last step: a scaler of theirs would see no weight, minimum and maximum
        # need none.
        CorrectedClassifier(make_pipeline(MinMaxScaler(), LEARNER), ClassWeighter()),
        CorrectedClassifier(LEARNER, imblearn.under_sampling.RandomUnderSampler()),
        CorrectedClassifier(LEARNER, imblearn.over_sampling.RandomOverSampler()),
        CorrectedClassifier(LEARNER, target_prior={0: 0.5, 1: 0.3, 2: 0.2}),
        CorrectedClassifier(LEARNER, ClassWeighter(), correction="none"),
    ],
}

# Where a law is blank for a class in every configuration, and why. Laws of another kind of object,
# such as rows of a shift, need no entry.
_CHOOSING = ("ADASYN", "BorderlineSMOTE", "KMeansSMOTE", "SVMSMOTE")
_INTERPOLATING = (*_CHOOSING, "SMOTE", "SMOTENC")
_SYNTHETIC = (*_INTERPOLATING, "SMOTEN")
_TOWARDS_A_POPULATION = tuple(
    cls.__name__ for cls in public_classes("weighter") if needs_target(make_instance(cls))
)
_CLEANING = ("EditedNearestNeighbours", "TomekLinks")
_COMBINED = ("SMOTEENN", "SMOTETomek")
_EXACTLY_UNDONE = (
    "check_corrected_mean_is_the_base_rate",
    "check_corrected_loss_is_that_of_all_rows",
)
_REASONS: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = [
    (
        "the offset is handed in with the rows, and no shift is kept",
        ("OffsetLogisticRegression",),
        ("check_undo_reverses_apply", "check_then_undoes_both", "check_columns_follow_classes"),
    ),
    (
        "nothing is drawn",
        ("OffsetLogisticRegression",),
        ("check_random_state_fixes_the_result",),
    ),
    (
        "what was sampled, and how, is known to the caller only; simulated in its own tests",
        ("OffsetLogisticRegression",),
        _EXACTLY_UNDONE,
    ),
    (
        "the shift is the probability of a row, not what came of it: that rows are kept as often "
        "as it says is check_weights_are_expected_copies",
        ("NonuniformNegativeSampler",),
        ("check_shift_is_what_was_done",),
    ),
    (
        "only its steps are asked for sizes, of what each is given",
        ("SamplerChain",),
        ("check_rows_per_class_are_as_asked",),
    ),
    (
        "its weights are functions of the row, and rows are drawn whatever their class",
        _TOWARDS_A_POPULATION,
        (
            "check_rows_per_class_are_as_asked",
            "check_shift_is_what_was_done",
            "check_class_draw_ignores_the_others",
            "check_classes_have_their_own_streams",
        ),
    ),
    (
        "the population is what is wanted: nothing is undone in predictions",
        _TOWARDS_A_POPULATION,
        _EXACTLY_UNDONE,
    ),
    (
        "its folds would be straddled by copies of a row",
        ("PropensityWeighter",),
        ("check_weight_is_repetition", "check_weight_is_repetition_in_draws"),
    ),
    ("its shift is not exact", _SYNTHETIC, _EXACTLY_UNDONE),
    (
        "copies of a row are its nearest neighbours",
        _SYNTHETIC,
        ("check_weight_is_repetition_in_draws",),
    ),
    (
        "which rows it prefers depends on where the other classes are",
        _CHOOSING,
        ("check_weights_are_expected_copies", "check_class_draw_ignores_the_others"),
    ),
    (
        "which rows are cleaned depends on where the other classes are, by a factor nobody knows",
        (*_CLEANING, *_COMBINED),
        (
            "check_undo_reverses_apply",
            "check_then_undoes_both",
            "check_columns_follow_classes",
            "check_shift_is_what_was_done",
            "check_sample_weight_restores_the_input",
            "check_weight_is_repetition",
            "check_weights_are_expected_copies",
            "check_class_draw_ignores_the_others",
            "check_rows_per_class_are_as_asked",
            "check_weight_is_repetition_in_draws",
            *_EXACTLY_UNDONE,
        ),
    ),
    (
        "nothing is drawn",
        _CLEANING,
        ("check_random_state_fixes_the_result", "check_classes_have_their_own_streams"),
    ),
    (
        "how many rows of each class are left is up to the data",
        ("SMOTEENN",),
        ("check_classes_have_their_own_streams",),
    ),
    (
        "its weights depend on the rows drawn",
        _COMBINED,
        ("check_label_swap_swaps_the_result",),
    ),
    (
        "it makes no rows of two others",
        (
            *_CLEANING,
            "NonuniformNegativeSampler",
            "RandomOverSampler",
            "RandomUnderSampler",
            "SMOTEN",
            "SamplerChain",
        ),
        ("check_synthetic_rows_lie_between_their_parents",),
    ),
]
BLANKS = {(cls, law): why for why, classes, laws in _REASONS for cls in classes for law in laws}


def _classes() -> list[type]:
    shifts = [cls for cls in public_classes() if issubclass(cls, Shift)]
    kinds = ("sampler", "weighter", "classifier")
    return [cls for kind in kinds for cls in public_classes(kind)] + [
        cls for cls in shifts if not inspect.isabstract(cls)
    ]


def _subjects(cls: type) -> list[Any]:
    default = []
    if not issubclass(cls, Shift):
        instance = make_instance(cls)
        if kind_of(instance) == "classifier" and hasattr(instance, "estimator"):
            instance.set_params(estimator=LEARNER)
        default = [instance]
    return default + CONFIGURATIONS.get(cls.__name__, [])


def _name(subject: Any) -> str:
    line = " ".join(re.sub(" at 0x[0-9a-f]+", "", repr(subject)).split())
    return line.replace("LogisticRegression(C=100.0)", "learner")


CLASSES = _classes()
CASES = [
    pytest.param(subject, law, id=f"{_name(subject)}-{law.__name__}")
    for cls in CLASSES
    for subject in _subjects(cls)
    for law in yield_laws(subject)
]


# The classes of the examples overlap: few of their clusters are one class's own.
@pytest.mark.filterwarnings("ignore:No cluster holds")
@pytest.mark.parametrize(("subject", "law"), CASES)
def test_law(subject: Any, law: Any) -> None:
    law(subject)


def test_there_is_something_to_check() -> None:
    found = {cls.__name__ for cls in CLASSES}
    assert {"RandomUnderSampler", "ClassWeighter", "CorrectedClassifier", "ClassShift"} <= found
    assert len(CASES) > 200


def test_every_class_has_a_configuration_and_every_configuration_a_class() -> None:
    found = {cls.__name__ for cls in CLASSES}
    assert not set(CONFIGURATIONS) - found, "configurations of classes that do not exist"
    assert not [cls.__name__ for cls in CLASSES if not _subjects(cls)], "nothing to check"
    wrong = [
        (name, type(subject).__name__)
        for name, subjects in CONFIGURATIONS.items()
        for subject in subjects
        if type(subject).__name__ != name
    ]
    assert not wrong


# The grid -----------------------------------------------------------------------------------------


@cache
def _grid() -> dict[tuple[str, str], str]:
    """Return "" where a law holds for some configuration of a class, else why it holds for none."""
    grid = {}
    for cls in CLASSES:
        reasons = [laws_not_applicable(subject) for subject in _subjects(cls)]
        for law in LAWS:
            held = any(law.name not in reason for reason in reasons)
            grid[cls.__name__, law.name] = "" if held else reasons[0][law.name]
    return grid


def test_every_law_holds_for_every_class_or_the_reason_is_listed() -> None:
    kinds = {cls.__name__: kind_of(_subjects(cls)[0]) for cls in CLASSES}
    kinds_of = {law.name: law.kinds for law in LAWS}
    blank = {cell for cell, why in _grid().items() if why and kinds[cell[0]] in kinds_of[cell[1]]}
    unlisted = {cell: _grid()[cell] for cell in sorted(blank - set(BLANKS))}
    assert not unlisted, "laws that say nothing about a class, for no listed reason"
    assert not set(BLANKS) - blank, "listed, and not blank any more"


def test_the_grid_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    grid, names = _grid(), [law.name for law in LAWS]
    notes: dict[str, str] = {}
    for why in grid.values():
        if why:
            notes.setdefault(why, chr(ord("a") + len(notes)))
    rows = [f"{'':26}" + "".join(f"{number:>3}" for number in range(1, len(names) + 1))]
    for cls in CLASSES:
        cells = (notes.get(grid[cls.__name__, name], "+") for name in names)
        rows.append(f"{cls.__name__:26}" + "".join(f"{cell:>3}" for cell in cells))
    rows += [f"{number:>3} {name}" for number, name in enumerate(names, start=1)]
    rows += ["  + checked", *(f"  {mark} {why}" for why, mark in notes.items())]
    with capsys.disabled():
        print("", *rows, sep="\n")
    assert len(grid) == len(CLASSES) * len(LAWS)
