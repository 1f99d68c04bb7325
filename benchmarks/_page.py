"""The page docs/benchmarks.md and its plots, made from the committed results and nothing else."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks._plots import Plot, digest, draw, read_digest
from benchmarks._results import COMMITTED, ROOT
from benchmarks._section import MARK, Section, number, table
from benchmarks._sections_package import PACKAGE, plain
from benchmarks._sections_speed import SCALE, SPEED
from benchmarks._sections_statistics import BALANCE, CALIBRATION, EFFICIENCY, SAFETY

PAGE = ROOT / "docs" / "benchmarks.md"
PLOTS = ROOT / "docs" / "images" / "benchmarks"
GROUPS: dict[str, dict[str, Callable[[Any], Section]]] = {
    "Speed and memory beside the peers": SPEED,
    "Growth with rows, columns, classes, threads": SCALE,
    "Statistical efficiency of negative sampling": EFFICIENCY,
    "Calibration": CALIBRATION,
    "Balance, effects and intervals": BALANCE,
    "Interrupted runs": SAFETY,
    "The package and its tests": PACKAGE,
}
_CAPITALS = {"smote": "SMOTE", "nsw": "NSW", "cps": "CPS", "r": "R"}
INTRODUCTION = f"""# Benchmarks

This page is made from the files in `benchmarks/results` by `python -m benchmarks --page`; nothing
on it is written by hand. `python -m benchmarks` runs all of them again, one process each,
`python -m benchmarks NAME` one; `--list` says what each takes and needs. "Times faster" is the
peer's median seconds over ours, in the same run, alternating with it.

{MARK} marks what falls short, such as a ratio below 1: there the peer is faster. Every section
names what would count as falling short, and lists all of it. *Load* is the mean number of busy
processes in the minute before a benchmark began: above a few tenths, other work slowed both sides,
and ratios of short calls are unreliable. "Not recorded" stands where the result is older than that
field.
"""


def read_results(folder: Path = COMMITTED) -> dict[str, Any]:
    """Return every result by name."""
    return {
        path.stem: json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))
    }


def make_page(results: dict[str, Any]) -> tuple[str, list[Plot]]:
    """Return the text and the plots; the same results give the same text."""
    groups = grouped(results)
    builders = {name: build for group in groups.values() for name, build in group.items()}
    sections = {name: build(results[name]["figures"]) for name, build in builders.items()}
    parts = [INTRODUCTION, overview(results, sections)]
    for title, group in groups.items():
        parts.append(f"## {title}\n")
        for name in group:
            parts.append(section_text(name, results[name], sections[name]))
    plots = [plot for section in sections.values() for plot in section.plots]
    return "\n".join(parts), plots


def grouped(results: dict[str, Any]) -> dict[str, dict[str, Callable[[Any], Section]]]:
    """Return the sections that there are results for; who has none of its own is shown plainly."""
    known = {name for group in GROUPS.values() for name in group}
    others = {name: plain for name in results if name not in known}
    there = {
        title: {name: build for name, build in group.items() if name in results}
        for title, group in {**GROUPS, "Others": others}.items()
    }
    return {title: group for title, group in there.items() if group}


def overview(results: dict[str, Any], sections: dict[str, Section]) -> str:
    """Return one line per benchmark: question, date, load, how much falls short."""
    rows = []
    for title, group in grouped(results).items():
        for name in group:
            one = results[name]
            link = f"[{one['question']}](#{name.replace('_', '-')})"
            first = name == next(iter(group))
            rows.append(
                [title if first else "", link, one["date"], load(one), len(sections[name].short)]
            )
    headers = ["", "question", "measured", "load", "falls short"]
    return "## Overview\n\n" + table(headers, rows) + "\n"


def load(result: dict[str, Any]) -> str:
    """Return the load before the run."""
    before = result["machine"].get("load", {}).get("before")
    return "not recorded" if before is None else number(float(before[0]))


def section_text(name: str, result: dict[str, Any], section: Section) -> str:
    """Return one section: question, provenance, plots, tables, what falls short."""
    pictures = [f"![{plot.alt}](images/benchmarks/{plot.name}.png)" for plot in section.plots]
    found = "\n".join(f"- {line}" for line in section.short) or "- nothing"
    short = f"Falls short ({section.asked}):\n\n{found}"
    parts = [
        f"### {heading(name)}",
        f"**{result['question']}**",
        provenance(name, result, section),
        *pictures,
        section.body.replace("\n### ", "\n#### ").removeprefix("### "),
        short,
    ]
    return "\n\n".join(parts) + "\n"


def heading(name: str) -> str:
    """Return the name of a script in words; in lower case it is the anchor of its section."""
    words = " ".join(_CAPITALS.get(word, word) for word in name.split("_"))
    return words[0].upper() + words[1:]


def provenance(name: str, result: dict[str, Any], section: Section) -> str:
    """Return who was compared with, where and when, in one line."""
    machine, versions = result["machine"], result["versions"]
    peer = section.peer
    for library in ("imbalanced-learn", "scikit-learn", "balance", "pyarrow"):
        if peer.split(",")[0] == library:
            peer = peer.replace(library, f"{library} {versions[library]}", 1)
    code = f"commit {result['commit']}" if result.get("commit") else "not recorded"
    if "committed_in" in result:
        code = f"committed in {result['committed_in']}"
    parts = [
        f"Peer: {peer}" if peer else "No peer",
        f"{machine['cpu']}, {machine['cores']} cores, Python {machine['python']}, "
        f"numpy {versions['numpy']}, scikit-learn {versions['scikit-learn']}",
        f"{result['date']}, {code}, load {load(result)}",
        f"`python -m benchmarks {name}`",
        f"[figures](../benchmarks/results/{name}.json)",
    ]
    return "; ".join(parts) + "."


def write_page() -> Path:
    """Write the page and draw the plots that changed; remove pictures that no plot has."""
    text, plots = make_page(read_results())
    PAGE.write_text(text, encoding="utf-8")
    PLOTS.mkdir(parents=True, exist_ok=True)
    for path in set(PLOTS.glob("*.png")) - {PLOTS / f"{plot.name}.png" for plot in plots}:
        path.unlink()
    for plot in plots:
        path = PLOTS / f"{plot.name}.png"
        if not path.exists() or read_digest(path) != digest(plot):
            draw(plot, PLOTS)
    return PAGE
