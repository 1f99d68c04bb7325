"""New rows are made of the rows that are named: numbers between two, categories of the giver."""

import numpy as np
import pandas as pd

from imbalance_kit.over_sampling._mixed_parents import MixedParents

TABLE = pd.DataFrame({"number": [0.0, 10.0, 20.0], "level": list("abc"), "whole": [0, 1, 5]})


def parents(seeds: list[int], partners: list[int], givers: list[int]) -> MixedParents:
    steps = np.full(len(seeds), 0.3)
    return MixedParents(np.array(seeds), np.array(partners), steps, {1: np.array(givers)})


def test_columns_are_made_of_the_rows_named() -> None:
    number, level, whole = parents([0, 2], [1, 0], [2, 1]).columns(TABLE)
    np.testing.assert_allclose(number, [3.0, 14.0])
    assert level.tolist() == ["c", "b"]
    assert np.asarray(whole).tolist() == [0, 4]  # 0.3 and 3.5, to the nearest, half to even


def test_classes_are_joined_in_order() -> None:
    joined = MixedParents.joined([parents([0], [1], [2]), parents([2, 2], [0, 1], [1, 0])], [1])
    assert joined.seeds.tolist() == [0, 2, 2]
    assert joined.partners.tolist() == [1, 0, 1]
    assert joined.givers[1].tolist() == [2, 1, 0]


def test_no_class_gives_no_rows_of_the_same_kinds() -> None:
    columns = MixedParents.joined([], [1]).columns(TABLE)
    assert [len(column) for column in columns] == [0, 0, 0]
    assert np.asarray(columns[2]).dtype == TABLE["whole"].dtype
