"""Run the tests that reach a change against the change, each mutant in a forked process.

The tests are collected once. A child of that process then takes the mutated code over into the
functions that are already loaded (by their `__code__`; by their value for constants, class
attributes and parameter defaults) and runs the tests that reach the changed lines, stopping at the
first that fails. No file is written, and nothing is imported again.
"""

import contextlib
import gc
import hashlib
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import coverage
import pytest

from benchmarks._mutants import Mutant

_MEMORY = 4 << 30  # bytes a child may take beyond what it starts with


@dataclass(frozen=True)
class Reach:
    """What a test needs and touches: processor seconds, and the lines it runs of each module."""

    seconds: float
    lines: dict[str, list[int]]


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant.

    `outcome` is "killed", "timeout" (killed, by never ending), "survived", "untested" (no test runs
    the changed lines), or "not carried out". `by` is the test that noticed, `tests` how many were
    run, `left_out` how many more reach the lines than the limit of seconds admits.
    """

    outcome: str
    by: str = ""
    tests: int = 0
    left_out: int = 0


class ForkedTests:
    """A plugin of pytest that collects, and leaves what is run to `work`.

    Parameters
    ----------
    work : callable
        Called with this object once the tests are collected.
    workers : int
        Processes at a time.
    """

    def __init__(self, work: Callable[["ForkedTests"], None], workers: int) -> None:
        self._work, self._workers = work, workers
        self.items: dict[str, pytest.Item] = {}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.items = {item.nodeid: item for item in session.items}
        if not self.items or session.testsfailed:
            raise pytest.UsageError("Not all tests could be collected, or there are none.")
        if any(thread.startswith("polars-0") for thread in _threads()):
            raise pytest.UsageError(
                "polars has started its threads, which a fork does not take along: every test with "
                "polars would wait for ever. Hint: make polars frames inside the tests."
            )
        gc.collect()
        gc.freeze()  # a child that collects garbage must not copy what it shares
        self._work(self)
        return True

    def record(self, names: Iterable[str], sources: Iterable[Path], root: Path) -> dict[str, Reach]:
        """Run tests once, unchanged; return what those that pass reach of some sources."""
        files: dict[str, list[str]] = {}
        for name in names:
            files.setdefault(name.partition("::")[0], []).append(name)
        include = [str(path) for path in sources]
        jobs = {
            file: (lambda out, n=names: self._trace(n, include, root, out))
            for file, names in files.items()
        }
        reached: dict[str, Reach] = {}
        for file, (status, text) in self._in_children(jobs):
            print(f"recorded {file}", "" if status == 0 else f"status {status}", flush=True)
            for line in text.splitlines():
                name, seconds, lines = json.loads(line)
                reached[name] = Reach(seconds, lines)
        return reached

    def run(
        self, mutants: Iterable[Mutant], tests: dict[str, list[str]], reached: dict[str, Reach]
    ) -> Iterator[tuple[Mutant, Verdict]]:
        """Yield each mutant with its verdict; `tests` says which to run, in this order."""
        by_name = {mutant.name: mutant for mutant in mutants}
        functions = _loaded_functions()
        jobs = {
            name: (lambda out, m=mutant: self._try(m, functions, tests[m.name], reached, out))
            for name, mutant in by_name.items()
        }
        for name, (status, text) in self._in_children(jobs):
            lines = text.splitlines()
            ended = lines[-1] if lines else ""
            started = [line[6:] for line in lines if line.startswith("start ")]
            last = started[-1] if started else ""
            if ended.startswith("verdict "):
                verdict = Verdict(ended[8:], last if ended[8:] == "killed" else "", len(started))
            elif status in (signal.SIGPROF, signal.SIGALRM):
                verdict = Verdict("timeout", last, len(started))
            else:  # the interpreter itself fell, or ended
                verdict = Verdict("killed", last, len(started))
            yield by_name[name], verdict

    def check(self, names: list[str], reached: dict[str, Reach]) -> list[str]:
        """Run tests unchanged, each group in a child; return those that fail or do not end."""

        def job(part: list[str]) -> Callable[[int], None]:
            return lambda out: _finish(out, self._first_failure(part, reached, out))

        failed, parts = [], [names[i::8] for i in range(8)]
        jobs = {str(i): job(part) for i, part in enumerate(parts) if part}
        for _, (_, text) in self._in_children(jobs):
            lines = text.splitlines()
            if not lines or lines[-1] != "verdict survived":
                failed += [line[6:] for line in lines if line.startswith("start ")][-1:]
        return failed

    def _trace(self, names: list[str], include: list[str], root: Path, out: int) -> None:
        tracer = coverage.Coverage(data_file=None, include=include, config_file=False)
        tracer.start()
        cost: dict[str, float] = {}
        for i, name in enumerate(names):
            tracer.switch_context(name)
            start = time.process_time()
            if self._passes(names, i):
                cost[name] = time.process_time() - start
        tracer.stop()
        lines: dict[str, dict[str, list[int]]] = {name: {} for name in cost}
        data = tracer.get_data()
        for path in data.measured_files():
            module = str(Path(path).relative_to(root))
            for line, contexts in data.contexts_by_lineno(path).items():
                for name in contexts:
                    if name in lines:
                        lines[name].setdefault(module, []).append(line)
        for name, seconds in cost.items():
            os.write(out, (json.dumps([name, round(seconds, 4), lines[name]]) + "\n").encode())
        os._exit(0)

    def _try(
        self,
        mutant: Mutant,
        functions: dict[tuple[str, str], list[FunctionType]],
        names: list[str],
        reached: dict[str, Reach],
        out: int,
    ) -> None:
        try:
            carried_out = _take_over(mutant, functions)
        except Exception:
            _finish(out, "killed")  # the module cannot be imported
        if not carried_out:
            _finish(out, "not carried out")
        _finish(out, self._first_failure(names, reached, out))

    def _first_failure(self, names: list[str], reached: dict[str, Reach], out: int) -> str:
        for i, name in enumerate(names):
            os.write(out, f"start {name}\n".encode())
            seconds = reached[name].seconds
            signal.setitimer(signal.ITIMER_PROF, 10 + 10 * seconds)  # of the processor
            signal.setitimer(signal.ITIMER_REAL, 300 + 50 * seconds)  # a lock waits without it
            if not self._passes(names, i, _Noticed(out)):
                return "killed"
        return "survived"

    def _passes(self, names: list[str], i: int, *plugins: object) -> bool:
        """Whether one test passes; a test that skips or is expected to fail does not count."""
        item = self.items[names[i]]
        following = self.items[names[i + 1]] if i + 1 < len(names) else None
        reports = _Reports()
        for plugin in (reports, *plugins):
            item.config.pluginmanager.register(plugin)
        try:
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        finally:
            for plugin in (reports, *plugins):
                item.config.pluginmanager.unregister(plugin)
        return reports.outcomes == ["passed"] * 3

    def _in_children(
        self, jobs: dict[str, Callable[[int], None]]
    ) -> Iterator[tuple[str, tuple[int, str]]]:
        """Call each job in a child of its own; yield its name, exit status and what it wrote."""
        waiting, running = list(jobs.items())[::-1], {}
        try:
            while waiting or running:
                while waiting and len(running) < self._workers:
                    name, job = waiting.pop()
                    folder = tempfile.mkdtemp(prefix="mutation-")
                    child = os.fork()
                    if child == 0:
                        _be_a_child(folder, job)
                    running[child] = name, folder
                child, status = os.wait()
                if child not in running:
                    continue
                name, folder = running.pop(child)
                _end_group(child)
                text = (Path(folder) / "said").read_text()
                shutil.rmtree(folder, ignore_errors=True)
                yield name, (os.waitstatus_to_exitcode(status) * -1, text)
        finally:
            for child in running:
                _end_group(child)


class _Reports:
    def __init__(self) -> None:
        self.outcomes: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.outcomes.append(report.outcome)


class _Noticed:
    """End the process at the first exception: nobody reads how the failure is shown."""

    def __init__(self, out: int) -> None:
        self._out = out

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, call: pytest.CallInfo[None]) -> None:
        if call.excinfo is not None:
            _finish(self._out, "killed")


def _finish(out: int, verdict: str) -> None:
    os.write(out, f"verdict {verdict}\n".encode())
    os._exit(0)


def _be_a_child(folder: str, job: Callable[[int], None]) -> None:
    """Never return: run the job with its own process group, temporary folder and limits."""
    try:
        os.setpgid(0, 0)
        os.environ["PYTEST_DEBUG_TEMPROOT"] = folder
        out = os.open(str(Path(folder) / "said"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        silence = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silence, stream)
        for number in (signal.SIGPROF, signal.SIGALRM):
            signal.signal(number, signal.SIG_DFL)
        size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (size + _MEMORY, size + _MEMORY))
        job(out)
    finally:
        os._exit(70)


def _threads() -> list[str]:
    return [path.read_text() for path in Path("/proc/self/task").glob("*/comm")]


def _end_group(child: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)


def _loaded_functions() -> dict[tuple[str, str], list[FunctionType]]:
    """Return the functions that are loaded, by file and qualified name."""
    found: dict[tuple[str, str], list[FunctionType]] = {}
    gc.unfreeze()
    for thing in gc.get_objects():
        if type(thing) is FunctionType:
            key = thing.__code__.co_filename, thing.__code__.co_qualname
            found.setdefault(key, []).append(thing)
    gc.freeze()
    return found


def _take_over(mutant: Mutant, functions: dict[tuple[str, str], list[FunctionType]]) -> bool:
    """Change what is loaded to what the mutant says; return whether there was something."""
    module = sys.modules[mutant.module.removesuffix(".py").replace("/", ".")]
    path = str(module.__file__)
    code = compile(mutant.source, path, "exec")
    if mutant.function is not None:
        new = [c for c in _codes(code) if c.co_qualname == mutant.function]
        old = functions.get((path, mutant.function), [])
        old.sort(key=lambda function: function.__code__.co_firstlineno)
        if not new or len(new) != len({id(function.__code__) for function in old}):
            return False
        codes = sorted(new, key=lambda c: c.co_firstlineno)
        distinct = list(dict.fromkeys(function.__code__ for function in old))
        for function in old:
            function.__code__ = codes[distinct.index(function.__code__)]
        return True
    fresh = ModuleType(module.__name__)
    fresh.__dict__.update(__file__=path, __package__=module.__package__)
    exec(code, fresh.__dict__)
    return any(_take_over_value(module, fresh, target) for target in mutant.targets)


def _take_over_value(module: ModuleType, fresh: ModuleType, target: str) -> bool:
    *around, name = target.split(".")
    old, new = module, fresh
    for part in around:
        old, new = getattr(old, part), getattr(new, part)
    before, after = vars(old).get(name), vars(new).get(name)
    if isinstance(before, (staticmethod, classmethod)):
        before, after = before.__func__, after.__func__
    if isinstance(before, FunctionType) and before.__name__ == name:  # a def, not a lambda
        before.__defaults__, before.__kwdefaults__ = after.__defaults__, after.__kwdefaults__
        return True
    holders = [old]
    if not around:
        ours = [m for n, m in sys.modules.items() if n.startswith(("imbalance_kit", "tests"))]
        holders += [m for m in ours if name in vars(m) and vars(m)[name] is before]
    elif "__dataclass_fields__" in vars(old):  # the default lives in the generated __init__
        old.__init__ = vars(new)["__init__"]
    for holder in holders:
        setattr(holder, name, after)
    return True


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


class Record:
    """What the tests reach, kept in a file for a later run.

    Invariant: it speaks of the sources as they are; a test file that has changed since, or is new,
    is missing from it.
    """

    def __init__(self, path: Path | None, sources: Iterable[Path], root: Path) -> None:
        self._path, self._sources, self._root = path, list(sources), root
        self._digest = _digest(self._sources)
        self._files: dict[str, str] = {}
        self.reached: dict[str, Reach] = {}
        if path is not None and path.exists():
            self._load(json.loads(path.read_text()))

    def _load(self, content: dict[str, Any]) -> None:
        if content["sources"] != self._digest:
            return
        current = {
            file: digest
            for file, digest in content["files"].items()
            if (self._root / file).exists() and _digest([self._root / file]) == digest
        }
        self._files = current
        for name, reach in content["tests"].items():
            if name.partition("::")[0] in current:
                self.reached[name] = Reach(**reach)

    def complete(self, tests: ForkedTests) -> None:
        """Run the tests that are missing."""
        missing = [name for name in tests.items if name.partition("::")[0] not in self._files]
        self.reached |= tests.record(missing, self._sources, self._root)
        for file in {name.partition("::")[0] for name in missing}:
            self._files[file] = _digest([self._root / file])
        if self._path is not None:
            kept = {name: asdict(reach) for name, reach in self.reached.items()}
            content = {"sources": self._digest, "files": self._files, "tests": kept}
            self._path.write_text(json.dumps(content))


def _digest(paths: Iterable[Path]) -> str:
    content = b"".join(path.read_bytes() for path in paths)
    return hashlib.blake2b(content, digest_size=16).hexdigest()
