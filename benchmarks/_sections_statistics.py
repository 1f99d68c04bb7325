"""Sections of the page of benchmarks: efficiency, calibration, balance, intervals and verdicts."""

from collections import Counter
from typing import Any

from benchmarks._plots import Dots, Lines
from benchmarks._section import Figures, Section, mark, number, table, with_error

# Efficiency ---------------------------------------------------------------------------------------


def simulation(figures: Figures) -> Section:
    """The reference table as ratios to all rows, theory, other laws and wrong pilots."""
    one, perfect = figures["reference_table"], figures["perfect_pilot"]
    ratios = one["ratio_to_all_rows_and_error"]
    ks = list(next(iter(ratios.values())))
    heads = [f"k = {k}" for k in ks]
    theory = ["theory, perfect pilot", *(1 + 1 / int(k) for k in ks)]
    rows = [[name, *(with_error(*row[k]) for k in ks)] for name, row in ratios.items()]
    body = f"Mean squared error over that of all rows at k negatives per positive, {one['rows']:,} "
    body += f"rows, {one['repetitions']} repetitions; standard errors in brackets.\n\n"
    body += table(["method", *heads], [*rows, theory])
    mse = one["n1_mse_and_error"]
    measured = {name: [values[k][0] for k in ks] for name, values in mse.items() if name in ratios}
    reference = one["reference_n1_mse"]
    rows = [
        [
            name,
            *(f"{number(v)} / {w}" for v, w in zip(measured[name], reference[name], strict=True)),
        ]
        for name in ratios
        if name in reference
    ]
    body += "\n\nPositives times mean squared error, ours / an independent reproduction of the "
    body += f"paper's figure (largest z {number(one['largest_z'])}, bound for all of them together "
    body += f"{number(one['bonferroni_bound'])}):\n\n" + table(["method", *heads], rows)
    rows = [
        [k, with_error(v["ratio"], v["error"]), v["theory"], v["z"]]
        for k, v in perfect["by_k"].items()
    ]
    body += "\n\nA perfect pilot without cap or floor:\n\n"
    body += table(["k", "ratio", "theory 1 + 1/k", "z"], rows)
    laws = figures["other_laws"]
    name = "probability + log odds"
    rows = [
        [law, *(with_error(*v["ratio_to_all_rows_and_error"][name][k]) for k in ks)]
        for law, v in laws.items()
    ]
    body += f"\n\nOther covariate laws, {name}:\n\n" + table(["law", *heads], rows)
    wrong = figures["wrong_pilot"]
    rows = [
        [law, *(with_error(*v[f"at_1_ratio_of_{kind}_and_error"]) for kind in WRONG)]
        for law, v in wrong.items()
    ]
    body += "\n\nA wrong pilot at k = 1, error over that of the log-odds correction:\n\n"
    body += table(["law", "inverse-probability weights", "uniform"], rows)
    short = [] if one["agrees"] else ["the table differs from the reproduction"]
    short += [] if perfect["within_3_errors"] else ["a perfect pilot is off theory by 3 errors"]
    short += [
        f"{law}: the order of the methods is reversed by more than two errors: {found}"
        for law, v in laws.items()
        if (found := v["reversed_by_more_than_2_errors"])
    ]
    short += [f"{name}: {number(ratios[name]['1'][0])} times the error of all rows at k = 1"]
    curves = {
        n: tuple((float(k), row[k][0]) for k in ks) for n, row in ratios.items() if n in DRAWN
    }
    curves["theory, perfect pilot"] = tuple((float(k), 1 + 1 / int(k)) for k in ks)
    plot = Lines(
        "negative-sampling-efficiency",
        "Mean squared error over that of all rows, by negatives per positive",
        "negatives per positive",
        "error over all rows",
        {"normal covariates": curves},
        columns=1,
    )
    asked = "off the reproduction, off theory, or what sampling costs against all rows"
    return Section(body, "", asked, tuple(short), (plot,))


WRONG = ("ipw_to_log_odds", "uniform_to_log_odds")
DRAWN = ("uniform + IPW", "uniform + log odds", "probability + IPW", "probability + log odds")


def logistic(figures: Figures) -> Section:
    """Excess log loss of three corrections."""
    populations = [k for k, v in figures.items() if isinstance(v, dict)]
    rows, short = [], []
    for population in populations:
        for model, one in figures[population].items():
            share = one["share of the shift's excess"]
            excess = with_error(one["above all rows, 1e-5"], one["standard error, 1e-5"])
            rows.append([population, model, excess, share, one["mean over truth"]])
            if model.startswith("auto") and share > 0.5:
                short.append(f"{population}, {model}: {number(share)} of the shift's excess")
            if abs(one["mean over truth"] - 1) > 0.05:
                short.append(
                    f"{population}, {model}: mean {number(one['mean over truth'])} of truth"
                )
    body = f"{figures['rows']:,} rows, {figures['draws']} draws.\n\n"
    headers = ["population", "model", "log loss above all rows, 1e-5", "share of the shift's"]
    body += table([*headers, "mean over truth"], rows)
    asked = "more than half of the shift's excess, or a mean off by more than 5 %"
    return Section(body, "", asked, tuple(short))


def click_log(figures: Figures) -> Section:
    """Boosting on a few per cent of a click log."""
    rows, short = [], []
    learners = [k for k, v in figures.items() if isinstance(v, dict) and "all rows" in v]
    for learner in learners:
        for model, one in figures[learner].items():
            loss = one["log loss over all rows"]
            rows.append(
                [
                    learner,
                    model,
                    one["rows"],
                    one["auc less than all rows"],
                    f"{loss:.4f}",
                    one["mean over truth"],
                    one["seconds"],
                    mark(one["times faster"]),
                    one["peak MB"],
                ]
            )
            if loss > 1.001 and "all rows" not in model:
                short.append(f"{learner}, {model}: log loss {loss:.4f} of that of all rows")
            if one["times faster"] < 1 and "all rows" not in model:
                short.append(f"{learner}, {model}: {number(one['times faster'])} times as fast")
    body = f"{figures['rows']:,} rows, {figures['positives']:,} clicks; the model with the true "
    body += f"probabilities has an AUC of {number(figures['truth']['auc'])}.\n\n"
    headers = ["learner", "trained on", "share of rows", "AUC less than all rows"]
    headers += ["log loss over all rows", "mean over truth", "processor s", "times faster", "MB"]
    body += table(headers, rows)
    asked = "log loss more than .1 % above that of all rows, or slower"
    return Section(body, "", asked, tuple(short))


def real_data(figures: Figures) -> Section:
    """Two real data sets under cross-validation."""
    rows, short = [], []
    for data in (k for k, v in figures.items() if isinstance(v, dict)):
        for learner in (k for k, v in figures[data].items() if isinstance(v, dict)):
            for model, one in figures[data][learner].items():
                loss, error = one["log loss, difference"], one["log loss, standard error"]
                rows.append(
                    [
                        data,
                        learner,
                        model,
                        f"{one['log loss over all rows']:.3f}",
                        with_error(loss, error),
                        with_error(one["auc, difference"], one["auc, standard error"]),
                        with_error(one["mean over base rate"], one["mean, standard error"]),
                    ]
                )
                if loss > 2 * error > 0:
                    short.append(
                        f"{data}, {learner}, {model}: log loss {number(loss)} above all rows"
                    )
    headers = ["data", "learner", "trained on", "log loss over all rows", "difference"]
    body = table([*headers, "AUC, difference", "mean over base rate"], rows)
    asked = "log loss more than two standard errors above that of all rows"
    return Section(body, "", asked, tuple(short))


# Calibration --------------------------------------------------------------------------------------


def after_resampling(figures: Figures) -> Section:
    """Log loss and mean prediction, as they come and corrected."""
    rows, short, labels = [], [], []
    values: dict[str, list[Any]] = {"as it comes": [], "shift undone": []}
    for data in (k for k, v in figures.items() if isinstance(v, dict)):
        models = figures[data]["models"]
        for model, one in models.items():
            loss = with_error(one["log_loss_ratio"], one["log_loss_ratio_se"])
            mean = with_error(one["mean_over_base_rate"], one["mean_over_base_rate_se"])
            rows.append([data, model, loss, mean])
            corrected = model != "all rows" and not model.endswith(", none")
            if corrected and one["log_loss_ratio"] > 1.05:
                short.append(f"{data}, {model}: {number(one['log_loss_ratio'])} times the log loss")
            if model.endswith(", shift"):
                sampler = model.removesuffix(", shift")
                labels.append(f"{data}, {sampler}")
                plain = models[f"{sampler}, none"]
                values["as it comes"].append(plain["mean_over_base_rate"])
                values["shift undone"].append(one["mean_over_base_rate"])
                if one["log_loss_ratio"] > plain["log_loss_ratio"]:
                    short.append(f"{data}, {sampler}: undoing makes the log loss worse")
    headers = ["data", "model", "log loss over all rows", "mean over base rate"]
    body = f"{figures['repeats']} times {figures['folds']}-fold cross-validation.\n\n"
    plot = Dots(
        name="calibration-after-resampling",
        alt="Mean predicted probability over the base rate, as it comes and corrected",
        title="mean predicted probability of the rarest class over its rate",
        labels=tuple(labels),
        series={name: tuple(own) for name, own in values.items()},
        errors={},
    )
    asked = "a corrected log loss more than 5 % above that of all rows, or above the uncorrected"
    return Section(body + table(headers, rows), "", asked, tuple(short), (plot,))


def of_synthetic(figures: Figures) -> Section:
    """After SMOTE: raw, shift, recalibrated."""
    rows, short = [], []
    for data, found in figures.items():
        for learner in (k for k, v in found.items() if isinstance(v, dict)):
            for variant, one in found[learner].items():
                more, error = one["log_loss_more"], one["log_loss_more_se"]
                mean = with_error(one["mean_over_base_rate"], one["mean_over_base_rate_se"])
                rows.append(
                    [data, learner, variant, one["log_loss"], with_error(more, error), mean]
                )
                if variant == "recalibrated" and more > 2 * error:
                    short.append(f"{data}, {learner}: log loss {number(more)} above all rows")
    headers = [
        "data",
        "learner",
        "variant",
        "log loss",
        "more than all rows",
        "mean over base rate",
    ]
    asked = "recalibrated, and still more than two standard errors above the rows as they are"
    return Section(table(headers, rows), "", asked, tuple(short))


def downsample_calibration(figures: Figures) -> Section:
    """After the Parquet engine."""
    rows = [[name, *one.values()] for name, one in figures["models"].items()]
    headers = ["model", *next(iter(figures["models"].values()))]
    body = f"Trained on {figures['rows trained on']:,} of {figures['of']:,} rows.\n\n"
    short = [
        f"{name}: mean {number(one['mean over truth'])} of the truth"
        for name, one in figures["models"].items()
        if "uncorrected" not in name and abs(one["mean over truth"] - 1) > 0.01
    ]
    return Section(body + table(headers, rows), "", "a mean off by more than 1 %", tuple(short))


def smote_gains(figures: Figures) -> Section:
    """Verdicts counted, per learner and strategy."""
    metrics = ("average_precision", "log_loss", "balanced_accuracy_tuned")
    counts: dict[tuple[str, str, str], Counter[str]] = {}
    for found in figures.values():
        for learner in (k for k, v in found.items() if isinstance(v, dict)):
            for strategy, one in found[learner].items():
                for metric in metrics:
                    verdict = one[metric]["verdict"]
                    counts.setdefault((learner, strategy, metric), Counter())[verdict] += 1

    def written(counter: Counter[str] | None) -> str:
        order = ("better", "no difference", "worse")
        return ", ".join(f"{counter[v]} {v}" for v in order if counter and counter[v])

    pairs = [p for p in dict.fromkeys((a, b) for a, b, _ in counts) if p[1] != "nothing, as is"]
    rows = [
        [*pair, *(written(counts.get((*pair, metric))) for metric in metrics)] for pair in pairs
    ]
    body = f"Against the learner on the rows as they are, on {len(figures)} data sets:\n\n"
    body += table(["learner", "strategy", *(m.replace("_", " ") for m in metrics)], rows)
    short = [
        f"{learner}, {strategy}: average precision worse on {c['worse']} data sets"
        for (learner, strategy, metric), c in counts.items()
        if metric == "average_precision" and c["worse"]
    ]
    return Section(body, "", "average precision significantly worse", tuple(short))


# Balance, effects, intervals ----------------------------------------------------------------------


def nsw(figures: Figures) -> Section:
    """Effects beside the experiment's."""
    truth, error = figures["experiment"].values()
    rows, short, plots = [], [], []
    for k, covariates in enumerate(key for key in figures if key != "experiment"):
        found = {
            n: one for n, one in figures[covariates].items() if "standard error, linearised" in one
        }
        for name, one in found.items():
            inside, left = (
                one["within one standard error of the experiment"],
                one["largest standardised difference"],
            )
            effect = with_error(one["effect"], one["standard error, linearised"])
            rows.append([covariates, name, effect, one["effective sample size"], left])
            if not inside:
                short.append(
                    f"{covariates}, {name}: {number(one['effect'])}, more than one error off"
                )
        plots.append(
            Dots(
                name=f"nsw-{k + 1}",
                alt=f"Effect by weighter, {covariates}, beside the experiment",
                title=f"effect, {covariates}; dashed: the experiment and one standard error",
                labels=tuple(found),
                series={"effect": tuple(one["effect"] for one in found.values())},
                errors={"effect": tuple(o["standard error, linearised"] for o in found.values())},
                marks=(truth - error, truth, truth + error),
                log=False,
            )
        )
    naive = next(v["unweighted"]["effect"] for v in figures.values() if "unweighted" in v)
    body = f"The experiment: {with_error(truth, error)}; unweighted: {number(naive)}.\n\n"
    headers = ["covariates", "weighter", "effect", "effective sample size"]
    body += table([*headers, "largest standardised difference"], rows)
    asked = "more than one standard error of the experiment off its effect"
    return Section(body, "", asked, tuple(short), tuple(plots))


def from_balance(figures: Figures) -> Section:
    """Balance's example, method by method."""
    truth = figures["population"]["mean of happiness"]
    rows, short, peer = [["", "unweighted", *_kept(figures["unweighted"])]], [], ""
    for method in (k for k in figures if k not in ("population", "unweighted")):
        name, theirs = next(iter(figures[method].items()))
        peer = name
        for who, one in figures[method].items():
            rows.append([method, who, *_kept(one)])
            if one is theirs:
                continue
            for kind in ("mean difference", "design effect", "processor seconds"):
                if one[kind] > 1.001 * theirs[kind]:
                    pair = f"{number(one[kind])}, balance's {number(theirs[kind])}"
                    short.append(f"{method}, {who}: {kind} {pair}")
    headers = ["method", "", "design effect", "mean difference", "largest difference", "happiness"]
    body = f"The population's mean of happiness is {number(truth)}.\n\n"
    body += table([*headers, "processor s"], rows)
    return Section(
        body, peer, "a larger difference, design effect or time than balance's", tuple(short)
    )


def _kept(one: Figures) -> list[Any]:
    names = ("design effect", "mean difference", "largest difference", "mean of happiness")
    return [one.get(name) for name in (*names, "processor seconds")]


def against_survey(figures: Figures) -> Section:
    """Weights and standard errors beside R's survey."""
    limits = figures["allowed"]
    names = {"weights": "weights, largest relative difference"}
    names["standard error"] = "standard error, relative difference"
    methods = [k for k, v in figures.items() if isinstance(v, dict) and k != "allowed"]
    rows = [
        [
            m,
            *(figures[m][name] for name in names.values()),
            figures[m]["totals, largest relative miss"],
            figures[m]["totals in R"],
        ]
        for m in methods
    ]
    headers = ["method", *names.values(), "largest relative miss of a total", "that of R"]
    short = [
        f"{m}: {name} {number(figures[m][name])}"
        for m in methods
        for kind, name in names.items()
        if abs(figures[m][name]) > limits[kind]
    ]
    asked = "a relative difference above "
    asked += f"{number(limits['weights'])}, or {number(limits['standard error'])} for errors"
    return Section(table(headers, rows), f"R survey {figures['R survey']}", asked, tuple(short))


def against_glmnet(figures: Figures) -> Section:
    """The penalised path beside glmnet's."""
    kinds = [k for k in next(iter(figures.values())) if k != "versions"]
    rows = [[case, *(one[k] for k in kinds)] for case, one in figures.items()]
    seconds = {
        case: (one["imbalance_kit, seconds"], one["glmnet, seconds"])
        for case, one in figures.items()
    }
    short = [
        f"{case}: {number(ours)} s, glmnet {number(theirs)} s"
        for case, (ours, theirs) in seconds.items()
        if ours > theirs
    ]
    peer = next(iter(figures.values()))["versions"]
    return Section(table(["case", *kinds], rows), peer, "slower than glmnet", tuple(short))


def intervals_of_coefficients(figures: Figures) -> Section:
    """Coverage after negative sampling."""
    rows, short, labels, values, errors = [], [], [], [], []
    for design, methods in figures["coverage"].items():
        for method, one in methods.items():
            coverage = with_error(one["coverage"], one["error"])
            rows.append([design, method, coverage, one["mean_half_width"]])
            labels.append(f"{design}: {method}")
            values.append(one["coverage"])
            errors.append(one["error"])
            if not one["within_93_to_97"]:
                short.append(f"{design}, {method}: {number(one['coverage'])}")
    body = f"{figures['repetitions']} repetitions of {figures['rows']:,} rows.\n\n"
    body += table(["design", "interval", "coverage", "mean half width"], rows)
    plot = _coverage("interval-coverage", labels, values, errors)
    return Section(body, "", "a coverage outside 93 to 97 %", tuple(short), (plot,))


def intervals_of_means(figures: Figures) -> Section:
    """Coverage of the intervals of means."""
    claimed = figures["claimed to cover"]["cases"]
    rows, short, labels, values, errors = [], [], [], [], []
    for name, one in figures["cases"].items():
        share = one["coverage %"] / 100
        said = name in claimed
        rows.append([name, said, one["coverage %"], one["intervals"], one["true error"]])
        rows[-1].append(one["mean standard error"])
        labels.append(name if said else f"{name} (not claimed)")
        values.append(share)
        errors.append((share * (1 - share) / one["intervals"]) ** 0.5)
        if not 0.93 <= share <= 0.97:
            note = "" if said else " (not claimed)"
            short.append(f"{name}{note}: {number(one['coverage %'])} % of {one['intervals']:,}")
    headers = ["case", "claimed to cover", "coverage %", "intervals", "true error"]
    body = f"{figures['repetitions']:,} repetitions; all that are claimed to cover, pooled: "
    body += f"{number(figures['claimed to cover']['pooled coverage %'])} %.\n\n"
    body += table([*headers, "mean standard error"], rows)
    plot = _coverage("estimate-coverage", labels, values, errors)
    return Section(body, "", "a coverage outside 93 to 97 %", tuple(short), (plot,))


def _coverage(name: str, labels: list[str], values: list[float], errors: list[float]) -> Dots:
    return Dots(
        name=name,
        alt="Coverage of 95 % intervals by case, with 95 % intervals of its own",
        title="coverage of 95 % intervals; dashed: 93, 95 and 97 %",
        labels=tuple(labels),
        series={"coverage": tuple(values)},
        errors={"coverage": tuple(errors)},
        marks=(0.93, 0.95, 0.97),
        log=False,
    )


def covariate_shift(figures: Figures) -> Section:
    """Loss in the population, and what cross-validation says of it."""
    rows, short = [], []
    for setting, found in figures.items():
        for weighter in (k for k, v in found.items() if isinstance(v, dict)):
            one = {k: v for k, v in found[weighter].items() if isinstance(v, dict)}
            rows.append(
                [f"{setting}, {found['draws']} draws", weighter]
                + [with_error(v["mean"], v["standard error"]) for v in one.values()]
            )
            gain, bias = (
                one[k]
                for k in (
                    "weighted less unweighted",
                    "bias of importance-weighted cross-validation",
                )
            )
            if gain["mean"] > 0:
                short.append(f"{setting}, {weighter}: weighting costs {number(gain['mean'])}")
            if abs(bias["mean"]) > 2 * bias["standard error"]:
                short.append(
                    f"{setting}, {weighter}: cross-validation biased by {number(bias['mean'])}"
                )
            share = found[weighter]["share of draws in which weighted is better"]
            if share < 1:
                short.append(
                    f"{setting}, {weighter}: better in {number(100 * share)} % of draws only"
                )
    return Section(
        table(["setting", "weighter", *one], rows),
        "",
        "weighting does not help, or bias",
        tuple(short),
    )


def error_rate(figures: Figures) -> Section:
    """How often equal strategies are called different."""
    rows, short = [], []
    for kind, found in figures.items():
        for design, one in (
            found.items() if "rate" not in next(iter(found.values())) else [("", found)]
        ):
            for test, r in one.items():
                rows.append([kind, design, test, with_error(r["rate"], r["standard_error"])])
                equal = "equal" in kind and "corrected" in test
                if equal and r["rate"] > 0.05:
                    short.append(f"{kind}, {design}, {test}: {number(r['rate'])}")
    return Section(
        table(["strategies", "design", "metric, test", "called different"], rows),
        asked="equal strategies called different in more than 5 % by the corrected test",
        short=tuple(short),
    )


def killed(figures: Figures) -> Section:
    """Runs that were killed."""
    name = "outputs compared byte by byte, all identical"
    kills = ", ".join(number(s) for s in figures["killed after seconds"])
    body = f"{figures['rows']:,} rows in {figures['row groups']} row groups, "
    body += f"{number(figures['seconds undisturbed'])} s undisturbed; killed after {kills} s. "
    body += f"Outputs compared byte by byte, all identical: {figures[name]}."
    return Section(body, asked="an output that differs, which ends the benchmark with an error")


EFFICIENCY = {
    "negative_sampling_simulation": simulation,
    "negative_sampling_logistic": logistic,
    "click_log": click_log,
    "negative_sampling_real_data": real_data,
}
CALIBRATION = {
    "calibration_after_resampling": after_resampling,
    "calibration_of_synthetic": of_synthetic,
    "downsample_calibration": downsample_calibration,
    "smote_comparison": smote_gains,
}
BALANCE = {
    "nsw_cps": nsw,
    "migrating_from_balance": from_balance,
    "weights_against_r": against_survey,
    "propensity_path_against_r": against_glmnet,
    "interval_coverage": intervals_of_coefficients,
    "estimate_coverage": intervals_of_means,
    "covariate_shift": covariate_shift,
    "comparison_error_rate": error_rate,
}
SAFETY = {"downsample_killed": killed}
