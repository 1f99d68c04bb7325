from typing import Any

import numpy as np
import pandas as pd
import pytest

from imbalance_kit._utils._tables import number_column
from imbalance_kit.scale_out._job import Place
from imbalance_kit.scale_out._tally import (
    Tally,
    merge_tallies,
    pilot_rows,
    repeated_share,
    tally,
)
from tests._tables import KINDS, click_log
from tests.scale_out.test_job import job


def pieces(frame: pd.DataFrame, n: int) -> list[pd.DataFrame]:
    return [frame.iloc[rows] for rows in np.array_split(np.arange(len(frame)), n)]


def tallied(frame: pd.DataFrame, n: int, kind: str = "pandas") -> Tally:
    parts = (tally(KINDS[kind](p), Place(), job=job(), with_sample=True) for p in pieces(frame, n))
    return merge_tallies(parts, job())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n", [1, 7])
def test_pilot_rows_are_those_with_the_smallest_numbers(kind: str, n: int) -> None:
    frame = click_log(3000)
    whole = tallied(frame, n, kind)
    numbers = job().numbers(job().hashes(frame, Place()), "pilot")
    for label in (0, 1):
        members = np.flatnonzero(frame.click == label)
        assert whole.counts[label] == len(members)
        expected = members[np.argsort(numbers[members])][:100]
        found = whole.samples[label]
        np.testing.assert_array_equal(found.numbers, numbers[expected])
        np.testing.assert_array_equal(
            number_column(found.rows, "age"), frame.age.to_numpy()[expected]
        )


def test_order_and_pieces_do_not_matter() -> None:
    frame = click_log(3000)
    expected = pilot_rows(tallied(frame, 1).samples)
    found = pilot_rows(tallied(frame.sample(frac=1, random_state=0), 11).samples)
    pd.testing.assert_frame_equal(
        found[0].reset_index(drop=True), expected[0].reset_index(drop=True)
    )
    np.testing.assert_array_equal(found[1], expected[1])
    np.testing.assert_array_equal(found[2], expected[2])


def test_limits_drop_only_what_cannot_matter() -> None:
    frame = click_log(3000)
    first, second = pieces(frame, 2)
    so_far = tally(first, Place(), job=job(), with_sample=True)
    limited = tally(second, Place(), job=job(), with_sample=True, limits=so_far)
    free = tally(second, Place(), job=job(), with_sample=True)
    assert len(limited.samples[0].numbers) < len(free.samples[0].numbers)
    both = merge_tallies([so_far, limited], job()).samples[0]
    np.testing.assert_array_equal(both.numbers, tallied(frame, 1).samples[0].numbers)


def test_repeated_keys_are_put_in_the_order_of_their_columns() -> None:
    frame = click_log(2000)
    frame["id"] //= 4
    shuffled = frame.sample(frac=1, random_state=1)
    a, b = (pilot_rows(tallied(f, 3).samples)[0].reset_index(drop=True) for f in (frame, shuffled))
    pd.testing.assert_frame_equal(a, b)
    assert repeated_share(tallied(frame, 3).samples) > 0.5
    assert repeated_share(tallied(click_log(2000), 3).samples) == 0


def test_without_a_pilot_rows_are_only_counted() -> None:
    found: Any = tally(click_log(100), Place(), job=job(), with_sample=False)
    assert sum(found.counts.values()) == 100
    assert found.samples == {}


def test_a_third_class_in_another_piece_is_found() -> None:
    parts = [pd.DataFrame({"click": values}) for values in ([0, 1], [1, 2])]
    tallies = [tally(part, Place(), job=job(), with_sample=False) for part in parts]
    with pytest.raises(ValueError, match="more than two classes"):
        merge_tallies(tallies, job())
