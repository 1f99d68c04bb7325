import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from imbalance_kit import (
    CalibrationWeighter,
    CBPSWeighter,
    Margins,
    PostStratificationWeighter,
    PropensityWeighter,
    RakingWeighter,
    compute_balance,
    estimate_mean,
)
from imbalance_kit.cli import main
from tests._data import data_file
from tests.cli._files import write_csv
from tests.cli._weight_files import population_frame, sample_frame, write_files
from tests.cli.test_compare_page import Page

Run = Callable[..., tuple[int, str, str]]
COVARIATES = ["age", "city", "job"]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `imbalance-kit weight` and return its exit code, output and errors."""

    def call(*arguments: object) -> tuple[int, str, str]:
        code = main(["weight", *map(str, arguments)])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return code, out, err

    return call


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return write_files(tmp_path)


def written(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype={"person": str})


# What comes out -----------------------------------------------------------------------------------


def test_from_files_to_weights_json_and_page(files: Any, tmp_path: Path, run: Run) -> None:
    out, figures, page = (tmp_path / name for name in ("w.csv", "w.json", "w.html"))
    columns = "--id person --weights w -y hours -y owns=yes"
    code, printed, err = run(
        files[0], "-p", files[1], *columns.split(), "-o", out, "--json", figures, "--html", page
    )
    assert (code, err) == (0, "")
    assert max(map(len, printed.splitlines())) <= max(100, 2 + len(str(page)))
    for words in ("What it says", "below 0.1 everywhere", "design effect", "a sample", str(out)):
        assert words in " ".join(printed.split())
    table = written(out)
    assert list(table.columns) == ["person", "weight"]
    assert table["person"].tolist() == sample_frame()["person"].tolist()  # zeros in front are kept
    assert table["weight"].sum() == pytest.approx(600)
    content = json.loads(figures.read_text())
    assert content["covariates"] == COVARIATES
    assert content["population_is"] == "sample"
    assert [one["name"] for one in content["outcomes"]] == ["hours", "owns=yes"]
    assert content["outcomes"][0]["after"]["n_observed"] == 193
    assert Page(page.read_text()).tags.count("section") == 8


def test_weights_and_figures_are_those_of_the_library(files: Any, tmp_path: Path, run: Run) -> None:
    sample, people = sample_frame(), population_frame()
    X, design = sample[COVARIATES], sample["w"]
    run(files[0], "-p", files[1], "--weights", "w", "--id", "person", "-y", "hours", "-o",
        tmp_path / "w.csv", "--json", tmp_path / "w.json")  # fmt: skip
    weights = CalibrationWeighter("raking").fit_weights(X, target=people, sample_weight=design)
    np.testing.assert_allclose(written(tmp_path / "w.csv")["weight"], weights, rtol=1e-9)
    content = json.loads((tmp_path / "w.json").read_text())
    options = {"target": people, "sample_weight": weights, "base_weight": design}
    balance = compute_balance(X, **options)
    assert content["balance"]["design_effect_after"] == pytest.approx(balance.design_effect_after)
    assert content["balance"]["max_difference_before"] == pytest.approx(
        balance.max_difference_before
    )
    found = estimate_mean(sample["hours"], X, **options)
    after = content["outcomes"][0]["after"]
    assert after["interval"] == pytest.approx(list(found.interval))
    assert after["target_kind"] == "sample"
    before = estimate_mean(sample["hours"], base_weight=design)
    assert content["outcomes"][0]["before"]["interval"] == pytest.approx(list(before.interval))


@pytest.mark.parametrize(
    ("options", "weighter"),
    [
        ("-m calibration --bounds .2 6", CalibrationWeighter("logit", bounds=(0.2, 6))),
        ("-m calibration --tolerance .02", CalibrationWeighter("raking", tolerance=0.02)),
        ("-m propensity", PropensityWeighter()),
        ("-m propensity --trim 3", PropensityWeighter(trimming={"ratio": 3})),
        ("-m cbps", CBPSWeighter()),
        ("-m raking -c city -c job", RakingWeighter(["city", "job"])),
        ("-m post-stratification -c city -c job", PostStratificationWeighter(["city", "job"])),
        ("--normalize mean", CalibrationWeighter("raking", normalize="mean")),
    ],
)
def test_every_method_is_its_weighter(
    options: str, weighter: Any, files: Any, tmp_path: Path, run: Run
) -> None:
    out = tmp_path / "w.csv"
    code, _, err = run(files[0], "-p", files[1], "--id", "person", *options.split(), "--drop", "w",
                       "-o", out, "-q")  # fmt: skip
    assert (code, err) == (0, "")
    expected = weighter.fit_weights(sample_frame()[COVARIATES], target=population_frame())
    np.testing.assert_allclose(written(out)["weight"], expected, rtol=1e-8)


def test_parquet_in_and_out(tmp_path: Path, run: Run) -> None:
    sample = sample_frame().assign(person=range(1000, 1200))
    sample.to_parquet(tmp_path / "s.parquet")
    population_frame().to_parquet(tmp_path / "p.parquet")
    out = tmp_path / "w.parquet"
    code, _, err = run(tmp_path / "s.parquet", "-p", tmp_path / "p.parquet", "--id", "person",
                       "--drop", "w", "-o", out, "-q")  # fmt: skip
    assert (code, err) == (0, "")
    table = pd.read_parquet(out)
    assert table["person"].tolist() == list(range(1000, 1200))
    expected = CalibrationWeighter("raking").fit_weights(
        sample[COVARIATES], target=population_frame()
    )
    np.testing.assert_allclose(table["weight"], expected, rtol=1e-9)


def test_nothing_is_written_unless_asked(files: Any, tmp_path: Path, run: Run) -> None:
    code, printed, _ = run(files[0], "-p", files[1])
    assert code == 0
    assert "The weights: --out weights.csv" in printed
    assert len(list(tmp_path.iterdir())) == 2
    assert "'hours', 'owns'" in printed  # said not to be in the population
    assert "text that differs in most rows" not in printed  # the ids are in one file only


# Margins ------------------------------------------------------------------------------------------


def margins_file(folder: Path, content: Any, name: str = "m.json") -> Path:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


@pytest.mark.parametrize("own", [True, False])
def test_margins_in_both_forms(own: bool, files: Any, tmp_path: Path, run: Run) -> None:
    plain = {"city": {"no": 500, "yes": 500}, "job": {"clerk": 500, "nurse": 400, "NA": 100}}
    levels = plain | {"job": {"clerk": 500, "nurse": 400, None: 100}}
    margins = Margins(levels)
    path = margins_file(tmp_path, margins.to_json() if own else plain)
    out, figures = tmp_path / "w.csv", tmp_path / "w.json"
    for method, weighter in (
        ("raking", RakingWeighter()),
        ("calibration", CalibrationWeighter("raking")),
    ):
        code, printed, err = run(files[0], "--margins", path, "-m", method, "-y", "hours", "-o",
                                 out, "--json", figures)  # fmt: skip
        assert (code, err) == (0, "")
        assert "exact (a census)" in " ".join(printed.split())
        weights = weighter.fit_weights(sample_frame()[["city", "job"]], target=margins)
        np.testing.assert_allclose(pd.read_csv(out)["weight"], weights, rtol=1e-6)
        found = estimate_mean(
            sample_frame()["hours"],
            sample_frame()[["city", "job"]],
            target=margins,
            sample_weight=weights,
        )
        after = json.loads(figures.read_text())["outcomes"][0]["after"]
        assert after["standard_error"] == pytest.approx(found.standard_error, rel=1e-6)


def test_levels_are_those_of_the_file(tmp_path: Path, run: Run) -> None:
    """Numbers and yes/no are levels where the margins say so; a number beside them is a total."""
    frame = pd.DataFrame(
        {"size": [1.0, 2.0, 2.0, 3.0], "own": [True, False, True, True], "x": [1.0, 2.0, 3.0, 6.0]}
    )
    frame.loc[3, "size"] = np.nan
    path = write_csv(tmp_path, frame)
    content = {"size": {"1": 30, "2": 50, "": 20}, "own": {"true": 60, "false": 40}, "x": 260}
    out = tmp_path / "w.csv"
    code, _, err = run(path, "--margins", margins_file(tmp_path, content), "-o", out, "-q")
    assert (code, err) == (0, "")
    weights = pd.read_csv(out)["weight"].to_numpy()
    assert weights[0] == pytest.approx(30)
    assert weights[3] == pytest.approx(20)
    assert weights[1] == pytest.approx(40)
    code, _, err = run(path, "--margins", margins_file(tmp_path, {"own": {"True": 1}}))
    assert code == 2
    assert "own=False" in err.replace("'", "") or "'false'" in err.lower()


def test_shares_need_a_size_for_the_population_only(files: Any, tmp_path: Path, run: Run) -> None:
    path = margins_file(tmp_path, {"margins": {"city": {"no": 0.5, "yes": 0.5}}, "kind": "share"})
    assert "--normalize sample" in run(files[0], "--margins", path)[2]
    assert run(files[0], "--margins", path, "--normalize", "sample", "-q")[0] == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "is not JSON"),
        ("[1]", "holds no margins"),
        ('{"city": {"no": 1, "no": 2}}', "'no' is there twice"),
        ({"city": {"no": -1}}, "must be at least 0"),
        ({"city": {"no": 1, "yes": 2}, "job": {"clerk": 9}}, "Margins contradict each other"),
        ({"city": {"no": 1}, "towns": 3}, "There is no column 'towns'"),
        ({"city": {"no": 1, "yes": 1}, "job": 3}, "The margin of 'job' is a number"),
        ({"city": {"no": 1, "yes": 1, "far": 1}}, "no row of it"),
    ],
)
def test_margins_that_cannot_be(
    content: Any, words: str, files: Any, tmp_path: Path, run: Run
) -> None:
    code, printed, err = run(files[0], "--margins", margins_file(tmp_path, content))
    assert (code, printed) == (2, "")
    assert words in err


# Outcomes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["propensity", "cbps"])
def test_models_are_fitted_again_for_intervals(
    method: str, files: Any, tmp_path: Path, run: Run
) -> None:
    figures = tmp_path / "w.json"
    common = [files[0], "-p", files[1], "--drop", "w", "-m", method, "-y", "hours", "--json",
              figures]  # fmt: skip
    code, printed, _ = run(*common, "--replicates", 5, "--population-is", "census")
    assert code == 0
    after = json.loads(figures.read_text())["outcomes"][0]["after"]
    assert (after["method"], after["n_replicates"]) == ("bootstrap", 5)
    assert after["target_kind"] == "census"
    assert "drawn anew, each weighted anew" in " ".join(printed.split())
    _, printed, _ = run(*common, "--replicates", 0)
    after = json.loads(figures.read_text())["outcomes"][0]["after"]
    assert (after["method"], after["target_kind"]) == ("weighted", None)
    assert "take the weights as fixed" in " ".join(printed.split())


def test_cells_are_what_post_stratification_is_calibrated_on(
    files: Any, tmp_path: Path, run: Run
) -> None:
    sample, people = sample_frame(), population_frame()
    sample = sample[~((sample["city"] == "no") & (sample["job"] == "nurse"))]
    path, figures = write_csv(tmp_path, sample, "s.csv"), tmp_path / "w.json"
    options = "-c city -c job -m post-stratification --collapse job -y hours"
    code, _, err = run(path, "-p", files[1], *options.split(), "--json", figures, "-o",
                       tmp_path / "w.csv", "--population-is", "census")  # fmt: skip
    assert (code, err) == (0, "")

    def cells(frame: pd.DataFrame) -> pd.DataFrame:
        return pd.DataFrame(
            {"cell": frame["city"].where(frame["city"] == "no", frame["city"] + frame["job"])}
        )

    found = estimate_mean(
        sample["hours"],
        cells(sample.fillna({"job": "none"})),
        target=cells(people.fillna({"job": "none"})),
        sample_weight=pd.read_csv(tmp_path / "w.csv")["weight"],
        target_kind="census",
    )
    after = json.loads(figures.read_text())["outcomes"][0]["after"]
    assert after["standard_error"] == pytest.approx(found.standard_error)


def test_the_cbps_example(tmp_path: Path, run: Run) -> None:
    """Published: sample mean 220.68, population mean 199.54; both are reported on the way."""
    table = pd.read_csv(data_file("cbps_sim"))
    sides = [table[table["treat"] == k].drop(columns="treat") for k in (0, 1)]
    paths = [write_csv(tmp_path, side, f"{k}.csv") for k, side in enumerate(sides)]
    figures = tmp_path / "w.json"
    run(paths[0], "-p", paths[1], "--id", "id", "-y", "y", "--json", figures, "-q")
    content = json.loads(figures.read_text())
    assert content["covariates"] == ["X1", "X2", "X3", "X4"]
    assert content["outcomes"][0]["before"]["estimate"] == pytest.approx(220.68, abs=0.01)
    assert content["balance"]["max_difference_after"] < 1e-8
    assert content["outcomes"][0]["after"]["estimate"] < 210


# Columns ------------------------------------------------------------------------------------------


def test_rare_levels_are_merged_and_named(files: Any, tmp_path: Path, run: Run) -> None:
    people = population_frame()
    people.loc[:2, "city"] = "far"
    path = write_csv(tmp_path, people, "p.csv")
    code, _, err = run(files[0], "-p", path)
    assert code == 2
    assert "'city=far'" in err
    assert "--merge-rare" in err
    code, printed, _ = run(files[0], "-p", path, "--merge-rare", 0.01)
    assert code == 0
    assert "Rare levels of 'city' merged into '(rare levels)': 'far', 'no'" in printed


def test_columns_that_tell_nothing_are_left_out(files: Any, tmp_path: Path, run: Run) -> None:
    tables = []
    for frame, name, start in ((sample_frame(), "s.csv", 0), (population_frame(), "p.csv", 9000)):
        more = {
            "row": range(start, start + len(frame)),
            "code": np.random.default_rng(0).permutation(len(frame)) * 7,
            "land": "here",
            "gone": np.nan,
            "seen": pd.date_range("2026-01-01", periods=100)[np.arange(len(frame)) % 100].astype(
                str
            ),
        }
        tables.append(write_csv(tmp_path, frame.assign(**more), name))
    figures = tmp_path / "w.json"
    code, printed, _ = run(tables[0], "-p", tables[1], "--drop", "w", "--json", figures)
    assert code == 0
    assert json.loads(figures.read_text())["covariates"] == [*COVARIATES, "seen"]
    for words in ("'row'", "'code'", "'land'", "'gone'", "Dates are used as days"):
        assert words in printed


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("", "Which population"),
        ("-p people.csv --margins m.json", "got both"),
        ("-p people.csv --margin m.json", "No such option"),
        ("-p nothing.csv", "There is no file 'nothing.csv'"),
        ("-p people.csv -c agee", "There is no column 'agee'"),
        ("-p people.csv -c hours", "There is no column 'hours' in 'people.csv' (--covariate)"),
        ("-p people.csv -c age --weights age", "is given to --weights and to --covariate"),
        ("-p people.csv -y hors", "There is no column 'hors' (--outcome)"),
        ("-p people.csv -y owns", "--outcome 'owns=no' estimates a share"),
        ("-p people.csv -y owns=maybe", "has no level 'maybe'"),
        ("-p people.csv --weights city", "are not numbers"),
        ("-p people.csv --population-weights city", "are not numbers"),
        ("-p people.csv -m raking", "'age' has more than 50"),
        ("-p people.csv -m raking --bounds 0.5 2", "--bounds goes with --method calibration"),
        ("-p people.csv --trim 3", "--trim goes with --method propensity"),
        ("-p people.csv --bounds 2 3", "--bounds"),
        ("-p people.csv -m lasso", "lasso"),
        ("-p people.csv -o people.csv", "--out would overwrite the input file"),
        ("-p people.csv -o no/w.csv", "does not exist"),
        ("-p people.csv -c age -c job -c city -m post-stratification", "--method calibration"),
    ],
)
def test_what_cannot_be_is_one_message(
    options: str, words: str, files: Any, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    margins_file(tmp_path, {"city": {"no": 1, "yes": 1}})
    before = sorted(tmp_path.iterdir())
    code, printed, err = run("sample.csv", *options.split())
    assert (code, printed) == (2, "")
    assert words in " ".join(re.sub("[│╭╰─╮╯]", " ", err).split())
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("-m propensity", "needs the rows of the population"),
        ("-c city", "--covariate goes with --population"),
        ("--population-is sample", "margins do not show their error"),
    ],
)
def test_what_margins_do_not_go_with(
    options: str, words: str, files: Any, tmp_path: Path, run: Run
) -> None:
    path = margins_file(tmp_path, {"city": {"no": 1, "yes": 1}})
    code, _, err = run(files[0], "--margins", path, *options.split())
    assert code == 2
    assert words in err


def test_columns_of_two_kinds_are_shown(files: Any, tmp_path: Path, run: Run) -> None:
    people = population_frame().assign(age=lambda f: f["age"].astype(object))
    people.loc[7, "age"] = "unknown"
    code, _, err = run(files[0], "-p", write_csv(tmp_path, people, "p.csv"))
    assert code == 2
    assert "holds numbers in the sample" in err
    assert "'unknown'" in err
    assert "np." not in err


def test_a_column_named_weight_cannot_be_an_id(tmp_path: Path, files: Any, run: Run) -> None:
    path = write_csv(tmp_path, sample_frame().rename(columns={"person": "weight"}), "s.csv")
    code, _, err = run(path, "-p", files[1], "--id", "weight")
    assert code == 2
    assert "would have the same name" in err
