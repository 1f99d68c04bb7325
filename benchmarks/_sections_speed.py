"""Sections of the page of benchmarks: seconds, memory and growth, beside the peers."""

from functools import partial

from benchmarks._plots import Dots, Heat, Lines
from benchmarks._section import Figures, Section, cells, ends, mark, number, table

FASTER = "a ratio of seconds below 1, or more memory than the peer"
LIMIT = "a limit that was set before is not met"


def compared(figures: Figures, *, peer: str, name: str) -> Section:
    """Cells of seconds, and of memory where it was measured, with a dot per cell."""
    found = list(cells(figures))
    columns = {
        "times faster": lambda cell: mark(cell.get("times faster")),
        "times less processor time": lambda cell: mark(cell.get("times less processor time")),
        "share of the memory": lambda cell: mark(cell.get("share of the memory"), above=1.0),
    }
    columns = {k: v for k, v in columns.items() if any(k in cell for _, cell in found)}
    rows = [
        [
            case,
            ends(cell, ", seconds"),
            cell["imbalance_kit, seconds"],
            *(write(cell) for write in columns.values()),
        ]
        for case, cell in found
    ]
    short = [
        f"{case}: {number(cell['times faster'])} times as fast"
        for case, cell in found
        if cell["times faster"] < 1
    ]
    short += [
        f"{case}: {number(cell['share of the memory'])} times the memory"
        for case, cell in found
        if cell.get("share of the memory", 0) > 1
    ]
    plot = Dots(
        name=name,
        alt=f"Seconds of {peer} over ours, a dot per case; the table has the numbers",
        title=f"seconds of {peer} over ours; right of the line ours is faster",
        labels=tuple(case for case, _ in found),
        series={"times faster": tuple(cell["times faster"] for _, cell in found)},
        errors={},
        worse_below=1.0,
    )
    note = figures.get("machine", "") if isinstance(figures, dict) else ""
    body = table(["case", f"{peer}, s", "imbalance_kit, s", *columns], rows)
    extra = figures.get("SMOTEN, peak MB by rows")
    if extra:
        line = ", ".join(f"{number(peak)} MB at {rows}" for rows, peak in extra.items())
        body += f"\n\nPeak memory of SMOTEN as the rows double: {line}."
    if note:
        body += f"\n\nThe machine at that time: {note}."
    return Section(body, peer, FASTER, tuple(short), (plot,))


def smote_grid(figures: Figures) -> Section:
    """Ratios over rows, columns and shares."""
    grid = {}
    for key, cell in figures["grid"].items():
        sampler, size, share = key.split(", ", 1)[0], *key.split(", ", 1)[1].rsplit(", ", 1)
        rows, columns = size.split(" x ")
        ratio = cell["times faster"] if isinstance(cell, dict) else None
        grid[sampler, share.split()[0], columns, rows] = ratio
    samplers, shares, columns, rows = (tuple(dict.fromkeys(k[i] for k in grid)) for i in range(4))
    panels = {
        f"{sampler}, {share} minority": tuple(
            tuple(grid[sampler, share, column, n] for column in columns) for n in rows
        )
        for sampler in samplers
        for share in shares
    }
    lines = [
        [sampler, share, n, *("–" if r is None else mark(r) for r in row)]
        for sampler in samplers
        for share in shares
        for n, row in zip(rows, panels[f"{sampler}, {share} minority"], strict=True)
    ]
    slower = {key: r for key, r in grid.items() if r is not None and r < 1}
    short = [
        f"{sampler}, {n} x {column}, {share} minority: {number(r)} times as fast"
        for (sampler, share, column, n), r in slower.items()
    ]
    skipped = sum(r is None for r in grid.values())
    short += [f"{skipped} of {len(grid)} cells were not measured: the peer would take too long"]
    headers = ["sampler", "minority", "rows", *(f"{c} columns" for c in columns)]
    body = (
        f"Times faster: the median of {figures['measured']} cells is "
        f"{number(figures['median times faster'])}, the least "
        f"{number(figures['least times faster'])}. – was not measured.\n\n" + table(headers, lines)
    )
    plot = Heat(
        name="smote-speed-grid",
        alt="Seconds of imbalanced-learn over ours by rows and columns; the table has the numbers",
        rows=rows,
        columns=tuple(f"{c} col." for c in columns),
        panels=panels,
        panels_per_row=len(shares),
    )
    return Section(body, "imbalanced-learn", FASTER, tuple(short), (plot,))


def balance_table(figures: Figures) -> Section:
    """Two sizes, two questions to the peer."""
    rows, labels, ratios = [], [], []
    for one in figures:
        size = "{:,} + {:,} rows".format(*one["rows"])
        for peer, ratio in one["times faster"].items():
            seconds = one["seconds"]
            rows.append([size, peer, seconds[peer], seconds["ours"], mark(ratio)])
            labels.append(f"{peer}, {size}")
            ratios.append(ratio)
    apart = max(max(one["agreement"].values()) for one in figures)
    body = table(
        ["size", "what balance does", "balance, s", "imbalance_kit, s", "times faster"], rows
    )
    body += f"\n\nThe two tables' numbers differ by at most {number(apart)}."
    short = [
        f"{a}: {number(r)} times as fast" for a, r in zip(labels, ratios, strict=True) if r < 1
    ]
    return Section(body, "balance", FASTER, tuple(short))


def propensity_speed(figures: Figures) -> Section:
    """Seconds and quality beside balance, then a million rows alone."""
    rows, alone, short, peer = [], [], [], ""
    for case, one in figures.items():
        if not isinstance(one["seconds"], dict):
            alone.append([case, *list(one.values())])
            continue
        peer = next(name for name in one["seconds"] if name.startswith("balance"))
        ratio, busy = one["seconds"]["times faster"], one["processor seconds"]["times faster"]
        rows.append(
            [case, one["seconds"][peer], one["seconds"]["imbalance_kit"], mark(ratio), mark(busy)]
            + [one[name][kind] for kind in ("design effect", "mean difference") for name in SIDES]
        )
        if ratio < 1:
            short.append(f"{case}: {number(ratio)} times as fast")
        for kind in ("mean difference", "mean difference, tenths"):
            if one["imbalance_kit"][kind] > one["balance"][kind]:
                short.append(
                    f"{case}: {kind} {number(one['imbalance_kit'][kind])}, balance's "
                    f"{number(one['balance'][kind])} (at another design effect)"
                )
    headers = ["case", "balance, s", "ours, s", "times faster", "by processor time"]
    headers += [
        f"{kind}, {who}" for kind in ("design effect", "difference") for who in ("balance", "ours")
    ]
    body = table(headers, rows)
    if alone:
        names = ["seconds", "processor s", "peak memory in copies of the rows, theirs included"]
        body += "\n\nWithout the peer:\n\n" + table(
            ["case", *names, "largest difference of a mean", "design effect"], alone
        )
    asked = "a ratio of seconds below 1, or a larger mean difference left than balance's"
    return Section(body, peer, asked, tuple(short))


SIDES = ("balance", "imbalance_kit")


def weighting_speed(figures: Figures) -> Section:
    """Raking beside balance, calibration alone."""
    raking, calibration = figures.values()
    rows = [[name, value] for name, value in raking.items() if "times" not in name]
    rows += [[name, mark(value)] for name, value in raking.items() if "times" in name]
    body = table(["raking, 1,000,000 rows", ""], rows) + "\n\n"
    headers = ["calibration, 1,000,000 x 100", *next(iter(calibration.values()))]
    body += table(headers, [[name, *one.values()] for name, one in calibration.items()])
    short = [f"raking, {k}: {number(v)}" for k, v in raking.items() if "times" in k and v < 1]
    return Section(body, f"balance {raking['balance']}", FASTER, tuple(short))


def offset_logistic(figures: Figures) -> Section:
    """Ours beside the fastest of scikit-learn's solvers, at equal accuracy and as it comes."""
    rows, short = [], []
    for case, one in figures.items():
        others = {k: v for k, v in one["seconds"].items() if k != "ours"}
        fastest = min(others, key=lambda k: others[k])
        equal, plain = (
            1 / one[f"time_over_fastest_{kind}"] if one.get(f"time_over_fastest_{kind}") else None
            for kind in ("equally_accurate", "as_it_comes")
        )
        error = one["largest_error_per_standard_deviation"]
        rows.append(
            [
                case,
                one["seconds"]["ours"],
                f"{number(others[fastest])} ({fastest})",
                mark(equal),
                mark(plain),
                error["ours"],
                error[fastest],
            ]
        )
        for kind, ratio in (
            ("an equally accurate solver", equal),
            ("the fastest as it comes", plain),
        ):
            if ratio is not None and ratio < 1:
                short.append(f"{case}: {number(ratio)} times as fast as {kind}")
    headers = ["case", "ours, s", "fastest of scikit-learn, s", "times faster, equally accurate"]
    headers += ["times faster, as it comes", "our largest error", "its largest error"]
    body = table(headers, rows)
    body += "\n\nErrors are of a coefficient, in standard deviations of its column."
    return Section(body, "scikit-learn", "a ratio below 1", tuple(short))


def negative_speed(figures: Figures) -> Section:
    """Passes of the pilot and memory, against limits."""
    kinds = [k for k in figures if k != "limits"]
    rows = [[name, *(figures[k][name] for k in kinds)] for name in figures[kinds[0]]]
    short = [
        f"{kind}, {name}: {number(figures[kind][name])}"
        for kind in kinds
        for name in figures[kind]
        if "share of the limit" in name and figures[kind][name] > 1
    ]
    return Section(table(["", *kinds], rows), "", LIMIT, tuple(short))


def overhead(figures: Figures) -> Section:
    """What CorrectedClassifier costs beside its learner."""
    limits, one = figures["limits"], figures["gradient boosting"]
    share, ns = limits["share of a plain fit"], limits["predict_proba, ns per row"]
    rows, short = [], []
    for name, cost in one["outside the learner"].items():
        fit, predict = cost["fit, share of a plain fit"], cost["predict_proba, ns per row"]
        rows.append([name, cost["fit, seconds"], mark(fit, above=share), mark(predict, above=ns)])
        if fit > share or predict > ns:
            short.append(f"{name}: {number(fit)} of a plain fit, {number(predict)} ns per row")
    body = (
        f"A plain fit of {one['rows']:,} rows takes {number(one['plain fit, seconds'])} s. Limits: "
    )
    body += f"{number(share)} of a plain fit, {number(ns)} ns per row.\n\n"
    body += table(["model", "fit, s", "share of a plain fit", "predict_proba, ns per row"], rows)
    stored = figures["stored probabilities, ns per row"]
    columns = list(stored)
    rows = [
        [name, *(mark(stored[c][name], above=ns) for c in columns)] for name in stored[columns[0]]
    ]
    body += "\n\nNanoseconds per row where the learner's probabilities are stored:\n\n"
    body += table(["", *columns], rows)
    short += [
        f"{name}, {c}: {number(stored[c][name])} ns per row"
        for c in columns
        for name in stored[c]
        if stored[c][name] > ns
    ]
    return Section(body, "", LIMIT, tuple(short))


def downsample_parquet(figures: Figures) -> Section:
    """Two bare scans beside one downsampling."""
    rows = [
        [
            one["rows"],
            one["workers"],
            *one["seconds"].values(),
            mark(1 / one["times two scans by row group"]),
            mark(1 / one["times two scans by dataset"]),
            one["rows per second"],
            *one["peak memory in MB"].values(),
        ]
        for one in figures
    ]
    kinds = list(figures[0]["seconds"])
    headers = ["rows", "threads", *(f"{kind}, s" for kind in kinds)]
    headers += ["times faster than row group", "than dataset", "rows per second"]
    body = table([*headers, *(f"{kind}, MB" for kind in kinds)], rows)
    short = [
        f"{one['rows']:,} rows, {one['workers']} threads: {number(one[f'times {kind}'])} times "
        f"as long as {kind}"
        for one in figures
        for kind in kinds[:2]
        if one[f"times {kind}"] > 1
    ]
    asked = "longer than just reading the files twice, which samples nothing"
    return Section(body, "pyarrow", asked, tuple(short))


def downsample_stages(figures: Figures) -> Section:
    """Microseconds per row, and bytes that travel."""
    name = "microseconds per row and core"
    body = table(["stage", name], list(figures[name].items())) + "\n\n"
    body += table(["what travels", "bytes"], list(figures["bytes"].items()))
    body += (
        f"\n\nMerging two tallies: {number(figures['seconds to merge two tallies'])} s; training "
    )
    body += f"the pilots: {number(figures['seconds to train the pilots'])} s."
    return Section(body, asked="no limit was set")


def scaling(figures: Figures) -> Section:
    """Time and memory along each axis."""
    parts, short, plots, skipped = [], [], [], []
    for axis, methods in ((k, v) for k, v in figures.items() if isinstance(v, dict)):
        rows = []
        for method, line in methods.items():
            for value, cell in line.items():
                where = f"{method}, {value} {axis}"
                rows.append([method, value, *scaling_row(cell)])
                if cell.get("times faster", 1) < 1:
                    short.append(f"{where}: {number(cell['times faster'])} times as fast")
                if cell.get("share of the memory", 0) > 1:
                    short.append(f"{where}: {number(cell['share of the memory'])} times the memory")
                if "imbalance_kit" in cell.get("skipped", ()):
                    skipped.append(where)
        headers = ["method", axis, "ours, s", "peer, s", "times faster", "by processor time"]
        headers += ["ours, peak MB", "share of the peer's memory", "skipped"]
        parts.append(f"### By {axis}\n\n" + table(headers, rows))
        if axis != "threads":
            plots.append(scaling_plot(axis, methods, "seconds", "seconds"))
            plots.append(scaling_plot(axis, methods, "peak MB", "MB"))
    if skipped:
        short.append(f"not measured, because ours would take too long: {'; '.join(skipped)}")
    limit = number(figures["limit, seconds"])
    body = f"A call predicted to take more than {limit} s is skipped.\n\n" + "\n\n".join(parts)
    peer = "imbalanced-learn, balance 0.23 for CBPS"
    return Section(body, peer, FASTER, tuple(short), tuple(plots))


def scaling_row(cell: Figures) -> list[str]:
    """Return the figures of one size."""
    peer = ends(cell, ", seconds")
    return [
        number(cell.get("imbalance_kit, seconds")),
        number(peer),
        mark(cell.get("times faster")),
        mark(cell.get("times less processor time")),
        number(cell.get("imbalance_kit, peak MB")),
        mark(cell.get("share of the memory"), above=1.0),
        ", ".join(cell.get("skipped", ())),
    ]


def scaling_plot(axis: str, figures: Figures, kind: str, unit: str) -> Lines:
    """A panel per method, a line per library."""
    panels = {}
    for method, line in figures.items():
        curves = {}
        for library in ("imbalance_kit", "imbalanced-learn", "balance"):
            key = f"{library}, {kind}"
            points = [(float(v.replace(",", "")), c[key]) for v, c in line.items() if key in c]
            if points:
                curves[library] = tuple(points)
        panels[method] = curves
    name = "seconds" if kind == "seconds" else "memory"
    alt = f"{name.capitalize()} by {axis}, a panel per method; the table has the numbers"
    return Lines(f"scaling-{axis}-{name}", alt, axis, unit, panels)


SPEED = {
    "random_samplers": partial(compared, peer="imbalanced-learn", name="random-samplers"),
    "smote_speed": partial(compared, peer="imbalanced-learn", name="smote-speed"),
    "smote_speed_grid": smote_grid,
    "categorical_smote": partial(compared, peer="imbalanced-learn", name="categorical-smote"),
    "cleaning": partial(compared, peer="imbalanced-learn", name="cleaning"),
    "neighbor_search": partial(compared, peer="scikit-learn", name="neighbor-search"),
    "offset_logistic_regression": offset_logistic,
    "corrected_classifier_overhead": overhead,
    "negative_sampling_speed": negative_speed,
    "balance_table": balance_table,
    "propensity_speed": propensity_speed,
    "weighting_speed": weighting_speed,
}
SCALE = {
    "scaling": scaling,
    "downsample_parquet": downsample_parquet,
    "downsample_stages": downsample_stages,
}
