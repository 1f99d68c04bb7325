"""Draw the pictures of the documentation: ``python -m docs.images.make_pictures``.

`reliability.png` and `love-plot.png` need the real data that the tests use; see
docs/contributing.md.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy.stats import norm
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from imbalance_kit import (
    CalibrationWeighter,
    ClassShift,
    CorrectedClassifier,
    PropensityWeighter,
    RandomUnderSampler,
    compute_balance,
)
from imbalance_kit.diagnostics import CalibrationComparisonDisplay, LovePlotDisplay
from tests._data import data_file, load_real

FOLDER = Path(__file__).parent
BLUE, ORANGE, GREY = "#2b6cb0", "#c05621", "#718096"


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


def love_plot_picture() -> None:
    """A population survey, weighted to the participants of a training programme."""
    columns = ["age", "educ", "black", "hisp", "marr", "nodegree", "re74", "re75"]
    nsw, survey = (pd.read_csv(data_file(name)) for name in ("nsw", "cps"))
    X, participants = survey[columns], nsw.loc[nsw["treat"] == 1, columns]
    weighters = {
        "propensity": PropensityWeighter(),
        "entropy balancing": CalibrationWeighter("raking"),
    }
    reports = {
        name: compute_balance(
            X, participants, sample_weight=weighter.fit_weights(X, target=participants)
        )
        for name, weighter in weighters.items()
    }
    figure, ax = plt.subplots(figsize=(7, 3.6), layout="constrained")
    LovePlotDisplay.from_report(reports, ax=ax)
    ax.set_title("15,992 people of a survey, weighted to 185 trainees", fontsize=11)
    figure.savefig(FOLDER / "love-plot.png", dpi=110)


if __name__ == "__main__":
    shift_picture()
    reliability_picture()
    love_plot_picture()
