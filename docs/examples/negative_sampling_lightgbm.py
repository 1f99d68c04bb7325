"""LightGBM on 2 % of the rows: the sampling's log odds as initial score, predictions without it.

Needs lightgbm. Run it: ``python docs/examples/negative_sampling_lightgbm.py``
"""

import lightgbm
import numpy as np

from imbalance_kit import CorrectedClassifier, NonuniformNegativeSampler

# A log of 400,000 rows, 1 click in about 200; what clicks is not linear.
rng = np.random.default_rng(0)
X = rng.standard_normal((400_000, 6))
log_odds = -7 + X[:, 0] + X[:, 1] * X[:, 2] + np.maximum(X[:, 3], 0)
p = 1 / (1 + np.exp(-log_odds))
y = (rng.random(len(p)) < p).astype(int)

# The pilot may be any classifier; a small one of the same kind sees what a line does not.
quick = lightgbm.LGBMClassifier(n_estimators=30, num_leaves=8, n_jobs=1, verbose=-1)
sampler = NonuniformNegativeSampler(sampling_strategy=1 / 3, pilot=quick, random_state=0)
X_kept, y_kept = sampler.fit_resample(X, y)
print(f"{len(y_kept):,} of {len(y):,} rows: {len(y_kept) / len(y):.1%}")

# By hand: boosting starts at the base rate plus the offset. The booster never adds an initial score
# to its predictions, so that only the base rate has to be put back.
start = np.log(y.mean() / (1 - y.mean()))
rows = lightgbm.Dataset(X_kept, y_kept, init_score=start + sampler.log_odds_offset_)
options = {
    "objective": "binary",
    "num_leaves": 15,
    "learning_rate": 0.08,
    "min_sum_hessian_in_leaf": 5,
    "num_threads": 1,
    "verbose": -1,
}
booster = lightgbm.train(options, rows, num_boost_round=120)
by_hand = 1 / (1 + np.exp(-start - booster.predict(X, raw_score=True)))

# The same in one object, which samples inside a cross-validation or a grid search too.
learner = lightgbm.LGBMClassifier(
    n_estimators=120, num_leaves=15, learning_rate=0.08, min_child_weight=5, n_jobs=1, verbose=-1
)
model = CorrectedClassifier(learner, sampler, correction="offset").fit(X, y)
in_one = model.predict_proba(X)[:, 1]

print(f"mean probability, true           {p.mean():.5f}")
for name, predicted in (("by hand", by_hand), ("in one object", in_one)):
    likeness = np.corrcoef(np.log(predicted), np.log(p))[0, 1]
    print(f"mean probability, {name:14} {predicted.mean():.5f}, correlation {likeness:.3f}")
    assert abs(predicted.mean() / p.mean() - 1) < 0.1  # the standard error is about 2.5 %
