"""Draw the picture of the negative-sampling guide from real output.

``python -m docs.images.make_negative_sampling_pictures``
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from scipy.special import expit

from docs.images._palette import BLUE, GREY, ORANGE
from imbalance_kit import NonuniformNegativeSampler

FOLDER = Path(__file__).parent


def kept_picture() -> None:
    """Which negatives are kept: at random, and by the nonuniform sampler with its default pilot."""
    rng = np.random.default_rng(1)
    X = rng.standard_normal((60_000, 2))
    p = expit(-6.9 + 1.4 * X[:, 0] + 1.0 * X[:, 1])
    y = (rng.random(len(p)) < p).astype(int)
    figure, axes = plt.subplots(
        1, 2, figsize=(10, 4.4), sharex=True, sharey=True, layout="constrained"
    )
    titles = {"uniform": "Uniform", "probability": "Nonuniform, the default"}
    grid = np.stack(np.meshgrid(np.linspace(-4, 4.5, 120), np.linspace(-4, 4.5, 120)), axis=-1)
    for ax, (criterion, title) in zip(axes, titles.items(), strict=True):
        sampler = NonuniformNegativeSampler(criterion=criterion, random_state=0)
        X_kept, y_kept = sampler.fit_resample(X, y)
        for k, colour, name in ((0, BLUE, "negatives kept"), (1, ORANGE, "positives, all kept")):
            rows = X_kept[y_kept == k]
            ax.scatter(*rows.T, s=11, color=colour, alpha=0.6, linewidths=0, label=name)
        if criterion == "uniform":
            title += f": each negative with π = {sampler.inclusion_probability_.min():.3f}"
        else:
            pi = sampler.inclusion_probability(grid.reshape(-1, 2)).reshape(grid.shape[:2])
            levels = [0.01, 0.1, 0.9]
            lines = ax.contour(*grid.transpose(2, 0, 1), pi, levels, colors=GREY, linewidths=1)
            ax.clabel(lines, fmt="π = %g")
            title += ": those that look like positives"
        ax.set(title=title, xlabel="x₁", xlim=(-4, 4.5), ylim=(-4, 4.5))
        ax.title.set_fontsize(11)
        ax.spines[["top", "right"]].set_visible(False)
    axes[0].set_ylabel("x₂")
    axes[0].legend(frameon=True, framealpha=0.9, edgecolor="none", fontsize=9, loc="lower right")
    n_1 = int(y.sum())
    print(f"{len(y)} rows, {n_1} positives, {int((y_kept == 0).sum())} negatives kept at the right")
    figure.savefig(FOLDER / "negative-sampling-kept.png", dpi=110)


if __name__ == "__main__":
    kept_picture()
