"""One small real use of the package per extra, in the environment that runs this.

    python .ci/features.py core|plot|frame|cli|parquet|dask|spark|boost|all

Warnings are errors. Nothing is imported that the extra does not bring: .ci/release runs this in an
environment that has the package with that one extra.
"""

import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

import imbalance_kit as kit

OPTIONAL = ("matplotlib", "pandas", "polars", "typer", "rich", "pyarrow", "dask", "pyspark")
RNG = np.random.default_rng(0)
X = RNG.normal(size=(4000, 3))
Y = (RNG.random(4000) < 1 / (1 + np.exp(3 - X[:, 0]))).astype(int)
COMMAND = [str(Path(sys.executable).with_name("imbalance-kit"))]


def use_core() -> None:
    present = [name for name in OPTIONAL if find_spec(name)]
    assert not present, f"more than the core is installed: {present}"
    samplers = [kit.RandomUnderSampler(), kit.SMOTE(), kit.NonuniformNegativeSampler()]
    for sampler in [s.set_params(random_state=0) for s in samplers]:
        X_res, y_res = sampler.fit_resample(X, Y)
        assert y_res.mean() > Y.mean()
        assert len(X_res) == len(y_res)
    weights = kit.CalibrationWeighter(distance="raking").fit_weights(X[Y == 1], target=X)
    report = kit.compute_balance(X[Y == 1], X, sample_weight=weights)
    assert repr(report)
    model = kit.CorrectedClassifier(LogisticRegression(), samplers[0]).fit(X, Y)
    assert abs(model.predict_proba(X)[:, 1].mean() - Y.mean()) < 0.2 * Y.mean()
    for extra, call in {
        "plot": lambda: kit.LovePlotDisplay.from_report(report),
        "frame": report.to_frame,
        "parquet": lambda: _downsample(Path(__file__)),
    }.items():
        message = _import_error(call)
        assert f"imbalance-kit[{extra}]" in message, f"{extra}: {message!r}"
    done = subprocess.run([*COMMAND, "--version"], capture_output=True, text=True, check=False)
    assert done.returncode == 2, done
    assert "imbalance-kit[cli]" in done.stderr, done.stderr


def use_plot() -> None:
    import matplotlib

    matplotlib.use("Agg")
    display = kit.LovePlotDisplay.from_report(kit.compute_balance(X[Y == 1], X))
    with tempfile.TemporaryDirectory() as folder:
        display.figure_.savefig(Path(folder, "a.png"))
        assert Path(folder, "a.png").stat().st_size > 1000


def use_frame() -> None:
    import pandas as pd
    import polars as pl

    for frame in (pd.DataFrame(X, columns=list("abc")), pl.DataFrame(X, schema=list("abc"))):
        X_res, _ = kit.RandomUnderSampler(random_state=0).fit_resample(frame, Y)
        assert type(X_res) is type(frame)
    assert len(kit.compute_balance(X[Y == 1], X).to_frame()) == 3


def use_cli() -> None:
    for command in (COMMAND, [sys.executable, "-m", "imbalance_kit"]):
        done = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True)
        assert done.stdout == f"imbalance-kit {kit.__version__}\n", done.stdout
    with tempfile.TemporaryDirectory() as folder:
        table = np.column_stack([X, Y])
        np.savetxt(Path(folder, "a.csv"), table, delimiter=",", header="a,b,c,y", comments="")
        options = ["--target", "y", "--html", "report.html"]
        subprocess.run(
            [*COMMAND, "compare", "a.csv", *options], cwd=folder, check=True, capture_output=True
        )
        assert "<svg" in Path(folder, "report.html").read_text(encoding="utf-8")


def use_parquet() -> None:
    import pyarrow.parquet

    with tempfile.TemporaryDirectory() as folder:
        columns = {"id": np.arange(len(Y)), "a": X[:, 0], "y": Y}
        pyarrow.parquet.write_table(pyarrow.table(columns), Path(folder, "log.parquet"))
        out = _downsample(Path(folder, "log.parquet"), destination=Path(folder, "out"))
        _check_balanced(pyarrow.parquet.read_table(out)["y"].to_numpy())


def use_dask() -> None:
    import dask.dataframe
    import pandas as pd

    log = dask.dataframe.from_pandas(_log(pd), npartitions=3)
    _check_balanced(_downsample(log).compute()["y"].to_numpy())


def use_spark() -> None:
    import pandas as pd
    from pyspark.sql import SparkSession

    spark = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    session = spark.config("spark.driver.host", "127.0.0.1").getOrCreate()
    try:
        log = session.createDataFrame(_log(pd))
        _check_balanced(np.array([row["y"] for row in _downsample(log).select("y").collect()]))
    finally:
        session.stop()


def use_boost() -> None:
    from catboost import CatBoostClassifier
    from lightgbm import LGBMClassifier
    from xgboost import XGBClassifier

    for learner in (
        LGBMClassifier(n_estimators=20, verbose=-1),
        XGBClassifier(n_estimators=20),
        CatBoostClassifier(iterations=20, verbose=False, allow_writing_files=False),
    ):
        sampler = kit.NonuniformNegativeSampler(random_state=0)
        model = kit.CorrectedClassifier(learner, sampler, correction="offset").fit(X, Y)
        assert abs(model.predict_proba(X)[:, 1].mean() - Y.mean()) < 0.2 * Y.mean(), learner


def use_all() -> None:
    for use in (use_plot, use_frame, use_cli, use_parquet, use_dask, use_spark, use_boost):
        use()


def _import_error(call: Callable[[], object]) -> str:
    try:
        call()
    except ImportError as error:
        return str(error)
    return "worked without its extra"


def _log(pd: Any) -> Any:
    return pd.DataFrame({"id": np.arange(len(Y)), "a": X[:, 0], "y": Y})


def _downsample(source: Any, **options: Any) -> Any:
    sampler = kit.RandomUnderSampler(random_state=0)
    return kit.downsample(source, sampler, label="y", key="id", **options)


def _check_balanced(kept: np.ndarray) -> None:
    """All positives, and as many negatives: by independent draws, hence 4 standard errors."""
    n = Y.sum()
    assert kept.sum() == n
    assert abs(len(kept) - 2 * n) <= 4 * np.sqrt(n), len(kept)


if __name__ == "__main__":
    warnings.simplefilter("error")
    # Spark's own: sockets it leaves to the garbage collector, and pandas versions it does not know.
    warnings.filterwarnings("ignore", category=ResourceWarning)
    warnings.filterwarnings("ignore", "PySpark does not yet fully support", FutureWarning)
    {name[4:]: use for name, use in globals().items() if name.startswith("use_")}[sys.argv[1]]()
