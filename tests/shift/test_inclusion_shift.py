"""The factor of row-dependent sampling, by hand; and its way through JSON, eq and pickle."""

import json
import math
import pickle
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from imbalance_kit.shift import (
    ChainedShift,
    ClassShift,
    InclusionRule,
    InclusionShift,
    LinearPilot,
    from_json,
)
from imbalance_kit.shift._scaled_pilot import MeanPilot, ScaledPilot

RNG = np.random.default_rng(0)
X = RNG.normal(size=(200, 2))
RULE = InclusionRule(scale=3.0, floor=0.05)


def linear(slope: float = 1.0, intercept: float = -2.0) -> LinearPilot:
    return LinearPilot(np.array([[slope, 0.5]]), np.array([intercept]))


def three() -> LinearPilot:
    return LinearPilot(RNG.normal(size=(3, 2)), np.array([1.0, 0.0, -1.0]))


def boosted(seed: int = 0) -> ScaledPilot:
    y = np.where(X[:, 0] + RNG.normal(size=200) > 1, "rare", "common")
    model = HistGradientBoostingClassifier(max_iter=5, max_leaf_nodes=4, random_state=seed)
    return ScaledPilot(
        model.fit(X + seed / 9, y), ("common", "rare"), ClassShift({"common": 0.1, "rare": 1})
    )


def test_the_rule() -> None:
    scores = np.array([0.0, 1e-300, 0.01, 0.02, 0.1, 1 / 3, 0.5, 1.0, 1e300])
    expected = [min(max(3 * s, 0.05), 1) for s in scores.tolist()]
    np.testing.assert_allclose(RULE(scores), expected, rtol=1e-15)
    assert InclusionRule(1e260, 0.5)(np.array([1e300, 0.0])).tolist() == [1.0, 0.5]
    assert RULE(scores[:, None]).shape == (9, 1)


@pytest.mark.parametrize("bits", [2, 3, 12, 52])
def test_probabilities_are_rounded_to_significant_bits(bits: int) -> None:
    scores = np.concatenate([RNG.random(300), 2.0 ** -np.arange(9), [1 / 3, 0.7, 0.9999]])
    expected = []
    for score in scores.tolist():
        part, exponent = math.frexp(min(max(score, 0.01), 1.0))
        expected.append(math.ldexp(math.floor(part * 2**bits + 0.5), exponent - bits))
    found = InclusionRule(1.0, 0.01, bits)(scores)
    np.testing.assert_array_equal(found, expected)
    assert InclusionRule(1.0, 0.01, bits)(np.array([0.625])) == (0.75 if bits == 2 else 0.625)


def test_it_is_exact_and_to_be_undone() -> None:
    shift = InclusionShift((linear(),), (0, 1), {0: RULE})
    assert shift.exact is True
    assert shift.reference == "source"
    for name, value in (("reference", "training"), ("exact", False)):
        with pytest.raises(TypeError, match=name):
            InclusionShift((linear(),), (0, 1), {0: RULE}, **{name: value})  # type: ignore[arg-type]


def test_two_classes_by_hand() -> None:
    shift = InclusionShift((linear(),), (0, 1), {0: RULE})
    p = 1 / (1 + np.exp(2 - X @ [1.0, 0.5]))
    pi = np.clip(3 * p, 0.05, 1)
    np.testing.assert_allclose(shift.inclusion_probability(X), np.column_stack([pi, pi**0]))
    np.testing.assert_allclose(shift.log_factors(X, [1, 0]), np.column_stack([pi * 0, np.log(pi)]))
    q = p / (p + pi * (1 - p))  # Bayes' rule, by hand
    np.testing.assert_allclose(shift.apply(p, X), q)
    np.testing.assert_allclose(shift.undo(q, X), p)


def test_the_kept_class_may_come_first() -> None:
    shift = InclusionShift((linear(),), ("fraud", "ok"), {"ok": RULE})
    p_fraud = 1 - 1 / (1 + np.exp(2 - X @ [1.0, 0.5]))
    pi = np.clip(3 * p_fraud, 0.05, 1)
    np.testing.assert_allclose(shift.inclusion_probability(X), np.column_stack([pi**0, pi]))


def test_cross_fitted_pilots_are_averaged_arithmetically() -> None:
    pilots = (linear(1.0), linear(-1.0), linear(0.3))
    shift = InclusionShift(pilots, (0, 1), {0: RULE})
    parts = [InclusionShift((p,), (0, 1), {0: RULE}).inclusion_probability(X) for p in pilots]
    np.testing.assert_allclose(shift.inclusion_probability(X), np.mean(parts, axis=0))
    np.testing.assert_array_equal(shift.pilot_probability(X, pilots[1]), parts[1])


def test_more_classes_are_thinned_by_surprise() -> None:
    pilot, other = three(), InclusionRule(2.0, 0.1)
    shift = InclusionShift((pilot,), ("a", "b", "c"), {"a": RULE, "b": other})
    proba = pilot.predict_proba(X)
    expected = [RULE(1 - proba[:, 0]), other(1 - proba[:, 1]), np.ones(200)]
    np.testing.assert_allclose(shift.inclusion_probability(X), np.column_stack(expected))


def test_local_case_control_thins_every_class() -> None:
    shift = InclusionShift((linear(),), (0, 1), {0: RULE, 1: RULE}, "local_case_control")
    p = linear().predict_proba(X)
    np.testing.assert_allclose(shift.inclusion_probability(X), RULE(p[:, ::-1]))


@pytest.mark.parametrize("criterion", ["A", "L"])
def test_the_length_of_the_gradient(criterion: Any) -> None:
    metric = np.eye(3) if criterion == "L" else np.array([[2, 0.5, 0], [0.5, 1, 0.2], [0, 0.2, 3]])
    shift = InclusionShift((linear(),), (0, 1), {0: RULE}, criterion, metric)
    p = linear().predict_proba(X)[:, 1]
    length = [np.linalg.norm(metric @ [*x, 1]) for x in X]
    for rows in (X, sparse.csr_array(X), pd.DataFrame(X), pl.DataFrame(X), X.tolist()):
        pi = shift.inclusion_probability(rows)[:, 0]
        np.testing.assert_allclose(pi, RULE(p * length))


def test_uniform_needs_neither_pilot_nor_rows() -> None:
    shift = InclusionShift((), ("no", "yes"), {"no": InclusionRule(0.25, 0.01)}, "uniform")
    assert not shift.depends_on_row
    np.testing.assert_allclose(shift.inclusion_probability(X), [[0.25, 1]] * 200)
    for rows in (X.tolist(), sparse.csr_array(X), pd.DataFrame(X)):
        np.testing.assert_allclose(shift.inclusion_probability(rows), [[0.25, 1]] * 200)
    assert shift.inclusion_probability(None).tolist() == [[0.25, 1]]
    same = ClassShift.from_rates({"no": 0.25, "yes": 1})
    np.testing.assert_allclose(shift.undo([0.5, 0.1]), same.undo([0.5, 0.1]))
    assert from_json(shift.to_json()) == shift


def test_messages() -> None:
    shift = InclusionShift((linear(),), (0, 1), {0: RULE})
    assert shift.depends_on_row
    with pytest.raises(ValueError, match=r"depends on the row: X is needed.*undo\(proba, X\)"):
        shift.undo([0.5])
    with pytest.raises(ValueError, match=r"knows the classes \[0, 1\], but .* for \[2\] too"):
        shift.log_factors(X, [0, 2])
    with pytest.raises(ValueError, match=r"no score for rows with missing values.*Hint: impute"):
        shift.inclusion_probability([[0.0, 1.0], [np.nan, 1.0]])


def test_pilots_are_unwrapped_or_checked() -> None:
    class Bare:
        def predict_proba(self, X: Any) -> Any:
            return np.tile([0.9, 0.1], (len(X), 1))

    shift = InclusionShift((Bare(),), (0, 1), {0: RULE})
    np.testing.assert_allclose(shift.inclusion_probability(X), [[0.3, 1]] * 200)
    assert from_json(shift.to_json(), pilot=shift.pilots[0]) == shift


# JSON, equality, pickle ---------------------------------------------------------------------------

SHIFTS: dict[str, Any] = {
    "linear": InclusionShift((linear(), linear(2.0)), (0, 1), {0: RULE}),
    "names": InclusionShift((linear(),), ("fraud", "ok"), {"ok": RULE}),
    "booleans": InclusionShift((linear(),), (False, True), {False: RULE}),
    "matrix": InclusionShift((linear(),), (0, 1), {0: RULE}, "A", np.eye(3) / 3),
    "three classes": InclusionShift((three(),), ("a", "b", "c"), {"a": RULE, "b": RULE}),
    "uniform": InclusionShift((), (0, 1), {0: RULE}, "uniform"),
}


@pytest.mark.parametrize("name", SHIFTS)
def test_a_linear_pilot_travels_inside_the_text(name: str) -> None:
    shift = SHIFTS[name]
    back = from_json(shift.to_json())
    assert back == shift
    assert hash(back) == hash(shift)
    assert [type(label) for label in back.classes] == [type(label) for label in shift.classes]
    np.testing.assert_array_equal(
        back.log_factors(X, back.classes), shift.log_factors(X, shift.classes)
    )
    # A pilot that is in the text already does no harm.
    assert from_json(shift.to_json(), pilot=list(shift.pilots)) == shift


def test_another_pilot_is_given_and_recognised() -> None:
    shift = InclusionShift((boosted(0), boosted(1)), ("common", "rare"), {"common": RULE})
    text = shift.to_json()
    assert len(text) < 1000
    models = [pilot.model for pilot in shift.pilots]
    copies = pickle.loads(pickle.dumps(models))
    for given in (models, copies, list(shift.pilots), MeanPilot(shift.pilots)):
        back = from_json(text, pilot=given)
        assert back == shift
        np.testing.assert_array_equal(back.inclusion_probability(X), shift.inclusion_probability(X))
    with pytest.raises(ValueError, match=r"not the one the shift was made with: expected fingerp"):
        from_json(text, pilot=models[::-1])
    with pytest.raises(ValueError, match=r"does not hold its pilot.*Hint: .*`pilot_`"):
        from_json(text)
    with pytest.raises(ValueError, match=r"does not hold its pilot"):
        from_json(text, pilot=models[:1])
    with pytest.raises(ValueError, match=r"This InclusionShift takes 2 pilots .* got 3: \["):
        from_json(text, pilot=[*models, LogisticRegression()])


def test_a_chain_takes_its_pilots_in_order() -> None:
    labels = ("common", "rare")
    first = InclusionShift((boosted(0),), labels, {"common": RULE})
    second = InclusionShift((boosted(1),), labels, {"common": RULE})
    inline = InclusionShift((linear(),), labels, {"common": RULE})
    by_class = ClassShift({"common": 0.5, "rare": 2})
    chain = by_class.then(first).then(inline).then(second)
    assert isinstance(chain, ChainedShift)
    models = [first.pilots[0].model, second.pilots[0].model]
    back = from_json(chain.to_json(), pilot=models)
    assert back == chain
    expected = sum(part.log_factors(X, labels) for part in (by_class, first, inline, second))
    np.testing.assert_allclose(back.log_factors(X, labels), expected)
    with pytest.raises(ValueError, match="is not the one"):
        from_json(chain.to_json(), pilot=models[::-1])


def test_equality_is_by_content() -> None:
    shift = InclusionShift((linear(),), (0, 1), {0: RULE}, "A", np.eye(3))
    same = InclusionShift((linear(),), (0, 1), {0: InclusionRule(3.0, 0.05)}, "A", np.eye(3))
    assert shift == same
    assert hash(shift) == hash(same)
    others = [
        InclusionShift((linear(1.1),), (0, 1), {0: RULE}, "A", np.eye(3)),
        InclusionShift((linear(),), (0, 1), {1: RULE}, "A", np.eye(3)),
        InclusionShift((linear(),), (0, 1), {0: InclusionRule(3.1, 0.05)}, "A", np.eye(3)),
        InclusionShift((linear(),), (0, 1), {0: RULE}, "L", np.eye(3)),
        InclusionShift((linear(),), (0, 1), {0: RULE}, "A", 2 * np.eye(3)),
        InclusionShift((linear(), linear()), (0, 1), {0: RULE}, "A", np.eye(3)),
        ClassShift({0: 0.5, 1: 1}),
    ]
    assert all(shift != other for other in others)
    boosting = InclusionShift((boosted(),), ("common", "rare"), {"common": RULE})
    assert pickle.loads(pickle.dumps(boosting)) == boosting


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"pilots": [{"coef": [[1, 2]]}]}, "text of a InclusionShift is incomplete: 'intercept'"),
        ({"rules": [[0, 1.0]]}, "InclusionShift is incomplete: .*floor"),
        ({"labels": 3}, "InclusionShift is incomplete"),
        ({"pilots": "ab"}, "InclusionShift is incomplete"),
        ({"pilots": [{"coef": [[1, 2]], "intercept": []}]}, r"got shapes \(1, 2\) and \(0,\)"),
        ({"pilots": [{"coef": [[1, 2], [3]], "intercept": [1]}]}, "inhomogeneous"),
        ({"pilots": [{"coef": [[1, None]], "intercept": [1]}]}, "A linear pilot needs finite"),
        ({"pilots": [{"terms": [{"column": "a", "coef": "b"}], "intercept": 0}]}, "term of 'a'"),
        ({"pilots": [{"terms": [], "intercept": None}]}, "The intercept must hold finite numbers"),
        ({"rules": [[0, 1.0, 0.0]]}, r"a floor in \(0, 1\] .* floor=0.0"),
        ({"rules": [[0, -1.0, 0.1]]}, "a finite scale of at least 0"),
        ({"rules": [[0, float("inf"), 0.1]]}, "a finite scale"),
        ({"rules": [[0, 1.0, 0.1, 53]]}, "2 to 52 bits"),
        ({"rules": [[0, "1", 0.1]]}, "InclusionShift is incomplete"),
    ],
)
def test_broken_texts(change: dict[str, Any], message: str) -> None:
    content = json.loads(SHIFTS["linear"].to_json())
    with pytest.raises(ValueError, match=message):
        from_json(json.dumps(content | change))
