"""Are calibrated, raked and post-stratified weights, and the error of a mean, those of R's survey?

A simulated population of 50,000 with a sample of 1,500 drawn in proportion to income, so that the
design weights differ. Each method of R's package survey runs at a tolerance near machine precision,
on the same rows and totals. Reported: the largest relative difference of a weight, and that of the
standard error of a mean (linearised, the totals known).

The residuals of R's rake come from an unweighted regression on the margins; those of its calibrate,
which finds the same weights, from one under the design weights, as in Deville and Särndal. Ours are
the latter, and give R's figure for rake where equal weights are passed as `base_weight`; both are
reported.

    python -m benchmarks.weights_against_r      (Rscript with the package survey on the PATH)
"""

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks._results import write_results
from imbalance_kit import (
    CalibrationWeighter,
    Margins,
    PostStratificationWeighter,
    RakingWeighter,
    estimate_mean,
)

QUESTION = __doc__.partition("\n")[0]
MINUTES = 1
NEEDS = ("R:survey",)
ALLOWED = {"weights": 1e-6, "standard error": 1e-4}
BOUNDS = (0.4, 2.5)

R_CODE = """
suppressMessages(library(survey))
s <- read.csv("sample.csv", stringsAsFactors = TRUE)
p <- read.csv("population.csv", stringsAsFactors = TRUE)
des <- svydesign(ids = ~1, weights = ~d, data = s)
count <- function(f) { t <- as.data.frame(xtabs(f, p)); t }
f <- ~ sex + edu + region + age + income
totals <- colSums(model.matrix(f, p))
tight <- list(maxit = 5000, epsilon = 1e-13, verbose = FALSE)
cal <- function(...) calibrate(des, f, totals, maxit = 500, epsilon = 1e-12, ...)
fits <- list(
  rake = rake(des, list(~sex, ~edu, ~region), list(count(~sex), count(~edu), count(~region)),
              control = tight),
  postStratify = postStratify(des, ~ sex + region, count(~ sex + region)),
  linear = cal(calfun = "linear"),
  raking = cal(calfun = "raking"),
  logit = cal(calfun = "logit", bounds = c(%g, %g)),
  margins = calibrate(des, ~ sex + edu + region, colSums(model.matrix(~ sex + edu + region, p)),
                      calfun = "raking", maxit = 500, epsilon = 1e-12),
  truncated = cal(calfun = "linear", bounds = c(%g, %g)))
w <- as.data.frame(lapply(fits, weights))
write.csv(format(w, digits = 17), "weights.csv", row.names = FALSE, quote = FALSE)
se <- sapply(fits, function(d) SE(svymean(~y, d)))
cat(paste(names(fits), format(as.numeric(se), digits = 17)), sep = "\\n")
cat("version", as.character(packageVersion("survey")), "\\n")
"""


def simulate() -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(0)
    n = 50_000
    edu = rng.choice(["primary", "secondary", "bachelor", "master"], n, p=[0.2, 0.45, 0.25, 0.1])
    sex = rng.choice(["f", "m"], n)
    age = rng.uniform(18, 85, n)
    level = pd.Series(edu).map({"primary": 0, "secondary": 0.3, "bachelor": 0.7, "master": 1.0})
    income = np.exp(9.5 + level.to_numpy() + 0.3 * rng.standard_normal(n))
    region = rng.choice(list("ABCDE"), n, p=[0.3, 0.3, 0.2, 0.15, 0.05])
    y = 10 + 2 * (sex == "m") + 0.05 * age + income / 10_000 + rng.standard_normal(n)
    people = pd.DataFrame(
        {"sex": sex, "edu": edu, "region": region, "age": age, "income": income, "y": y}
    )
    chance = income * (1 + 0.5 * (sex == "m")) * (1 + (age > 50))
    taken = rng.random(n) < np.minimum(1, 1500 * chance / chance.sum())
    sample = people[taken].reset_index(drop=True)
    # What the survey knows of its design: inclusion in proportion to income alone.
    d = 1 / sample["income"]
    return people, sample.assign(d=d * n / d.sum())


def run_r(people: pd.DataFrame, sample: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        people.to_csv(Path(folder) / "population.csv", index=False, float_format="%.17g")
        sample.to_csv(Path(folder) / "sample.csv", index=False, float_format="%.17g")
        script = Path(folder) / "script.R"
        script.write_text(R_CODE % (BOUNDS * 2))
        done = subprocess.run(
            ["Rscript", "script.R"], cwd=folder, capture_output=True, text=True, check=True
        )
        said = dict(line.split() for line in done.stdout.splitlines() if len(line.split()) == 2)
        return pd.read_csv(Path(folder) / "weights.csv"), said


def ours(people: pd.DataFrame, sample: pd.DataFrame) -> dict[str, tuple[Any, list[str], Any]]:
    """Return method: weighter, columns, target."""
    categories, every = ["sex", "edu", "region"], ["sex", "edu", "region", "age", "income"]
    counts = {name: people[name].value_counts().to_dict() for name in categories}
    sums = {name: float(people[name].sum()) for name in ("age", "income")}
    joint = people.groupby(["sex", "region"]).size().to_dict()
    found: dict[str, tuple[Any, list[str], Any]] = {
        "rake": (RakingWeighter(), categories, Margins(counts)),
        "margins": (CalibrationWeighter("raking"), categories, Margins(counts)),
        "postStratify": (
            PostStratificationWeighter(),
            ["sex", "region"],
            Margins({("sex", "region"): joint}),
        ),
    }
    for distance in ("linear", "raking", "logit", "truncated"):
        bounds = BOUNDS if distance in ("logit", "truncated") else None
        weighter = CalibrationWeighter(distance, bounds=bounds)
        found[distance] = (weighter, every, Margins(counts | sums))
    return found


def main() -> None:
    if shutil.which("Rscript") is None:
        raise SystemExit("Rscript is not on the PATH: nothing to compare with.")
    people, sample = simulate()
    theirs, said = run_r(people, sample)
    figures: dict[str, Any] = {"rows": len(sample), "R survey": said["version"], "allowed": ALLOWED}
    for name, (weighter, columns, target) in ours(people, sample).items():
        X = sample[columns]
        w = weighter.fit_weights(X, target=target, sample_weight=sample["d"])
        # The regression behind a joint margin has the cells as its levels.
        cells = X.assign(cell=X.agg("/".join, axis=1)) if name == "postStratify" else X
        estimate = estimate_mean(
            sample["y"],
            cells,
            target=target if name != "postStratify" else None,
            sample_weight=w,
            base_weight=None if name == "rake" else sample["d"],
            target_kind="census",
        )
        se = float(said[name])
        design = pd.get_dummies(X)
        wanted = pd.get_dummies(people[columns])[design.columns].sum().to_numpy()
        reached = (w[:, None] * design.to_numpy(dtype=float)).sum(axis=0)
        figures[name] = {
            "weights, largest relative difference": float(np.abs(w / theirs[name] - 1).max()),
            "totals, largest relative miss": float(np.abs(reached / wanted - 1).max()),
            "totals in R": float(
                np.abs((theirs[name].to_numpy() @ design.to_numpy(dtype=float)) / wanted - 1).max()
            ),
            "standard error": estimate.standard_error,
            "standard error in R": se,
            "standard error, relative difference": estimate.standard_error / se - 1,
        }
        print(name, figures[name], flush=True)
    print(write_results("weights_against_r", QUESTION, figures))


if __name__ == "__main__":
    main()
