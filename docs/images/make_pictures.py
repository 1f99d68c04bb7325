"""Draw the pictures of the documentation: ``python -m docs.images.make_pictures [name ...]``.

`smote-gains.png` is drawn from benchmarks/results/smote_comparison.json. `reliability.png` needs
the real data that the tests use; see docs/contributing.md.
"""

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.lines import Line2D
from scipy.stats import norm, t
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from docs.images._palette import BLUE, GREEN, GREY, ORANGE
from imbalance_kit import (
    ADASYN,
    SMOTE,
    SMOTENC,
    SVMSMOTE,
    BorderlineSMOTE,
    ClassShift,
    CorrectedClassifier,
    KMeansSMOTE,
    RandomUnderSampler,
)
from imbalance_kit.diagnostics import CalibrationComparisonDisplay
from tests._data import load_real

FOLDER = Path(__file__).parent


def shift_picture() -> None:
    """One factor per class: what it does to the joint density, and to the probabilities."""
    x = np.linspace(-3.5, 5.5, 400)
    rate = 0.05
    no, yes = (1 - rate) * norm.pdf(x, 0, 1), rate * norm.pdf(x, 2, 1)
    p = yes / (no + yes)
    shift = ClassShift.from_rates({"no": rate / (1 - rate), "yes": 1})
    factors = shift.factors
    total = factors["no"] * (1 - rate) + rate
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.6), layout="constrained")
    left.fill_between(x, no, color=BLUE, alpha=0.25, label="p(x, no): the rows as they are")
    left.fill_between(x, yes, color=ORANGE, alpha=0.45, label="p(x, yes)")
    left.plot(x, factors["no"] * no / total, color=BLUE, label="q(x, no): thinned to 1:1")
    left.plot(x, yes / total, color=ORANGE, label="q(x, yes)")
    left.set(title="The change: q(x, k) ∝ a_k · p(x, k)", xlabel="x", yticks=[])
    left.legend(frameon=False, fontsize=8)

    q = shift.apply(p)
    rng = np.random.default_rng(0)
    y = rng.random(40_000) < rate
    X = np.where(y, 2.0, 0.0)[:, None] + rng.standard_normal((len(y), 1))
    model = CorrectedClassifier(LogisticRegression(C=np.inf), RandomUnderSampler(random_state=0))
    learned = model.fit(X, y).predict_proba(x[:, None])[:, 1]
    right.plot(x, q, color=GREY, linestyle="--", label="q(yes | x): what the sample teaches")
    right.plot(x, p, color=ORANGE, linewidth=4, alpha=0.35, label="p(yes | x): the truth")
    right.plot(x, learned, color="black", linewidth=1, label="learned on q, then undone")
    middle = np.searchsorted(x, 2.2)
    right.annotate(
        "",
        (x[middle], p[middle]),
        (x[middle], q[middle]),
        arrowprops={"arrowstyle": "->", "color": "black"},
    )
    right.text(x[middle] - 0.5, (p[middle] + q[middle]) / 2, "÷ a", fontsize=11)
    right.set(
        title="Undoing it: p(k | x) ∝ q(k | x) / a_k", xlabel="x", ylabel="probability of yes"
    )
    right.legend(frameon=False, fontsize=8, loc="upper left")
    for ax in (left, right):
        ax.spines[["top", "right"]].set_visible(False)
    figure.savefig(FOLDER / "shift.png", dpi=120)


def reliability_picture() -> None:
    """Credit-card defaults: what resampling does to probabilities, and what undoing it does."""
    X, y = load_real("default")
    X = X.assign(student=X["student"] == "Yes").astype(float)
    learner = make_pipeline(StandardScaler(), LogisticRegression())
    sampler = RandomUnderSampler(random_state=0)
    models = {
        "under-sampled 1:1": CorrectedClassifier(learner, sampler, correction="none"),
        "under-sampled 1:1, corrected": CorrectedClassifier(learner, sampler),
        "all rows": learner,
    }
    cv = StratifiedKFold(10, shuffle=True, random_state=0)
    predictions = {
        name: cross_val_predict(model, X, y, cv=cv, method="predict_proba")
        for name, model in models.items()
    }
    figure, axes = plt.subplots(
        2, 1, figsize=(7, 6), sharex=True, height_ratios=[3, 1], layout="constrained"
    )
    CalibrationComparisonDisplay.from_predictions(y, predictions, ax=tuple(axes), scale="logit")
    axes[0].set_title("Credit-card default, 3.3 % positives, 10-fold cross-validation", fontsize=11)
    figure.savefig(FOLDER / "reliability.png", dpi=110)


def two_clouds() -> tuple[np.ndarray, np.ndarray]:
    """Return a common class, and a rare one of two clouds, one beside it and one within it."""
    rng = np.random.default_rng(3)
    common = rng.normal([0.0, 0.0], [1.6, 1.0], (260, 2))
    beside = rng.normal([2.9, 1.6], [0.45, 0.45], (22, 2))
    within = rng.normal([0.3, 0.9], [0.9, 0.3], (12, 2))
    return np.concatenate([common, beside, within]), np.repeat([0, 1], [260, 34])


def draw_made(ax: Any, sampler: Any, X: np.ndarray, y: np.ndarray, *, lines: bool = True) -> None:
    """Draw real and synthetic rows, and the lines that the synthetic ones lie on."""
    X_res, _ = sampler.fit_resample(X, y)
    made = sampler.synthetic_mask_
    seeds, others = X[sampler.sample_indices_[made]], X[sampler.neighbor_indices_[made]]
    if lines:
        ax.plot(*np.stack([seeds, others], axis=1).T, color=BLUE, linewidth=0.4, alpha=0.25)
    ax.scatter(*X[y == 0].T, s=5, color=GREY, alpha=0.5, label="common class")
    ax.scatter(*X_res[made].T, s=5, color=BLUE, label="synthetic rows")
    ax.scatter(
        *X[y == 1].T, s=16, color=ORANGE, edgecolor="white", linewidth=0.4, label="rare class"
    )
    ax.set(xticks=[], yticks=[])


def smote_variants_picture() -> None:
    """Draw where each variant puts 226 rows, and the lines between their recorded parents."""
    X, y = two_clouds()
    samplers = {
        "the rows": None,
        "SMOTE": SMOTE(random_state=0),
        "BorderlineSMOTE": BorderlineSMOTE(random_state=0),
        "SVMSMOTE": SVMSMOTE(random_state=0),
        "KMeansSMOTE": KMeansSMOTE(
            kmeans_estimator=8, cluster_balance_threshold=0.3, random_state=0
        ),
        "ADASYN": ADASYN(random_state=0),
    }
    figure, axes = plt.subplots(
        2, 3, figsize=(10, 5.4), sharex=True, sharey=True, layout="constrained"
    )
    for ax, (name, sampler) in zip(axes.ravel(), samplers.items(), strict=True):
        ax.set_title(name, fontsize=10)
        if sampler is not None:
            draw_made(ax, sampler, X, y)
            continue
        ax.scatter(*X[y == 0].T, s=5, color=GREY, alpha=0.5)
        ax.scatter(*X[y == 1].T, s=16, color=ORANGE, edgecolor="white", linewidth=0.4)
        ax.set(xticks=[], yticks=[])
    handles, labels = axes[0, 1].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False, fontsize=9)
    figure.savefig(FOLDER / "smote-variants.png", dpi=120)


def smote_parents_picture() -> None:
    """Draw one seed's synthetic rows: on the lines to its neighbours, by the votes of those."""
    rng = np.random.default_rng(0)
    X, y = two_clouds()
    colours = rng.permutation(np.repeat([0.0, 1.0], [150, len(X) - 150]))
    mixed = np.column_stack([X, colours])
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    plain = SMOTE(random_state=1, sampling_strategy={1: 180})
    _draw_family(left, plain, X, y, plain.fit_resample(X, y)[0], None)
    left.set_title("SMOTE: rows on the lines from a seed to its neighbours", fontsize=10)
    voted = SMOTENC([2], random_state=1, sampling_strategy={1: 180})
    made = voted.fit_resample(mixed, y)[0]
    _draw_family(right, voted, X, y, made, mixed[:, 2])
    right.set_title("SMOTENC: the neighbours vote on the category", fontsize=10)
    for ax in (left, right):
        ax.set(xticks=[], yticks=[])
        ax.legend(frameon=False, fontsize=8, loc="best")
    figure.savefig(FOLDER / "smote-parents.png", dpi=120)


def _draw_family(
    ax: Any, sampler: Any, X: np.ndarray, y: np.ndarray, rows: np.ndarray, category: Any
) -> None:
    """Draw the class, the seed with most synthetic rows, its partners and what was made of them."""
    made = sampler.synthetic_mask_
    children = np.bincount(sampler.sample_indices_[made], minlength=len(X))
    if category is not None:  # one on whose category the neighbours do not agree
        voters = sampler.neighborhoods_[1]
        agreed = category[voters].std(axis=1) == 0
        children[np.flatnonzero(y == 1)[agreed]] = 0
    seed = int(children.argmax())
    own = made & (sampler.sample_indices_ == seed)
    partners = np.unique(sampler.neighbor_indices_[own])
    if category is not None:
        partners = voters[np.searchsorted(np.flatnonzero(y == 1), seed)]
    for partner in partners:
        ax.plot(*X[[seed, partner]].T, color=GREY, linewidth=0.7)
    marks = np.full(len(X), 0.0) if category is None else category
    of_made = rows[:, 2] if category is not None else np.zeros(len(rows))
    for level, mark in ((0.0, "o"), (1.0, "s")):
        of_class = (y == 1) & (marks == level)
        word = "" if category is None else (", first category" if mark == "o" else ", second")
        if of_class.any():
            ax.scatter(*X[of_class].T, s=30, marker=mark, color=ORANGE, label=f"rare class{word}")
        new = own & (of_made == level)
        if new.any():
            ax.scatter(
                *rows[new, :2].T, s=26, marker=mark, color=BLUE, label=f"synthetic{word}", zorder=3
            )
    ax.scatter(*X[seed], s=190, facecolor="none", edgecolor="black", label="their seed")
    near = X[np.r_[partners, seed]]
    low, high = near.min(axis=0), near.max(axis=0)
    margin = 0.35 * (high - low).max()
    ax.set_xlim(low[0] - margin, high[0] + margin)
    ax.set_ylim(low[1] - margin, high[1] + margin)


def smote_gains_picture() -> None:
    """Draw what each strategy gains over the rows as they are, with 95 % intervals."""
    results = FOLDER.parents[1] / "benchmarks" / "results" / "smote_comparison.json"
    figures = json.loads(results.read_text())["figures"]
    colours = {
        "class weights": GREY,
        "random over-sampling": "black",
        "SMOTE": BLUE,
        "SMOTENC": BLUE,
        "BorderlineSMOTE": ORANGE,
        "ADASYN": GREEN,
    }
    learners = ("tree of depth 4", "logistic regression", "gradient boosting")
    figure, axes = plt.subplots(
        1, len(learners), figsize=(10, 4.2), sharey=True, sharex=True, layout="constrained"
    )
    half = t(4).ppf(0.975)  # five folds
    for ax, learner in zip(axes, learners, strict=True):
        for number, of_data in enumerate(figures.values()):
            rows = of_data.get(learner, {})
            named = [name for name in colours if f"{name}, raw" in rows]
            for place, name in enumerate(named):
                score = rows[f"{name}, raw"]["average_precision"]
                height = -number + 0.32 - 0.16 * place
                ax.errorbar(
                    score["difference"],
                    height,
                    xerr=half * score["difference_se"],
                    fmt="o",
                    markersize=4,
                    linewidth=1.2,
                    color=colours[name],
                )
        ax.axvline(0, color="black", linewidth=0.6)
        ax.set_title(learner, fontsize=10)
        ax.set_xlabel("gain in average precision")
        ax.spines[["top", "right"]].set_visible(False)
    axes[0].set_yticks([-number for number in range(len(figures))], list(figures))
    handles = [
        Line2D([], [], color=colour, marker="o", linewidth=1.2, markersize=4)
        for name, colour in colours.items()
        if name != "SMOTENC"
    ]
    labels = [
        "SMOTE, SMOTENC" if name == "SMOTE" else name for name in colours if name != "SMOTENC"
    ]
    figure.legend(handles, labels, loc="outside lower center", ncols=5, frameon=False, fontsize=9)
    figure.savefig(FOLDER / "smote-gains.png", dpi=120)


PICTURES = {
    "shift": shift_picture,
    "reliability": reliability_picture,
    "smote-variants": smote_variants_picture,
    "smote-parents": smote_parents_picture,
    "smote-gains": smote_gains_picture,
}

if __name__ == "__main__":
    for name in sys.argv[1:] or PICTURES:
        PICTURES[name]()
