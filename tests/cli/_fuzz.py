"""What the fuzz of the command feeds it, and what must hold whatever it is fed."""

import contextlib
import io
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from imbalance_kit.cli import main
from tests.cli.test_compare_page import Page

# More than in the suite, to look for defects: IMBALANCE_KIT_FUZZ=20 pytest tests/cli/test_fuzz.py
EXAMPLES = int(os.environ.get("IMBALANCE_KIT_FUZZ", "1"))
_SCREEN = 24  # lines that a terminal shows
_LONGEST = 2000  # characters that fit on them

NAMES = ("y", "x", "z", "w", "grüße", "名前", "<b>&\"'", "a b", " ", "\u202eltr", "n" * 300, "0")
CELLS = (
    "0", "1", "2", "-1", "3.5", "1e308", "1e999", "-1e400", "9" * 25, "9" * 400, "inf", "-inf",
    "nan", "", " ", "NA", "None", "True", "false", "yes", "no", "2024-01-31", "0001-01-01",
    "9999-12-31", "2024-01-31T10:00:00+02:00", "3,14", "é", "名", "a\"b", "'", "<script>", "a\nb",
    "\u202e", "x" * 500, "0x10", "1_000", "５", "+5", "00:01", "-", "$x", "${title}", "[b]",
)  # fmt: skip


@dataclass(frozen=True)
class Ran:
    """How a call of the command ended."""

    code: int
    out: str
    err: str


def snapshot(folder: Path) -> dict[str, bytes]:
    """Return the content of every file below a folder, by relative path; folders as b"/"."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b"/"
        for path in sorted(folder.rglob("*"))
    }


def run_checked(arguments: list[str], folder: Path, outputs: list[Path]) -> Ran:
    """Run the command on files of a folder and check what holds of every call.

    It is done (0), or says in one screen what is wrong (2); what was there before is still there,
    unless it is an output; and what is new are the outputs, each of them whole.
    """
    before = snapshot(folder)
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(arguments)
    ran = Ran(code, out.getvalue(), err.getvalue())
    after = snapshot(folder)
    names = {str(path.relative_to(folder)) for path in outputs}
    told = f"{arguments}\n{ran}"

    assert code in (0, 2), told
    assert "Traceback" not in ran.out + ran.err, told
    if code == 2:
        assert ran.err.strip(), told
        assert len(ran.err) <= _LONGEST, told
        assert len(ran.err.splitlines()) <= _SCREEN, told
    for name, content in before.items():
        if name not in names:
            assert after.get(name) == content, f"{name} was changed\n{told}"
    new = {name for name in after if name not in before and not _within(name, names)}
    assert not new, f"{new} is left behind\n{told}"
    for path in outputs:
        name = str(path.relative_to(folder))
        if code == 2 and after.get(name) == before.get(name):
            continue
        if path.is_dir():
            assert (path / "_imbalance_kit.json").is_file(), told
        else:
            assert_whole(path, told)
    return ran


def _within(name: str, outputs: set[str]) -> bool:
    return any(name == one or name.startswith(f"{one}/") for one in outputs)


def assert_whole(path: Path, told: str) -> None:
    assert path.is_file(), f"{path.name} is missing\n{told}"
    if path.suffix == ".json":
        json.loads(path.read_text("utf-8"), parse_constant=_refuse)
    elif path.suffix == ".html":
        page = Page(path.read_text("utf-8"))
        assert page.tags[0] == "html", told
        assert "script" not in page.tags, told
    elif path.suffix == ".parquet":
        assert len(pd.read_parquet(path)), told
    else:
        assert path.read_text("utf-8").count("\n") > 1, told


def _refuse(constant: str) -> Any:
    raise AssertionError(f"{constant} is not JSON")


# Tables -------------------------------------------------------------------------------------------


def columns(draw: Any, n_rows: int) -> list[str]:
    """Draw the cells of one column, of one of the kinds that tables have."""
    seed = draw(st.integers(0, 50))
    rng = np.random.default_rng(seed)
    kind = draw(
        st.sampled_from(
            ["number", "class", "text", "constant", "missing", "gaps", "dates", "row", "wild"]
        )
    )
    match kind:
        case "number":
            return [f"{value:.4g}" for value in rng.normal(size=n_rows)]
        case "class":
            share = draw(st.sampled_from([0.0, 0.02, 0.3, 0.5]))
            return [str(int(value)) for value in rng.random(n_rows) < share]
        case "text":
            return list(rng.choice(["a", "b", "ç", "<i>"], n_rows))
        case "constant":
            return [draw(st.sampled_from(CELLS))] * n_rows
        case "missing":
            return [draw(st.sampled_from(["", "NA", "?"]))] * n_rows
        case "gaps":
            return [f"{v:.3g}" if v > 0 else "" for v in rng.normal(size=n_rows)]
        case "dates":
            return [f"2024-01-{d:02d}" for d in rng.integers(1, 32, n_rows)]
        case "row":
            return [str(k) for k in range(n_rows)]
    return list(rng.choice(draw(st.lists(st.sampled_from(CELLS), min_size=1)), n_rows))


def _quoted(cell: str, separator: str) -> str:
    if any(mark in cell for mark in (separator, '"', "\n", "\r")):
        return '"' + cell.replace('"', '""') + '"'
    return cell


@st.composite
def csv_files(draw: Any) -> bytes:
    """Draw the bytes of a CSV file, often of one that is damaged."""
    n_rows = draw(st.sampled_from([0, 1, 2, 5, 40, 40, 40, 40]))
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=5))
    if draw(st.integers(0, 4)):
        names = list(dict.fromkeys(["y", "x", *names]))
    cells = [columns(draw, n_rows) for _ in names]
    if names[0] == "y" and n_rows > 5 and draw(st.booleans()):
        cells[0] = [str(int(k % 4 == 0)) for k in range(n_rows)]
    separator = draw(st.sampled_from([",", ",", ",", ";", "\t", "|"]))
    end = draw(st.sampled_from(["\n", "\n", "\r\n", "\r"]))
    rows = [names, *zip(*cells, strict=True)]
    text = end.join(separator.join(_quoted(c, separator) for c in row) for row in rows)
    encoding = draw(st.sampled_from(["utf-8"] * 4 + ["utf-8-sig", "utf-16", "latin-1"]))
    content = (text + end).encode(encoding, errors="replace")
    damage = draw(st.sampled_from(["none"] * 4 + ["cut", "nul", "insert", "byte", "ragged"]))
    place = draw(st.integers(0, max(len(content) - 1, 0)))
    match damage:
        case "cut":
            content = content[:place]
        case "nul":
            content = content[:place] + b"\0" + content[place:]
        case "insert":
            mark = draw(st.sampled_from([b'"', b",", b"\n", b"\r", b"'", b"\\", b"\x1a", b'"""']))
            content = content[:place] + mark + content[place:]
        case "byte":
            content = content[:place] + draw(st.binary(max_size=4)) + content[place + 1 :]
        case "ragged":
            content += b"1,2,3,4,5,6,7,8,9\n"
    return content


@st.composite
def damaged(draw: Any, content: bytes) -> bytes:
    """Draw a damaged version of the bytes: cut off, overwritten, with a hole, or doubled."""
    place = draw(st.integers(0, len(content) - 1))
    length = draw(st.integers(1, 64))
    match draw(st.sampled_from(["cut", "byte", "hole", "tail", "double"])):
        case "cut":
            return content[:place]
        case "byte":
            return content[:place] + draw(st.binary(min_size=1, max_size=8)) + content[place + 8 :]
        case "hole":
            return content[:place] + content[place + length :]
        case "tail":  # the footer of a Parquet file
            end = max(len(content) - draw(st.integers(1, 600)), 0)
            return content[:end] + draw(st.binary(min_size=1, max_size=8)) + content[end + 8 :]
    return content + content


# JSON ---------------------------------------------------------------------------------------------

ATOMS = st.sampled_from(
    [None, True, False, 0, 1, -1, 2**70, 10**400, 1e308, float("nan"), float("inf"), "", "x",
     "ClassShift", "<script>", "\u202e", [], {}, "\ud800"]
)  # fmt: skip
VALUES = st.recursive(
    ATOMS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["kind", "factors", "a", "version"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@st.composite
def changed_json(draw: Any, text: str) -> str:
    """Draw a version of a JSON document with some values replaced, removed or added."""
    content = json.loads(text)
    for _ in range(draw(st.integers(1, 3))):
        _change(draw, content)
    written = json.dumps(content)
    if draw(st.integers(0, 5)) == 0:
        written = written[: draw(st.integers(0, len(written)))]
    return written


def _change(draw: Any, content: Any) -> None:
    """Walk down to some place and change it."""
    while True:
        keys = list(content) if isinstance(content, dict) else list(range(len(content)))
        if not keys:
            return
        key = draw(st.sampled_from(keys))
        below = content[key]
        if isinstance(below, (dict, list)) and len(below) and draw(st.integers(0, 3)):
            content = below
            continue
        if draw(st.integers(0, 2)):
            content[key] = draw(VALUES)
        else:
            del content[key]
        return
