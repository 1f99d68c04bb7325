"""
Downsample a Dask frame
=======================

A log that is spread over partitions is cut to its informative rows where it lies. You see that the
rows are those that the same call keeps in memory, how a folder carries what was done to it in a
manifest, and how scores of a model that knows nothing of the sampling are put right with it.

Needs dask, pandas, pyarrow and matplotlib.
"""

# %%
# A log in partitions
# -------------------
# 200,000 impressions, of which 1 in 150 is clicked. The column ``id`` tells rows apart: what
# happens to a row depends on it and on the row's columns alone.

import tempfile
from pathlib import Path

import dask.dataframe as dd
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier

from imbalance_kit import (
    CalibrationComparisonDisplay,
    NonuniformNegativeSampler,
    downsample,
    read_manifest,
)


def click_log(n, seed):
    """Return impressions with an id, a category, gaps, and the clicks."""
    rng = np.random.default_rng(seed)
    log = pd.DataFrame({"id": rng.permutation(n), "price": rng.normal(size=n)})
    log["age"] = rng.normal(size=n)
    log["city"] = rng.choice(["Ulm", "Bonn", "Rome"], n)
    p = 1 / (1 + np.exp(7 - 1.5 * log["price"] - log["age"] - (log["city"] == "Ulm")))
    log["click"] = (rng.random(n) < p).astype(int)
    log.loc[rng.random(n) < 0.05, "age"] = np.nan
    return log


log = click_log(200_000, seed=0)
partitions = dd.from_pandas(log, npartitions=12)
print(f"{partitions.npartitions} partitions, {log['click'].mean():.2%} clicks")

# %%
# The same call, the same rows
# ----------------------------
# One call takes frames in memory, Parquet files, Dask and Spark. On Dask it goes over the rows
# twice, to count the classes and take the pilot's rows, and to score. What comes back is lazy: the
# rows are chosen where they are, when they are asked for, and none moves between partitions.

options = {"label": "click", "key": "id"}
lazy = downsample(partitions, NonuniformNegativeSampler(random_state=0), **options)
kept = lazy.compute(scheduler="threads")

in_memory = downsample(log, NonuniformNegativeSampler(random_state=0), **options)
pd.testing.assert_frame_equal(kept, in_memory, check_dtype=False)  # Dask makes texts "string"

shuffled = dd.from_pandas(log.sample(frac=1, random_state=1), npartitions=5, sort=False)
other = downsample(shuffled, NonuniformNegativeSampler(random_state=0), **options)
assert set(other.compute(scheduler="threads")["id"]) == set(in_memory["id"])

print(f"{len(kept):,} of {len(log):,} rows kept, {kept['click'].sum():,} of them clicks")
print(kept.head(4).round(3).to_string(index=False))

# %%
# Three columns are new. Train with ``log_odds_offset`` *or* with ``sample_weight``, never with
# both.
#
# Every click stays. The pilot spends the rest on rows that look like clicks, and lets all others
# through now and then; how far it goes up depends on the columns that are not on the axis.

negatives = kept[kept["click"] == 0]
figure, ax = plt.subplots(figsize=(6.4, 4), layout="constrained")
for city, color in (("Ulm", "#c05621"), ("Bonn", "#2b6cb0"), ("Rome", "#2f855a")):
    here = negatives[negatives["city"] == city]
    ax.scatter(
        here["price"], here["inclusion_probability"], s=6, alpha=0.5, color=color, label=city
    )
ax.set(xlabel="price", ylabel="probability with which the row was kept", yscale="log")
ax.legend(markerscale=2)
_ = ax.set_title(f"{len(negatives):,} negatives kept", fontsize="medium")

# %%
# A folder and its manifest
# -------------------------
# With a ``destination`` the rows are written as Parquet files. A manifest lies beside them: JSON
# that says what was done, the coefficients of the pilot included. Readers of data sets skip it.

with tempfile.TemporaryDirectory() as folder:
    sampled = Path(folder) / "sampled"
    sampler = NonuniformNegativeSampler(random_state=0)
    downsample(partitions, sampler, destination=sampled, **options)
    manifest = read_manifest(sampled)
    on_disk = pd.read_parquet(sampled)
    print("files: ", len(list(sampled.glob("*.parquet"))))

print("before:", dict(manifest.counts_before))
print("after: ", dict(manifest.counts_after), f"of {manifest.expected_after:,.0f} expected in all")
assert set(on_disk["id"]) == set(in_memory["id"])

# %%
# Scores put right
# ----------------
# Somebody trains on that folder as if it were a plain data set. Where the model serves, the
# manifest and the columns that the pilot reads undo the sampling, row by row. Before that, scores
# are not only too high. The rows left without a click are those that look most like clicks, which
# blurs the order as well, and no constant would put that right.


def design(rows):
    return rows[["price", "age"]].assign(ulm=rows["city"] == "Ulm")


model = HistGradientBoostingClassifier(max_iter=60, random_state=0)
model.fit(design(on_disk), on_disk["click"])

new = click_log(100_000, seed=1)
raw = model.predict_proba(design(new))
corrected = manifest.undo(raw, new)

truth = new["click"].mean()
print(f"share of clicks {truth:.4f}; mean score {raw[:, 1].mean():.4f}, ", end="")
print(f"corrected {corrected[:, 1].mean():.4f}")
assert raw[:, 1].mean() > 5 * truth
assert abs(corrected[:, 1].mean() / truth - 1) < 0.2  # four standard errors, of 5 % each

display = CalibrationComparisonDisplay.from_predictions(
    new["click"], {"as it is": raw, "corrected": corrected}, scale="logit", n_bins=15
)
_ = display.ax_.set_title("A model of the sampled folder, on new impressions", fontsize="medium")
