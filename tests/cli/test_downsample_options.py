import pytest

from imbalance_kit.cli import main
from imbalance_kit.cli._downsample_options import Engine


def test_every_option_is_in_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["downsample", "--help"]) == 0
    out = capsys.readouterr().out
    for option in ("--target", "--out", "--key", "--pilot", "--engine", "--resume", "--json"):
        assert option in out


def test_an_unknown_engine_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["downsample", "x", "-t", "y", "-o", "z", "--engine", "hadoop"]) == 2
    err = capsys.readouterr().err
    assert all(engine.value in err for engine in Engine)
