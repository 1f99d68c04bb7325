import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from imbalance_kit.shift import LevelTerm
from imbalance_kit.under_sampling._table_pilots import fit_table_pilot, warn_of_identifiers
from tests._tables import KINDS, click_log

FEATURES = ["price", "age", "city", "mobile"]


def test_it_is_a_logistic_regression_on_dummies() -> None:
    frame = click_log(4000)
    y = frame.click.to_numpy()
    design = pd.get_dummies(frame[FEATURES], columns=["city"], dummy_na=True).astype(float)
    gaps = design.age.isna()
    design["gap"] = gaps.astype(float)
    for name in ("price", "age", "mobile"):
        values = frame[name].astype(float)
        design[name] = ((values - values.mean()) / values.std(ddof=0)).fillna(0.0)
    expected = LogisticRegression(tol=1e-8, max_iter=10_000).fit(design.to_numpy(), y)
    found = fit_table_pilot(frame[FEATURES], y).predict_proba(frame[FEATURES])
    # Two stops of one iteration: differences of the order of the looser tolerance.
    np.testing.assert_allclose(found, expected.predict_proba(design.to_numpy()), atol=2e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_the_container_makes_no_difference(kind: str) -> None:
    frame = click_log(3000)
    y = frame.click.to_numpy()
    expected = fit_table_pilot(frame[FEATURES], y)
    assert fit_table_pilot(KINDS[kind](frame[FEATURES]), y) == expected


def test_rare_levels_share_a_coefficient() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"item": rng.integers(150, size=3000).astype(str)})
    (term,) = fit_table_pilot(frame, rng.integers(2, size=3000)).terms
    assert isinstance(term, LevelTerm)
    assert len(term.effects) == 100
    assert term.other != 0


def test_levels_of_a_single_row_share_it_too() -> None:
    rng = np.random.default_rng(0)
    notes = np.array([f"note {i}" for i in range(1000)], dtype=object)
    notes[:300], notes[300:400] = "n/a", "none"
    (term,) = fit_table_pilot(pd.DataFrame({"note": notes}), rng.integers(2, size=1000)).terms
    assert isinstance(term, LevelTerm)
    assert list(term.effects) == ["n/a", "none"]
    assert term.other != 0
    few = pd.DataFrame({"city": list("abcdefgh")})
    (term,) = fit_table_pilot(few, np.arange(8) % 2).terms
    assert isinstance(term, LevelTerm)
    assert len(term.effects) == 8


@pytest.mark.parametrize("kind", KINDS)
def test_identifiers_are_told(kind: str) -> None:
    frame = click_log(400).assign(
        note=[f"note {i}" for i in range(400)],
        mixed=[f"note {i}" for i in range(190)] + ["n/a"] * 210,
        gappy=[f"note {i}" for i in range(30)] + [None] * 370,
    )
    with pytest.warns(UserWarning, match=r"columns \['note', 'gappy'\] \(iden.* Hint: leave them"):
        warn_of_identifiers(KINDS[kind](frame))
    warn_of_identifiers(KINDS[kind](frame.drop(columns=["note", "gappy"])))


def test_a_constant_and_an_empty_column_do_no_harm() -> None:
    frame = pd.DataFrame({"one": np.ones(50), "none": np.full(50, np.nan), "x": np.arange(50.0)})
    proba = fit_table_pilot(frame, np.arange(50) % 2).predict_proba(frame)
    assert np.isfinite(proba).all()


def test_infinity_is_refused() -> None:
    with pytest.raises(ValueError, match="'x' holds infinite numbers"):
        fit_table_pilot(pd.DataFrame({"x": [np.inf, 1.0]}), np.array([0, 1]))
