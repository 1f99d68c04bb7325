"""A live bar on standard error, where somebody watches."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.text import Text

_LABEL_WIDTH = 36

ReportProgress = Callable[[int, int, str], object]


@contextmanager
def show_progress(console: Console) -> Iterator[ReportProgress | None]:
    """Yield what `compare_strategies` calls after each piece of work; None without a terminal."""
    if not console.is_terminal:
        yield None
        return
    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        TaskProgressColumn(),
        TimeRemainingColumn(compact=True),
        console=console,
        transient=True,
    )
    with bar:
        task = bar.add_task("starting", total=None)

        def report(done: int, total: int, label: str) -> None:
            words = Text(label)
            words.truncate(_LABEL_WIDTH, overflow="ellipsis", pad=True)  # the bar stays in place
            bar.update(task, completed=done, total=total, description=words.plain)

        yield report
