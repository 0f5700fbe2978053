"""The databases that a drill can run on, each made for it and taken away after it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path


@contextmanager
def sqlite(folder: Path) -> Iterator[str]:
    """A file in this folder."""
    yield f"sqlite:///{folder / 'callsteward.db'}"


ENGINES: Mapping[str, Callable[[Path], AbstractContextManager[str]]] = {"sqlite": sqlite}
