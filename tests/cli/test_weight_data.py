from pathlib import Path
from typing import Any

import numpy as np
import pytest

from imbalance_kit.cli._messages import InputError
from imbalance_kit.cli._weight_data import Roles, load_weight_data
from imbalance_kit.cli._weight_options import Method
from tests.cli._files import write_csv
from tests.cli._weight_files import population_frame, sample_frame, write_files


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return write_files(tmp_path)


def test_every_column_has_its_place(files: Any) -> None:
    roles = Roles(ids=("person", "job"), weights="w", outcomes=("hours", "owns=yes"))
    data = load_weight_data(*files, None, roles, Method.CALIBRATION)
    assert list(data.X.columns) == list(data.target.columns) == ["age", "city"]
    assert list(data.ids.columns) == ["person", "job"]
    np.testing.assert_array_equal(data.base, sample_frame()["w"])
    hours, owns = data.outcomes.values()
    assert np.isnan(hours).sum() == 7
    np.testing.assert_array_equal(owns, sample_frame()["owns"] == "yes")
    assert (data.sample, data.population) == ("sample.csv", "people.csv")


def test_levels_for_methods_of_levels(tmp_path: Path) -> None:
    files = [
        write_csv(tmp_path, frame.assign(size=np.arange(len(frame)) % 3), f"{k}.csv")
        for k, frame in enumerate((sample_frame(), population_frame()))
    ]
    roles = Roles(covariates=("size", "city"))
    raked = load_weight_data(*files, None, roles, Method.RAKING)
    assert set(raked.X["size"]) == {"0", "1", "2"}
    numbers = load_weight_data(*files, None, roles, Method.CALIBRATION)
    assert numbers.X["size"].dtype == np.float64


def test_weights_of_the_population(tmp_path: Path, files: Any) -> None:
    people = population_frame().assign(v=2.0)
    path = write_csv(tmp_path, people, "p.csv")
    roles = Roles(population_weights="v", drop=("w",))
    data = load_weight_data(files[0], path, None, roles, Method.CALIBRATION)
    assert data.target_weight is not None
    assert data.target_weight.sum() == 1200
    assert "v" not in data.X
    with pytest.raises(InputError, match=r"no column 'u' in 'p\.csv'"):
        load_weight_data(files[0], path, None, Roles(population_weights="u"), Method.CBPS)


def test_a_column_may_have_a_sign_of_equality_in_its_name(tmp_path: Path, files: Any) -> None:
    path = write_csv(tmp_path, sample_frame().rename(columns={"hours": "a=b"}), "s.csv")
    roles = Roles(outcomes=("a=b", "owns=no"))
    data = load_weight_data(path, files[1], None, roles, Method.CALIBRATION)
    assert list(data.outcomes) == ["a=b", "owns=no"]
    assert np.nanmean(data.outcomes["a=b"]) > 2


def test_an_outcome_that_is_missing_everywhere(tmp_path: Path, files: Any) -> None:
    path = write_csv(tmp_path, sample_frame().assign(hours=np.nan), "s.csv")
    with pytest.raises(InputError, match="'hours' is missing in every row"):
        load_weight_data(path, files[1], None, Roles(outcomes=("hours",)), Method.CALIBRATION)
