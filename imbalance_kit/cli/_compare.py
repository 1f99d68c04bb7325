"""`imbalance-kit compare`: what resampling, weighting or moving the threshold is worth here."""

import json
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import joblib
from rich.console import Console

from imbalance_kit.cli._compare_options import (
    DEMO_REPEATS,
    Estimator,
    File,
    Folds,
    Groups,
    Jobs,
    Positive,
    Repeats,
    Seed,
    Strategies,
    Target,
    Weights,
)
from imbalance_kit.cli._compare_page import make_compare_page
from imbalance_kit.cli._compare_tables import print_report
from imbalance_kit.cli._console import make_console, print_list
from imbalance_kit.cli._dataset import Dataset, check_folds, make_dataset
from imbalance_kit.cli._demo_data import load_demo
from imbalance_kit.cli._learners import DESCRIPTIONS, LearnerName, make_learner
from imbalance_kit.cli._messages import InputError, quote_some
from imbalance_kit.cli._options import Drop, Html, Json, Quiet
from imbalance_kit.cli._output import check_outputs, standard_output, write_whole
from imbalance_kit.cli._progress import show_progress
from imbalance_kit.cli._read_table import read_table
from imbalance_kit.cli._strategies import choose_strategies
from imbalance_kit.model_selection import ComparisonReport, compare_strategies

# Up to so many values one process is done before a second one has started.
_SMALL = 1_000_000


def compare(
    file: File = None,
    target: Target = None,
    positive: Positive = None,
    drop: Drop = None,
    groups: Groups = None,
    weights: Weights = None,
    estimator: Estimator = LearnerName.LOGISTIC,
    strategies: Strategies = None,
    folds: Folds = 5,
    repeats: Repeats = None,
    seed: Seed = 0,
    jobs: Jobs = None,
    json_path: Json = None,
    html_path: Html = None,
    quiet: Quiet = False,
) -> None:
    """Tell what resampling, weighting or moving the threshold is worth on your data.

    Each is compared under cross-validation with leaving the data as they are, raw and with its
    effect on the probabilities undone; the figures are put into words.

    Empty fields, ?, NA, NaN and NULL are missing. Categories, dates and gaps are prepared for the
    learner, from the training rows of each fold alone.

    Example: imbalance-kit compare loans.csv --target default --html report.html
    """
    check_outputs({"--json": json_path, "--html": html_path}, file)
    columns = {"target": target, "groups": groups, "weights": weights}
    dataset = _load(file, columns, drop or [], positive)
    check_folds(dataset, folds)
    chosen, notes = choose_strategies(strategies or [], estimator, dataset)
    dataset = replace(dataset, notes=(*dataset.notes, *notes))
    with show_progress(Console(stderr=True, quiet=quiet)) as progress, _undisturbed():
        try:
            report = compare_strategies(
                make_learner(estimator, dataset.columns, seed),
                chosen,
                dataset.X,
                dataset.y,
                cv=folds,
                n_repeats=repeats or (DEMO_REPEATS if file is None else 1),
                groups=dataset.groups,
                sample_weight=dataset.weights,
                pos_label=dataset.positive,
                random_state=seed,
                n_jobs=jobs or (1 if dataset.X.size < _SMALL else joblib.cpu_count()),
                progress=progress,
            )
        except ValueError as error:
            raise InputError(str(error)) from error
    learner = DESCRIPTIONS[estimator]
    if json_path is not None:
        write_whole(json_path, _to_json(report))
    if html_path is not None:
        write_whole(html_path, make_compare_page(report, dataset, learner))
    if not quiet:
        with standard_output():
            console = make_console()
            print_report(console, report, dataset, learner)
            written = [str(path) for path in (json_path, html_path) if path is not None]
            print_list(console, "Written", written)


def _load(
    file: Path | None, columns: dict[str, str | None], drop: list[str], positive: str | None
) -> Dataset:
    """Return the data of the file, or those that ship with scikit-learn."""
    if file is None:
        given = [f"--{name}" for name, column in columns.items() if column is not None]
        given += ["--drop"] if drop else []
        given += ["--positive"] if positive is not None else []
        if given:
            raise InputError(
                f"{given[0]} is about the columns of a file, and no FILE was given.",
                "imbalance-kit compare FILE --target COLUMN",
            )
        return load_demo()
    table = read_table(file)
    target = columns.pop("target")
    if target is None:
        raise InputError(
            "Which column is the class to predict? --target is missing.",
            f"there are {quote_some(table.frame.columns)}.",
        )
    return make_dataset(table, target=target, positive=positive, drop=drop, **columns)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Keep warnings off the screen, and every process on one thread.

    What matters of a comparison is in its notes; warnings of single fits would come hundreds of
    times, from the processes that joblib starts as well, which read the environment. And small fits
    are several times slower where two threads of BLAS wait for each other.
    """
    threads = import_module("threadpoolctl")  # comes with scikit-learn, without types

    before = os.environ.get("PYTHONWARNINGS")
    os.environ["PYTHONWARNINGS"] = "ignore"
    try:
        with warnings.catch_warnings(), threads.threadpool_limits(limits=1):
            warnings.simplefilter("ignore")
            yield
    finally:
        if before is None:
            del os.environ["PYTHONWARNINGS"]
        else:
            os.environ["PYTHONWARNINGS"] = before


def _to_json(report: ComparisonReport) -> str:
    return json.dumps(report.to_dict(), ensure_ascii=False, indent=2, allow_nan=False) + "\n"
