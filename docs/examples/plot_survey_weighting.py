"""
Weight a survey to its population
=================================

An online survey is answered by the young, the educated and the people in cities. You see how far it
is from its population, four ways to weight it there and what each of them needs to know, what the
weights cost in precision, and what they do to an estimate whose true value is known here.

Needs pandas and matplotlib.
"""

# %%
# A population and who answers
# ----------------------------
# 50,000 people with age, region and education, and their hours online per week, which depend on all
# three and on some combinations of them. 2,000 answer. Who answers depends on the same columns and
# on nothing else: that is what weighting assumes, and no table can check it.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from imbalance_kit import (
    BalanceDisplay,
    CalibrationWeighter,
    LovePlotDisplay,
    Margins,
    PostStratificationWeighter,
    PropensityWeighter,
    RakingWeighter,
    WeightDisplay,
    compute_balance,
    design_effect,
    effective_sample_size,
    estimate_mean,
)

rng = np.random.default_rng(0)
n = 50_000
people = pd.DataFrame({"age": np.minimum(18 + rng.gamma(3.5, 9, n), 95)})
people["region"] = rng.choice(["city", "town", "village"], n, p=[0.4, 0.35, 0.25])
educated = rng.random(n) < 0.25 + 0.2 * (people["region"] == "city") - 0.003 * (people["age"] - 50)
people["education"] = np.where(educated, "degree", "none")

young, city = (people["age"] < 40).to_numpy(), (people["region"] == "city").to_numpy()
hours = 30 - 0.25 * people["age"] + 4 * city + 3 * educated + 6 * (young & educated)
hours = (hours + rng.normal(0, 6, n)).clip(lower=0).to_numpy()
truth = hours.mean()

willing = np.exp(-0.04 * people["age"] + 0.7 * city + 0.8 * educated)
answers = rng.random(n) < 2_000 * willing / willing.sum()
sample, answered = people[answers].reset_index(drop=True), hours[answers]
print(f"{len(sample):,} answers; mean {answered.mean():.2f} hours, in the population {truth:.2f}")

# %%
# Diagnose
# --------
# ``compute_balance`` compares covariate by covariate, level by level. Differences of numbers are in
# standard deviations of the population; below .1 is commonly called balanced.

print(compute_balance(sample, people))

# %%
# Four weighters
# --------------
# Which one depends on what is known of the population.
#
# *Margins only*, as a statistical office prints them. Raking meets every one of them.


def age_group(ages):
    return pd.cut(ages, [0, 30, 40, 50, 60, np.inf], right=False).astype(str)


margins = Margins(
    {
        "age_group": age_group(people["age"]).value_counts().to_dict(),
        "region": people["region"].value_counts().to_dict(),
        "education": people["education"].value_counts().to_dict(),
    }
)
raking = RakingWeighter().fit(sample.assign(age_group=age_group(sample["age"])), target=margins)
print(margins.margins["region"], {k: round(v, 2) for k, v in raking.factors_["region"].items()})

# %%
# *Totals, numbers among them*: calibration takes age as it is. Bounds keep each weight between .1
# and 6 times the mean one. *The joint table*: post-stratification gives every cell its size, so
# combinations are right too, at the price of cells that must not be empty. *Rows of the
# population*: a propensity model learns what tells the two apart, and weights by its odds.

calibration = CalibrationWeighter("logit", bounds=(0.1, 6)).fit(sample, target=people)


def cells(rows):
    return rows[["region", "education"]].assign(age_group=age_group(rows["age"]))


cells_weighter = PostStratificationWeighter().fit(cells(sample), target=cells(people))
propensity = PropensityWeighter().fit(sample, target=people)

weights = {
    "raking": raking.weights_,
    "calibration": calibration.weights_,
    "post-stratification": cells_weighter.weights_,
    "propensity": propensity.weights_,
}
assert all(abs(w.sum() / n - 1) < 1e-6 for w in weights.values())  # each stands for everybody

# %%
# What the weights achieve
# ------------------------
# The love plot has the largest difference on top. Calibration and raking hit what they were told to
# hit: raking knows age in five groups only, so that a little is left of age within the groups.
# Propensity weights do not aim at means at all; what they leave here is smaller still.

reports = {name: compute_balance(sample, people, sample_weight=w) for name, w in weights.items()}
for name, report in reports.items():
    print(f"{name:20} largest difference {report.max_difference_after:.4f}")
assert all(r.max_difference_after < 0.1 < r.max_difference_before for r in reports.values())
assert reports["calibration"].max_difference_after < 1e-6

love = LovePlotDisplay.from_report(reports)

# %%
# Equal means can hide unequal distributions. Here they do not.

distributions = BalanceDisplay.from_weights(sample, people, sample_weight=calibration.weights_)

# %%
# What they cost
# --------------
# Unequal weights make a mean less precise. The design effect is the factor on its variance; the
# effective sample size is what is left of the rows.

for name, w in weights.items():
    print(
        f"{name:20} design effect {design_effect(w):.2f}, {effective_sample_size(w):,.0f} rows left"
    )
assert all(1 < design_effect(w) < 4 for w in weights.values())

histogram = WeightDisplay.from_weights(
    {name: weights[name] for name in ("calibration", "propensity")}
)

# %%
# The estimate
# ------------
# ``estimate_mean`` gives the mean with its interval. Told what the weights were calibrated on, it
# knows that these covariates no longer vary from sample to sample. Propensity weights are not
# calibrated; there the formula errs on the wide side. "greg" predicts with a straight line instead
# of weighting.

by_group = sample.assign(age_group=age_group(sample["age"]))
exact = {"target": people, "target_kind": "census"}  # the population's rows are all of them
estimates = {
    "as answered": estimate_mean(answered),
    "raking": estimate_mean(answered, by_group, target=margins, sample_weight=weights["raking"]),
    "calibration": estimate_mean(answered, sample, sample_weight=weights["calibration"], **exact),
    "post-stratification": estimate_mean(
        answered,
        cells(sample).agg(", ".join, axis=1).to_frame("cell"),
        sample_weight=weights["post-stratification"],
    ),
    "propensity": estimate_mean(answered, sample_weight=weights["propensity"]),
    "greg": estimate_mean(answered, sample, method="greg", **exact),
}
print(estimates["raking"])

figure, ax = plt.subplots(figsize=(7, 3.6), layout="constrained")
for place, found in enumerate(estimates.values()):
    low, high = found.interval
    ax.plot([low, high], [place, place], color="#c05621", linewidth=2)
    ax.plot(found.estimate, place, "o", color="#c05621")
ax.axvline(truth, color="0.4", linestyle="--", label="the truth")
ax.set_yticks(range(len(estimates)), list(estimates))
ax.set(xlabel="mean hours online per week, 95 % interval", ylim=(len(estimates) - 0.5, -0.5))
_ = ax.legend(loc="lower right")

# %%
# All weightings take away most of the error.

low, high = estimates["as answered"].interval
assert truth < low
before = abs(estimates["as answered"].estimate - truth)
assert all(abs(estimates[name].estimate - truth) < 0.2 * before for name in weights)

# %%
# Luck or method?
# ---------------
# One survey is one draw. The same people are asked 30 times, and two things show that a single
# interval cannot say. Age in five groups leaves the sample too young within each of them: the
# difference left is below .1, and enough for a third of the intervals to miss. And the straight
# line of "greg" is wrong, because hours do not follow one. Calibration on age itself comes closest.

repeated = {"raking": [], "calibration": [], "greg": []}
for _ in range(30):
    drawn = rng.random(n) < 2_000 * willing / willing.sum()
    rows, outcome = people[drawn], hours[drawn]
    groups = rows.assign(age_group=age_group(rows["age"]))
    raked = RakingWeighter().fit_weights(groups, target=margins)
    calibrated = calibration.fit_weights(rows, target=people)
    for name, found in (
        ("raking", estimate_mean(outcome, groups, target=margins, sample_weight=raked)),
        ("calibration", estimate_mean(outcome, rows, sample_weight=calibrated, **exact)),
        ("greg", estimate_mean(outcome, rows, method="greg", **exact)),
    ):
        repeated[name].append(found)

bias = {}
for name, results in repeated.items():
    bias[name] = np.mean([one.estimate for one in results]) - truth
    covered = sum(one.interval[0] <= truth <= one.interval[1] for one in results)
    print(f"{name:12} bias {bias[name]:+.2f}, truth in {covered} of {len(results)} intervals")
assert abs(bias["calibration"]) < abs(bias["greg"])  # standard errors .04 each

figure, ax = plt.subplots(figsize=(7, 2.8), layout="constrained")
ax.boxplot(
    [[one.estimate for one in results] for results in repeated.values()],
    orientation="horizontal",
    tick_labels=list(repeated),
    widths=0.6,
)
ax.axvline(truth, color="0.4", linestyle="--")
ax.invert_yaxis()
_ = ax.set_xlabel("estimated mean in 30 surveys; dashed: the truth")
