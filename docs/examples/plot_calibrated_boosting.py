"""
Gradient boosting with probabilities that hold
==============================================

Boosting is where imbalanced data often end up, on an under-sampled set or with class weights. Both
move its probabilities by a known factor, and both leave in them what boosting itself does wrong on
few rows. You will see the two apart: what the closed form takes out, what a calibration curve adds,
why smaller trees or a milder ratio can do more than any curve, and which class weights are counted
and which refused.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.ensemble import BaggingClassifier, HistGradientBoostingClassifier
from sklearn.metrics import average_precision_score
from sklearn.model_selection import train_test_split

from imbalance_kit import (
    CalibrationComparisonDisplay,
    CorrectedClassifier,
    RandomUnderSampler,
    compute_calibration,
)

# %%
# 3 % positives, with interactions that a line does not see. The test rows are not resampled.

rng = np.random.default_rng(0)
X = rng.standard_normal((40_000, 6))
log_odds = -5 + 1.2 * X[:, 0] + X[:, 1] * X[:, 2] + np.maximum(X[:, 3], 0)
true = 1 / (1 + np.exp(-log_odds))
y = (rng.random(len(true)) < true).astype(int)
X_train, X_test, y_train, y_test, _, true_test = train_test_split(
    X, y, true, test_size=0.5, stratify=y, random_state=0
)
settings = {"max_iter": 40, "learning_rate": 0.15, "early_stopping": False, "random_state": 0}
booster = HistGradientBoostingClassifier(**settings)  # trees of 31 leaves
smaller = HistGradientBoostingClassifier(max_leaf_nodes=10, **settings)
balanced = RandomUnderSampler(random_state=0)
print(f"{len(y_train):,} training rows, {y_train.sum()} positives")

# %%
# The same booster, corrected in several ways
# -------------------------------------------
#
# Under-sampled to equal classes, the booster is trained on 1,312 rows. "shift" divides the odds by
# the factor that under-sampling put in. The curves come after that: they are fitted to out-of-fold
# predictions for rows that were not resampled.

models = {"all rows": booster}
for correction in ("none", "shift", "sigmoid", "isotonic", "temperature"):
    models[f"1:1, {correction}"] = CorrectedClassifier(booster, balanced, correction=correction)
milder = RandomUnderSampler(sampling_strategy=0.2, random_state=0)
models["1:5, shift"] = CorrectedClassifier(booster, milder)
models["1:1, smaller trees"] = CorrectedClassifier(smaller, balanced)
models["all, smaller trees"] = smaller

reports, precision = {}, {}


def evaluate(name, model):
    """Measure a model's probabilities on the untouched rows, and print a line."""
    proba = model.predict_proba(X_test)[:, 1]
    report = reports[name] = compute_calibration(y_test, proba)
    precision[name] = average_precision_score(y_test, proba)
    low, high = report.ece_interval
    print(
        f"{name:22} {report.log_loss:8.4f}  {report.mean_prediction:6.4f}  {report.slope:5.2f}"
        f"  {report.ece:.4f} ({low:.4f} to {high:.4f})  {precision[name]:.3f}"
    )


print(f"{'':22} log loss    mean  slope  calibration error         average precision")
for name, model in models.items():
    evaluate(name, model.fit(X_train, y_train))
print(f"{'true probabilities':22} {compute_calibration(y_test, true_test).log_loss:8.4f}")
print(f"base rate {y_test.mean():.4f}; noise alone: {reports['all rows'].ece_if_calibrated:.4f}")

# %%
# Uncorrected, a third of the rows are said to be positive. "shift" takes out what under-sampling
# did, and what stays is the booster's own: on 1,312 rows, large trees learn to be too sure. The
# slope, 1 where predictions are as extreme as they should be, is the same before and after.
# "sigmoid" and "isotonic" look at real rows and mend the larger part. They overdo it a little,
# because each out-of-fold model is trained on fewer rows than the final one. "temperature" has no
# intercept and leaves the base rate where it was. Isotonic steps make ties, which cost average
# precision.
#
# Better than any curve is a booster that does not need one: with trees of 10 leaves, the closed
# form is all there is to do. And no curve brings back the order of the rows that 1,312 rows could
# not teach. With five negatives per positive the booster is as good as on all rows, at a fifth of
# their number: under-sample to save time, and no further than that takes.

assert np.isclose(reports["1:1, none"].slope, reports["1:1, shift"].slope, atol=0.01)
assert reports["1:1, shift"].log_loss < 0.3 * reports["1:1, none"].log_loss
assert reports["1:1, sigmoid"].log_loss < reports["1:1, shift"].log_loss
assert reports["1:5, shift"].log_loss < reports["1:1, sigmoid"].log_loss
assert reports["1:1, smaller trees"].log_loss < reports["1:1, sigmoid"].log_loss
assert reports["1:1, smaller trees"].ece_interval[0] < 0.001 < reports["1:1, shift"].ece_interval[0]
assert precision["all rows"] > precision["1:1, shift"]

# %%
# The calibration error with its interval, against what noise alone would show on as many rows:

names = [name for name in reports if name != "1:1, none"]
errors = np.array([reports[name].ece for name in names])
intervals = np.array([reports[name].ece_interval for name in names])
figure, ax = plt.subplots(figsize=(7, 3.2), layout="constrained")
ax.hlines(names, *intervals.T, color="#2b6cb0", linewidth=6, alpha=0.35, label="95 % interval")
ax.plot(errors, names, "o", color="#2b6cb0", label="calibration error")
noise = [reports[name].ece_if_calibrated for name in names]
ax.plot(noise, names, "|", color="0.3", markersize=14, label="noise alone")
ax.invert_yaxis()
ax.set(xlabel=f"calibration error (uncorrected: {reports['1:1, none'].ece:.2f})", xlim=0)
ax.locator_params(axis="x", nbins=5)
ax.grid(alpha=0.25)
ax.spines[["top", "right"]].set_visible(False)
ax.legend(frameon=False, fontsize="small", loc="upper left", bbox_to_anchor=(1, 1))

# %%
# Read the interval, not the dot: where it starts at 0, the probabilities cannot be told from right
# ones on these rows. And where on the scale are they wrong? Too sure means too high above and too
# low below.

shown = ("1:1, none", "1:1, shift", "1:1, sigmoid", "1:1, smaller trees")
CalibrationComparisonDisplay.from_report({name: reports[name] for name in shown}, scale="logit")

# %%
# Class weights inside the booster
# --------------------------------
#
# ``class_weight`` is a change of the training data like any other. Inside
# :class:`~imbalance_kit.CorrectedClassifier` it is counted: ``shift_`` holds it. The same goes for
# ``scale_pos_weight`` of LightGBM, XGBoost and CatBoost.

weighted = HistGradientBoostingClassifier(class_weight="balanced", max_leaf_nodes=10, **settings)
counted = CorrectedClassifier(weighted).fit(X_train, y_train)
evaluate("class weights, raw", counted.estimator_)
evaluate("class weights, shift", counted)
print(counted.shift_)
factors = counted.shift_.factors
assert np.isclose(factors[1] / factors[0], (len(y_train) - y_train.sum()) / y_train.sum())

# %%
# Counted, and yet the mean ends clearly below the base rate. The closed form is exact for a learner
# that is right about the weighted rows, and this one is not: a leaf with a single positive of 30
# times the weight looks like a rule, and new positives fall elsewhere. That is an error of the
# learner, and held-out rows mend it. (Its average precision is the highest here. Whether that is
# more than the luck of one split is a question for :func:`~imbalance_kit.compare_strategies`.)

recalibrated = CorrectedClassifier(weighted, correction="sigmoid")
evaluate("class weights, sigmoid", recalibrated.fit(X_train, y_train))
mean = {name: report.mean_prediction / y_test.mean() for name, report in reports.items()}
assert mean["class weights, shift"] < 0.9
assert abs(mean["class weights, sigmoid"] - 1) < 0.1

# %%
# Weights that are hidden deeper cannot be counted, here in the members of a bag, elsewhere in
# LightGBM's ``is_unbalance`` or in ensembles that resample inside. Then the closed form is refused,
# before anything is trained, and the message says what to do.

bag = BaggingClassifier(weighted)
try:
    CorrectedClassifier(bag, correction="shift").fit(X_train, y_train)
except ValueError as error:
    refusal = str(error)
    print(refusal)
assert "estimator__class_weight='balanced'" in refusal
