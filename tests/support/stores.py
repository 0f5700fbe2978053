"""A real store: in a real file, or in a real PostgreSQL."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from agent.store.engine import EPOCH, Store
from agent.store.opening import database_file, is_embedded, open_store

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)  # a Friday


def a_store(where: Path | str, clock: Callable[[], datetime] = lambda: NOON) -> Store:
    """The store at this URL, or in the file of this folder; a new one has the schema."""
    url = url_of(where)
    if is_embedded(url) and not (file := database_file(url)).exists() and file.parent.is_dir():
        file.write_bytes(_new())
        file.chmod(0o600)
    return opened(url, clock)


def opened(where: Path | str, clock: Callable[[], datetime] = lambda: NOON) -> Store:
    """The same, for tests of the opening itself: nothing is there beforehand."""
    return open_store(url_of(where), clock)


@cache
def _new() -> bytes:
    """A file with the schema and no row, as `open_store` makes it: once for all tests."""
    with TemporaryDirectory() as folder:
        open_store(url_of(Path(folder)), lambda: EPOCH).close()
        return Path(folder, "callsteward.db").read_bytes()


def url_of(where: Path | str) -> str:
    return where if isinstance(where, str) else f"sqlite:///{where / 'callsteward.db'}"
