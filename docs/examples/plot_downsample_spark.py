"""
Downsample on Spark
===================

The same call on a Spark DataFrame. You see what a session needs, that the rows kept do not depend
on the partitions, what is done on the workers and what comes to the driver, and how to train on the
result with the offset.

Needs pyspark (and Java 17), pandas, pyarrow and matplotlib.
"""

# %%
# A session
# ---------
# The workers need the package too: here they are started by this very Python. Nothing else is
# special; the settings below keep a local session quiet and small.

import os
import sys
import tempfile
import warnings
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from pyspark.sql import SparkSession

from imbalance_kit import (
    NonuniformNegativeSampler,
    OffsetLogisticRegression,
    downsample,
    read_manifest,
)

# Spark warns of pandas 3 whenever a function is sent to its workers; rows travel by Arrow here.
warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)

os.environ["PYSPARK_PYTHON"] = sys.executable
folder = tempfile.TemporaryDirectory()
spark = (
    SparkSession.builder.master("local[2]")
    .config("spark.driver.bindAddress", "127.0.0.1")
    .config("spark.driver.host", "127.0.0.1")
    .config("spark.driver.memory", "1g")
    .config("spark.driver.extraJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
    .config("spark.sql.warehouse.dir", folder.name)
    .config("spark.ui.enabled", "false")
    .config("spark.ui.showConsoleProgress", "false")
    .getOrCreate()
)
spark.sparkContext.setLogLevel("ERROR")

# %%
# A log of 100,000 impressions, 1 click in 140. It is written to Parquet first, as logs come.

rng = np.random.default_rng(0)
n = 100_000
log = pd.DataFrame({"id": rng.permutation(n), "price": rng.normal(size=n)})
log["city"] = rng.choice(["Ulm", "Bonn", "Rome"], n)
p = 1 / (1 + np.exp(6.5 - 1.5 * log["price"] - (log["city"] == "Ulm")))
log["click"] = (rng.random(n) < p).astype(int)
log.to_parquet(Path(folder.name) / "log.parquet")

rows = spark.read.parquet(f"{folder.name}/log.parquet")
print(f"{rows.count():,} rows, {log['click'].mean():.2%} clicks")

# %%
# One call
# --------
# Two aggregations run on the workers, over classes and pilot rows, and over a histogram of scores.
# A few messages of some megabytes come to the driver, however many rows there are; the filter that
# follows is lazy, and no row is shuffled for it. A key is needed: rows of Spark have no place.
# With a destination the rows are written there, and a manifest beside them.

options = {"label": "click", "key": "id"}
sampled = Path(folder.name) / "sampled"
downsample(rows, NonuniformNegativeSampler(random_state=0), destination=sampled, **options)

manifest = read_manifest(sampled)
kept = pd.read_parquet(sampled)
print("before", dict(manifest.counts_before), "after", dict(manifest.counts_after))
print(kept.head(4).round(3).to_string(index=False))
assert sum(count for _, count in manifest.counts_after) == len(kept)

# %%
# The same rows, however they are cut
# -----------------------------------
# Seven partitions in another order, and a frame in memory. Without a destination the result is a
# Spark DataFrame that is computed when it is asked for.

lazy = downsample(rows.repartition(7), NonuniformNegativeSampler(random_state=0), **options)
ids = {row["id"] for row in lazy.select("id").collect()}
in_memory = downsample(log, NonuniformNegativeSampler(random_state=0), **options)
assert ids == set(kept["id"]) == set(in_memory["id"])
print(f"{len(ids):,} rows from one partition, from seven, and by pandas: the same ones")

spark.stop()
folder.cleanup()

# %%
# Train on what is left
# ---------------------
# What is kept fits into memory, which was the point. The model gets the offset in training and none
# in prediction, and is right for the whole log.


def design(frame):
    return frame[["price"]].assign(ulm=frame["city"] == "Ulm").astype(float)


model = OffsetLogisticRegression()
model.fit(design(kept), kept["click"], offset=kept["log_odds_offset"])
predicted = model.predict_proba(design(log))[:, 1]
print("coefficients", model.coef_.round(2).ravel(), "where the truth is [1.5, 1]")
print(f"mean prediction {predicted.mean():.4f}, share of clicks {log['click'].mean():.4f}")
assert abs(predicted.mean() / log["click"].mean() - 1) < 0.15  # 710 clicks: four standard errors

# %%
# What the manifest knows is enough to say how any row was treated: from the rows at the left, which
# are many and tell little, one in several hundred was kept; from those at the right, all.

shift = manifest.load_shift()
figure, ax = plt.subplots(figsize=(6.4, 4), layout="constrained")
grid = pd.DataFrame({"price": np.linspace(-3, 4, 200)})
for city, color in (("Ulm", "#c05621"), ("Bonn", "#2b6cb0")):
    pi = shift.inclusion_probability(grid.assign(city=city))[:, 0]
    ax.plot(grid["price"], pi, color=color, label=f"kept, {city}")
bars = ax.twinx()
for name, frame, color in (("log", log, "0.8"), ("kept", kept, "0.45")):
    counts, edges = np.histogram(frame["price"], bins=40, range=(-3, 4))
    bars.stairs(counts, edges, fill=True, color=color, alpha=0.5, label=name)
bars.set(yscale="log", ylabel="rows", zorder=0)
ax.set(yscale="log", xlabel="price", ylabel="probability to keep a row without a click", zorder=1)
ax.patch.set_visible(False)
_ = figure.legend(loc="outside upper center", ncols=4, frameon=False)
