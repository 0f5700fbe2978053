"""The databases that a drill can run on, each made for it and taken away after it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from agent.errors import Misconfigured
from tests.support import postgres as server


@contextmanager
def sqlite(folder: Path) -> Iterator[str]:
    """A file in this folder."""
    yield f"sqlite:///{folder / 'callsteward.db'}"


@contextmanager
def postgres(_folder: Path) -> Iterator[str]:
    """A database of its own in a server that keeps what it commits."""
    with server.running(server.DURABLE) as found:
        if found is None:
            raise Misconfigured(server.ABSENT, "Then run the drill again.")
        url = found.empty()
        try:
            yield url
        finally:
            found.drop(url)


Engine = Callable[[Path], AbstractContextManager[str]]
ENGINES: Mapping[str, Engine] = {"sqlite": sqlite, "postgres": postgres}
