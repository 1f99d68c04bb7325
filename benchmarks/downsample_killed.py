"""Is the output of a run that is killed again and again the same as that of an undisturbed one?

The command is killed (signal 9) at ten random moments, each time taken up by `--resume`, and then
left to end. The files of both outputs are compared byte by byte.

    python -m benchmarks.downsample_killed
"""

import filecmp
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks._click_parquet import write_clicks
from benchmarks._results import write_results

QUESTION = __doc__.partition("\n")[0]
MINUTES = 3
NEEDS = ("pyarrow",)
KILLS = 10


def main() -> None:
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        source = write_clicks(base / "clicks", 5_000_000)
        began = time.perf_counter()
        assert _start(source, base / "whole").wait() == 0
        seconds = time.perf_counter() - began
        moments, left_over, finished = [], [], 0
        while len(moments) < KILLS:
            moment = float(rng.uniform(0, seconds))
            run = _start(source, base / "killed", "--resume")
            try:
                assert run.wait(moment) == 0
                _check_same(base)  # it got to its end before the kill: another one
                shutil.rmtree(base / "killed")
                finished += 1
            except subprocess.TimeoutExpired:
                run.kill()
                run.wait()
                moments.append(round(moment, 2))
                left_over.append(len(list((base / ".killed.partial").glob("*.arrow"))))
        if not (base / "killed").exists():
            assert _start(source, base / "killed", "--resume").wait() == 0
        _check_same(base)
        figures = {
            "rows": 5_000_000,
            "row groups": 20,
            "seconds undisturbed": round(seconds, 1),
            "killed after seconds": moments,
            "pieces on disk then": left_over,
            "runs that ended between the kills": finished,
            "outputs compared byte by byte, all identical": finished + 1,
        }
        write_results("downsample_killed", QUESTION, figures, libraries=("pyarrow",))
        print(figures)


def _start(source: Path, out: Path, *options: str) -> subprocess.Popen:
    command = [sys.executable, "-m", "imbalance_kit", "downsample", str(source), "-q"]
    return subprocess.Popen([*command, "-t", "click", "--key", "id", "-o", str(out), *options])


def _check_same(base: Path) -> None:
    names = [sorted(p.name for p in (base / which).iterdir()) for which in ("whole", "killed")]
    assert names[0] == names[1], names
    _, wrong, errors = filecmp.cmpfiles(base / "whole", base / "killed", names[0], shallow=False)
    assert not wrong, wrong
    assert not errors, errors
    assert not (base / ".killed.partial").exists()


if __name__ == "__main__":
    main()
