"""A progress bar on stderr, for a person at a terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

Watch = Callable[[str, int, int], None]


@contextmanager
def shown(*, quiet: bool) -> Iterator[Watch]:
    """A watcher of a sweep: one bar for each thing that it reads, or nothing at all."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda what, done, of: None
        return
    columns = TextColumn("{task.description:<28}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        tasks: dict[str, object] = {}

        def watch(what: str, done: int, of: int) -> None:
            if what not in tasks:
                tasks[what] = progress.add_task(what, total=of or None)
            progress.update(tasks[what], completed=done, total=of or None)  # type: ignore[arg-type]

        yield watch
