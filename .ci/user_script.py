"""A typed program of somebody else: `mypy --strict` passes with the installed wheel."""

import numpy as np
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

from imbalance_kit import ClassShift, CorrectedClassifier, RandomUnderSampler, compute_balance

rng = np.random.default_rng(0)
X, y = rng.normal(size=(200, 2)), np.arange(200) % 10 == 0
model = CorrectedClassifier(LogisticRegression(), RandomUnderSampler(random_state=0)).fit(X, y)
proba = model.predict_proba(X)
shift: ClassShift = ClassShift.from_rates({0: 0.1, 1: 1.0})
text: str = shift.to_json()
print(proba.mean(), text, compute_balance(X[y], X).to_dict())
