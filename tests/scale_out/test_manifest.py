import json
from pathlib import Path

import numpy as np
import pytest

from imbalance_kit import ClassShift
from imbalance_kit.scale_out import Manifest, read_manifest
from tests._tables import click_log
from tests.scale_out.test_decide import SHIFT

MANIFEST = Manifest(
    label="click",
    shift_text=SHIFT.to_json(),
    features=("age", "city"),
    key=("id",),
    seed=2**63 + 1,
    counts_before=((0, 10), (1, 2)),
    counts_after=((0, 4), (1, 2)),
    columns=(("id", "int64"),),
    versions=(("numpy", "2"),),
)


def test_the_text_is_readable_and_comes_back() -> None:
    text = MANIFEST.to_json()
    assert json.loads(text)["shift"]["kind"] == "InclusionShift"
    assert Manifest.from_json(text) == MANIFEST
    assert Manifest.from_json(text).load_shift() == SHIFT
    assert MANIFEST.depends_on_row
    assert not Manifest("y", ClassShift({0: 0.5, 1: 1}).to_json()).depends_on_row


def test_undo_by_rows_or_by_offsets() -> None:
    frame = click_log(100)
    raw = np.linspace(0.01, 0.99, 100)
    expected = SHIFT.undo(raw, frame)
    np.testing.assert_allclose(MANIFEST.undo(raw, frame), expected)
    logs = SHIFT.log_factors(frame, [0, 1])
    offset = logs[:, 1] - logs[:, 0]
    np.testing.assert_allclose(MANIFEST.undo(raw, log_odds_offset=offset), expected)
    # By hand: log odds of p are those of q less what was added.
    odds = np.log(raw / (1 - raw)) - offset
    np.testing.assert_allclose(expected, 1 / (1 + np.exp(-odds)))
    with pytest.raises(ValueError, match="`log_odds_offset` contains NaN or infinity"):
        MANIFEST.undo(raw, log_odds_offset=np.full(100, np.inf))


def test_the_file_that_is_no_manifest_is_named(tmp_path: Path) -> None:
    file = tmp_path / "raw.csv"
    file.write_text("p\n0.5\n")
    with pytest.raises(ValueError, match=r"raw\.csv' is no manifest: Expected the text"):
        read_manifest(file)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"imbalance_kit_manifest": 99}'])
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Expected the text of a manifest"):
        Manifest.from_json(text)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"label": 3}, "`label` must be text, got 3"),
        ({"features": ["a", None]}, "`features` must be text"),
        ({"key": [["id"], 1]}, "`key` must be text"),
        ({"columns": [["id", 3]]}, "`columns` must be text"),
        ({"counts_before": [[0, None], [1, 2]]}, r"labels and counts, got \[0, None\]"),
        ({"counts_before": [[0, []], [1, 2]]}, r"labels and counts, got \[0, \[\]\]"),
        ({"counts_after": [[0, -1], [1, 2]]}, r"labels and counts, got \[0, -1\]"),
        ({"counts_after": [[[], 1], [1, 2]]}, r"labels and counts, got \[\[\], 1\]"),
        ({"counts_after": [[0, 1, 2]]}, "too many values"),
        ({"shift": None}, "not iterable"),
        ({"shift": {"version": 1}}, "its shift has no kind"),
        ({"another": 1}, "unexpected keyword"),
    ],
)
def test_what_it_holds_is_checked(change: dict[str, object], message: str) -> None:
    content = json.loads(MANIFEST.to_json())
    with pytest.raises(ValueError, match=f"Expected the text of a manifest.*{message}"):
        Manifest.from_json(json.dumps(content | change))


def test_too_deep_a_text_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Expected the text of a manifest.*recursion"):
        Manifest.from_json("[" * 100_000)


def test_reading(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"_imbalance_kit\.json' does not exist"):
        read_manifest(tmp_path)
    (tmp_path / "_imbalance_kit.json").write_text(MANIFEST.to_json())
    assert read_manifest(tmp_path) == read_manifest(tmp_path / "_imbalance_kit.json") == MANIFEST


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "part.parquet").write_bytes(b"PAR1\xff\xfe")
    with pytest.raises(ValueError, match=r"part\.parquet' is no manifest: .*Expected the folder"):
        read_manifest(tmp_path / "part.parquet")
