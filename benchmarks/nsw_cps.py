"""Does a survey weighted to an experiment's treated give the experiment's answer?

The classic of LaLonde (1986) and Dehejia and Wahba (1999): 185 men in a training programme (NSW),
and 15,992 of a population survey (CPS) weighted to look like them. The effect is the treated's mean
earnings of 1978 less the weighted mean of the survey's; the experiment says 1,794 (standard error
671). Covariates: age, educ, black, hisp, marr, nodegree, re74, re75, with and without indicators of
no earnings in 1974 and 1975. Reported for every weighter, whatever it is: effect, its linearised
standard error (the weights taken as calibrated on the covariates), effective sample size, the
largest standardised difference of a mean left, and the largest relative one.

    python -m benchmarks.nsw_cps
"""

import warnings
from typing import Any

import numpy as np
import pandas as pd

from benchmarks._results import write_results
from imbalance_kit import (
    CalibrationWeighter,
    CBPSWeighter,
    LogisticPath,
    PostStratificationWeighter,
    PropensityWeighter,
    RakingWeighter,
    estimate_mean,
)
from tests._data import data_file

QUESTION = __doc__.partition("\n")[0]
MINUTES = 1
NEEDS = ("data:cps", "data:nsw")
EXPERIMENT, STANDARD_ERROR = 1794.0, 671.0
COVARIATES = ["age", "educ", "black", "hisp", "marr", "nodegree", "re74", "re75"]
WEIGHTERS: dict[str, Any] = {
    "entropy balancing: CalibrationWeighter('raking')": CalibrationWeighter("raking"),
    "CalibrationWeighter('linear'), negative weights allowed": CalibrationWeighter("linear"),
    "CalibrationWeighter('truncated', bounds=(0, inf))": CalibrationWeighter(
        "truncated", bounds=(0, np.inf)
    ),
    "CalibrationWeighter('logit', bounds=(0, 400))": CalibrationWeighter("logit", bounds=(0, 400)),
    "stable weights: the same truncated, tolerance=0.05": CalibrationWeighter(
        "truncated", bounds=(0, np.inf), tolerance=0.05
    ),
    "CalibrationWeighter('raking', ridge=0.01)": CalibrationWeighter("raking", ridge=0.01),
    "CBPSWeighter('exact')": CBPSWeighter("exact"),
    "CBPSWeighter('over')": CBPSWeighter("over"),
    "PropensityWeighter()": PropensityWeighter(random_state=0),
    "PropensityWeighter(LogisticPath(0.0)), ridge": PropensityWeighter(
        LogisticPath(0.0), random_state=0
    ),
}
COARSE: dict[str, Any] = {
    "RakingWeighter(), in classes": RakingWeighter(),
    "PostStratificationWeighter(), in classes, collapsed": PostStratificationWeighter(
        collapse=["hisp", "marr", "age", "educ", "re75"]
    ),
}


def load(indicators: bool) -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray, np.ndarray]:
    """Return survey, treated, and their earnings of 1978."""
    survey, experiment = (pd.read_csv(data_file(name)) for name in ("cps", "nsw"))
    treated = experiment[experiment["treat"] == 1].reset_index(drop=True)
    tables = []
    for table in (survey, treated):
        covariates = table[COVARIATES].astype(float)
        if indicators:
            covariates = covariates.assign(
                u74=(covariates["re74"] == 0) * 1.0, u75=(covariates["re75"] == 0) * 1.0
            )
        tables.append(covariates)
    return tables[0], tables[1], survey["re78"].to_numpy(), treated["re78"].to_numpy()


def classes(table: pd.DataFrame) -> pd.DataFrame:
    """Return age, schooling and earnings in classes, as strings."""
    cuts = {
        "age": [-1, 20, 25, 30, 35, 200],
        "educ": [-1, 8, 10, 11, 12, 50],
        "re74": [-1, 0, 5_000, 1e9],
        "re75": [-1, 0, 5_000, 1e9],
    }
    cut = {name: pd.cut(table[name], edges).astype(str) for name, edges in cuts.items()}
    return table[["black", "hisp", "marr"]].astype(int).astype(str).assign(**cut)


def measure(
    weighter: Any,
    survey: pd.DataFrame,
    treated: pd.DataFrame,
    columns: tuple[pd.DataFrame, pd.DataFrame],
    earnings: tuple[np.ndarray, np.ndarray],
) -> dict[str, Any]:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        w = weighter.fit_weights(columns[0], target=columns[1])
    counterfactual = estimate_mean(
        earnings[0], columns[0], target=columns[1], sample_weight=w, target_kind="sample"
    )
    effect = float(earnings[1].mean()) - counterfactual.estimate
    own = float(earnings[1].var(ddof=1)) / len(earnings[1])
    means, spread = treated.mean(), treated.std(ddof=0)
    off = (w @ survey.to_numpy() / w.sum() - means).abs()
    return {
        "effect": round(effect, 1),
        "standard error, linearised": round(
            float(np.sqrt(own + counterfactual.standard_error**2)), 1
        ),
        "within one standard error of the experiment": abs(effect - EXPERIMENT) <= STANDARD_ERROR,
        "effective sample size": round(float(w.sum() ** 2 / (w @ w)), 1),
        "largest standardised difference": float((off / spread).max()),
        "largest relative difference": float((off / means).max()),
        "warnings": sorted({str(warning.message)[:100] for warning in told}),
    }


def main() -> None:
    figures: dict[str, Any] = {
        "experiment": {"effect": EXPERIMENT, "standard error": STANDARD_ERROR}
    }
    for indicators in (False, True):
        survey, treated, *earnings = load(indicators)
        key = "with indicators of no earnings" if indicators else "eight covariates"
        naive = earnings[1].mean() - earnings[0].mean()
        figures[key] = {"unweighted": {"effect": round(float(naive), 1)}}
        for name, weighter in WEIGHTERS.items():
            figures[key][name] = measure(
                weighter, survey, treated, (survey, treated), (earnings[0], earnings[1])
            )
            print(key, name, figures[key][name], flush=True)
    survey, treated, *earnings = load(False)
    figures["in classes"] = {}
    for name, weighter in COARSE.items():
        figures["in classes"][name] = measure(
            weighter,
            survey,
            treated,
            (classes(survey), classes(treated)),
            (earnings[0], earnings[1]),
        )
        print(name, figures["in classes"][name], flush=True)
    print(write_results("nsw_cps", QUESTION, figures))


if __name__ == "__main__":
    main()
