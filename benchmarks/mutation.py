"""How many small mistakes in the code of the shift, the corrections and the draws do tests notice?

Mutation testing: one change at a time (mutmut's operators; benchmarks/_mutants.py says what is left
out), the tests that run the changed lines, and the question whether one of them fails. Of each
module a random part of the mutants is tried, the same part of every module of a folder; `--share 1`
tries all. Only the tests named below are used, and of those that reach a change the quickest up to
`--seconds` of processor time, so that the killed share is a lower bound of what the whole suite
notices. Survivors that behave like the original are listed, each with the reason, in
benchmarks/mutation_equivalents.json; they are counted apart, not as killed.

    pip install 'mutmut>=3.8'                 # needed here only
    python -m benchmarks.mutation             # all folders; --folder shift for one
"""

import argparse
import hashlib
import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from math import sqrt
from pathlib import Path
from typing import Any

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")

import pytest

from benchmarks._mutant_runs import ForkedTests, Reach, Record, Verdict
from benchmarks._mutants import Mutant, mutants_of
from benchmarks._results import FOLDER as RESULTS
from benchmarks._results import write_results

QUESTION = __doc__.partition("\n")[0]
MINUTES = 60
NEEDS = ("mutmut",)
ROOT = Path(__file__).resolve().parent.parent
EQUIVALENTS = Path(__file__).with_name("mutation_equivalents.json")
LIBRARIES = ("mutmut", "pytest", "coverage")
_ALIVE = ("survived", "untested", "not carried out")
_DRAWS = ("_allocate", "_interpolate", "_random", "_sampling_strategy")
FOLDERS = {
    "shift": ["shift"],
    "correction": ["correction"],
    "draws": ["over_sampling", "under_sampling", "_base.py", *(f"_utils/{n}.py" for n in _DRAWS)],
}
TESTS = {
    "shift": ["tests/shift"],
    "correction": ["tests/correction"],
    "draws": [
        "tests/over_sampling",
        "tests/under_sampling",
        "tests/test_base.py",
        *(f"tests/_utils/test{name}.py" for name in _DRAWS),
        "tests/weighting/test_class_weighter.py",
    ],
}


def modules(folder: str) -> list[Path]:
    """Return the files of a folder of the report."""
    found: list[Path] = []
    for part in FOLDERS[folder]:
        path = ROOT / "imbalance_kit" / part
        found += [path] if path.is_file() else sorted(path.glob("_*.py"))
    return [path for path in found if path.name != "__init__.py"]


def sample(mutants: list[Mutant], share: float, seed: int) -> list[Mutant]:
    """Return a share of the mutants of each module, by a hash of their names.

    So a mutant that is drawn once is drawn again after other lines have changed.
    """

    def place(mutant: Mutant) -> bytes:
        return hashlib.blake2b(f"{seed} {mutant.name}".encode()).digest()

    chosen = []
    for module in sorted({mutant.module for mutant in mutants}):
        own = sorted((m for m in mutants if m.module == module), key=place)
        chosen += own[: max(1, round(share * len(own)))]
    return chosen


def tests_for(mutant: Mutant, reached: dict[str, Reach], seconds: float) -> tuple[list[str], int]:
    """Return the tests to run, the nearest and quickest first, and how many are left out."""
    folder, _, file = mutant.module.removeprefix("imbalance_kit/").rpartition("/")
    own = str(Path("tests", folder, "test" + file)), mutant.module

    def is_near(name: str) -> bool:
        return name.startswith(own)

    def touches(name: str) -> bool:
        lines = reached[name].lines.get(mutant.module, [])
        if mutant.function is None:  # what is set at import may be read without a line of it
            return bool(lines) or is_near(name)
        return not set(lines).isdisjoint(mutant.lines)

    names = [name for name in reached if touches(name)]
    names.sort(key=lambda name: (not is_near(name), reached[name].seconds))
    spent, chosen = 0.0, []
    for name in names:
        spent += reached[name].seconds
        if spent <= seconds or is_near(name):
            chosen.append(name)
    return chosen, len(names) - len(chosen)


def half_width(killed: int, tried: int, population: int) -> float:
    """Return half the 95 % interval of a share (Agresti-Coull, finite population)."""
    n = tried + 4
    share = (killed + 2) / n
    left = max(0.0, 1 - tried / population)
    return 1.96 * sqrt(share * (1 - share) / n * left)


def shares(counts: Counter[str], population: int) -> dict[str, Any]:
    """Return the figures of one module or folder; "equivalent" is none of the other outcomes."""
    killed = counts["killed"] + counts["timeout"]
    tried = counts.total() - counts["not carried out"]
    figures: dict[str, Any] = {
        "mutants": population,
        "tried": tried,
        **dict(sorted(counts.items())),
    }
    if tried:
        figures["killed, %"] = round(100 * killed / tried, 1)
        figures["plus or minus"] = round(100 * half_width(killed, tried, population), 1)
    if tried > counts["equivalent"]:
        left = tried - counts["equivalent"]
        figures["killed, % without equivalents"] = round(100 * killed / left, 1)
    return figures


def report(
    populations: Mapping[str, int],
    counts: Mapping[str, Counter[str]],
    alive: Mapping[str, str],
    reasons: Mapping[str, str],
) -> dict[str, Any]:
    """Return the figures of a folder and of its modules, and what has not been killed.

    `counts` holds the outcomes per module before equivalents are set apart, `alive` the outcome of
    each mutant that was not killed, by name.
    """
    judged = {module: Counter(counts[module]) for module in populations}
    for name in set(alive) & set(reasons):
        judged[name.partition(" ")[0]].update({alive[name]: -1, "equivalent": 1})
    judged = {module: Counter({k: n for k, n in c.items() if n}) for module, c in judged.items()}
    return {
        "all": shares(sum(judged.values(), Counter()), sum(populations.values())),
        "modules": {module: shares(judged[module], populations[module]) for module in populations},
        "alive": {name: how for name, how in sorted(alive.items()) if name not in reasons},
        "equivalent": {n: [how, reasons[n]] for n, how in sorted(alive.items()) if n in reasons},
    }


def judge_again(path: Path) -> dict[str, Any]:
    """Return the figures of a run with the equivalents as they are listed now; no test is run."""
    reasons, figures = json.loads(EQUIVALENTS.read_text()), json.loads(path.read_text())["figures"]
    for folder in set(figures) & set(FOLDERS):
        part, outcomes = figures[folder], (*_ALIVE, "killed", "timeout")
        equivalent = {name: how for name, (how, _) in part["equivalent"].items()}
        populations = {module: found["mutants"] for module, found in part["modules"].items()}
        counts = {
            module: Counter({how: found[how] for how in outcomes if how in found})
            for module, found in part["modules"].items()
        }
        for name, how in equivalent.items():
            counts[name.partition(" ")[0]][how] += 1
        part.update(report(populations, counts, part["alive"] | equivalent, reasons))
    return dict(figures)


class Trial:
    """Try the mutants of some folders, and write the report."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.figures: dict[str, Any] = {}

    def __call__(self, tests: ForkedTests) -> None:
        options = self.options
        sources = [path for folder in self.options.folder for path in modules(folder)]
        record = Record(options.record, sources, ROOT)
        record.complete(tests)
        reached = {name: r for name, r in record.reached.items() if name in tests.items}
        if not reached:
            raise pytest.UsageError("No test passes: there is nothing to try a mutant with.")
        print(len(reached), "tests,", round(sum(r.seconds for r in reached.values())), "s")
        reasons = json.loads(EQUIVALENTS.read_text())
        for folder in options.folder:
            self._try_folder(folder, tests, reached, reasons)

    def _try_folder(
        self, folder: str, tests: ForkedTests, reached: dict[str, Reach], reasons: dict[str, str]
    ) -> None:
        options = self.options
        population = [m for path in modules(folder) for m in mutants_of(path, ROOT)]
        chosen = sample(population, options.share, options.seed)
        if options.again:
            alive = json.loads(options.again.read_text())["figures"][folder]["alive"]
            chosen = [m for m in population if m.name in alive]
        random.Random(0).shuffle(chosen)  # so that a progress report speaks of the whole
        plans = {m.name: tests_for(m, reached, options.seconds) for m in chosen}
        verdicts = {m.name: Verdict("untested") for m in chosen if not plans[m.name][0]}
        reachable = [m for m in chosen if plans[m.name][0]]
        order = {name: names for name, (names, _) in plans.items()}
        for mutant, verdict in tests.run(reachable, order, reached):
            left_out = plans[mutant.name][1] if verdict.outcome == "survived" else 0
            verdicts[mutant.name] = Verdict(verdict.outcome, verdict.by, verdict.tests, left_out)
            print(
                f"{len(verdicts)}/{len(chosen)} {verdict.outcome:9} {mutant.name} {verdict.by}",
                flush=True,
            )
        noticed = sorted({verdict.by for verdict in verdicts.values() if verdict.by})
        failing = tests.check(noticed, reached)
        if failing:
            raise pytest.UsageError(f"These tests fail without a mutant as well: {failing}.")
        populations = dict(sorted(Counter(mutant.module for mutant in population).items()))
        counts: dict[str, Counter[str]] = {module: Counter() for module in populations}
        for name, verdict in verdicts.items():
            counts[name.partition(" ")[0]][verdict.outcome] += 1
        alive = {name: v.outcome for name, v in verdicts.items() if v.outcome in _ALIVE}
        self.figures[folder] = report(populations, counts, alive, reasons) | {
            "share": options.share,
            "seed": options.seed,
            "seconds of tests per mutant": options.seconds,
            "survivors with more tests than these seconds": sum(
                bool(verdict.left_out) for verdict in verdicts.values()
            ),
        }
        print(json.dumps(self.figures[folder]["all"]), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=QUESTION)
    parser.add_argument("--folder", nargs="+", choices=FOLDERS, default=list(FOLDERS))
    parser.add_argument("--share", type=float, default=0.1, help="of each module's mutants")
    parser.add_argument("--seed", type=int, default=0, help="of the sample")
    parser.add_argument("--seconds", type=float, default=20.0, help="of tests per mutant")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--again", type=Path, help="results whose survivors to try, and no others")
    parser.add_argument("--record", type=Path, help="where to keep which test runs which line")
    parser.add_argument("--output", default="mutation", help="name under benchmarks/results")
    parser.add_argument("--judge", action="store_true", help="only count the equivalents anew")
    options = parser.parse_args()
    os.chdir(ROOT)
    path = RESULTS / f"{options.output}.json"
    if options.judge:
        print(write_results(options.output, QUESTION, judge_again(path), libraries=LIBRARIES))
        return
    trial = Trial(options)
    arguments = ["-q", "-s", "-p", "no:cacheprovider", "-p", "no:randomly"]
    for folder in options.folder:
        arguments += [*TESTS[folder], *(f"imbalance_kit/{part}" for part in FOLDERS[folder])]
    status = pytest.main(arguments, plugins=[ForkedTests(trial, options.workers)])
    if not trial.figures:
        sys.exit(f"Nothing was tried (pytest's status {status}).")
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    ).stdout.strip()
    for figures in trial.figures.values():
        figures["commit"] = commit
    # The folders may be run one after the other: what is known of the others stays.
    known = json.loads(path.read_text())["figures"] if path.exists() else {}
    print(write_results(options.output, QUESTION, known | trial.figures, libraries=LIBRARIES))


if __name__ == "__main__":
    main()
