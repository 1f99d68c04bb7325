"""Covariates: the same numbers for the same rows, in any order and in any company."""

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.preprocessing import OneHotEncoder

from imbalance_kit._utils._covariates import Covariate, learn_covariates

N = 40
RNG = np.random.default_rng(0)
SAMPLE = pd.DataFrame(
    {
        "age": np.where(RNG.random(N) < 0.2, np.nan, RNG.normal(40, 10, N)),
        "edu": RNG.choice(["hs", "ba", "ma", None], N),
        "black": RNG.integers(0, 2, N),
        "yes": RNG.random(N) < 0.5,
    }
)
TARGET = SAMPLE.sample(frac=3, replace=True, random_state=0).assign(black=0.5)
TARGET["edu"] = TARGET["edu"].replace({"ma": "phd"})


def test_what_is_learned() -> None:
    covariates = learn_covariates(SAMPLE, TARGET)
    assert covariates.columns == (
        Covariate("age", "numeric", (), True, pytest.approx(TARGET["age"].mean())),
        Covariate("edu", "categorical", ("ba", "hs", "ma", "phd", None), True),
        Covariate("black", "numeric", fill=0.5),
        Covariate("yes", "categorical", (False, True)),
    )
    assert covariates.names() == (
        *("age", "age[missing]", "edu=ba", "edu=hs", "edu=ma", "edu=phd", "edu=<missing>"),
        *("black", "yes=False", "yes=True"),
    )
    assert covariates.names(drop_first=True)[2:] == (
        *("edu=hs", "edu=ma", "edu=phd", "edu=<missing>", "black", "yes=True"),
    )
    assert covariates.groups().tolist() == [0, 0, 1, 1, 1, 1, 1, 2, 3, 3]


@pytest.mark.parametrize("drop_first", [False, True])
def test_encode_against_scikit_learn(drop_first: bool) -> None:
    covariates = learn_covariates(SAMPLE, TARGET)
    design = covariates.encode(SAMPLE, drop_first=drop_first)
    names = covariates.names(drop_first=drop_first)
    assert design.shape == (N, len(names))
    age = SAMPLE["age"].fillna(TARGET["age"].mean())
    np.testing.assert_allclose(design[:, 0], age)
    np.testing.assert_array_equal(design[:, 1], SAMPLE["age"].isna())
    levels = [["ba", "hs", "ma", "phd", "~"], [False, True]]
    other = OneHotEncoder(
        categories=levels, sparse_output=False, drop="first" if drop_first else None
    )
    expected = other.fit_transform(SAMPLE[["edu", "yes"]].fillna("~").to_numpy(dtype=object))
    dummies = [j for j, name in enumerate(names) if "=" in name]
    np.testing.assert_array_equal(design[:, dummies], expected)


def test_weighted_means_are_imputed() -> None:
    weight = np.arange(len(TARGET), dtype=float)
    covariates = learn_covariates(SAMPLE, TARGET, weights=(None, weight))
    there = TARGET["age"].notna().to_numpy()
    expected = np.average(TARGET["age"][there], weights=weight[there])
    assert covariates.columns[0].fill == pytest.approx(expected)


def test_row_order_and_container_do_not_matter() -> None:
    covariates = learn_covariates(SAMPLE, TARGET)
    assert learn_covariates(SAMPLE[::-1], TARGET).columns[1:] == covariates.columns[1:]
    frames = pl.from_pandas(SAMPLE), pl.from_pandas(TARGET.reset_index(drop=True))
    np.testing.assert_array_equal(
        learn_covariates(*frames).encode(frames[0]), covariates.encode(SAMPLE)
    )
    order = RNG.permutation(N)
    np.testing.assert_array_equal(
        covariates.encode(SAMPLE.iloc[order]), covariates.encode(SAMPLE)[order]
    )
    shuffled = SAMPLE[["yes", "age", "black", "edu"]]
    np.testing.assert_array_equal(covariates.encode(shuffled), covariates.encode(SAMPLE))


def test_renamed_levels_only_reorder_columns() -> None:
    names = {"hs": "1", "ba": "2", "ma": "3", "phd": "0"}
    renamed = [frame.assign(edu=frame["edu"].map(names)) for frame in (SAMPLE, TARGET)]
    before, after = learn_covariates(SAMPLE, TARGET), learn_covariates(*renamed)
    found = dict(zip(after.names(), after.encode(renamed[0]).T, strict=True))
    for name, column in zip(before.names(), before.encode(SAMPLE).T, strict=True):
        covariate, _, level = name.partition("=")
        other = f"edu={names.get(level, level)}" if covariate == "edu" else name
        np.testing.assert_array_equal(found[other], column)


def test_complete_numbers_are_not_copied() -> None:
    X = RNG.normal(size=(20, 3))
    covariates = learn_covariates(X, X + 1)
    assert covariates.encode(X) is X
    assert covariates.columns[0].fill == pytest.approx(X[:, 0].mean() + 1)
    holes = X.copy()
    holes[0, 1] = np.nan
    with pytest.warns(UserWarning, match="'x1' has 1 missing values, and had none where it"):
        design = covariates.encode(holes)
    assert design[0, 1] == covariates.columns[1].fill


def test_codes_and_numbers() -> None:
    covariates = learn_covariates(SAMPLE, TARGET)
    codes = covariates.codes(SAMPLE, "edu")
    levels = np.array(covariates.columns[1].levels, dtype=object)
    assert [None if pd.isna(v) else v for v in SAMPLE["edu"]] == levels[codes].tolist()
    np.testing.assert_array_equal(covariates.numbers(SAMPLE, "age"), SAMPLE["age"])


def test_unseen_levels_count_as_none() -> None:
    covariates = learn_covariates(SAMPLE.dropna())
    new = SAMPLE.dropna().head(3).assign(edu=["new", "hs", "other"])
    with pytest.warns(UserWarning, match=r"'edu' has levels .* \['new', 'other'\]"):
        design = covariates.encode(new)
    edu = [j for j, name in enumerate(covariates.names()) if name.startswith("edu")]
    assert design[:, edu].sum(axis=1).tolist() == [0, 1, 0]


def test_moments() -> None:
    covariates = learn_covariates(SAMPLE, TARGET)
    weights = RNG.random(N)
    mean, spread = covariates.moments(SAMPLE, weights)
    there = SAMPLE["age"].notna().to_numpy()
    age = SAMPLE["age"][there]
    assert mean[0] == pytest.approx(np.average(age, weights=weights[there]))
    variance = np.average((age - mean[0]) ** 2, weights=weights[there])
    assert spread[0] == pytest.approx(np.sqrt(variance))
    X = SAMPLE[["black"]].to_numpy(dtype=float)
    fast = learn_covariates(X).moments(X, weights)
    np.testing.assert_allclose(fast, [mean[1:], spread[1:]])


def test_only_the_columns_asked_for_must_agree() -> None:
    other = TARGET[["edu"]]
    covariates = learn_covariates(SAMPLE, other, columns=["edu"])
    assert [c.name for c in covariates.columns] == ["edu"]
    numbers = learn_covariates(SAMPLE, columns=["black"], categorical=["black"])
    assert numbers.columns[0].levels == (0, 1)


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ((SAMPLE, TARGET.drop(columns="age")), r"\['age'\] are in the sample only"),
        ((SAMPLE, TARGET.assign(more=1)), r"\['more'\] are in the target only"),
        ((SAMPLE, TARGET.assign(edu=1)), r"'edu' is categorical \(.*\) and numeric \(int64\)"),
        ((SAMPLE, TARGET.to_numpy()), "One table has column names and another has none"),
        ((SAMPLE.assign(age=np.inf),), "'age' contains infinity"),
    ],
)
def test_what_is_refused(tables: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        learn_covariates(*tables)


def test_rows_of_another_kind_are_refused() -> None:
    covariates = learn_covariates(SAMPLE)
    for rows, message in (
        (SAMPLE.to_numpy(), "The rows have no column names"),
        (SAMPLE.drop(columns=["age"]), r"The columns \['age'\] are missing"),
        (SAMPLE.assign(age="old"), "'age' held numbers where it was learned"),
    ):
        with pytest.raises(ValueError, match=message):
            covariates.encode(rows)
