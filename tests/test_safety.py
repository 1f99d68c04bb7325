"""What is read is data: nothing is unpickled, evaluated or fetched."""

import ast
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pytest

import imbalance_kit
from imbalance_kit import CorrectedClassifier, RandomUnderSampler, compare_strategies
from imbalance_kit.cli import main
from tests._tables import click_log, write_parquet
from tests.cli._files import small_frame, write_csv
from tests.cli._weight_files import write_files

PACKAGE = Path(imbalance_kit.__file__).parent

# Modules that turn bytes into objects, run text, or reach out; and functions that do.
MODULES = {
    "pickle", "cPickle", "_pickle", "dill", "cloudpickle", "marshal", "shelve", "yaml", "code",
    "urllib.request", "http", "ftplib", "requests", "httpx", "aiohttp", "socket", "webbrowser",
    "subprocess", "torch",
}  # fmt: skip
NAMES = {"eval", "exec", "compile", "__import__"}
METHODS = {
    "load", "read_pickle", "to_pickle", "unpack_from_pickle", "urlopen", "urlretrieve", "system",
    "popen", "fetch_openml", "fetch_dataset", "fetch_datasets", "fetch_file",
}  # fmt: skip
# Where pickle never meets a file, by file and module.
ALLOWED = {
    ("_spark.py", "pickle"): "messages of its own Spark workers to each other, as Spark's own are",
    ("_interface_laws.py", "pickle"): "a check that copies what it has just made, in memory",
}


def offences(source: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the text of what must not be there."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                modules = [alias.name for alias in names]
            case ast.ImportFrom(module=module, names=names):
                modules = [f"{module}.{alias.name}" for alias in names]
            case ast.Call(func=ast.Name(id="import_module" | "import_optional"), args=[first, *_]):
                modules = [first.value] if isinstance(first, ast.Constant) else []
            case ast.Call(func=ast.Name(id=name)) if name in NAMES | METHODS:
                yield node.lineno, ast.unparse(node)
                continue
            case ast.Call(func=ast.Attribute(attr=name)) if name in METHODS:
                yield node.lineno, ast.unparse(node)
                continue
            case ast.keyword(arg="allow_pickle", value=value):
                if not (isinstance(value, ast.Constant) and value.value is False):
                    yield value.lineno, ast.unparse(node)
                continue
            case _:
                continue
        for module in modules:
            parts = str(module).split(".")
            if {".".join(parts[:k]) for k in (1, 2)} & MODULES:
                yield node.lineno, str(module)


@pytest.mark.parametrize(
    "code",
    [
        "import pickle",
        "from pickle import loads",
        "import torch.nn",
        "from urllib import request",
        "import_optional('yaml', extra='x', purpose='y')",
        "joblib.load(path)",
        "np.load(path)",
        "np.save(path, a, allow_pickle=True)",
        "pandas.read_pickle(path)",
        "eval(text)",
        "exec(text)",
        "os.system(text)",
        "fetch_openml('adult')",
    ],
)
def test_the_search_finds(code: str) -> None:
    assert len(list(offences(code))) == 1


def test_nothing_is_unpickled_evaluated_or_fetched() -> None:
    files = [*PACKAGE.rglob("*.py"), PACKAGE.parent / "imbalance_kit_command.py"]
    assert len(files) > 200
    found = {
        (path.name, text): f"{path.relative_to(PACKAGE.parent)}:{line}: {text}"
        for path in files
        for line, text in offences(path.read_text("utf-8"))
    }
    assert [place for what, place in found.items() if what not in ALLOWED] == []
    assert found.keys() >= ALLOWED.keys()  # an exception that is no longer needed goes


class Reached(Exception):  # noqa: N818  no error of the package may catch it
    """Somebody reached for the network."""


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut the process off; what tries to get out is an error that nothing catches."""

    def reach(*arguments: Any, **options: Any) -> NoReturn:
        raise Reached(arguments)

    for name in ("connect", "connect_ex", "bind", "sendto"):
        monkeypatch.setattr(socket.socket, name, reach)
    for name in ("getaddrinfo", "gethostbyname", "create_connection"):
        monkeypatch.setattr(socket, name, reach)


@pytest.mark.usefixtures("alone")
def test_the_block_blocks() -> None:
    with pytest.raises(Reached):
        socket.create_connection(("127.0.0.1", 9))
    with socket.socket() as one, pytest.raises(Reached):
        one.connect(("127.0.0.1", 9))


@pytest.mark.usefixtures("alone")
def test_nothing_is_fetched(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = write_csv(tmp_path, small_frame(200))
    sample, people = write_files(tmp_path)
    log = write_parquet(click_log(2000), tmp_path / "log", 1, 1000)
    click_log(50).assign(raw=0.5).to_csv(tmp_path / "raw.csv", index=False)
    out = {name: str(tmp_path / name) for name in ("a.html", "b.html", "run", "s.csv", "w.csv")}
    few = ["--folds", "2", "--strategies", "class-weights"]
    for command in (
        ["compare", str(data), "-t", "default", *few, "--html", out["a.html"]],
        ["compare", *few, "--repeats", "1"],  # the data that come with scikit-learn
        ["weight", str(sample), "-p", str(people), "-o", out["w.csv"], "--html", out["b.html"]],
        ["downsample", str(log), "-t", "click", "--key", "id", "-o", out["run"]],
        ["score", str(tmp_path / "raw.csv"), "-m", out["run"], "-p", "raw", "-o", out["s.csv"]],
    ):
        assert main(command) == 0, capsys.readouterr().err
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(120, 2)), np.arange(120) % 6 == 0
    CorrectedClassifier(LogisticRegression(), RandomUnderSampler()).fit(X, y).predict_proba(X)
    compare_strategies(LogisticRegression(), {"nothing": None}, X, y, cv=2)
