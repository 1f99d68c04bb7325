"""Instances of every public estimator, their parameters drawn to fit the rows, or not quite."""

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

import imbalance_kit as kit
from imbalance_kit import Ratios
from tests.properties._strategies import Data

Make = Callable[[Data], st.SearchStrategy[Any]]

FORMS = ("default", "default", "float", "str", "dict", "callable", "Ratios")


class Constant:
    """A callable `sampling_strategy`: what it returns depends on nothing."""

    def __init__(self, wanted: dict[Any, int]) -> None:
        self.wanted = wanted

    def __call__(self, y: Any) -> dict[Any, int]:
        return self.wanted

    def __repr__(self) -> str:
        return f"Constant({self.wanted!r})"


@st.composite
def strategies_for(draw: Any, rows: Data) -> dict[str, Any]:
    """Draw `sampling_strategy` in one of its forms, as keyword; some cannot be carried out."""
    form = draw(st.sampled_from(FORMS))
    labels, counts = np.unique(rows.labels, return_counts=True)
    known = labels.tolist()
    if form == "default" or not known:
        return {}
    if form == "float":
        ratios = [0.5, 1.0, 0.9, 1 / 3, 1e-9, 1, 0.0, 1.5, float("nan")]
        return {"sampling_strategy": draw(st.sampled_from(ratios))}
    if form == "str":
        names = ["auto", "all", "minority", "majority", "not minority", "not majority", "many"]
        return {"sampling_strategy": draw(st.sampled_from(names))}
    some = draw(st.lists(st.sampled_from(known), unique=True, min_size=1))
    if form == "Ratios":
        ratio = st.sampled_from([1.0, 0.5, 2.0, 1e-6])
        of = draw(st.sampled_from(["majority", "minority", "own"]))
        return {"sampling_strategy": Ratios({k: draw(ratio) for k in some}, of=of)}
    factor = draw(st.sampled_from([1, 2, 0.5, 0]))
    wanted = {k: int(counts[known.index(k)] * factor) for k in some}
    return {"sampling_strategy": wanted if form == "dict" else Constant(wanted)}


def _with(make: Callable[..., Any], **parameters: st.SearchStrategy[Any]) -> Make:
    """Return instances with a strategy, a seed, and further parameters left out half the time."""

    @st.composite
    def instances(draw: Any, rows: Data) -> Any:
        found = draw(strategies_for(rows))
        for name, values in parameters.items():
            if draw(st.booleans()):
                found[name] = draw(values)
        return make(**found)

    return instances


NEIGHBORS = st.sampled_from([1, 2, 5, 100])
SEED = {"random_state": st.just(0)}


def _seeded(cls: type) -> Callable[..., Any]:
    return lambda **parameters: cls(**({"random_state": 0} | parameters))


def _chain(**parameters: Any) -> Any:
    under = kit.RandomUnderSampler(**parameters)
    return kit.SamplerChain([under, kit.RandomOverSampler()], random_state=0)


def _mixed_chain(**parameters: Any) -> Any:
    first = kit.NonuniformNegativeSampler(**parameters)
    return kit.SamplerChain([first, kit.SMOTE(k_neighbors=2)], random_state=0)


def _either(*makes: Make) -> Make:
    return lambda rows: st.one_of([make(rows) for make in makes])


def _categorical(**parameters: Any) -> Any:
    return kit.SMOTENC(**({"categorical_features": [0], "random_state": 0} | parameters))


class Linear:
    """A pilot that needs no training: the first column's sign."""

    def predict_proba(self, X: Any) -> Any:
        column = X[:, [0]].toarray() if hasattr(X, "toarray") else np.asarray(X)[:, :1]
        share = np.where(column.astype(float) > 0, 0.9, 0.1)
        return np.hstack([1 - share, share])


INSTANCES: dict[str, Make] = {
    "RandomUnderSampler": _with(_seeded(kit.RandomUnderSampler), replacement=st.booleans()),
    "RandomOverSampler": _with(
        _seeded(kit.RandomOverSampler), shrinkage=st.sampled_from([0.0, 0.5, 1e6])
    ),
    "SMOTE": _with(_seeded(kit.SMOTE), k_neighbors=NEIGHBORS),
    "BorderlineSMOTE": _with(
        _seeded(kit.BorderlineSMOTE),
        k_neighbors=NEIGHBORS,
        m_neighbors=NEIGHBORS,
        kind=st.sampled_from(["borderline-1", "borderline-2"]),
    ),
    "SVMSMOTE": _with(
        _seeded(kit.SVMSMOTE),
        k_neighbors=NEIGHBORS,
        m_neighbors=NEIGHBORS,
        out_step=st.sampled_from([0.0, 0.1, 1.0]),
    ),
    "KMeansSMOTE": _with(
        _seeded(kit.KMeansSMOTE),
        k_neighbors=NEIGHBORS,
        kmeans_estimator=st.sampled_from([1, 2, 50]),
        cluster_balance_threshold=st.sampled_from([0.0, 0.1, 1.0, "auto"]),
        density_exponent=st.sampled_from([0.0, 2.0, "auto"]),
    ),
    "ADASYN": _with(_seeded(kit.ADASYN), n_neighbors=NEIGHBORS),
    "SMOTENC": _with(
        _categorical,
        categorical_features=st.sampled_from([[0], [1], [-1], [True, False], [0, 1], "auto"]),
        k_neighbors=NEIGHBORS,
    ),
    "SMOTEN": _with(_seeded(kit.SMOTEN), k_neighbors=NEIGHBORS),
    "EditedNearestNeighbours": _with(
        kit.EditedNearestNeighbours,
        n_neighbors=NEIGHBORS,
        kind_sel=st.sampled_from(["all", "mode"]),
    ),
    "TomekLinks": _with(kit.TomekLinks),
    "SMOTEENN": _with(_seeded(kit.SMOTEENN), smote=st.just(kit.SMOTE(k_neighbors=1))),
    "SMOTETomek": _with(_seeded(kit.SMOTETomek), smote=st.just(kit.SMOTE(k_neighbors=1))),
    "SamplerChain": _either(_with(_chain), _with(_mixed_chain)),
    "NonuniformNegativeSampler": _with(
        _seeded(kit.NonuniformNegativeSampler),
        pilot=st.sampled_from([LogisticRegression(), Linear()]),
        criterion=st.sampled_from(["probability", "A", "L", "local_case_control", "uniform"]),
        floor=st.sampled_from([0.0, 0.5, 1.0]),
        pilot_size=st.sampled_from([2, 10, 20_000]),
        cross_fit=st.sampled_from([1, 2, 3]),
    ),
}


# Weighters ----------------------------------------------------------------------------------------

NORMALIZE = st.sampled_from(["population", "sample", "mean"])


@st.composite
def _class_weighter(draw: Any, rows: Data) -> Any:
    found = draw(strategies_for(rows))
    known = np.unique(rows.labels).tolist()
    if known and draw(st.integers(0, 3)) == 0:
        found = {"sampling_strategy": dict.fromkeys(known, 1 / len(known))}
    return kit.ClassWeighter(**found, random_state=0)


def _towards(cls: type, **parameters: st.SearchStrategy[Any]) -> Make:
    @st.composite
    def instances(draw: Any, rows: Data) -> Any:
        found = {"random_state": 0, "normalize": draw(NORMALIZE)}
        for name, values in parameters.items():
            if draw(st.booleans()):
                found[name] = draw(values)
        return cls(**found)

    return instances


BOUNDS = st.sampled_from([(0.0, np.inf), (0.1, 10.0), (0.5, 2.0), (0.999, 1.001)])

INSTANCES |= {
    "ClassWeighter": _class_weighter,
    "CalibrationWeighter": _towards(
        kit.CalibrationWeighter,
        distance=st.sampled_from(["linear", "raking", "logit", "truncated"]),
        bounds=BOUNDS,
        tolerance=st.sampled_from([0.0, 0.1]),
        ridge=st.sampled_from([0.0, 1.0]),
    ),
    "CBPSWeighter": _towards(kit.CBPSWeighter, method=st.sampled_from(["over", "exact"])),
    "PostStratificationWeighter": _towards(
        kit.PostStratificationWeighter, collapse=st.sampled_from([["x0"], ["c0"], ["c0", "c1"]])
    ),
    "RakingWeighter": _towards(kit.RakingWeighter, max_iter=st.sampled_from([1, 1000])),
    "PropensityWeighter": _towards(
        kit.PropensityWeighter,
        estimator=st.sampled_from(
            [
                LogisticRegression(),
                kit.LogisticPath(n_lambdas=5),
                kit.LogisticPath(l1_ratio=0.5, selection="balance", n_lambdas=5),
                kit.LeastSquaresRatio(n_centers=5),
                kit.KernelMeanMatching(n_centers=5),
            ]
        ),
        estimand=st.sampled_from(["odds", "ate", "atc", "overlap", "matching"]),
        cv=st.sampled_from([2, 3]),
        calibration=st.sampled_from(["sigmoid", "isotonic"]),
        flattening=st.sampled_from([0.0, 0.5]),
    ),
}


# Classifiers and regressors -----------------------------------------------------------------------


@st.composite
def _corrected(draw: Any, rows: Data) -> Any:
    name = draw(
        st.sampled_from(
            [
                "none",
                "RandomUnderSampler",
                "RandomOverSampler",
                "ClassWeighter",
                "SMOTE",
                "NonuniformNegativeSampler",
                "TomekLinks",
                "SamplerChain",
            ]
        )
    )
    learner = draw(
        st.sampled_from(
            [
                LogisticRegression(max_iter=1000),
                kit.OffsetLogisticRegression(),
                GaussianNB(),
                DecisionTreeClassifier(max_depth=3, random_state=0),
                LogisticRegression(class_weight="balanced", max_iter=1000),
            ]
        )
    )
    known = np.unique(rows.labels).tolist()
    prior = draw(st.sampled_from([None, None, None, 0.3, "even"]))
    return kit.CorrectedClassifier(
        learner,
        None if name == "none" else draw(INSTANCES[name](rows)),
        correction=draw(
            st.sampled_from(["auto", "auto", "shift", "offset", "weight", "none", "sigmoid"])
        ),
        carry_out=draw(st.sampled_from(["auto", "auto", "rows", "weights"])),
        target_prior=dict.fromkeys(known, 1 / len(known))
        if prior == "even" and known
        else None
        if prior == "even"
        else prior,
        cv=draw(st.sampled_from([None, 2])),
    )


INSTANCES |= {
    "CorrectedClassifier": _corrected,
    "OffsetLogisticRegression": lambda rows: st.builds(
        kit.OffsetLogisticRegression,
        st.sampled_from([1.0, 1e-6, 1e6, np.inf]),
        fit_intercept=st.booleans(),
        solver=st.sampled_from(["auto", "lbfgs"]),
    ),
    "WeightedRegressor": lambda rows: st.builds(
        kit.WeightedRegressor,
        st.sampled_from([LinearRegression(), DecisionTreeRegressor(max_depth=3, random_state=0)]),
        st.one_of(st.none(), INSTANCES["CalibrationWeighter"](rows)),
        carry_out=st.sampled_from(["auto", "weights", "rows"]),
    ),
}
