"""The README and the pages in docs/ run, lead somewhere, and say what .ci/run does."""

import os
import re
import subprocess
import sys
import tomllib
import warnings
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").rglob("*.md"))]
SHELL = {"bash", "console", "sh", "shell"}

_FENCE = re.compile(r"^ *(`{3,}|~{3,}) *(\w*)")
_HEADING = re.compile(r"^#{1,6} +(.+?) *#*$")
_LINK = re.compile(r"(?:!?\[[^\]]*\]\(<?|(?:href|src)=\")([^)\s>\"]+)")


@dataclass(frozen=True)
class Block:
    """One fenced block of a page: its language, its text, and the line its text starts on."""

    language: str
    text: str
    line: int


def _blocks(text: str) -> tuple[list[Block], list[str]]:
    """Split a page into its fenced blocks and the lines outside them."""
    blocks, outside = [], []
    fence, language, start, inside = "", "", 0, []
    for number, line in enumerate(text.splitlines(), start=1):
        mark = _FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence) and not mark[2]:
                blocks.append(Block(language, "\n".join(inside), start))
                fence = ""
            else:
                inside.append(line)
        elif mark:
            fence, language, start, inside = mark[1], mark[2].lower(), number + 1, []
        else:
            outside.append(line)
    assert not fence, f"the block that starts on line {start} is not closed"
    return blocks, outside


def _page_id(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _read(path: Path) -> tuple[list[Block], list[str]]:
    return _blocks(path.read_text(encoding="utf-8"))


# Code ---------------------------------------------------------------------------------------------


def test_there_are_pages_with_code() -> None:
    code = [block for page in PAGES for block in _read(page)[0] if block.language == "python"]
    assert len(PAGES) > 3
    assert len(code) > 3


@pytest.mark.parametrize("page", PAGES, ids=_page_id)
def test_python_blocks_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The blocks of a page run one after another in one namespace, as a reader would paste them."""
    monkeypatch.chdir(tmp_path)
    namespace = {"__name__": "__page__"}
    for block in _read(page)[0]:
        if block.language == "python":
            # Blank lines in front, so that a traceback names the line of the page.
            source = "\n" * (block.line - 1) + block.text
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                exec(compile(source, str(page), "exec"), namespace)
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


# Links --------------------------------------------------------------------------------------------


def _links(page: Path) -> list[str]:
    text = re.sub(r"`[^`]*`", "", "\n".join(_read(page)[1]))
    return [link for link in _LINK.findall(text) if not re.match(r"[a-z]+:", link)]


def _anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, made the way GitHub makes them."""
    headings = [mark[1] for line in _read(page)[1] if (mark := _HEADING.match(line))]
    plain = [re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower() for heading in headings]
    return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in plain}


def test_there_are_links() -> None:
    assert sum(len(_links(page)) for page in PAGES) > 3


@pytest.mark.parametrize("page", PAGES, ids=_page_id)
def test_relative_links_resolve(page: Path) -> None:
    broken = []
    for link in _links(page):
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or not target.is_relative_to(ROOT):
            broken.append(f"{link}: no such file in the repository")
        elif anchor and target.suffix == ".md" and anchor not in _anchors(target):
            broken.append(f"{link}: no such heading, there are {sorted(_anchors(target))}")
    assert not broken, "\n".join(broken)


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = {link.partition("#")[0] for link in _links(folder / "README.md")}
    decisions = {path.name for path in folder.glob("*.md")} - {"README.md"}
    assert not decisions - listed


# Commands -----------------------------------------------------------------------------------------


def _commands() -> tuple[str, str]:
    """Return the two commands of the README: the main job, the tests."""
    commands = [block.text.strip() for block in _read(README)[0] if block.language in SHELL]
    assert len(commands) == 2, f"expected two shell blocks in README.md, got {commands}"
    return commands[0], commands[1]


def test_pages_install_from_the_checkout() -> None:
    """By its name the package is found only where it is installed already."""
    installs = [
        found
        for page in PAGES
        for block in _read(page)[0]
        if block.language in {*SHELL, "text"}
        for found in re.findall(r"pip install (?:-e )?'?([^' ]+)", block.text)
    ]
    assert len(installs) >= 5
    assert all(re.fullmatch(r"\.\[[\w,]+\]", one) for one in installs), installs


def test_readme_commands_are_one_line_that_installs_first() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"][
        "optional-dependencies"
    ]
    for command in _commands():
        install = re.fullmatch(r"pip install (?:-e )?'\.\[(\w+)\]' && (.+)", command)
        assert install, command
        assert install[1] in extras


def test_ci_runs_the_test_command_of_the_readme() -> None:
    script = ROOT / ".ci" / "run"
    assert _commands()[1] in [line.strip() for line in script.read_text("utf-8").splitlines()]
    assert os.access(script, os.X_OK)


def test_main_job_of_the_readme_runs(tmp_path: Path) -> None:
    """Run the README's first command, but for the installation, through the entry point."""
    program, *arguments = _commands()[0].partition("&&")[2].split()
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    module, _, function = scripts[program].partition(":")
    start = f"import sys; sys.argv[0] = {program!r}; from {module} import {function}; "
    done = subprocess.run(
        [sys.executable, "-c", f"{start}sys.exit({function}())", *arguments],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
    assert "Traceback" not in done.stderr


# The reader of pages itself -----------------------------------------------------------------------


def test_blocks_are_told_from_prose() -> None:
    text = "# A & `b`\n```python\nx = 1\n```\n[a](b.md#c)\n~~~~text\n```\n[no](no.md)\n~~~~\nend"
    blocks, outside = _blocks(text)
    assert blocks == [Block("python", "x = 1", 3), Block("text", "```\n[no](no.md)", 7)]
    assert outside == ["# A & `b`", "[a](b.md#c)", "end"]


def test_unclosed_block_is_an_error() -> None:
    with pytest.raises(AssertionError, match="line 2 is not closed"):
        _blocks("```python\nx = 1")
