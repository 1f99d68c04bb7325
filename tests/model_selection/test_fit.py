"""One fit: what is trained, counted, undone; seeds; thresholds' rows never seen."""

import numpy as np
import pytest
from imblearn.over_sampling import SMOTE
from imblearn.under_sampling import TomekLinks
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, GroupKFold, TunedThresholdClassifierCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from imbalance_kit import ClassWeighter, CorrectedClassifier, RandomUnderSampler
from imbalance_kit.correction._log_odds import to_proba
from imbalance_kit.model_selection._fit import Rows, fit_strategy, held_out_scores, with_seeds
from imbalance_kit.model_selection._strategies import Strategy


def _rows(n: int = 300, *, groups: bool = False) -> Rows:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, 3))
    codes = (X[:, 0] + rng.normal(size=n) > 1.2).astype(int)
    return Rows(X, codes, np.array(["no", "yes"]), None, np.arange(n) // 3 if groups else None)


def test_raw_and_undone_are_those_of_the_corrected_classifier() -> None:
    rows = _rows()
    sampler = RandomUnderSampler(random_state=1)
    fitted = fit_strategy(Strategy("u", "sampler", sampler), LogisticRegression(), rows, 0)
    raw, undone = (to_proba(scores) for scores in fitted.scores(rows.X))
    for correction, proba in (("none", raw), ("shift", undone)):
        model = CorrectedClassifier(LogisticRegression(), sampler, correction=correction)
        expected = model.fit(rows.X, rows.y).predict_proba(rows.X)
        np.testing.assert_allclose(proba, expected, rtol=1e-12)
    assert fitted.rows_trained == 2 * rows.codes.sum()
    np.testing.assert_array_equal(fitted.predict(rows.X), raw.argmax(axis=1))


@pytest.mark.parametrize(
    ("what", "kind", "count"),
    [
        (None, "nothing", lambda n, rare: n),
        (ClassWeighter(), "weighter", lambda n, rare: n),
        (SMOTE(), "sampler", lambda n, rare: 2 * (n - rare)),
    ],
)
def test_rows_trained(what: object, kind: str, count: object) -> None:
    rows = _rows()
    fitted = fit_strategy(Strategy("s", kind, what), LogisticRegression(), rows, 0)
    assert fitted.rows_trained == count(len(rows.codes), rows.codes.sum())
    assert fitted.seconds > 0


def test_a_cleaner_has_nothing_known_to_undo() -> None:
    rows = _rows()
    fitted = fit_strategy(Strategy("t", "sampler", TomekLinks()), LogisticRegression(), rows, 0)
    assert fitted.shift is None
    raw, undone = fitted.scores(rows.X)
    np.testing.assert_array_equal(raw, undone)


def test_behind_preprocessing_the_sampler_sees_what_the_learner_sees() -> None:
    rows = _rows()
    scale = FunctionTransformer(_check_scale, kw_args={"factor": 100.0})
    estimator = make_pipeline(scale, LogisticRegression())
    for behind, largest in ((True, 100.0), (False, 1.0)):
        seen: list[float] = []
        strategy = Strategy("s", "sampler", _Spy(seen), behind_preprocessing=behind)
        fitted = fit_strategy(strategy, estimator, rows, 0)
        assert seen == pytest.approx([largest * np.abs(rows.X).max()])
        assert to_proba(fitted.scores(rows.X)[0]).shape == (300, 2)


def _check_scale(X: np.ndarray, factor: float) -> np.ndarray:
    return X * factor


class _Spy(RandomUnderSampler):
    """Notes the largest value it is given; clones share the note."""

    def __init__(self, seen: list[float] | None = None, *, random_state: int | None = None) -> None:
        super().__init__(random_state=random_state)
        self.seen = seen

    def __sklearn_clone__(self) -> "_Spy":
        return _Spy(self.seen, random_state=self.random_state)

    def fit_resample(self, X: np.ndarray, y: np.ndarray, *, sample_weight: object = None) -> object:
        self.seen.append(float(np.abs(X).max()))
        return super().fit_resample(X, y, sample_weight=sample_weight)


def test_seeds_are_set_where_none_was_given() -> None:
    pipeline = make_pipeline(StandardScaler(), RandomForestClassifier())
    copy = with_seeds(pipeline, 0)
    assert isinstance(copy[-1].random_state, int)
    assert pipeline[-1].random_state is None
    assert with_seeds(pipeline, 0)[-1].random_state == copy[-1].random_state
    assert with_seeds(pipeline, 1)[-1].random_state != copy[-1].random_state
    assert with_seeds(RandomForestClassifier(random_state=7), 0).random_state == 7


def test_the_global_random_state_is_left_alone() -> None:
    before = repr(np.random.get_state())  # noqa: NPY002, the global state is looked at
    fit_strategy(Strategy("s", "sampler", SMOTE()), RandomForestClassifier(5), _rows(), 0)
    assert repr(np.random.get_state()) == before  # noqa: NPY002


def test_held_out_scores_are_of_models_that_did_not_see_the_rows() -> None:
    """One neighbour repeats the label of a row it has seen: on noise it must be right by chance.

    300 rows, 50 % of either class: the standard error of the hit rate is .029.
    """
    rng = np.random.default_rng(0)
    X, codes = rng.normal(size=(300, 5)), rng.integers(0, 2, 300)
    rows = Rows(X, codes, np.array([0, 1]), None, None)
    for what, kind in ((None, "nothing"), (SMOTE(random_state=0), "sampler")):
        strategy = Strategy("s", kind, what)
        position, scores = held_out_scores(strategy, KNeighborsClassifier(1), rows, 0)
        assert sorted(position) == list(range(300))
        hits = ((scores > 0) == codes[position]).mean()
        assert abs(hits - 0.5) < 4 * 0.029


def test_groups_reach_learners_that_split_by_them() -> None:
    rows = _rows(groups=True)
    search = GridSearchCV(LogisticRegression(), {"C": [1.0, 10.0]}, cv=GroupKFold(3))
    for strategy in (Strategy("n", "nothing"), Strategy("c", "classifier", search)):
        assert hasattr(fit_strategy(strategy, search, rows, 0).learner, "predict")
    tuned = TunedThresholdClassifierCV(LogisticRegression())  # takes no groups: none are given
    fit_strategy(Strategy("c", "classifier", tuned), LogisticRegression(), rows, 0)
