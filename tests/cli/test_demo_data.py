import numpy as np

from imbalance_kit.cli._dataset import check_folds
from imbalance_kit.cli._demo_data import load_demo


def test_the_data_are_real_and_whole() -> None:
    dataset = load_demo()
    assert dataset.X.shape == (1797, 61)
    assert dataset.y.tolist().count("8") == 174
    assert set(dataset.y.tolist()) == {"8", "not 8"}
    assert dataset.positive == "8"
    assert (np.ptp(dataset.X, axis=0) > 0).all()
    assert len(dataset.columns.numbers) == 61
    assert "real data" in dataset.notes[0]
    assert "imbalance-kit compare FILE --target COLUMN" in dataset.notes[0]
    check_folds(dataset, 5)
