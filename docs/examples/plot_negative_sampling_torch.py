"""A small network on 2 % of the rows: the sampling's log odds in the loss, not in predictions.

Needs torch. Run it: ``python docs/examples/negative_sampling_torch.py``
"""

import numpy as np
import torch
from torch import nn

from imbalance_kit import NonuniformNegativeSampler

# A log of 400,000 rows, 1 click in about 200; what clicks is not linear.
rng = np.random.default_rng(0)
X = rng.standard_normal((400_000, 6)).astype(np.float32)
log_odds = -7 + X[:, 0] + X[:, 1] * X[:, 2] + np.maximum(X[:, 3], 0)
p = 1 / (1 + np.exp(-log_odds))
y = (rng.random(len(p)) < p).astype(np.float32)

# Every click, and three rows without one per click, those that look like clicks rather kept.
sampler = NonuniformNegativeSampler(sampling_strategy=1 / 3, random_state=0)
X_kept, y_kept = sampler.fit_resample(X, y)
offset = torch.tensor(sampler.log_odds_offset_, dtype=torch.float32)
rows, labels = torch.tensor(X_kept), torch.tensor(y_kept)
print(f"{len(y_kept):,} of {len(y):,} rows: {len(y_kept) / len(y):.1%}")

torch.manual_seed(0)
torch.set_num_threads(1)
network = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 1))
with torch.no_grad():  # start at the base rate, which spares the first epochs
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

with torch.no_grad():
    predicted = torch.sigmoid(network(torch.tensor(X))[:, 0]).numpy()  # without it
    sample_scale = torch.sigmoid(network(rows)[:, 0] + offset).numpy()
print(f"mean probability, true       {p.mean():.5f}")
print(f"mean probability, predicted  {predicted.mean():.5f}")
print(f"on the sample, with offset   {sample_scale.mean():.5f}, clicks there {y_kept.mean():.5f}")
print(f"correlation of log odds      {np.corrcoef(np.log(predicted), np.log(p))[0, 1]:.3f}")

# 2,000 clicks: the standard error of the mean is about 2.5 %.
assert abs(predicted.mean() / p.mean() - 1) < 0.1
