"""How long does sampling 20,000,000 rows of Parquet take, against just reading them twice?

The reference is two bare scans by pyarrow of the same columns with the same number of threads, in
two ways: row group by row group in a pool of threads (the least that reading costs), and
`pyarrow.dataset` batch by batch (what one would write). Each measurement is a process of its own,
so that its peak memory is its own; the three kinds take turns, medians of the repeats. Seconds of
all cores vary less than those of the clock where a machine is busy.

    python -m benchmarks.downsample_parquet [--rows 20000000] [--repeats 3] [--folder DIR]
"""

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks._click_parquet import write_clicks
from benchmarks._results import write_results

QUESTION = __doc__.partition("\n")[0]
MINUTES = 6
NEEDS = ("pyarrow",)
KINDS = ("two scans by row group", "two scans by dataset", "downsample")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=20_000_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2])
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--only", nargs=3, metavar=("KIND", "FOLDER", "WORKERS"))
    arguments = parser.parse_args()
    if arguments.only:
        kind, folder, workers = arguments.only
        print(json.dumps(_measure(kind, Path(folder), int(workers))))
        return
    base = arguments.folder or Path(tempfile.mkdtemp())
    results = []
    for n_rows in (arguments.rows // 4, arguments.rows):
        source = base / f"clicks-{n_rows}"
        if not source.exists():
            write_clicks(source, n_rows)
        full = n_rows == arguments.rows
        for workers in arguments.workers if full else [2]:
            results.append(_compare(source, n_rows, workers, arguments.repeats))
            print(results[-1])
    if arguments.folder is None:
        shutil.rmtree(base)
    write_results("downsample_parquet", QUESTION, results, libraries=("pyarrow",))


def _compare(source: Path, n_rows: int, workers: int, repeats: int) -> dict:
    measured: dict[str, list[dict]] = {kind: [] for kind in KINDS}
    for _ in range(repeats):
        for kind in KINDS:  # in turn, so that the machine's moods fall on all alike
            measured[kind].append(_in_process(kind, source, workers))
    seconds = {k: statistics.median(m["seconds"] for m in runs) for k, runs in measured.items()}
    cpu = {k: statistics.median(m["cpu"] for m in runs) for k, runs in measured.items()}
    memory = {k: max(m["peak_mb"] for m in runs) for k, runs in measured.items()}
    return {
        "rows": n_rows,
        "columns": 22,
        "workers": workers,
        "seconds": {k: round(s, 2) for k, s in seconds.items()},
        "seconds of all cores": {k: round(s, 2) for k, s in cpu.items()},
        "times two scans by row group": round(seconds[KINDS[2]] / seconds[KINDS[0]], 2),
        "times two scans by dataset": round(seconds[KINDS[2]] / seconds[KINDS[1]], 2),
        "rows per second": round(n_rows / seconds[KINDS[2]]),
        "peak memory in MB": {k: round(m) for k, m in memory.items()},
        "kept": measured[KINDS[2]][0]["kept"],
        "expected": measured[KINDS[2]][0]["expected"],
    }


def _in_process(kind: str, source: Path, workers: int) -> dict:
    command = [sys.executable, "-m", "benchmarks.downsample_parquet", "--only", kind]
    done = subprocess.run(
        [*command, str(source), str(workers)], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def _measure(kind: str, source: Path, workers: int) -> dict:
    import pyarrow as pa

    pa.set_cpu_count(workers)
    extra: dict = {}
    if kind == "downsample":
        from imbalance_kit import NonuniformNegativeSampler, downsample, read_manifest

        out = Path(tempfile.mkdtemp(dir=source.parent)) / "out"
        began, before = time.perf_counter(), time.process_time()
        downsample(
            source,
            NonuniformNegativeSampler(random_state=0),
            label="click",
            key="id",
            destination=out,
            n_jobs=workers,
        )
        seconds, cpu = time.perf_counter() - began, time.process_time() - before
        manifest = read_manifest(out)
        extra = {
            "kept": sum(n for _, n in manifest.counts_after),
            "expected": round(manifest.expected_after),
        }
        shutil.rmtree(out.parent)
    else:
        scan = _scan_groups if kind == KINDS[0] else _scan_dataset
        began, before = time.perf_counter(), time.process_time()
        for _ in range(2):
            scan(source, workers)
        seconds, cpu = time.perf_counter() - began, time.process_time() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "cpu": cpu, "peak_mb": peak, **extra}


def _scan_groups(source: Path, workers: int) -> None:
    import pyarrow.parquet as pq

    groups = [
        (file, i)
        for file in sorted(source.glob("*.parquet"))
        for i in range(pq.ParquetFile(file).metadata.num_row_groups)
    ]

    def read(group: tuple[Path, int]) -> None:
        with pq.ParquetFile(group[0]) as file:
            file.read_row_group(group[1], use_threads=False)

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(read, groups))


def _scan_dataset(source: Path, workers: int) -> None:
    import pyarrow.dataset as ds

    for _ in ds.dataset(source).to_batches():
        pass


if __name__ == "__main__":
    main()
