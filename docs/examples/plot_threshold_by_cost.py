"""
Thresholds by cost
==================

A probability is not a decision. Where a missed positive costs more than a false alarm, the cut
belongs far below .5, and with probabilities that are right it can be written down without any
search. You will see why ``predict`` hardly ever says "positive" for a rare class, where the cut
belongs, how to find it when the costs have no simple form, and what to do when every row has a cost
of its own.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import make_scorer
from sklearn.model_selection import TunedThresholdClassifierCV, train_test_split

from imbalance_kit import CorrectedClassifier, RandomUnderSampler, compute_calibration

# %%
# Payments, few of them fraud
# ---------------------------
#
# Generated, so that the true probability of every payment is known and the best possible decision
# with it. Less than 2 % are fraud; larger amounts a little more often.

rng = np.random.default_rng(0)
n = 60_000
behaviour = rng.standard_normal((n, 3))
amount = np.exp(rng.normal(4, 1, n))  # median 55
log_odds = -5.3 + behaviour @ [1.2, 0.8, -0.6] + 0.5 * (np.log(amount) - 4)
true = 1 / (1 + np.exp(-log_odds))
fraud = (rng.random(n) < true).astype(int)
X = np.column_stack([behaviour, np.log(amount)])

X_train, X_test, y_train, y_test, _, true_test, _, amount_test = train_test_split(
    X, fraud, true, amount, test_size=0.5, stratify=fraud, random_state=0
)

# %%
# Two models of the same training set, one row of fraud to one of the others: with the probabilities
# as they come out, and corrected.

sampler = RandomUnderSampler(random_state=0)
model = CorrectedClassifier(LogisticRegression(), sampler).fit(X_train, y_train)
raw = CorrectedClassifier(LogisticRegression(), sampler, correction="none").fit(X_train, y_train)
p, p_raw = model.predict_proba(X_test)[:, 1], raw.predict_proba(X_test)[:, 1]

print(f"fraud on untouched rows   {y_test.mean():.4f}")
print(f"mean probability, raw     {p_raw.mean():.4f}; {np.sum(p_raw > 0.5):,} rows above .5")
print(f"mean probability          {p.mean():.4f}; {np.sum(p > 0.5):,} rows above .5")
print(
    f"of the true probabilities {true_test.mean():.4f}; {np.sum(true_test > 0.5):,} rows above .5"
)

report = compute_calibration(y_test, p)
print(f"log odds missing, corrected {report.calibration_in_the_large:.2f}, ", end="")
print(f"raw {compute_calibration(y_test, p_raw).calibration_in_the_large:.2f}")
# 534 positives and as many others in training, 534 positives here: the standard error is .075.
assert abs(report.calibration_in_the_large) < 4 * 0.075
assert np.sum(p > 0.5) < y_test.sum() / 4

# %%
# The true probabilities pass .5 as seldom as the corrected ones: most frauds look like most
# payments, and .5 asks for payments of which every other one is fraud. The cut at .5 is right if
# both errors cost the same. The raw model passes it often, but that is no merit: its .5 is a
# probability of about 2 %, a cut that nobody has chosen.
#
# The cut from two costs
# ----------------------
#
# A false alarm costs 1, a missed fraud 30. Saying "fraud" costs ``(1 - p) * c_alarm`` on average,
# staying silent ``p * c_miss``. The first is the smaller where ::
#
#     p >= c_alarm / (c_alarm + c_miss) = 1 / 31 = .032

c_alarm, c_miss = 1, 30
cut = c_alarm / (c_alarm + c_miss)


def cost(y, said):
    """Return the mean cost of a decision."""
    return np.mean(c_miss * (y == 1) * (said == 0) + c_alarm * (y == 0) * (said == 1))


print(f"no alarm at all           {cost(y_test, np.zeros_like(y_test)):.3f} per payment")
print(f"alarm above .5            {cost(y_test, p > 0.5):.3f}")
print(f"alarm above {cut:.3f}          {cost(y_test, p >= cut):.3f}")
print(f"the same, raw             {cost(y_test, p_raw >= cut):.3f}")
print(f"true probabilities        {cost(y_test, true_test >= cut):.3f}")

# %%
# The same cut on the raw probabilities is a disaster, worse than no alarm: the formula needs
# probabilities that mean something, and this is why the correction comes first.
#
# The cut from a search
# ---------------------
#
# Where costs have no such form, or a score is to be maximised, scikit-learn finds the cut by
# cross-validation. It goes around the corrected classifier; every fold is under-sampled in training
# and scored on its rows as they are.

saving = make_scorer(lambda y, said: -cost(y, said))
tuned = TunedThresholdClassifierCV(
    CorrectedClassifier(LogisticRegression(), sampler),
    scoring=saving,
    thresholds=np.geomspace(0.002, 0.5, 120),
).fit(X_train, y_train)
print(f"threshold found           {tuned.best_threshold_:.3f}, by the formula {cut:.3f}")
print(f"its cost                  {cost(y_test, tuned.predict(X_test)):.3f}")

thresholds = np.geomspace(0.002, 0.9, 150)
figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 3.8), layout="constrained")
bins = np.geomspace(1e-4, 1, 60)
for values, color, name in ((p_raw, "#c05621", "raw"), (p, "#2b6cb0", "corrected")):
    left.hist(values, bins, histtype="step", color=color, label=name, linewidth=1.5)
    curve = [cost(y_test, values >= threshold) for threshold in thresholds]
    right.plot(thresholds, curve, color=color, label=name)
curve = [cost(y_test, true_test >= threshold) for threshold in thresholds]
right.plot(thresholds, curve, color="0.4", linestyle=":", label="true probabilities")
right.plot(tuned.best_threshold_, cost(y_test, tuned.predict(X_test)), "kD", label="found")
for ax in (left, right):
    ax.axvline(0.5, color="0.6", linestyle="--", linewidth=1)
    ax.axvline(cut, color="0.2", linewidth=1)
    ax.set_xscale("log")
    ax.grid(alpha=0.25)
    ax.spines[["top", "right"]].set_visible(False)
left.set(xlabel="probability of fraud", ylabel="payments")
right.set(xlabel="alarm from this probability on", ylabel="cost per payment", ylim=(0, 1.4))
right.text(cut * 0.93, 0.03, "1/31", ha="right")
right.text(0.46, 0.03, ".5", ha="right")
left.legend(frameon=False, loc="upper left")
right.legend(fontsize="small", loc="upper left", ncols=2, framealpha=1, edgecolor="none")

assert cost(y_test, p >= cut) < 0.7 * cost(y_test, p > 0.5)
assert cost(y_test, p >= cut) < 1.1 * cost(y_test, true_test >= cut)
assert cost(y_test, p_raw >= cut) > cost(y_test, np.zeros_like(y_test))
assert abs(np.log(tuned.best_threshold_ / cut)) < 1  # the curve is flat around its minimum

# %%
# Corrected (blue), the cheapest cut is where the formula says, and the curve is that of the true
# probabilities. The minimum is flat: the search may land somewhere near without loss, and for the
# same reason it needs many positives to say more than the formula. The raw curve reaches the same
# minimum, since the order of the rows is the same; but its place, far to the right, belongs to this
# sampling ratio and has to be searched anew after every change of it.
#
# A cost for every row
# --------------------
#
# A missed fraud costs its amount, and a review costs 10 whatever comes of it. Now no single cut is
# right: it belongs at ``10 / amount``. A probability times an amount is an expected loss; an alarm
# pays where that exceeds the review.

review = 10


def loss(alarm):
    """Return reviews and missed amounts, per payment."""
    return np.mean(np.where(alarm, review, y_test * amount_test))


single = np.geomspace(0.005, 0.9, 150)
losses = [loss(p >= threshold) for threshold in single]
policies = {
    "no alarm": loss(np.zeros(len(p), dtype=bool)),
    "alarm above .5": loss(p > 0.5),
    "best single cut": min(losses),
    "raw x amount > 10": loss(p_raw * amount_test > review),
    "p x amount > 10": loss(p * amount_test > review),
    "true p x amount > 10": loss(true_test * amount_test > review),
}
for name, value in policies.items():
    print(f"{name:22} {value:.2f} per payment")

figure, ax = plt.subplots(figsize=(7, 3), layout="constrained")
shades = ["0.75", "0.75", "0.75", "#c05621", "#2b6cb0", "0.4"]
bars = ax.barh(list(policies), list(policies.values()), color=shades)
ax.bar_label(bars, fmt="%.2f", padding=3)
ax.invert_yaxis()
ax.set_xlabel("reviews and missed amounts per payment")
ax.spines[["top", "right"]].set_visible(False)

assert policies["p x amount > 10"] < policies["best single cut"]
assert policies["p x amount > 10"] < 1.1 * policies["true p x amount > 10"]

# %%
# "Best single cut" was even chosen on the test rows, and the rule per row beats it with nothing to
# choose. It costs no training: the same model serves any review price, tomorrow's as well. What it
# does need is probabilities that can be multiplied by money.
