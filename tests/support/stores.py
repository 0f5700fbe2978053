"""A real store: in a real file, or in a real PostgreSQL."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from agent.store.engine import Store
from agent.store.opening import open_store

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)  # a Friday


def a_store(where: Path | str, clock: Callable[[], datetime] = lambda: NOON) -> Store:
    """The store at this URL, or in the file of this folder; a new one gets the schema."""
    return open_store(url_of(where), clock)


def url_of(where: Path | str) -> str:
    return where if isinstance(where, str) else f"sqlite:///{where / 'callsteward.db'}"
