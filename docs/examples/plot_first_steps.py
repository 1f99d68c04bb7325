"""
First steps: three classes, one of them rare
============================================

Most introductions to imbalanced data make the classes equal and stop there. Here the same three
samplers are looked at on rows that nobody touched: which errors they move from where to where, what
becomes of the probabilities, and what an ensemble of small balanced samples adds. You will see that
the decisions could have been had without resampling, and when it still is of use.
"""

import matplotlib.pyplot as plt
import numpy as np
from imblearn.ensemble import BalancedBaggingClassifier
from sklearn.datasets import make_classification
from sklearn.ensemble import BaggingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score, log_loss, recall_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from imbalance_kit import SMOTE, CorrectedClassifier, RandomOverSampler, RandomUnderSampler

# %%
# The data
# --------
#
# Two columns, so that everything can be seen, and classes that overlap: 1 %, 5 % and 94 % of the
# rows. 5,000 rows are for training. The other 15,000 keep their class shares to the end, because
# that is where a model will be used; a resampled test set would answer a question nobody has.

X, y = make_classification(
    20_000,
    n_features=2,
    n_informative=2,
    n_redundant=0,
    n_classes=3,
    n_clusters_per_class=1,
    weights=[0.01, 0.05, 0.94],
    class_sep=0.8,
    flip_y=0,
    random_state=0,
)
X_train, X_test, y_train, y_test = train_test_split(
    X, y, train_size=5_000, stratify=y, random_state=0
)

# %%
# What the samplers do
# --------------------
#
# ``fit_resample`` returns the new rows. Over-sampling repeats rows of the smaller classes,
# under-sampling drops rows of the larger ones, and SMOTE puts new rows between neighbours of a
# small class. By default all three make the classes equal.

samplers = {
    "over-sampling": RandomOverSampler(random_state=0),
    "under-sampling": RandomUnderSampler(random_state=0),
    "SMOTE": SMOTE(random_state=0),
}
resampled = {"as they are": (X_train, y_train)}
for name, sampler in samplers.items():
    resampled[name] = sampler.fit_resample(X_train, y_train)

for name, (_, labels) in resampled.items():
    print(f"{name:15} rows of class 0, 1, 2: {np.bincount(labels)}")

assert np.bincount(resampled["under-sampling"][1]).tolist() == [50, 50, 50]
assert np.bincount(resampled["SMOTE"][1]).tolist() == [4700, 4700, 4700]

# %%
# Over-sampling looks like nothing happened: the copies lie on top of each other. Under-sampling
# leaves 150 of 5,000 rows. SMOTE fills the gaps between the 50 rows of class 0, right across the
# other classes: it knows no more about class 0 than those 50 rows tell.

colors = ["#c05621", "#2f855a", "#90a4c0"]
figure, axes = plt.subplots(2, 2, figsize=(8, 7), sharex=True, sharey=True, layout="constrained")
for ax, (name, (rows, labels)) in zip(axes.flat, resampled.items(), strict=True):
    for label in (2, 1, 0):  # the rarest on top
        of_class = rows[labels == label]
        ax.scatter(*of_class.T, s=5, color=colors[label], label=f"class {label}: {len(of_class):,}")
    ax.set_title(name)
    ax.legend(loc="lower left", markerscale=3, fontsize="small", framealpha=0.9)
figure.supxlabel("first column")
figure.supylabel("second column")

# %%
# What a model makes of it
# ------------------------
#
# The learner is a logistic regression with the squares and the product of the columns.
# :class:`~imbalance_kit.CorrectedClassifier` resamples inside ``fit``. With ``correction="none"``
# it leaves the probabilities as they come out, as any sampler in front of a learner does.

learner = make_pipeline(
    PolynomialFeatures(2, include_bias=False), StandardScaler(), LogisticRegression(C=10)
)
models = {("as they are", "raw"): learner.fit(X_train, y_train)}
for name, sampler in samplers.items():
    raw = CorrectedClassifier(learner, sampler, correction="none")
    models[name, "raw"] = raw.fit(X_train, y_train)
    models[name, "corrected"] = CorrectedClassifier(learner, sampler).fit(X_train, y_train)


def evaluate(model):
    """Score a model on the untouched rows."""
    proba, decided = model.predict_proba(X_test), model.predict(X_test)
    return {
        "recall": recall_score(y_test, decided, average=None),
        "balanced accuracy": balanced_accuracy_score(y_test, decided),
        "log loss": log_loss(y_test, proba),
        "mean probability": proba.mean(axis=0),
    }


def show(name, variant):
    """Print one line of the table."""
    row = scores[name, variant]
    print(
        f"{name:15} {variant:9}  {row['recall'].round(2)!s:17}  {row['balanced accuracy']:8.3f}"
        f"  {row['log loss']:8.3f}  {row['mean probability'].round(3)}"
    )


scores = {key: evaluate(model) for key, model in models.items()}
print(f"{'':25}  {'recall per class':17}  balanced  log loss  mean probability per class")
for key in scores:
    show(*key)
print("shares of the classes", " " * 42, (np.bincount(y_test) / len(y_test)).round(3))

# %%
# Read the raw lines first. Resampling finds eight of ten rows of class 0 instead of one, and pays
# with one in five of class 2: recall has been moved, and balanced accuracy likes that. The
# probabilities are gone: class 0 is predicted seven to nine times as often as it occurs.
#
# Corrected, log loss is back near that of all rows, and the mean probabilities near the shares.
# Not quite after under-sampling: the correction takes out what was done to the shares exactly, but
# not the error of a model that saw 50 rows of each class. And ``predict`` decides as the model of
# all rows does, because it names the most probable class, which is seldom one that makes up 1 %.

base_rate = np.mean(y_test == 0)
for name in samplers:
    assert scores[name, "raw"]["mean probability"][0] > 5 * base_rate
    assert scores[name, "corrected"]["log loss"] < scores[name, "raw"]["log loss"] / 2

# %%
# The same decisions without resampling
# -------------------------------------
#
# Balanced accuracy counts a row of class 0 as much as 94 of class 2. If that is what you want, say
# so when you decide: divide the probabilities by the class shares and take the largest. The model
# needs no new training data for this.

shares = np.bincount(y_train) / len(y_train)
moved = {}
for key, model in models.items():
    if key[1] == "corrected" or key[0] == "as they are":
        decided = (model.predict_proba(X_test) / shares).argmax(axis=1)
        moved[key[0]] = balanced_accuracy_score(y_test, decided)
        print(f"{key[0]:15} balanced accuracy, decided by probability / share: {moved[key[0]]:.3f}")

best_raw = max(scores[name, "raw"]["balanced accuracy"] for name in samplers)
standard_error = np.sqrt(0.8 * 0.2 / np.sum(y_test == 0)) / 3  # class 0 outweighs the others
assert abs(moved["as they are"] - best_raw) < 4 * standard_error

# %%
# The model trained on the rows as they are decides as well as the resampled ones. This is so for
# a learner whose form suits the data. Where it does not suit them (leave the squares out and try),
# the class sizes settle *where* the fit is good, and resampling can help as well as harm;
# :func:`~imbalance_kit.compare_strategies` finds out which, on your data.
#
# An ensemble of under-sampled models
# -----------------------------------
#
# Under-sampling is cheap, 150 rows instead of 5,000, and pays for it: even corrected, its log loss
# is clearly above that of all rows. Twenty models, each with its own draw, throw away less. In
# ``BaggingClassifier`` with ``bootstrap=False`` every member sees all rows and draws a sample of
# its own; each is corrected, so that the average is a probability too. imbalanced-learn's
# ``BalancedBaggingClassifier`` draws in the same way and corrects nothing.

member = CorrectedClassifier(learner, RandomUnderSampler())
ensemble = BaggingClassifier(member, n_estimators=20, bootstrap=False, random_state=0)
peer = BalancedBaggingClassifier(learner, n_estimators=20, random_state=0)
scores["20 samples", "corrected"] = evaluate(ensemble.fit(X_train, y_train))
scores["20 samples", "raw"] = evaluate(peer.fit(X_train, y_train))
show("20 samples", "raw")
show("20 samples", "corrected")
decided = (ensemble.predict_proba(X_test) / shares).argmax(axis=1)
moved["20 samples"] = balanced_accuracy_score(y_test, decided)

single = [log_loss(y_test, one.predict_proba(X_test)) for one in ensemble.estimators_]
print(
    f"log loss of its members: {min(single):.3f} to {max(single):.3f}, mean {np.mean(single):.3f}"
)
together = scores["20 samples", "corrected"]["log loss"]
assert together < np.mean(single)  # log loss is convex: the average beats the average member
assert scores["as they are", "raw"]["log loss"] < together

# %%
# The ensemble is far better than its average member and does not pass the one model trained on all
# rows. It is worth its trouble where all rows are too many to train on, and luck with a single
# draw should not settle the result.
#
# All of it in one picture: resampling costs probabilities (left; the dashed line is the model of
# all rows), the correction brings them back, and every model decides alike once the decision says
# what it is after (right, diamonds).

names = ["as they are", *samplers, "20 samples"]
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), sharey=True, layout="constrained")
for variant, color, marker in (("raw", "#c05621", "o"), ("corrected", "#2b6cb0", "s")):
    at = [i for i, name in enumerate(names) if (name, variant) in scores]
    style = {"color": color, "marker": marker, "linestyle": "none"}
    for ax, measure in ((left, "log loss"), (right, "balanced accuracy")):
        ax.plot([scores[names[i], variant][measure] for i in at], at, label=variant, **style)
right.plot(
    list(moved.values()),
    [names.index(name) for name in moved],
    "D",
    color="#2b6cb0",
    markersize=10,
    markerfacecolor="none",
    label="probability / share",
)
left.axvline(scores["as they are", "raw"]["log loss"], color="0.6", linestyle="--", linewidth=1)
left.set(yticks=range(len(names)), yticklabels=names, xlabel="log loss (less is better)", xlim=0)
left.invert_yaxis()
right.set(xlabel="balanced accuracy (more is better)")
right.legend(fontsize="small", frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
for ax in (left, right):
    ax.grid(alpha=0.25)
    ax.spines[["top", "right"]].set_visible(False)
