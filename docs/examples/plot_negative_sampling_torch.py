"""
Negative sampling with a network in torch
=========================================

A small network is trained on 2 % of a click log. You see where the sampling's log odds enter, in
the loss and nowhere else, and that the network then predicts click probabilities of the whole log.

Needs torch and matplotlib.
"""

# %%
# 400,000 rows, 1 click in about 200; what clicks is not linear. The log is made here, so that the
# true probabilities are known.

import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import nn

from imbalance_kit import CalibrationComparisonDisplay, NonuniformNegativeSampler

rng = np.random.default_rng(0)


def click_log(n):
    """Return rows, the true probability of a click on each, and the clicks."""
    X = rng.standard_normal((n, 6)).astype(np.float32)
    log_odds = -7 + X[:, 0] + X[:, 1] * X[:, 2] + np.maximum(X[:, 3], 0)
    p = 1 / (1 + np.exp(-log_odds))
    return X, p, (rng.random(n) < p).astype(np.float32)


X, p, y = click_log(400_000)
X_new, p_new, y_new = click_log(100_000)

# %%
# Every click is kept, and three rows without one per click, rather those that look like clicks. The
# offset is a number per kept row, the same for a click as for a row like it without one.

sampler = NonuniformNegativeSampler(sampling_strategy=1 / 3, random_state=0)
X_kept, y_kept = sampler.fit_resample(X, y)
offset = torch.tensor(sampler.log_odds_offset_, dtype=torch.float32)
rows, labels = torch.tensor(X_kept), torch.tensor(y_kept)
print(f"{len(y_kept):,} of {len(y):,} rows: {len(y_kept) / len(y):.1%}")

# %%
# The loop is the usual one but for a single sum. The last layer starts at the log's base rate,
# which spares the first epochs.

torch.manual_seed(0)
torch.set_num_threads(1)
network = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 1))
with torch.no_grad():
    network[-1].bias.fill_(float(np.log(y.mean() / (1 - y.mean()))))
optimizer = torch.optim.Adam(network.parameters(), lr=3e-3, weight_decay=1e-3)
slower = torch.optim.lr_scheduler.LinearLR(optimizer, 1, 0.05, total_iters=20)
for _ in range(20):
    for batch in torch.randperm(len(rows)).split(256):
        logit = network(rows[batch])[:, 0] + offset[batch]  # with the offset
        loss = nn.functional.binary_cross_entropy_with_logits(logit, labels[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    slower.step()

# %%
# Two means show whether the offset went in with the right sign: with it, predictions for the sample
# average to the clicks there; without it, predictions for new rows average to those of the log.

with torch.no_grad():
    predicted = torch.sigmoid(network(torch.tensor(X_new))[:, 0]).numpy()  # without it
    sample_scale = torch.sigmoid(network(rows)[:, 0] + offset).numpy()
print(f"on new rows    {predicted.mean():.5f}, truth {p_new.mean():.5f}")
print(f"on the sample  {sample_scale.mean():.5f}, clicks there {y_kept.mean():.5f}")
likeness = np.corrcoef(np.log(predicted), np.log(p_new))[0, 1]
print(f"correlation of log probabilities with the true ones {likeness:.3f}")

assert abs(predicted.mean() / p_new.mean() - 1) < 0.1  # 2,000 clicks: one standard error is 2.5 %
assert abs(sample_scale.mean() / y_kept.mean() - 1) < 0.1
assert likeness > 0.9

# %%
# Row by row the network is as good as its 2,000 clicks allow: right in the middle and at the upper
# end, with an error of its own where there is hardly a click to learn from.

figure, (left, right) = plt.subplots(1, 2, figsize=(12, 5.4), layout="constrained")
ends = [1e-5, 0.5]
cells = left.hexbin(p_new, predicted, bins="log", xscale="log", yscale="log", gridsize=60, mincnt=1)
left.plot(ends, ends, linestyle="--", color="0.4", linewidth=1)
left.set(xlabel="true probability", ylabel="predicted probability", xlim=ends, ylim=ends)
figure.colorbar(cells, ax=left, label="rows")
display = CalibrationComparisonDisplay.from_predictions(
    y_new.astype(int), {"network": predicted}, ax=right, scale="logit", n_bins=12
)
