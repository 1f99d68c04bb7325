"""Run the benchmarks, one process each: ``python -m benchmarks [NAME ...]``.

Without a name all of them run, one after another. What is missing (a peer, R, real data) is said
and skipped, a failure does not stop the others, and the end says what ran, failed and was skipped.
Each writes benchmarks/results/<name>.json; ``--page`` makes docs/benchmarks.md from those files.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks._catalogue import Benchmark, find_benchmarks, interpreter, missing
from benchmarks._peers import VARIABLE, add_peer_option
from benchmarks._results import ROOT


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks for; 0 where nothing failed."""
    every = find_benchmarks()
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__.split("\n")[0]
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="what to run (default: all)")
    parser.add_argument("--list", action="store_true", help="list questions, minutes and needs")
    parser.add_argument("--page", action="store_true", help="make docs/benchmarks.md and its plots")
    parser.add_argument("--to", type=Path, metavar="FOLDER", help="write the results there")
    add_peer_option(parser)
    options = parser.parse_args(arguments)
    unknown = sorted(set(options.names) - set(every))
    if unknown:
        parser.error(f"no benchmark is called {', '.join(unknown)}. Hint: see --list.")
    chosen = [every[name] for name in options.names or every]
    if options.list:
        print(listing(chosen))
        return 0
    if options.page:
        from benchmarks._page import write_page

        print(write_page())
        return 0
    return run_all(chosen, options.peer, options.to)


def listing(benchmarks: Sequence[Benchmark]) -> str:
    """Return name, minutes, question and needs of each."""
    lines = []
    for one in benchmarks:
        lines.append(f"{one.name} ({one.duration}): {one.question}")
        if one.needs:
            lines.append(f"    needs {', '.join(one.needs)}")
    total = sum(one.minutes or 0 for one in benchmarks)
    return "\n".join(
        [*lines, f"{len(benchmarks)} benchmarks, about {total:g} minutes on two cores"]
    )


def run_all(benchmarks: Sequence[Benchmark], peer: str | None, to: Path | None) -> int:
    """Run each in a process of its own and say how it went; 1 where one failed."""
    outcomes: dict[str, str] = {}
    for one in benchmarks:
        lacks = missing(one, peer)
        if lacks:
            outcomes[one.name] = f"skipped: {'; '.join(lacks)}"
            continue
        print(f"=== {one.name} ({one.duration}): {one.question}", flush=True)
        start = time.perf_counter()
        code = run(one, peer, to)
        seconds = time.perf_counter() - start
        outcomes[one.name] = f"{f'FAILED with code {code}' if code else 'ran'}, {seconds:.0f} s"
    print("=== what happened")
    for name, outcome in outcomes.items():
        print(f"{name}: {outcome}")
    return int(any(outcome.startswith("FAILED") for outcome in outcomes.values()))


def run(one: Benchmark, peer: str | None, to: Path | None) -> int:
    """Run one script; return its exit code."""
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in paths if path)}
    if peer:
        environment[VARIABLE] = peer
    if to:
        environment["IMBALANCE_KIT_RESULTS"] = str(to.resolve())
    if one.threads:
        environment["OMP_NUM_THREADS"] = str(one.threads)
    command = [interpreter(one, peer), "-m", f"benchmarks.{one.name}"]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
