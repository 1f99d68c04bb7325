"""`imbalance-kit weight`: weights that make a sample stand for its population."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from imbalance_kit.cli._console import make_console, print_list
from imbalance_kit.cli._options import Drop, Html, Json, Quiet
from imbalance_kit.cli._output import check_outputs, standard_output, write_whole
from imbalance_kit.cli._progress import show_progress
from imbalance_kit.cli._weight_data import Roles, load_weight_data
from imbalance_kit.cli._weight_fit import Plan, count_steps, make_weight_report
from imbalance_kit.cli._weight_options import (
    Bounds,
    Collapse,
    Covariates,
    DesignWeights,
    HowToWeight,
    Ids,
    MarginsFile,
    MergeRare,
    Method,
    Normalize,
    Out,
    Outcomes,
    Population,
    PopulationIs,
    PopulationWeights,
    Replicates,
    Sample,
    Seed,
    SumTo,
    Tolerance,
    Trim,
)
from imbalance_kit.cli._weight_page import make_weight_page
from imbalance_kit.cli._weight_report import WeightReport
from imbalance_kit.cli._weight_tables import print_weight_report
from imbalance_kit.cli._write_table import check_writer, write_table


def weight(
    sample: Sample,
    population: Population = None,
    margins: MarginsFile = None,
    covariates: Covariates = None,
    drop: Drop = None,
    merge_rare: MergeRare = None,
    ids: Ids = None,
    weights: DesignWeights = None,
    population_weights: PopulationWeights = None,
    method: HowToWeight = Method.CALIBRATION,
    bounds: Bounds = None,
    tolerance: Tolerance = 0.0,
    trim: Trim = None,
    collapse: Collapse = None,
    normalize: SumTo = Normalize.POPULATION,
    outcomes: Outcomes = None,
    population_is: PopulationIs = None,
    replicates: Replicates = 100,
    seed: Seed = 0,
    out: Out = None,
    json_path: Json = None,
    html_path: Html = None,
    quiet: Quiet = False,
) -> None:
    """Weight a sample so that it stands for its population.

    The population is given as rows or as totals. Printed are the balance before and after, what
    the weights cost, and the means of outcomes with intervals.

    Empty fields, ?, NA, NaN and NULL are missing: a level of their own in categories, an indicator
    beside the mean in numbers.

    Example: imbalance-kit weight survey.csv --population census.csv --id person --out weights.csv
    """
    outputs = {"--out": out, "--json": json_path, "--html": html_path}
    for source in (sample, population, margins):
        check_outputs(outputs, source)
    if out is not None:
        check_writer(out)
    plan = Plan(
        method=method,
        normalize=normalize,
        bounds=bounds,
        tolerance=tolerance,
        trim=trim,
        collapse=tuple(collapse or ()),
        population_kind=None if population_is is None else str(population_is),
        replicates=replicates,
        seed=seed,
    )
    plan.weighter()  # options that exclude each other, before files are read
    roles = Roles(
        covariates=tuple(covariates or ()),
        ids=tuple(dict.fromkeys(ids or ())),
        weights=weights,
        population_weights=population_weights,
        drop=tuple(drop or ()),
        merge_rare=merge_rare,
        outcomes=tuple(outcomes or ()),
    )
    with show_progress(Console(stderr=True, quiet=quiet)) as progress:
        data = load_weight_data(sample, population, margins, roles, method)
        total, done = count_steps(data), iter(range(count_steps(data)))

        def step(label: str) -> None:
            if progress is not None:
                progress(next(done), total, label)

        report = make_weight_report(data, plan, step)
    if out is not None:
        # In the order of the sample, the weights last.
        write_table(out, report.data.ids.assign(weight=report.weights))
    if json_path is not None:
        write_whole(json_path, report.to_json())
    if html_path is not None:
        write_whole(html_path, make_weight_page(report))
    if not quiet:
        _print(report, [path for path in outputs.values() if path is not None], out)


def _print(report: WeightReport, written: Sequence[Path], out: Path | None) -> None:
    with standard_output():
        console = make_console()
        print_weight_report(console, report)
        print_list(console, "Written", [str(path) for path in written])
        if out is None:
            print_list(console, "Not written", ["The weights: --out weights.csv"])
