import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from imbalance_kit._utils._table_columns import column_names, number_column, table_length
from imbalance_kit._utils._tables import (
    check_columns,
    concat_tables,
    select_columns,
    slice_table,
    take_table_rows,
    with_columns,
)
from tests._tables import KINDS, click_log


@pytest.mark.parametrize("kind", KINDS)
def test_rows_and_columns_of_every_kind(kind: str) -> None:
    frame = click_log(30)
    table = KINDS[kind](frame)
    rows = np.array([7, 3, 3])
    taken = take_table_rows(table, rows)
    np.testing.assert_array_equal(number_column(taken, "id"), frame.id.to_numpy()[rows])
    part = slice_table(table, 10, 5)
    np.testing.assert_array_equal(number_column(part, "id"), frame.id.to_numpy()[10:15])
    assert column_names(select_columns(table, ["click", "id"])) == ["click", "id"]
    wider = with_columns(table, {"new": np.arange(30.0)})
    assert column_names(wider) == [*column_names(table), "new"]
    np.testing.assert_array_equal(number_column(wider, "new"), np.arange(30))
    assert "new" not in column_names(table)
    both = concat_tables([taken, part])
    assert type(both) is type(table)
    assert table_length(both) == 8


def test_pieces_of_arrow_are_put_together() -> None:
    batch = pa.RecordBatch.from_pydict({"x": [1, 2]})
    whole = concat_tables([batch, pa.table({"x": [3]})])
    assert whole["x"].to_pylist() == [1, 2, 3]


def test_a_single_table_is_itself() -> None:
    frame = pd.DataFrame({"x": [1]})
    assert concat_tables([frame]) is frame


def test_a_missing_column_is_named_with_its_option() -> None:
    with pytest.raises(ValueError, match="`key` names 'q', which is no column: there are 'id', "):
        check_columns(click_log(5), {"label": ["click"], "key": ["q"]})
