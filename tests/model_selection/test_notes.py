"""What the notes say follows from what was run."""

from dataclasses import replace

from sklearn.linear_model import LogisticRegression

from imbalance_kit.model_selection._metrics import list_metrics
from imbalance_kit.model_selection._notes import describe_method
from imbalance_kit.model_selection._run_fold import Settings
from tests.model_selection._reports import nothing, row

METRICS = list_metrics(("no", "yes"), "yes")
BINARY = Settings(LogisticRegression(), "auto", "mcc", 1, 100)
MANY = Settings(LogisticRegression(), "auto", "mcc", None, 100)


def test_two_classes() -> None:
    rows = [
        nothing(),
        row("m", "threshold", "as is"),
        row("smote", variant="corrected", correction="sigmoid"),
    ]
    notes = " ".join(describe_method(rows, METRICS, BINARY, 5, 0.25))
    assert "means over 5 folds" in notes
    assert "1/5 + 0.25" in notes
    assert "adjusted over the strategies per metric, is at most 0.05" in notes
    assert "below 0.005, for log loss below 1 %" in notes
    assert "The moved threshold is the one learned for: matthews correlation." in notes
    assert "out-of-fold training rows: 'smote' (sigmoid)." in notes


def test_an_approximate_correction_is_noted() -> None:
    smote = row("smote", variant="corrected", correction="shift")
    folds = tuple(replace(fold, approximate=True) for fold in smote.folds)
    notes = " ".join(describe_method([replace(smote, folds=folds)], METRICS, BINARY, 5, 0.25))
    assert "closed form is approximate for 'smote'" in notes
    assert "approximate" not in " ".join(describe_method([smote], METRICS, BINARY, 5, 0.25))


def test_without_thresholds_and_curves_there_is_less_to_say() -> None:
    notes = " ".join(describe_method([nothing()], METRICS, BINARY, 5, 0.25))
    assert "moved threshold" not in notes
    assert "curve" not in notes


def test_more_classes() -> None:
    metrics = list_metrics(("a", "b", "c"), None)
    rows = [nothing(), row("m", "threshold", "as is")]
    notes = " ".join(describe_method(rows, metrics, MANY, 5, 0.25))
    assert "Tuned" not in notes
    assert "largest probability over share" in notes
    assert "one-vs-rest, macro" in notes
