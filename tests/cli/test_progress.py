import io

from rich.console import Console

from imbalance_kit.cli._progress import show_progress


def test_nothing_is_drawn_where_nobody_watches() -> None:
    stream = io.StringIO()
    with show_progress(Console(file=stream)) as report:
        assert report is None
    assert stream.getvalue() == ""


def test_the_bar_names_what_was_done() -> None:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=90)
    with show_progress(console) as report:
        assert report is not None
        report(1, 4, "[red]SMOTE, fold 1 of 2")
        report(4, 4, "a strategy with a name that is much longer than the room for it")
    drawn = stream.getvalue()
    assert "starting" in drawn
    assert "100%" in drawn
    assert "a strategy with a name that is much" in drawn
    assert "room for it" not in drawn


def test_quiet() -> None:
    stream = io.StringIO()
    with show_progress(Console(file=stream, force_terminal=True, quiet=True)) as report:
        assert report is not None
        report(1, 2, "x")
    assert stream.getvalue() == ""
