"""
A model that is already trained
===============================

Somebody kept 5 % of the negatives in a query, trained on the rest and left you the model. Its
probabilities are those of the sample. You will see how to serve it with probabilities of the
population without training anything, how the sampling travels as JSON, and what to do when the base
rate is another one by the time the model is used, known or not.
"""

import tempfile
from pathlib import Path

import numpy as np
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures

from imbalance_kit import (
    CalibrationComparisonDisplay,
    ClassShift,
    CorrectedClassifier,
    compute_calibration,
    estimate_prior,
)
from imbalance_kit.shift import from_json

# %%
# What was done elsewhere
# -----------------------
#
# Customers who stay or leave; 3 % leave. The rows of each class are drawn separately, so that the
# same customers can be given another base rate further down.

rng = np.random.default_rng(0)


def draw(n, share):
    """Draw customers of whom this share leaves."""
    y = np.where(rng.random(n) < share, "leave", "stay")
    centre = np.where(y == "leave", 1.2, 0.0)
    X = rng.standard_normal((n, 3)) + centre[:, None] * [1, 0.7, 0]
    X[:, 2] *= np.where(y == "leave", 1.6, 1.0)  # those who leave vary more
    return X, y


X_all, y_all = draw(150_000, 0.03)
kept = (y_all == "leave") | (rng.random(len(y_all)) < 0.05)
trained = make_pipeline(PolynomialFeatures(2), LogisticRegression())
trained.fit(X_all[kept], y_all[kept])
print(f"trained on {kept.sum():,} of {len(kept):,} rows")

# %%
# What is served from here on
# ---------------------------
#
# One number per class is all that has to be known: the share of its rows that was kept.
# ``FrozenEstimator`` says that the model is not to be trained again. ``fit`` then only checks that
# model, shift and rows speak of the same classes, and notes the base rate; give it rows of the
# population that the model has not seen.

X, y = draw(40_000, 0.03)  # rows of the population, labelled

shift = ClassShift.from_rates({"stay": 0.05, "leave": 1})
served = CorrectedClassifier(FrozenEstimator(trained), shift=shift).fit(X, y)

leave = list(served.classes_).index("leave")
before, after = trained.predict_proba(X)[:, leave], served.predict_proba(X)[:, leave]
print(f"share that leaves           {np.mean(y == 'leave'):.4f}")
print(f"mean probability, as it was {before.mean():.4f}")
print(f"mean probability, served    {after.mean():.4f}")

# %%
# The factors belong to labels, not to columns: "leave" sorts before "stay", and nobody had to think
# of it. The same shift can be had in other ways: from row counts where those were noted instead of
# rates, and from the file that the sampling job left. The latter is text, and nothing in it is ever
# executed.

count = {label: int(np.sum(y_all == label)) for label in ("stay", "leave")}
count_kept = {label: int(np.sum(y_all[kept] == label)) for label in ("stay", "leave")}
from_counts = ClassShift.from_counts(before=count, after=count_kept)
print(from_counts)

with tempfile.TemporaryDirectory() as folder:
    file = Path(folder) / "sampling.json"
    file.write_text(shift.to_json())
    print(file.read_text())
    assert from_json(file.read_text()) == shift

# %%
# Where there are no labelled rows at all, the shift undoes the probabilities by itself:

by_hand = shift.undo(trained.predict_proba(X))  # columns in the order of the sorted labels
np.testing.assert_allclose(by_hand, served.predict_proba(X))

# %%
# The reliability diagram, on log odds, shows what one number did. As it was, the model says 25 %
# of everybody where 3 % leave; undoing the shift moves the whole curve down by the same distance,
# onto the diagonal.

classes = ["stay", "leave"]  # the second is the one whose probability is given
CalibrationComparisonDisplay.from_predictions(
    y, {"as it was": before, "served": after}, classes=classes, scale="logit"
)
report = compute_calibration(y, after, classes=classes)
print(report)
assert compute_calibration(y, before, classes=classes).ece > 0.1
assert abs(report.mean_prediction / report.base_rate - 1) < 0.1

# %%
# Another base rate
# -----------------
#
# A year later, more customers leave, for the same reasons as before. If the new share is known, say
# so with ``target_prior``. If it is not, unlabelled rows tell:
# :func:`~imbalance_kit.estimate_prior` finds the share that explains the predictions best.

X_later, y_later = draw(20_000, 0.09)  # in real life without y_later

base_rate = {"leave": np.mean(y == "leave"), "stay": np.mean(y == "stay")}
prior = estimate_prior(served.predict_proba(X_later), base_rate)
moved = CorrectedClassifier(FrozenEstimator(trained), shift=shift, target_prior=prior).fit(X, y)

predictions = {
    "served": served.predict_proba(X_later)[:, leave],
    "moved to the estimate": moved.predict_proba(X_later)[:, leave],
}
print(
    f"share that leaves now       {np.mean(y_later == 'leave'):.4f}, estimated {prior['leave']:.4f}"
)
for name, proba in predictions.items():
    print(f"mean probability, {name:22} {proba.mean():.4f}")

CalibrationComparisonDisplay.from_predictions(y_later, predictions, classes=classes, scale="logit")
assert abs(prior["leave"] - np.mean(y_later == "leave")) < 0.02
assert predictions["served"].mean() < 0.07

# %%
# The plain mean of the predictions moves too, but not far enough: the old base rate sits in each of
# them. Moved to the estimate they are on the diagonal.
#
# When not to
# -----------
#
# The estimate believes that leavers look as they did and that there are only more of them. If
# they look different, no unlabelled row says so, and the estimate is confidently wrong:

X_other, y_other = draw(20_000, 0.09)
X_other[y_other == "leave", 0] -= 1.0  # another kind of customer leaves
wrong = estimate_prior(served.predict_proba(X_other), base_rate)
print(f"share that leaves {np.mean(y_other == 'leave'):.4f}, estimated {wrong['leave']:.4f}")
assert abs(wrong["leave"] - np.mean(y_other == "leave")) > 0.02

# %%
# A few hundred labelled rows of the new population settle which of the two it is: compare their
# reliability before and after, as above.
