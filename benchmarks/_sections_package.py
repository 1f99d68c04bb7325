"""Sections of the page of benchmarks: the package itself, and any result without one of its own."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from benchmarks._section import MARK, Figures, Section, mark, number, table

IMPORT_LIMIT = 1.3  # times the import of scikit-learn's base and imbalanced-learn
ARRAY_KEPT = 672  # bytes of one number per row of the data that benchmarks/leaks.py fits
KILLED_LIMIT = 85.0  # per cent of the mutants tried


def import_time(figures: Figures) -> Section:
    """Processor seconds of each statement, and their ratio to the peers' import."""
    rows, short = [], []
    for where, found in figures.items():
        for statement, one in found.items():
            seconds, ratio = one["processor seconds"], one["ratio"]
            rows.append([where, f"`{statement}`", seconds, mark(ratio, above=IMPORT_LIMIT)])
            if ratio > IMPORT_LIMIT:
                short.append(f"{where}, `{statement}`: {number(ratio)} times the peers' import")
    headers = ["environment", "statement", "processor s", "over importing the peers"]
    asked = f"more than {IMPORT_LIMIT} times importing scikit-learn's base and imbalanced-learn"
    return Section(table(headers, rows), "imbalanced-learn", asked, tuple(short))


def mutation(figures: Figures) -> Section:
    """Share of the mutants that the tests notice, by folder and module."""
    rows, short, name = [], [], "killed, %"
    for folder, found in figures.items():
        for module, one in {f"**{folder}**": found["all"], **found["modules"]}.items():
            share, rest = one.get(name), one.get(f"{name} without equivalents")
            tried = [one["mutants"], one["tried"], mark(share, below=KILLED_LIMIT)]
            rows.append(
                [module.removeprefix("imbalance_kit/"), *tried, one.get("plus or minus"), rest]
            )
        if found["all"][name] < KILLED_LIMIT:
            short.append(f"{folder}: {number(found['all'][name])} %")
    headers = ["code", "mutants", "tried", name, "plus or minus", "equivalents set apart, %"]
    asked = f"less than {KILLED_LIMIT:.0f} % of a folder's mutants that were tried killed"
    return Section(table(headers, rows), asked=asked, short=tuple(short))


def leaks(figures: Figures) -> Section:
    """What a thousand fits of each estimator leave behind."""
    rows, short = [], []
    kinds = ("new threads", "new system threads", "new open files")
    for name, one in figures.items():
        slope, error = one["bytes per fit"], one["standard error"]
        rows.append(
            [name, one["fits"], mark(slope, above=ARRAY_KEPT), error, *(one[k] for k in kinds)]
        )
        if slope > ARRAY_KEPT or any(one[kind] > 0 for kind in kinds):
            short.append(f"{name}: {number(slope)} bytes per fit (± {number(error)})")
    headers = ["estimator", "fits", "bytes per fit", "standard error", *kinds]
    asked = f"more than {ARRAY_KEPT} bytes per fit (one number per row), or a thread or file"
    return Section(table(headers, rows), asked=asked, short=tuple(short))


def peers(figures: Figures) -> Section:
    """What the samplers and weighters of the peers do, beside ours."""
    ours, theirs = figures["samplers"]["imbalance_kit"], figures["samplers"]["imbalanced-learn"]
    features = [name for name in theirs if not isinstance(theirs[name], dict)]
    samplers = table(
        ["samplers that have", "imbalanced-learn", "imbalance_kit"],
        [[name, theirs[name], ours[name]] for name in features],
    )
    means = figures["mean prediction over base rate"]
    mean = table(["mean prediction over base rate", ""], [list(pair) for pair in means.items()])
    sides = figures["weighting"]
    shared = [name for name in sides["imbalance_kit"] if name in sides["balance"]]
    weighting = table(
        ["weighting", "balance", "imbalance_kit"],
        [
            [name, *(_said(sides[side][name]) for side in ("balance", "imbalance_kit"))]
            for name in shared
        ],
    )
    short = tuple(
        f"{name}: {ours[name]} of {ours['samplers']}"
        for name in features
        if ours[name] < ours["samplers"]
    )
    body = "\n\n".join((samplers, mean, weighting))
    return Section(body, "imbalanced-learn", "a sampler of ours without one of these", short)


def _said(value: Any) -> Any:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value


def plain(figures: Figures) -> Section:
    """All figures as tables: for a result without a section of its own."""
    parts = []
    for names, group in groupby(_leaves(figures), key=lambda leaf: tuple(leaf[1])):
        found = list(group)
        if len(found) == 1:
            parts.append(table([found[0][0], ""], list(found[0][1].items())))
        else:
            rows = [[path, *(one[name] for name in names)] for path, one in found]
            parts.append(table(["", *names], rows))
    body = "\n\n".join(parts)
    ratios = [
        (path, one["times faster"]) for path, one in _leaves(figures) if "times faster" in one
    ]
    short = tuple(f"{path}: {number(r)} times as fast {MARK}" for path, r in ratios if r < 1)
    return Section(body, asked="a ratio of seconds below 1", short=short)


def _leaves(figures: Figures, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the innermost tables of names and values, with where they stand."""
    if isinstance(figures, list):
        figures = {str(k): value for k, value in enumerate(figures)}
    own = {k: _short(v) for k, v in figures.items() if not _is_nested(v)}
    if own:
        yield path, own
    for name, value in figures.items():
        if _is_nested(value):
            yield from _leaves(value, f"{path}, {name}" if path else name)


def _is_nested(value: Any) -> bool:
    inside = value if isinstance(value, list) else ()
    return isinstance(value, dict) or any(isinstance(one, dict | list) for one in inside)


def _short(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    return ", ".join(number(one) for one in value) if len(value) <= 6 else f"{len(value)} values"


PACKAGE = {"peers": peers, "import_time": import_time, "leaks": leaks, "mutation": mutation}
