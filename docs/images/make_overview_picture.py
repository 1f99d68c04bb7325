"""Draw the picture of the README from real output: ``python -m docs.images.make_overview_picture``.

It needs the real data that the tests use; see docs/contributing.md.
"""

from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from docs.images._palette import BLUE, ORANGE, PALE_GREY
from imbalance_kit import (
    CalibrationWeighter,
    CorrectedClassifier,
    NonuniformNegativeSampler,
    RandomUnderSampler,
    compute_balance,
)
from imbalance_kit.diagnostics import compute_calibration
from tests._data import data_file, load_real

FOLDER = Path(__file__).parent
N_BINS = 12
SIDES = ("mean_predicted", "observed_rate")


def draw_reliability(ax: Any) -> None:
    """Credit-card defaults, trained on as many defaults as others: observed rates by prediction."""
    X, y = load_real("default")
    X = X.assign(student=X["student"] == "Yes").astype(float)
    learner = make_pipeline(StandardScaler(), LogisticRegression())
    sampler = RandomUnderSampler(random_state=0)
    models = {
        ("as trained", PALE_GREY, "o"): CorrectedClassifier(learner, sampler, correction="none"),
        ("corrected", ORANGE, "s"): CorrectedClassifier(learner, sampler),
    }
    cv = StratifiedKFold(10, shuffle=True, random_state=0)
    ax.plot([1e-4, 1], [1e-4, 1], color="black", linewidth=0.8, linestyle="--")
    for (name, colour, marker), model in models.items():
        proba = cross_val_predict(model, X, y, cv=cv, method="predict_proba")
        bins = compute_calibration(y, proba, n_bins=N_BINS).per_class[-1].bins
        # On a logarithmic axis a bin without a single default has no place.
        shown = [b for b in bins if b.observed_rate > 0]
        predicted, observed = ([getattr(b, side) for b in shown] for side in SIDES)
        ax.plot(predicted, observed, marker=marker, color=colour, label=name)
    ax.set(
        xscale="log",
        yscale="log",
        xlim=(3e-4, 1.2),
        ylim=(3e-4, 1.2),
        xlabel="predicted probability of default",
        ylabel="observed rate",
        title="A rare class: probabilities that hold",
    )
    ax.legend(frameon=False, loc="upper left")


def draw_kept(ax: Any) -> None:
    """A log with a positive in 300 rows: what stays at three negatives per positive."""
    rng = np.random.default_rng(1)
    X = rng.standard_normal((60_000, 2))
    y = (rng.random(len(X)) < expit(-6.9 + 1.4 * X[:, 0] + 1.0 * X[:, 1])).astype(int)
    sampler = NonuniformNegativeSampler(sampling_strategy=1 / 3, random_state=0)
    kept, labels = sampler.fit_resample(X, y)
    dropped = np.setdiff1d(np.arange(len(y)), sampler.sample_indices_)
    shown = rng.choice(dropped, 4000, replace=False)
    clouds = (
        (X[shown], PALE_GREY, 0.35, "dropped (a few of them)"),
        (kept[labels == 0], BLUE, 0.7, "negatives kept"),
        (kept[labels == 1], ORANGE, 0.8, "positives, all kept"),
    )
    for rows, colour, alpha, name in clouds:
        ax.scatter(*rows.T, s=6, color=colour, alpha=alpha, linewidths=0, label=name)
    ax.set(
        xlabel="x₁",
        ylabel="x₂",
        xlim=(-4, 4.5),
        ylim=(-4, 4.2),
        title=f"Too many negatives: {len(labels) / len(y):.1%} of the rows stay",
    )
    ax.legend(loc="lower left", markerscale=2, frameon=True, framealpha=0.9, edgecolor="none")


def draw_balance(ax: Any) -> None:
    """A population survey weighted to the participants of a training programme."""
    columns = ["age", "educ", "black", "hisp", "marr", "nodegree", "re74", "re75"]
    nsw, survey = (pd.read_csv(data_file(name)) for name in ("nsw", "cps"))
    X, participants = survey[columns], nsw.loc[nsw["treat"] == 1, columns]
    weights = CalibrationWeighter("raking").fit_weights(X, target=participants)
    report = compute_balance(X, participants, sample_weight=weights)
    rows = sorted(report.rows, key=lambda row: abs(row.difference_before))
    place = range(len(rows))
    before = [abs(row.difference_before) for row in rows]
    after = [abs(row.difference_after) for row in rows]
    ax.hlines(place, after, before, color=PALE_GREY)
    ax.plot(before, place, "o", color=PALE_GREY, label="before")
    ax.plot(after, place, "s", color=ORANGE, label="weighted")
    ax.set_yticks(place, [row.name for row in rows])
    ax.set(
        xlabel="difference from the population (standard deviations)",
        title="A biased sample: balance before and after",
    )
    ax.legend(frameon=False, loc="lower right")


def overview_picture() -> None:
    """What the kit does for each of its three users, one panel each."""
    figure, axes = plt.subplots(1, 3, figsize=(13, 4), layout="constrained")
    for ax, draw in zip(axes, (draw_reliability, draw_kept, draw_balance), strict=True):
        draw(ax)
        ax.title.set_fontsize(11)
        ax.spines[["top", "right"]].set_visible(False)
    figure.savefig(FOLDER / "overview.png", dpi=110)


if __name__ == "__main__":
    overview_picture()
