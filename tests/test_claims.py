"""Tables of measured figures in README and docs/ say what the committed results say.

A table is found by its header, on whatever page it stands. After a benchmark has run again a table
may differ from its result: then the page has to be brought up to date, not this test.
"""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
MADE = ROOT / "docs" / "benchmarks.md"  # from the results, see test_benchmarks.py
Pairs = Iterator[tuple[str, float]]


def figures(name: str) -> Any:
    path = ROOT / "benchmarks" / "results" / f"{name}.json"
    return json.loads(path.read_text("utf-8"))["figures"]


def find_table(header: str) -> list[list[str]]:
    """Return the rows under the one header that begins so, cell by cell."""
    found = []
    for page in PAGES:
        lines = [] if page == MADE else page.read_text("utf-8").splitlines()
        for number, line in enumerate(lines):
            if line.startswith(header):
                rows = []
                for row in lines[number + 2 :]:
                    if not row.startswith("|"):
                        break
                    rows.append([cell.strip() for cell in row.strip().strip("|").split("|")])
                found.append(rows)
    assert len(found) == 1, f"{len(found)} tables begin with {header!r}"
    assert len(found[0]) > 1
    return found[0]


def says(text: str, value: float) -> bool:
    """Say whether a figure is the value, rounded to the digits that are written."""
    text = text.replace(",", "").replace("%", "").strip()
    digits = len(text.partition(".")[2])
    return abs(float(text) - value) <= 0.5001 * 10**-digits


def corrected() -> Pairs:
    data, model = "", ""
    for name, change, *cells in find_table("| data | change | log loss: uncorrected"):
        data = name.partition(",")[0] or data
        models = figures("calibration_after_resampling")[data]["models"]
        again = change.startswith("the same")  # 'the same, corrected by "isotonic"'
        model, correction = (model, change.split('"')[1]) if again else (change, "shift")
        plain, undone = models[f"{model}, none"], models[f"{model}, {correction}"]
        kinds = ("log_loss_ratio", "mean_over_base_rate")
        yield from zip(cells, (one[k] for k in kinds for one in (plain, undone)), strict=True)


def synthetic() -> Pairs:
    variants = ("raw", "shift", "recalibrated")
    losses = ("all rows", "all rows, recalibrated", *variants)
    for case, *cells in find_table("| data, learner | mean probability ÷ base rate: raw"):
        data, learner = case.split(", ", 1)
        one = figures("calibration_of_synthetic")[data][learner]
        yield from zip(cells[:3], (one[v]["mean_over_base_rate"] for v in variants), strict=True)
        yield from zip(cells[3:], (one[v]["log_loss"] for v in losses), strict=True)


def gains() -> Pairs:
    for case, *cells in find_table("| data, learner | average precision of nothing"):
        data, learner = case.split(", ", 1)
        one = figures("smote_comparison")[data][learner]
        smote = "SMOTE" if "SMOTE, raw" in one else "SMOTENC"
        nothing, raw, again = (
            one["nothing, as is"],
            one[f"{smote}, raw"],
            one[f"{smote}, corrected"],
        )
        yield cells[0], nothing["average_precision"]["mean"]
        for cell, metric in zip(cells[1:3], ("average_precision", "roc_auc"), strict=True):
            change, error = re.fullmatch(r"(\S+) \((\S+)\)", cell).groups()  # type: ignore[union-attr]
            yield change, raw[metric]["difference"]
            yield error, raw[metric]["difference_se"]
        for cell, model in zip(
            cells[3:7], (nothing, one["nothing, corrected"], raw, again), strict=True
        ):
            yield cell, model["log_loss"]["mean"]
        moved = one["moved threshold, as is"]
        for cell, model in zip(cells[7:], (nothing, moved, raw), strict=True):
            yield cell, model["balanced_accuracy"]["mean"]


def efficiency() -> Pairs:
    ratios = figures("negative_sampling_simulation")["reference_table"][
        "ratio_to_all_rows_and_error"
    ]
    names = {
        "the default: nonuniform, offset": "probability + log odds, default pilot",
        "uniform, offset": "uniform + log odds",
        "uniform, inverse-probability weights": "uniform + IPW",
    }
    for name, *cells in find_table("| error at k ="):
        for cell, k in zip(cells, (1, 2, 3, 5), strict=True):
            yield cell, 1 + 1 / k if "theory" in name else ratios[names[name]][str(k)][0]


def clicks() -> Pairs:
    kinds = ("auc less than all rows", "log loss over all rows", "mean over truth", "seconds")
    for name, rows, *cells in find_table("| | rows | AUC less than all rows"):
        one = figures("click_log")["LightGBM"][re.sub(r"k = (\d+)", r"\1 negatives", name)]
        yield rows, 100 * one["rows"]
        for cell, kind in zip(cells, (*kinds, "peak MB"), strict=True):
            if cell:
                yield cell, one[kind]


def parquet() -> Pairs:
    found = {
        str(one["workers"]): one for one in figures("downsample_parquet") if one["rows"] == 2e7
    }
    for threads, *times, against, speed, memory in find_table("| threads | two bare scans"):
        one = found[threads]
        for cell, kind in zip(times, one["seconds"], strict=True):
            clock, cores = re.fullmatch(r"(\S+) s \((\S+)\)", cell).groups()  # type: ignore[union-attr]
            yield clock, one["seconds"][kind]
            yield cores, one["seconds of all cores"][kind]
        for text, scan in zip(against.split(", "), ("row group", "dataset"), strict=True):
            yield text, one[f"times two scans by {scan}"]
        yield speed, round(one["rows per second"], -4)
        yield memory.removesuffix(" MB"), one["peak memory in MB"]["downsample"]


def stages() -> Pairs:
    one = figures("downsample_stages")["microseconds per row and core"]
    names = dict(
        zip(("scan", "count", "score into", "score, draw", "add_weights"), one, strict=True)
    )
    for stage, _, seconds, _ in find_table("| stage | reads | core-seconds"):
        for beginning, name in names.items():
            if stage.strip("`").startswith(beginning):
                yield seconds, 1000 * one[name]


def example_of_balance() -> Pairs:
    every = figures("migrating_from_balance")
    ours = [every["unweighted"]]
    ours += [
        one for method in ("ipw", "cbps", "rake", "poststratify") for one in every[method].values()
    ]
    names = ("design effect", "mean difference", "largest difference", "mean of happiness")
    rows = find_table("| | design effect | mean difference | largest | happiness")
    for (_, *cells), one in zip(rows, ours, strict=True):
        for cell, name in zip(cells, (*names, "processor seconds"), strict=True):
            if cell:
                yield cell, one[name]


def beside_peers() -> Pairs:
    samplers = figures("peers")["samplers"]
    mean, weighting = (
        figures("peers")["mean prediction over base rate"],
        figures("peers")["weighting"],
    )
    faster, again = "times faster", "weights of the same rows given again, largest ratio"
    small = "10,000 + 20,000 rows"
    measured = {
        "mean prediction": [*mean.values()],
        "SMOTE,": [1, figures("smote_speed")["SMOTE, 200,000 x 20, 10 % minority"][faster]],
        "random under-sampling": [1, _of_a_million("RandomUnderSampler")],
        "random over-sampling": [1, _of_a_million("RandomOverSampler")],
        "SMOTENC": [
            1,
            figures("categorical_smote")["SMOTENC, 100,000 x (8 numbers, 6 categories)"][
                "share of the memory"
            ],
        ],
        "propensity": [1, figures("propensity_speed")[f"propensity, {small}"]["seconds"][faster]],
        "CBPS": [
            1,
            figures("propensity_speed")[f"CBPS, {small}, the columns as they are"]["seconds"][
                faster
            ],
        ],
        "balance table": [1, figures("balance_table")[1][faster]["balance asmd"]],
        "weights of the same": [weighting[side][again] for side in ("balance", "imbalance_kit")],
    }
    for about, *cells, source in find_table("| | imbalanced-learn 0.14.2 | balance 0.23.0"):
        assert re.search(r"benchmarks/results/\w+\.json", source)
        shown = [cell for cell in cells if cell]
        assert len(shown) == 2
        if about.startswith("samplers that"):
            for cell, found in zip(shown, samplers.values(), strict=True):
                wanted, _, all_of_them = cell.partition(" of ")
                yield all_of_them, found["samplers"]
                for count, feature in zip(wanted.split("; "), _features(about), strict=True):
                    yield count.partition(" of ")[0], found[feature]
        elif about.startswith("weighters are"):
            kind = "an estimator (get_params)"
            said = [weighting[side][kind] for side in ("balance", "imbalance_kit")]
            assert shown == [{True: "yes", False: "no"}[is_one] for is_one in said]
        else:
            (values,) = [one for start, one in measured.items() if about.startswith(start)]
            yield from zip((cell.split()[0] for cell in shown), values, strict=True)


def _of_a_million(sampler: str) -> float:
    name = f"{sampler}, array 1,000,000 x 20, 1% minority"
    return float(figures("random_samplers")[name]["times faster"])


def _features(about: str) -> list[str]:
    found = [f for f in ("sample_weight", "pandas index", "polars") if f in about]
    return found or ["sample_indices_"]


TABLES: dict[str, Callable[[], Pairs]] = {
    table.__name__: table
    for table in (
        beside_peers,
        corrected, synthetic, gains, efficiency, clicks, parquet, stages, example_of_balance
    )
}  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_tables_say_what_was_measured(name: str) -> None:
    pairs = [(text, value) for text, value in TABLES[name]() if text]
    assert len(pairs) >= 5
    wrong = [
        f"{text} where the result is {value:.6g}" for text, value in pairs if not says(text, value)
    ]
    assert not wrong, "\n".join(wrong)


def test_rounding_is_read_from_the_digits() -> None:
    assert says("0.27", 0.274)
    assert says(".005", 0.0051)
    assert says("1.0 %", 0.96)
    assert says("1,940,000", 1_940_000)
    assert not says("0.27", 0.276)
    assert not says("-0.01", 0.01)
