"""
Train and validate under covariate shift
========================================

The rows with outcomes come from one place, the model is for another. You see when weights towards
the other place help a model and when they only make it noisier, and how cross-validation is made to
speak of the population that is meant.

Needs matplotlib.
"""

# %%
# A sample that is elsewhere
# --------------------------
# The outcome is a curve of one column. The sample has outcomes and lies around 0; the population
# lies further out, and only its column is known. What an outcome is, given the column, is the same
# in both: without that nothing here would help.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures

from imbalance_kit import (
    CalibrationWeighter,
    CorrectedClassifier,
    Population,
    WeightedRegressor,
    effective_sample_size,
    make_population_scorer,
)


def curve(X):
    return X[:, 0] + 0.6 * X[:, 0] ** 2


def draw(n, centre, seed):
    rng = np.random.default_rng(seed)
    X = rng.normal(centre, 0.8, (n, 1))
    return X, curve(X) + rng.normal(0, 0.7, n)


X, y = draw(300, 0.0, seed=0)
X_target, _ = draw(2_000, 0.8, seed=1)  # no outcomes: this is what the weighter sees
X_test, y_test = draw(20_000, 0.8, seed=2)  # to know how it went

# %%
# A line, with and without weights
# --------------------------------
# ``WeightedRegressor`` fits the weighter to the target and the regressor under its weights. Here
# the weighter is entropy balancing, which is quick; any will do. The target goes to ``fit``, and as
# ``Population``, so that no cross-validation cuts it along with the rows.

target = Population(X_target)
weighter = CalibrationWeighter("raking")
plain = WeightedRegressor(LinearRegression()).fit(X, y)
weighted = WeightedRegressor(LinearRegression(), weighter).fit(X, y, target=target)
weights = weighted.weighter_.weights_


def error(model):
    """Return the mean squared error in the population."""
    return np.mean((y_test - model.predict(X_test)) ** 2)


print(f"squared error in the population: plain {error(plain):.2f}, weighted {error(weighted):.2f}")
print(f"{len(X)} rows are worth {effective_sample_size(weights):.0f} after weighting")
assert error(weighted) < error(plain)

figure, ax = plt.subplots(figsize=(7, 4.4), layout="constrained")
ax.scatter(
    X[:, 0], y, s=60 * weights / weights.max() + 2, alpha=0.5, label="sample, size by weight"
)
grid = np.linspace(-2.5, 3.5, 200)[:, None]
ax.plot(grid, curve(grid), color="0.4", linestyle="--", label="truth")
ax.plot(grid, plain.predict(grid), color="#2b6cb0", label="line, plain")
ax.plot(grid, weighted.predict(grid), color="#c05621", label="line, weighted")
height = np.full(len(X_target), 30 / len(X_target))
ax.hist(X_target, bins=40, weights=height, bottom=-4, color="0.8", label="population")
ax.set(xlabel="x", ylabel="outcome", ylim=(-4, 9))
_ = ax.legend(loc="upper left", fontsize="small")

# %%
# Neither line is right. The weighted one is wrong where the population is not.
#
# Where weights only cost
# -----------------------
# Give the model the square as well, and it can be right everywhere. There is nothing left to
# choose, and the weights only make it rely on fewer rows. Fresh samples show both cases.

parabola = make_pipeline(PolynomialFeatures(2), LinearRegression())
noise = 0.7**2

found = {"a line: too simple": [], "a parabola: right": []}
for seed in range(40):
    rows, outcomes = draw(300, 0.0, seed=100 + seed)
    for case, learner in zip(found, (LinearRegression(), parabola), strict=True):
        without = WeightedRegressor(learner).fit(rows, outcomes)
        under = WeightedRegressor(learner, weighter).fit(rows, outcomes, target=target)
        found[case].append([error(without) - noise, error(under) - noise])

figure, axes = plt.subplots(1, 2, figsize=(8, 3.6), layout="constrained")
gain = {}
for ax, (case, pairs) in zip(axes, found.items(), strict=True):
    plain_error, weighted_error = np.array(pairs).T
    gain[case] = np.mean(plain_error - weighted_error)
    print(f"{case:18}  plain {plain_error.mean():.3f}, weighted {weighted_error.mean():.3f}")
    ax.boxplot([plain_error, weighted_error], tick_labels=["plain", "weighted"])
    ax.set_title(case, fontsize="medium")
    ax.set_ylim(bottom=0)
_ = axes[0].set_ylabel("squared error in the population\nbeyond the noise, 40 samples")

assert gain["a line: too simple"] > 0
assert gain["a parabola: right"] < 0

# %%
# Cross-validation for the population
# -----------------------------------
# Rows held out of a biased sample are as biased as the rest, so that plain cross-validation speaks
# of the wrong place. ``make_population_scorer`` weights the held-out rows of each fold by the
# weighter of that fold.

line = WeightedRegressor(LinearRegression(), weighter)
scorers = {
    "plain": "neg_mean_squared_error",
    "population": make_population_scorer("neg_mean_squared_error"),
}
estimates, truths = [], []
for seed in range(20):
    rows, outcomes = draw(300, 0.0, seed=200 + seed)
    scores = cross_validate(line, rows, outcomes, scoring=scorers, params={"target": target})
    estimates.append([-scores[f"test_{name}"].mean() for name in scorers])
    truths.append(error(line.fit(rows, outcomes, target=target)))

estimates = np.array(estimates)
for name, column in zip(scorers, estimates.T, strict=True):
    print(f"{name:10} {column.mean():.2f}, spread {column.std():.2f}")
print(f"truth      {np.mean(truths):.2f}")

figure, ax = plt.subplots(figsize=(6.4, 3.4), layout="constrained")
ax.boxplot([*estimates.T, truths], tick_labels=["plain\ncross-validation",
           "weighted\ncross-validation", "truth"])  # fmt: skip
_ = ax.set_ylabel("squared error of the weighted line\nin 20 samples")

bias = np.abs(estimates - np.array(truths)[:, None]).mean(axis=0)
assert bias[1] < bias[0]

# %%
# The weighted estimate comes much nearer, here from below: few rows of the sample lie as far out as
# the population, and in a fold fewer still. A single one may be off by a quarter. The same scorer
# goes into a search, which would otherwise pick what suits the sample.

search = GridSearchCV(
    WeightedRegressor(parabola, weighter),
    {"estimator__polynomialfeatures__degree": [1, 2, 3]},
    scoring=scorers["population"],
)
search.fit(X, y, target=target)
print("chosen:", search.best_params_)

# %%
# Classifiers, and rows that come later
# -------------------------------------
# ``CorrectedClassifier`` takes a weighter where it takes a sampler. Weights towards a population
# are not undone in the predictions: the population is what is wanted.


def yes(X, seed):
    p = 1 / (1 + np.exp(1 - curve(X)))
    return (np.random.default_rng(seed).random(len(X)) < p).astype(int)


X_more, _ = draw(3_000, 0.0, seed=3)
labels, labels_more, labels_test = yes(X, 4), yes(X_more, 5), yes(X_test, 6)
classifier = CorrectedClassifier(LogisticRegression(), weighter).fit(X, labels, target=target)
unweighted = LogisticRegression().fit(X, labels)

# %%
# The fitted weighter weights rows that it has not seen, on the scale it found: ``weights`` needs no
# second fit. With labels that came in later from the same source, it says about what the
# classifier's loss is in the population, where there are none.

later = classifier.sampler_.weights(X_more)
losses = {}
for name, model in (("plain", unweighted), ("weighted", classifier)):
    proba = model.predict_proba(X_more)[:, 1]
    losses[name] = [
        log_loss(labels_more, proba),
        log_loss(labels_more, proba, sample_weight=later),
        log_loss(labels_test, model.predict_proba(X_test)[:, 1]),
    ]
    print("{:9} later rows {:.3f}, weighted {:.3f}, truth {:.3f}".format(name, *losses[name]))
assert losses["weighted"][2] < losses["plain"][2]
for at_source, by_weight, truth in losses.values():
    assert abs(by_weight - truth) < abs(at_source - truth)
