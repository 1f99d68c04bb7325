"""The site lists what there is: every public name, every option of the command, every peer's name.

The site itself is built, with warnings as errors, by a stage of .ci/run: every link between its
pages is checked there.
"""

import importlib
import importlib.util
import json
import pkgutil
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import imblearn
import pytest
import typer

import imbalance_kit
from imbalance_kit.cli._app import app
from tests._discovery import PACKAGE, public_modules, public_names

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"

_LISTING = re.compile(
    r"^```\{eval-rst\}\n\.\. currentmodule:: (\S+)\n\.\. autosummary::\n"
    r"   :toctree: generated\n   :nosignatures:\n\n"
    r"((?:   \w+\n)+)```$",
    re.MULTILINE,
)
_TREE = re.compile(r"^```\{toctree\}\n(.*?)^```$", re.DOTALL | re.MULTILINE)


# Reference ----------------------------------------------------------------------------------------


def _listed() -> list[str]:
    """Return the names of the reference, with their folder, as often as they are listed."""
    names = []
    for page in sorted((DOCS / "reference").glob("*.md")):
        text = page.read_text(encoding="utf-8")
        listings = _LISTING.findall(text)
        assert len(listings) == text.count("autosummary::"), f"a listing of {page.name} is not read"
        for folder, block in listings:
            assert folder == f"{PACKAGE}.{page.stem}"
            names += [f"{folder}.{name}" for name in block.split()]
    return names


def test_the_reference_lists_every_public_name_once() -> None:
    listed, public = _listed(), set(public_names())
    assert len(public) > 50
    assert sorted(listed) == sorted(set(listed)), "a name is listed twice"
    assert set(listed) == public, {
        "missing": sorted(public - set(listed)),
        "listed, not public": sorted(set(listed) - public),
    }


def test_every_folder_has_a_page_in_the_reference() -> None:
    folders = {name.rpartition(".")[2] for name in public_modules()} - {PACKAGE}
    pages = {page.stem for page in (DOCS / "reference").glob("*.md")} - {"index"}
    assert len(folders) > 5
    assert pages == folders
    index = (DOCS / "reference" / "index.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\((\w+)\.md\)", index)) == folders  # the table
    assert set(re.findall(r"^(\w+) <\1>$", index, re.MULTILINE)) == folders  # the tree


# Command line -------------------------------------------------------------------------------------

VERBS: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]


def _option_table(verb: str) -> str:
    """Return the options of a verb as a table in Markdown, made of its own help."""
    rows = ["| option | |", "| --- | --- |"]
    for option in VERBS[verb].params:
        names = [name for name in option.opts if name.startswith("-")]
        kind = "" if option.metavar is None or not names else f" {option.metavar}"
        left = ", ".join(f"`{name}`" for name in names) + kind if names else f"`{option.metavar}`"
        right = option.help.replace("|", r"\|").rstrip()
        if option.required:
            right += " Required."
        elif (
            option.default is not None
            and option.default != ""
            and option.show_default
            and not getattr(option, "is_flag", False)
        ):
            right += f" Default: {option.default}."
        rows.append(f"| {left} | {right} |")
    return "\n".join(rows)


def test_there_are_verbs() -> None:
    assert len(VERBS) >= 4


@pytest.mark.parametrize("verb", VERBS)
def test_the_page_of_the_command_line_has_the_options_of_every_verb(verb: str) -> None:
    page = (DOCS / "command-line.md").read_text(encoding="utf-8")
    section = page.partition(f"\n## {verb}\n")[2].partition("\n## ")[0]
    table = _option_table(verb)
    assert table in section, f"put this into section {verb} of docs/command-line.md:\n{table}"


# Coming from imbalanced-learn ---------------------------------------------------------------------


def _peer_names() -> set[str]:
    """Return what imbalanced-learn's documented modules export."""
    names = set()
    for module in pkgutil.iter_modules(imblearn.__path__):
        if not module.name.startswith("_") and module.name not in {"tests", "utils", "exceptions"}:
            try:
                found = importlib.import_module(f"imblearn.{module.name}")
            except ImportError:  # keras and tensorflow need their libraries
                continue
            names |= set(getattr(found, "__all__", ()))
    return names | {"FunctionSampler"}


def test_the_migration_page_names_all_of_imbalanced_learn() -> None:
    page = (DOCS / "migrating-from-imbalanced-learn.md").read_text(encoding="utf-8")
    here, absent = page.partition("\n## What is not here\n")[::2]
    names = _peer_names()
    assert len(names) > 30
    ours = {name for name in names if hasattr(imbalance_kit, name)}
    assert not {name for name in ours if f"`{name}`" not in here}
    assert not {name for name in names - ours if f"`{name}`" not in absent}


# Pages --------------------------------------------------------------------------------------------


def test_every_page_is_in_a_tree() -> None:
    """A page that no tree names would be built and never found."""
    named = set()
    for page in DOCS.rglob("*.md"):
        for tree in _TREE.findall(page.read_text(encoding="utf-8")):
            entries = [line for line in tree.split("\n") if line and not line.startswith(":")]
            names = [re.sub(r".*<(.*)>", r"\1", entry) for entry in entries]
            named |= {(page.parent / name).resolve() for name in names}
    pages = {page.with_suffix("").resolve() for page in DOCS.rglob("*.md")} - {DOCS / "index"}
    pages = {page for page in pages if "_build" not in page.parts and "gallery" not in page.parts}
    assert len(pages) > 20
    assert not {
        page.relative_to(DOCS).as_posix()
        for page in pages
        if not any(page.match(str(entry)) for entry in named)
    }


def test_examples_are_written_for_the_gallery() -> None:
    scripts = sorted((DOCS / "examples").glob("plot_*.py"))
    for script in scripts:
        assert re.match(r'"""(?:\n)?.+\n=+\n', script.read_text(encoding="utf-8")), script.name


# Figures of the page "Which method when" ----------------------------------------------------------

COMPARED: dict[str, Any] = json.loads(
    (ROOT / "benchmarks" / "results" / "smote_comparison.json").read_text(encoding="utf-8")
)["figures"]
CASES: dict[str, dict[str, Any]] = {
    f"{data}, {learner}": strategies
    for data, figures in COMPARED.items()
    for learner, strategies in figures.items()
    if isinstance(strategies, dict)
}


def _decisions_table() -> str:
    """Return balanced accuracy and log loss, a row per data set and learner."""
    columns = ["nothing, as is", "moved threshold, as is", "class weights, raw"]
    columns += ["random over-sampling, raw"]
    rows = [
        "| | balanced accuracy: nothing | moved threshold | class weights | over-sampling "
        "| log loss: nothing | class weights, raw | corrected |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for case, found in CASES.items():
        means = [found[column]["balanced_accuracy"]["mean"] for column in columns]
        means += [
            found[column]["log_loss"]["mean"]
            for column in (columns[0], "class weights, raw", "class weights, corrected")
        ]
        rows.append(f"| {case} | " + " | ".join(f"{mean:.3f}" for mean in means) + " |")
    return "\n".join(rows)


def _verdicts_table() -> str:
    """Return how often each strategy's average precision is better or worse than doing nothing."""
    rows = ["| | better | no difference | worse |", "| --- | --- | --- | --- |"]
    for title, names in {
        "class weights": ["class weights, raw"],
        "random over-sampling": ["random over-sampling, raw"],
        "`SMOTE`, `SMOTENC`": ["SMOTE, raw", "SMOTENC, raw"],
        "`BorderlineSMOTE`": ["BorderlineSMOTE, raw"],
        "`ADASYN`": ["ADASYN, raw"],
    }.items():
        verdicts = Counter(
            found[name]["average_precision"]["verdict"]
            for found in CASES.values()
            for name in names
            if name in found
        )
        counts = [str(verdicts[verdict]) for verdict in ("better", "no difference", "worse")]
        rows.append(f"| {title} | " + " | ".join(counts) + " |")
    return "\n".join(rows)


@pytest.mark.parametrize("make", [_decisions_table, _verdicts_table])
def test_figures_of_which_method_when_are_those_of_the_benchmark(
    make: Callable[[], str],
) -> None:
    assert len(CASES) >= 12
    page = (DOCS / "which-method-when.md").read_text(encoding="utf-8")
    assert make() in page, f"put this into docs/which-method-when.md:\n{make()}"


# What the configuration adds to Sphinx ------------------------------------------------------------


def _extension(name: str) -> Any:
    """Load a module of docs/_extensions, which is no package."""
    spec = importlib.util.spec_from_file_location(name, DOCS / "_extensions" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_public_name_in_code_style_becomes_a_link() -> None:
    names = _extension("own_members").full_names()
    assert set(names.values()) == set(public_names())
    assert all(full.rpartition(".")[2] == name for name, full in names.items())


def test_what_scikit_learn_writes_is_left_out_of_the_reference() -> None:
    skip = _extension("own_members").skip_inherited
    cls = imbalance_kit.RandomUnderSampler
    for name in ("get_params", "set_params", "set_fit_request"):
        assert skip(None, "class", name, getattr(cls, name, None), False, None) is True
    for owner, name in ((cls, "fit_resample"), (imbalance_kit.ClassShift, "from_rates")):
        assert skip(None, "class", name, getattr(owner, name), False, None) is None


def test_types_of_parameters_are_no_links() -> None:
    lines = ["    **names_** : ndarray of shape (n_in_,)", "n_in_ stays"]
    _extension("own_members").escape_types(None, "class", "", None, None, lines)
    assert lines == [r"    **names_** : ndarray of shape (n_in\_,)", "n_in_ stays"]


@pytest.mark.parametrize(
    ("text", "loads"),
    [
        ('<script defer src="https://a.b/c.js">', True),
        ('<img alt="x" src="//a.b/c.png">', True),
        ('<link rel="stylesheet" href="http://a.b/c.css">', True),
        ("@font-face { src: url('https://a.b/c.woff2') }", True),
        ('@import "https://a.b/c.css";', True),
        ('<a href="https://a.b">read</a>', False),
        ('<img src="../_images/c.png">', False),
        ("background: url(data:image/svg+xml;base64,AA)", False),
    ],
)
def test_what_a_page_loads_from_elsewhere_is_found(text: str, loads: bool) -> None:
    assert bool(_extension("offline")._LOADED.findall(text)) is loads


def test_examples_name_all_that_they_import(tmp_path: Path) -> None:
    script = tmp_path / "plot_it.py"
    script.write_text("import a.b\nfrom c.d import e\n\n\ndef f():\n    import g\n")
    assert _extension("example_scripts").imported_packages(script) == {"a", "c", "g"}
