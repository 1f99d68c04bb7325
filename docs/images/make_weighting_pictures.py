"""Draw the picture of the weighting guide: ``python -m docs.images.make_weighting_pictures``.

It needs the real data that the tests use; see docs/contributing.md.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from imbalance_kit import CalibrationWeighter, PropensityWeighter, compute_balance
from imbalance_kit.diagnostics import LovePlotDisplay
from tests._data import data_file

FOLDER = Path(__file__).parent


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
    love_plot_picture()
