"""
Search for a sampling strategy, and read what it found
======================================================

A sampler is one more hyperparameter: a plain ``GridSearchCV`` searches over samplers and their
ratios, and scores every candidate on folds that were not resampled. You will see how to set such a
search up, why class counts do not survive it, that a gain can belong to something else than the
sampler, and the short way to the same answer with standard errors.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from imbalance_kit import (
    SMOTE,
    ClassWeighter,
    CorrectedClassifier,
    RandomOverSampler,
    RandomUnderSampler,
    Ratios,
    compare_strategies,
)

# %%
# A search over samplers and ratios
# ---------------------------------
#
# 1,797 scanned digits of 8 x 8 pixels ship with scikit-learn. One in ten is an 8, and an 8 is not
# easily told from a 1, a 3 or a 9.

X, digit = load_digits(return_X_y=True)
y = (digit == 8).astype(int)
print(f"{len(y):,} rows, {y.sum()} of class 1")

# %%
# The sampler sits inside :class:`~imbalance_kit.CorrectedClassifier`, so that it works on the
# training part of each fold only. ``sampler`` itself and ``sampler__sampling_strategy`` are
# parameters like any other. :class:`~imbalance_kit.Ratios` name the class that is changed:
# ``Ratios({1: 0.5})`` brings class 1 up to half the largest class, and ``Ratios({0: 2},
# of="minority")`` brings class 0 down to twice the smallest. ``None`` is the learner on the rows as
# they are, the candidate that should never be left out.
#
# Two scores, because they answer two questions: log loss whether the *probabilities* can be taken
# at their word, average precision whether the *order* of the rows is good. All candidates are
# corrected, so log loss compares like with like. Uncorrected, it would only find the sampler that
# does least.

ratios = [0.25, 0.5, 1.0]
samplers = {
    "class weights": ClassWeighter(),
    "over-sampling": RandomOverSampler(random_state=0),
    "SMOTE": SMOTE(random_state=0),
    "under-sampling": RandomUnderSampler(random_state=0),
}
*add_to_class_1, take_from_class_0 = samplers.values()
grid = [
    {"sampler": [None], "correction": ["auto", "sigmoid"]},
    {
        "sampler": add_to_class_1,
        "sampler__sampling_strategy": [Ratios({1: ratio}) for ratio in ratios],
    },
    {
        "sampler": [take_from_class_0],
        "sampler__sampling_strategy": [Ratios({0: 1 / ratio}, of="minority") for ratio in ratios],
    },
]
folds = StratifiedKFold(5, shuffle=True, random_state=0)


def search_with(learner, grid):
    """Score every candidate of the grid by log loss and average precision."""
    search = GridSearchCV(
        CorrectedClassifier(learner),
        grid,
        scoring=["neg_log_loss", "average_precision"],
        refit="neg_log_loss",
        cv=folds,
    )
    return search.fit(X, y)


pixels = make_pipeline(StandardScaler(), LogisticRegression(C=0.1))
search = search_with(pixels, grid)
log_loss = -search.cv_results_["mean_test_neg_log_loss"]
precision = search.cv_results_["mean_test_average_precision"]
nothing, recalibrated = log_loss[:2]  # the two candidates without a sampler come first
log_loss_of = dict(zip(samplers, log_loss[2:].reshape(len(samplers), len(ratios)), strict=True))
precision_of = dict(zip(samplers, precision[2:].reshape(len(samplers), len(ratios)), strict=True))

print(f"best by log loss: {search.best_params_}")
print(
    f"log loss: best {log_loss.min():.4f}, nothing {nothing:.4f}, a curve alone {recalibrated:.4f}"
)

# %%
# The winner is named with four decimals, and that is the trap. Look at the whole search:

colors = dict(zip(samplers, ["#805ad5", "#2f855a", "#2b6cb0", "#c05621"], strict=True))
figure, axes = plt.subplots(1, 2, figsize=(9, 3.8), layout="constrained")
for ax, values, references, title in (
    (axes[0], log_loss_of, log_loss[:2], "log loss (less is better)"),
    (axes[1], precision_of, precision[:1], "average precision (more is better)"),
):
    for reference, style, name in zip(
        references, ["--", ":"], ["nothing", "nothing, recalibrated"], strict=False
    ):
        ax.axhline(reference, color="0.35", linestyle=style, label=name)
    for name in samplers:
        ax.plot(ratios, values[name], "o-", color=colors[name], label=name)
    ax.set(xscale="log", xticks=ratios, xticklabels=["1:4", "1:2", "1:1"], title=title)
    ax.minorticks_off()
    ax.grid(alpha=0.25)
    ax.spines[["top", "right"]].set_visible(False)
figure.supxlabel("rows of class 1 to rows of class 0 (in the data 1:9)", fontsize="medium")
figure.legend(*axes[0].get_legend_handles_labels(), loc="outside right center", frameon=False)

assert precision.max() - precision[0] < 0.005  # no candidate orders the rows better
assert nothing - log_loss.min() < 0.01
assert log_loss_of["under-sampling"][2] > nothing  # 278 rows are few for 64 pixels

# %%
# No sampler puts the rows into a better order than no sampler (dashed, right). The best log loss is
# SMOTE's, but SMOTE is corrected by a curve that is fitted to real held-out rows, and that curve
# alone (dotted, left) has nearly the same: the learner was a little off by itself. Without the
# candidate ``{"sampler": [None], "correction": ["sigmoid"]}`` the gain would have been put down to
# the sampler.
#
# Counts do not survive cross-validation
# --------------------------------------
#
# imbalanced-learn takes a dict of counts, and so does this package. Counts are right for one data
# set. A fold has other counts: a tame-looking "all 174 rows of class 1" fails there ...

counts = GridSearchCV(
    CorrectedClassifier(pixels),
    {"sampler": [RandomUnderSampler(sampling_strategy={0: 522, 1: 174})]},
    cv=folds,
    error_score="raise",
)
try:
    counts.fit(X, y)
except ValueError as error:
    message = str(error)
    print(message)
assert "174" in message

# %%
# ... and, worse, ``{0: 522}`` does not fail. It means 3 rows per positive on all rows and another
# strategy in a fold, so that the search scores something that will not be trained. A ratio means
# the same everywhere.

train, _ = next(folds.split(X, y))
for strategy in ({0: 522}, Ratios({0: 3}, of="minority")):
    sampler = RandomUnderSampler(sampling_strategy=strategy, random_state=0)
    n_all = np.bincount(sampler.fit_resample(X, y)[1])
    n_fold = np.bincount(sampler.fit_resample(X[train], y[train])[1])
    print(
        f"{strategy!s:38} all rows {n_all[0] / n_all[1]:.2f}:1, fold {n_fold[0] / n_fold[1]:.2f}:1"
    )
assert n_all[0] / n_all[1] == n_fold[0] / n_fold[1] == 3

# %%
# When a search does find something, ask why
# ------------------------------------------
#
# The same question with twelve principal components in place of the 64 pixels.

components = make_pipeline(StandardScaler(), PCA(12, random_state=0), LogisticRegression())
candidates = {name: samplers[name] for name in ("class weights", "under-sampling")}
found = search_with(components, {"sampler": [None, *candidates.values()]})
precision_found = dict(
    zip(["nothing", *candidates], found.cv_results_["mean_test_average_precision"], strict=True)
)
for name, value in precision_found.items():
    print(f"average precision, 12 components, {name:14}: {value:.3f}")
print(f"average precision, all pixels,    nothing       : {precision[0]:.3f}")

# %%
# Under-sampling now lifts average precision by half. It is no fluke and not what it seems: the
# sampler comes before the whole pipeline, so that the components are found on a sample of which
# half are 8s, and describe them. On all rows they describe the other nine digits. Class weights,
# which reach the last step only, gain nothing. The finding is that principal components are a poor
# choice here. All pixels without any resampling do better still.

assert precision_found["under-sampling"] > precision_found["nothing"] + 0.2
assert precision_found["class weights"] < precision_found["nothing"] + 0.05
assert precision[0] > precision_found["under-sampling"]

# %%
# The short way
# -------------
#
# :func:`~imbalance_kit.compare_strategies` sets raw and corrected side by side, adds decisions at
# a threshold learned inside the folds, and says which differences are more than noise, allowing for
# the number of strategies and the overlap of the training sets.

report = compare_strategies(
    pixels,
    {
        "class weights": ClassWeighter(),
        "under-sampling 1:2": RandomUnderSampler(sampling_strategy=0.5),
    },
    X,
    y,
    cv=5,
    random_state=0,
)
print(report)

# %%
# A figure of the best of many candidates is a little too good, here as in any search. Whatever you
# choose, test it once on rows that took no part in the choice.

verdicts = {
    (result.name, result.variant): result.scores["average_precision"].verdict
    for result in report.results
}
assert "better" not in verdicts.values()
