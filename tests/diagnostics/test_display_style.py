"""What the displays share."""

import subprocess
import sys

from matplotlib import pyplot as plt

from imbalance_kit.diagnostics._display_style import named, tidy


def test_a_single_one_gets_a_name() -> None:
    assert named(1.5, float, name="values", alone="it") == {"it": 1.5}
    assert named({"a": 1.5}, float, name="values", alone="it") == {"a": 1.5}


def test_tidy_takes_spines_away() -> None:
    _, ax = plt.subplots()
    tidy(ax, grid="x")
    assert not ax.spines["top"].get_visible()
    plt.close("all")


def test_numbers_need_no_matplotlib() -> None:
    """The constructors keep numbers; drawing names the extra to install."""
    code = """
import sys
sys.modules["matplotlib"] = sys.modules["matplotlib.pyplot"] = None
import numpy as np
from imbalance_kit import LovePlotDisplay, WeightDisplay, compute_balance, compute_weight_summary
X = np.arange(6.0).reshape(3, 2)
display = LovePlotDisplay(compute_balance(X, X + 1, sample_weight=[1, 2, 3]))
assert len(display.after["after"]) == 2
for one in (display, WeightDisplay(compute_weight_summary([1, 2]))):
    try:
        one.plot()
    except ImportError as error:
        assert "imbalance-kit[plot]" in str(error), error
    else:
        raise AssertionError("drew without matplotlib")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
