"""The rules of the house that a machine can check: imports, names, layout, what ships.

Each check asserts first that it found something to look at.
"""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests._discovery import PACKAGE

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / PACKAGE
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

CORE = ["imbalanced-learn", "joblib", "numpy", "scikit-learn", "scipy"]
# scikit-learn brings threadpoolctl: every installation of the core has it.
CORE_IMPORTS = {"imblearn", "joblib", "numpy", "sklearn", "scipy", "threadpoolctl", PACKAGE}
CLI_IMPORTS = {"pandas", "rich", "typer"}  # `main` has looked for them already
OPTIONAL = ("matplotlib", "pandas", "polars", "pyarrow", "dask", "pyspark", "typer", "rich")

# "file: module" of a private import for which there is truly no public way, and the reason.
PRIVATE_IMPORTS: dict[str, str] = {}

# Modules without a test module of their own, and where they are tested instead.
TESTED_ELSEWHERE: dict[str, str] = {}

# Files that have to speak of the global random state, and the reason.
GLOBAL_RANDOM: dict[str, str] = {
    "testing/_global_state.py": "sets, compares and restores it: the law that nobody moves it",
}

# Constructors of numpy.random that hold their own state; everything else there is global.
LOCAL_RANDOM = {
    "BitGenerator",
    "Generator",
    "PCG64",
    "Philox",
    "RandomState",
    "SeedSequence",
    "default_rng",
}


def _source_files() -> list[Path]:
    files = sorted(SOURCE.rglob("*.py"))
    assert files, f"no source files under {SOURCE.name}/"
    return files


def _name(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def _imports(tree: ast.AST) -> Iterator[tuple[ast.stmt, str]]:
    """Yield every imported dotted name; ``from a import b`` gives ``a.b``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield from ((node, f"{module}.{alias.name}") for alias in node.names)


def _run_python(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


# Imports ------------------------------------------------------------------------------------------


def test_import_contracts_are_kept() -> None:
    contracts = PROJECT["tool"]["importlinter"]["contracts"]
    assert len(contracts) >= 2
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--no-cache",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(contracts)} kept, 0 broken" in done.stdout, done.stdout


def test_the_layers_name_every_folder() -> None:
    layers = next(c for c in PROJECT["tool"]["importlinter"]["contracts"] if c["type"] == "layers")
    assert layers["exhaustive"] is True
    assert layers["containers"] == [PACKAGE]


def test_importing_the_package_needs_no_optional_library() -> None:
    """Refuse the optional libraries to everybody, and note when this package asks for one.

    scikit-learn tries some of them when it is imported and goes on without; such requests are its
    own, so the requester is looked up on the stack.
    """
    asked = _run_python(f"""
import sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] not in {OPTIONAL!r}:
            return None
        frame = sys._getframe(1)
        while "importlib" in frame.f_globals.get("__name__", ""):
            frame = frame.f_back
        requester = frame.f_globals.get("__name__", "")
        if requester.partition(".")[0] == "{PACKAGE}":
            print(requester, "imports", name)
        raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Refuse())
import {PACKAGE}
""")
    assert asked == ""


def test_importing_the_package_loads_no_plotting_or_big_data_library() -> None:
    loaded = f"sorted(m for m in {OPTIONAL!r} if m in sys.modules)"
    out = _run_python(
        "import sys, sklearn.calibration, sklearn.model_selection, imblearn.base\n"
        f"before = {loaded}\n"
        f"import {PACKAGE}\n"
        f"print(sorted(set({loaded}) - set(before)))\n"
    )
    assert out.strip() == "[]", f"loaded by `import {PACKAGE}`: {out}"


def test_modules_import_optional_libraries_late() -> None:
    """At module level: the standard library, the core and what the command cannot do without."""
    found, checked = [], 0
    for path in _source_files():
        allowed = CORE_IMPORTS | (CLI_IMPORTS if _name(path).startswith("cli/") else set())
        for statement in _tree(path).body:
            for node, name in _imports(statement) if _runs_on_import(statement) else ():
                checked += 1
                library = name.partition(".")[0]
                if library not in allowed and library not in sys.stdlib_module_names:
                    found.append(f"{_name(path)}:{node.lineno} imports {library}")
    assert checked > 0
    assert not found, "Hint: import it where it is used, with import_optional.\n" + "\n".join(found)


def _runs_on_import(statement: ast.stmt) -> bool:
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return False
    guarded = isinstance(statement, ast.If) and "TYPE_CHECKING" in ast.unparse(statement.test)
    return not guarded


def test_no_private_modules_of_other_packages() -> None:
    found, checked = {}, 0
    for path in _source_files():
        for node, name in _imports(_tree(path)):
            checked += 1
            library, *rest = name.split(".")
            private = any(part.startswith("_") and not part.startswith("__") for part in rest)
            if private and library != PACKAGE:
                found[f"{_name(path)}: {name}"] = node.lineno
    assert checked > 0
    assert not set(found) - set(PRIVATE_IMPORTS), "private names of other packages are imported"
    assert not set(PRIVATE_IMPORTS) - set(found), "exceptions that nothing needs any more"


def test_no_private_attributes_of_scikit_learn_modules() -> None:
    """``sklearn.utils._anything`` written out, without an import statement of its own."""
    found, checked = [], 0
    for path in _source_files():
        for node in ast.walk(_tree(path)):
            if isinstance(node, ast.Attribute):
                checked += 1
                library, *rest = ast.unparse(node).split(".")
                if library in {"sklearn", "imblearn"} and any(p.startswith("_") for p in rest):
                    found.append(f"{_name(path)}:{node.lineno} {ast.unparse(node)}")
    assert checked > 0
    assert not found


def test_imports_are_absolute() -> None:
    imports = [
        (f"{_name(path)}:{node.lineno}", name)
        for path in _source_files()
        for node, name in _imports(_tree(path))
    ]
    assert imports
    assert not [where for where, name in imports if name.startswith(".")]


# Random numbers -----------------------------------------------------------------------------------


def test_the_global_random_state_is_never_used() -> None:
    """Neither numpy's functions, nor the standard library's, nor scikit-learn's way to them."""
    found: dict[str, list[str]] = {}
    uses = 0
    for path in _source_files():
        tree = _tree(path)
        uses += sum(name.startswith("np.random.") for _, name in _random_names(tree))
        moved = [f"line {line}: {name}" for line, name in _random_names(tree) if _is_global(name)]
        if moved:
            found[_name(path)] = moved
    assert uses > 0
    unlisted = {name: lines for name, lines in found.items() if name not in GLOBAL_RANDOM}
    assert not unlisted, "Hint: draw from `class_stream(draw_seed(random_state), label)`."
    assert not set(GLOBAL_RANDOM) - set(found), "exceptions that nothing needs any more"


def _random_names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the dotted names that are imported, and those of numpy.random that are used."""
    yield from ((node.lineno, name) for node, name in _imports(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            name = ast.unparse(node).replace("numpy.", "np.")
            if re.fullmatch(r"np\.random\.\w+", name):
                yield node.lineno, name


def _is_global(name: str) -> bool:
    module, _, last = name.rpartition(".")
    if module in {"np.random", "numpy.random"}:
        return last not in LOCAL_RANDOM
    # check_random_state(None) hands out numpy's global generator.
    return name.partition(".")[0] == "random" or last == "check_random_state"


# Layout -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("__init__.py")), ids=_name)
def test_init_is_docstring_imports_and_all(path: Path) -> None:
    tree = _tree(path)
    docstring = ast.get_docstring(tree)
    assert docstring, "no docstring"
    assert len(docstring.split()) > 3, f"the docstring says nothing: {docstring!r}"
    allowed = {"__all__", "__version__"} if path.parent == SOURCE else {"__all__"}
    assigned = set()
    for node in tree.body[1:]:
        if isinstance(node, ast.Assign):
            targets = {ast.unparse(target) for target in node.targets}
            assert targets <= allowed, f"line {node.lineno} assigns {targets - allowed}"
            assigned |= targets
        else:
            assert isinstance(node, (ast.Import, ast.ImportFrom)), f"line {node.lineno} is code"
    if not path.parent.name.startswith("_"):
        assert "__all__" in assigned, "no __all__"


def test_the_package_has_folders() -> None:
    assert len(list(SOURCE.glob("*/__init__.py"))) > 5


def test_modules_are_private() -> None:
    modules = [path for path in _source_files() if not path.name.startswith("__")]
    assert modules
    assert not [_name(path) for path in modules if not path.name.startswith("_")]


def test_tests_mirror_the_package() -> None:
    modules = [_name(path) for path in _source_files() if not path.name.startswith("__")]
    assert modules
    missing = {name for name in modules if not _test_module(name).exists()}
    unlisted = sorted(missing - set(TESTED_ELSEWHERE))
    assert not unlisted, "no test module for:\n" + "\n".join(
        f"{name} -> {_test_module(name).relative_to(ROOT)}" for name in unlisted
    )
    assert not set(TESTED_ELSEWHERE) - missing, "exceptions that nothing needs any more"


def _test_module(name: str) -> Path:
    folder, _, module = name.rpartition("/")
    return ROOT / "tests" / folder / f"test{module}"


def test_test_folders_are_folders_of_the_package() -> None:
    folders = {path.parent.relative_to(ROOT / "tests") for path in ROOT.glob("tests/*/test_*.py")}
    folders -= {Path("properties")}  # of every public class, whatever its folder
    assert folders
    assert not [str(folder) for folder in folders if not (SOURCE / folder).is_dir()]


# What ships ---------------------------------------------------------------------------------------


def test_core_dependencies_are_the_five() -> None:
    names = [re.split(r"[<>=!~\[ ]", line)[0] for line in PROJECT["project"]["dependencies"]]
    assert sorted(names) == CORE


def test_the_oldest_versions_are_the_floors() -> None:
    """.ci/versions runs the tests with them: a floor raised or lowered has to be run again."""
    extras = PROJECT["project"]["optional-dependencies"]
    tested = ["plot", "frame", "cli", "parquet", "dask", "test"]
    lines = PROJECT["project"]["dependencies"] + [line for name in tested for line in extras[name]]
    matches = [re.fullmatch(r"([\w-]+)(?:\[.*\])?>=([\d.]+)", line) for line in lines]
    floors = {match[1]: _version(match[2]) for match in matches if match}
    assert set(CORE) < set(floors)
    text = (ROOT / ".ci" / "constraints" / "oldest.txt").read_text(encoding="utf-8")
    pinned = {m[1]: _version(m[2]) for m in re.finditer(r"^([\w-]+)==([\d.]+)", text, re.M)}
    assert {name: pinned.get(name) for name in floors} == floors


def _version(text: str) -> tuple[int, ...]:
    numbers = [int(part) for part in text.split(".")]
    while numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def test_the_citation_names_this_version() -> None:
    text = (ROOT / "docs" / "CITATION.cff").read_text(encoding="utf-8")
    version = re.search(
        r'^__version__ = "(.+)"$', (SOURCE / "__init__.py").read_text("utf-8"), re.M
    )
    assert version is not None
    assert f"\nversion: {version[1]}\n" in text
    assert f"\nlicense: {PROJECT['project']['license']}\n" in text


def test_licence_and_type_marker_ship() -> None:
    project, build = PROJECT["project"], PROJECT["tool"]["hatch"]["build"]
    assert project["license"] == "BSD-3-Clause"
    assert project["license-files"] == ["LICENSE"]
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("BSD 3-Clause License")
    assert build["targets"]["wheel"]["packages"] == [PACKAGE]
    assert "exclude" not in build
    assert "exclude" not in build["targets"]["wheel"]
    assert (SOURCE / "py.typed").exists()
    assert "Typing :: Typed" in project["classifiers"]


def test_the_version_is_written_once() -> None:
    assert "version" in PROJECT["project"]["dynamic"]
    assert PROJECT["tool"]["hatch"]["version"]["path"] == f"{PACKAGE}/__init__.py"
    assignments = [path for path in _source_files() if "__version__ =" in path.read_text("utf-8")]
    assert assignments == [SOURCE / "__init__.py"]


def test_no_path_of_one_machine() -> None:
    """No absolute path into somebody's home or workplace in any text file of the repository."""
    # Not after a word or a tag: "https://host/work", "a/work", "</root>" are no such paths.
    pattern = re.compile(r"(?<![\w.:~<>/*-])/(?:root|work|home|opt|Users)\b")
    files = _repository_files()
    found = []
    for path in files:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [
            f"{path.relative_to(ROOT)}:{number} {line.strip()[:80]}"
            for number, line in enumerate(text.splitlines(), start=1)
            if pattern.search(line)
        ]
    assert len(files) > 20
    assert not found, "\n".join(found)


def _repository_files() -> list[Path]:
    """Return the tracked files, or, in an unpacked archive, all files outside hidden folders."""
    try:
        done = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        files = [
            path
            for path in ROOT.rglob("*")
            if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
        ]
    else:
        files = [ROOT / name for name in done.stdout.split("\0") if name]
    return [path for path in files if path.is_file()]
