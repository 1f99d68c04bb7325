import os
import sys

import pytest

from imbalance_kit.cli._console import make_console


def test_a_file_or_a_pipe_is_100_columns_wide() -> None:
    assert make_console().width == 100


@pytest.mark.parametrize(("columns", "width"), [(60, 60), (200, 100)])
def test_a_terminal_sets_the_width_up_to_100(
    columns: int, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("shutil.get_terminal_size", lambda _: os.terminal_size((columns, 24)))
    assert make_console().width == width
