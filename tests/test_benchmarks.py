"""The benchmarks: every script is found and has its result, and the page is made from the results.

No benchmark is run here; what runs them is tested with scripts that are not there or do nothing.
"""

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks import _catalogue, _page, _plots, _results
from benchmarks.__main__ import main, run, run_all
from benchmarks._catalogue import Benchmark, find_benchmarks, missing, read_benchmark
from benchmarks._section import MARK, cells, mark, number
from benchmarks._sections_package import import_time, mutation
from benchmarks._sections_speed import compared

FOLDER = Path(__file__).resolve().parents[1] / "benchmarks"
BENCHMARKS = find_benchmarks()
RESULTS = _page.read_results()
BUILDERS = {k: build for group in _page.grouped(RESULTS).values() for k, build in group.items()}
NEEDED = {"data", "R", "peer", ""}


# Scripts and results ------------------------------------------------------------------------------


def test_every_script_is_found() -> None:
    scripts = {path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("_")}
    assert len(scripts) > 30
    assert set(BENCHMARKS) == scripts


@pytest.mark.parametrize("one", BENCHMARKS.values(), ids=lambda one: one.name)
def test_scripts_have_one_shape(one: Benchmark) -> None:
    text = (FOLDER / f"{one.name}.py").read_text("utf-8")
    assert f"python -m benchmarks.{one.name}" in text
    assert "write_results(" in text
    assert one.minutes, "say MINUTES"
    assert {need.rpartition(":")[0] for need in one.needs} <= NEEDED


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_what_scripts_take_from_each_other_is_there(path: Path) -> None:
    """Nothing runs the scripts here, so a name that moved would go unnoticed."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("benchmarks."):
            source = FOLDER / f"{node.module.partition('.')[2]}.py"
            tree = ast.parse(source.read_text("utf-8"))
            names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
            names |= {getattr(n, "name", "") for n in tree.body}
            assert {alias.name for alias in node.names} <= names, path.name


def test_every_result_belongs_to_a_script_and_every_script_has_one() -> None:
    assert len(RESULTS) > 30
    assert set(RESULTS) == set(BENCHMARKS)


@pytest.mark.parametrize("name", RESULTS)
def test_results_say_what_they_were_measured_with(name: str) -> None:
    result = RESULTS[name]
    assert result["question"] == BENCHMARKS[name].question
    assert set(_results.LIBRARIES) <= set(result["versions"])
    assert result["machine"]["cpu"]
    assert result["machine"]["cores"] >= 1
    assert result["machine"]["python"]
    assert result["date"] >= "2026-01-01"
    assert result.get("commit") or result.get("committed_in")
    assert result["figures"]


def test_what_is_not_a_benchmark_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "script.py"
    path.write_text('"""Helps."""\n\ndef main(): ...\n')
    with pytest.raises(
        ValueError, match=r"script.py is not a benchmark: .* Hint: the name of any other"
    ):
        read_benchmark(path)
    path.write_text('"""Is it?\n\nYes."""\nMINUTES = 2\nNEEDS = ("R:x",)\ndef main(): ...\n')
    assert read_benchmark(path) == Benchmark("script", "Is it?", 2, ("R:x",))


def test_results_are_written_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_results, "FOLDER", tmp_path / "results")
    path = _results.write_results("one", "Is it?", {"figure": 1})
    earlier = path.read_text()
    with pytest.raises(TypeError, match="not JSON serializable"):
        _results.write_results("one", "Is it?", {"figure": object()})
    assert path.read_text() == earlier
    assert [found.name for found in path.parent.iterdir()] == ["one.json"]
    found = json.loads(earlier)
    assert found["machine"]["load"].keys() == {"before", "after"}
    assert _results.earlier_figures("one") == {"figure": 1}
    assert _results.earlier_figures("other") == {}


# The command --------------------------------------------------------------------------------------


def test_listing_names_every_script_with_its_question(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list"]) == 0
    listed = capsys.readouterr().out
    for one in BENCHMARKS.values():
        assert f"{one.name} ({one.duration}): {one.question}" in listed
        assert all(need in listed for need in one.needs)


def test_unknown_names_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["smote_sped"])
    assert "no benchmark is called smote_sped. Hint: see --list." in capsys.readouterr().err


def test_a_failure_stops_nothing_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first is not there and fails in a process of its own; the second lacks what it needs."""
    monkeypatch.setenv("PATH", str(tmp_path))
    chosen = [
        Benchmark("_not_there", "Is it?", 1),
        Benchmark("_lacks", "Is it?", 1, ("R:survey", "data:no_such_data", "no_such_module")),
        Benchmark("_results", "Is it?", 1),  # does nothing when run
    ]
    assert run_all(chosen, None, tmp_path) == 1
    told = capsys.readouterr().out.partition("=== what happened\n")[2].splitlines()
    assert told[0].startswith("_not_there: FAILED with code 1, ")
    assert told[1] == (
        "_lacks: skipped: R with its package survey is not here; no_such_data.csv is not in the "
        "data folder; the package no_such_module is not installed"
    )
    assert told[2].startswith("_results: ran, ")
    assert run_all(chosen[1:], None, tmp_path) == 0
    assert not list(tmp_path.iterdir())


def test_a_run_is_told_peer_folder_and_threads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, Any] = {}

    class Done:
        returncode = 3

    def record(command: list[str], **options: Any) -> Done:
        seen.update(command=command, **options)
        return Done()

    monkeypatch.setattr("benchmarks.__main__.subprocess.run", record)
    one = Benchmark("weights", "Is it?", 1, ("balance",), threads=1)
    assert run(one, "/there/python", tmp_path) == 3
    assert seen["command"] == ["/there/python", "-m", "benchmarks.weights"]
    wanted = {"BALANCE_PYTHON": "/there/python", "OMP_NUM_THREADS": "1"}
    assert wanted.items() <= seen["env"].items()
    assert seen["env"]["IMBALANCE_KIT_RESULTS"] == str(tmp_path)
    assert seen["cwd"] == FOLDER.parent


def test_a_peer_that_is_not_there_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Benchmark("weights", "Is it?", 1, ("peer:balance",))
    assert missing(one, "/no/such/python") == [
        "no interpreter with balance (give --peer, or set BALANCE_PYTHON)"
    ]
    monkeypatch.setattr(_catalogue, "has_module", lambda python, module: True)
    assert missing(one, "/there/python") == []


# The page -----------------------------------------------------------------------------------------


def test_committed_page_is_what_the_results_make() -> None:
    text, _ = _page.make_page(RESULTS)
    assert text == _page.PAGE.read_text("utf-8"), "run `python -m benchmarks --page`"
    for name in BENCHMARKS:
        assert f"`python -m benchmarks {name}`" in text
        assert RESULTS[name]["question"] in text


def test_committed_plots_are_of_the_results() -> None:
    _, plots = _page.make_page(RESULTS)
    committed = {path.stem: path for path in _page.PLOTS.glob("*.png")}
    assert len(plots) > 10
    assert len({plot.name for plot in plots}) == len(plots)
    assert set(committed) == {plot.name for plot in plots}
    old = [p.name for p in plots if _plots.read_digest(committed[p.name]) != _plots.digest(p)]
    assert not old, "run `python -m benchmarks --page`"
    assert sum(path.stat().st_size for path in committed.values()) < 1_000_000


def test_a_plot_carries_what_it_is_of(tmp_path: Path) -> None:
    values: dict[str, tuple[float | None, ...]] = {"a": (0.5, 2.0), "b": (1.0, None)}
    plots = (
        _plots.Dots("dots", "alt", "title", ("x", "y"), values, {"a": (0.1, None)}),
        _plots.Lines("lines", "alt", "x", "y", {"p": {"a": ((1.0, 1.0), (10.0, 3.0))}}),
        _plots.Heat("heat", "alt", ("r",), ("c", "d"), {"p": ((0.5, None),)}, panels_per_row=1),
    )
    for plot in plots:
        assert _plots.read_digest(_plots.draw(plot, tmp_path)) == _plots.digest(plot)
    assert len({_plots.digest(plot) for plot in plots}) == 3


@pytest.mark.parametrize("name", [n for n in BUILDERS if list(cells(RESULTS[n]["figures"]))])
def test_every_ratio_below_one_is_marked(name: str) -> None:
    ratios = [cell["times faster"] for _, cell in cells(RESULTS[name]["figures"])]
    section = BUILDERS[name](RESULTS[name]["figures"])
    slower = [f"**{number(ratio)}** {MARK}" for ratio in ratios if ratio < 1]
    assert section.body.count(MARK) >= len(slower)
    assert all(text in section.body for text in slower)


def test_what_falls_short_is_marked_and_listed() -> None:
    figures = {
        "small": {"p, seconds": 1.0, "imbalance_kit, seconds": 2.0, "times faster": 0.5},
        "large": {
            "p, seconds": 3.0,
            "imbalance_kit, seconds": 1.0,
            "times faster": 3.0,
            "share of the memory": 1.5,
        },
    }
    section = compared(figures, peer="p", name="plot")
    assert f"| small | 1 | 2 | **0.5** {MARK} |" in section.body
    assert f"| large | 3 | 1 | 3 | **1.5** {MARK} |" in section.body
    assert section.short == ("small: 0.5 times as fast", "large: 1.5 times the memory")


def test_numbers_are_written_short() -> None:
    values = (None, True, 12_345, 0.0, 1e-7, 0.012345, 123.456, 12345.6, "a|b")
    written = ["", "yes", "12,345", "0", "1.0e-07", "0.0123", "123", "12,346", "a\\|b"]
    assert [number(value) for value in values] == written
    assert [mark(0.99), mark(1.0), mark(2.0, above=1.5)] == [
        f"**0.99** {MARK}",
        "1",
        f"**2** {MARK}",
    ]


def test_a_result_without_a_section_of_its_own_is_shown_plainly() -> None:
    figures = {"rows": 3, "one": {"seconds": 1.5, "times faster": 0.5}, "list": [1, 2]}
    result = next(iter(RESULTS.values())) | {"question": "Is it new?", "figures": figures}
    text, _ = _page.make_page(RESULTS | {"new_one": result})
    section = text.partition("### New one\n")[2]
    assert text.count("Is it new?") == 2
    assert "| rows | 3 |\n| list | 1, 2 |" in section
    assert "| seconds | 1.5 |\n| times faster | 0.5 |" in section
    assert f"- one: 0.5 times as fast {MARK}" in section


def test_import_and_mutants_are_held_to_their_limits() -> None:
    seconds = {"processor seconds": 0.5, "ratio": 1.31}
    section = import_time({"here": {"import x": seconds, "import y": seconds | {"ratio": 1.3}}})
    assert f"| here | `import x` | 0.5 | **1.31** {MARK} |" in section.body
    assert section.short == ("here, `import x`: 1.31 times the peers' import",)
    counted = {"mutants": 9, "tried": 4, "killed, %": 84.9, "plus or minus": 4.5}
    counted["killed, % without equivalents"] = 88.7
    section = mutation(
        {"shift": {"all": counted, "modules": {"imbalance_kit/shift/_x.py": counted}}}
    )
    assert f"| **shift** | 9 | 4 | **84.9** {MARK} | 4.5 | 88.7 |" in section.body
    assert "| shift/_x.py | 9 |" in section.body
    assert section.short == ("shift: 84.9 %",)
