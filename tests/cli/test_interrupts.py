"""Ctrl-C at any moment: exit code 130, one line, and every file whole or not there."""

import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import numpy as np
import pandas as pd
import pytest

from imbalance_kit.cli import main
from imbalance_kit.cli._output import write_whole
from tests._tables import click_log, write_parquet
from tests.cli._files import small_frame, write_csv
from tests.cli._fuzz import EXAMPLES, assert_whole, snapshot
from tests.cli._weight_files import write_files

pytestmark = [
    pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="timers of POSIX"),
    pytest.mark.skipif(
        threading.current_thread() is not threading.main_thread(), reason="signals need it"
    ),
]
MOMENTS = 4 * EXAMPLES


@contextmanager
def interrupted_after(seconds: float) -> Iterator[None]:
    """Raise KeyboardInterrupt at that time, as Ctrl-C does, unless the block has ended."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("source")
    write_csv(folder, small_frame(200))
    write_files(folder)
    log = click_log(3000)
    write_parquet(log, folder / "log", 1, 1000)
    log.assign(raw=0.5, log_odds_offset=1.0).to_csv(folder / "raw.csv", index=False)
    command = ["downsample", str(folder / "log"), "-t", "click", "-o", str(folder / "run"), "-q"]
    assert main([*command, "--pilot", "uniform"]) == 0
    return folder


COMMANDS = {
    "compare": "compare {in}/data.csv -t default --folds 2 --strategies class-weights "
    "--json {out}/a.json --html {out}/a.html",
    "weight": "weight {in}/sample.csv -p {in}/people.csv --id person --out {out}/w.csv "
    "--json {out}/a.json --html {out}/a.html",
    "downsample": "downsample {in}/log -t click --key id --out {out}/run --json {out}/a.json",
    "score": "score {in}/raw.csv -m {in}/run -p raw --out {out}/scored.csv",
}


# An interrupt between the opening of a file and its block leaves the closing to the collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("verb", COMMANDS)
def test_at_any_moment(
    verb: str, source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    words = COMMANDS[verb].split()
    arguments = [word.replace("{in}", str(source)).replace("{out}", str(out)) for word in words]
    before = snapshot(source)

    def run(seconds: float) -> tuple[int, float]:
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        start = pd.Timestamp.now()
        with interrupted_after(seconds):
            code = main(arguments)
        return code, (pd.Timestamp.now() - start).total_seconds()

    run(600.0)
    code, whole = run(600.0)  # the first one has loaded what is loaded late
    assert code == 0
    complete = sorted(path.name for path in out.iterdir())
    capsys.readouterr()
    codes = []
    for share in np.random.default_rng(0).uniform(0.01, 0.9, MOMENTS):
        try:
            codes.append(run(share * whole)[0])
        except KeyboardInterrupt:  # after `main` had returned
            codes.append(0)
        told = capsys.readouterr().err
        assert "Traceback" not in told
        assert codes[-1] in (0, 130), told
        if codes[-1] == 130:
            assert told == "" or told.startswith("Interrupted."), told
            assert len(told.splitlines()) <= 1, told
        for path in out.iterdir():
            assert path.name in complete or path.name == ".run.partial"  # for --resume
            if path.is_file():
                assert_whole(path, told)
            elif path.name == "run":
                assert (path / "_imbalance_kit.json").is_file()
    assert 130 in codes
    assert snapshot(source) == before


def test_a_resumed_run_is_the_same(source: Path, tmp_path: Path) -> None:
    words = ["downsample", str(source / "log"), "-t", "click", "--key", "id", "-q"]
    assert main([*words, "-o", str(tmp_path / "whole")]) == 0
    with interrupted_after(0.05):
        code = main([*words, "-o", str(tmp_path / "run")])
    if code == 130:
        assert main([*words, "-o", str(tmp_path / "run"), "--resume"]) == 0
    whole, resumed = (pd.read_parquet(tmp_path / name) for name in ("whole", "run"))
    pd.testing.assert_frame_equal(whole, resumed)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run", "whole"]


def test_while_a_file_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.json"
    path.write_text("old")

    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("os.fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_whole(path, "new")
    assert path.read_text() == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["a.json"]
