"""A real store in a real file."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from agent.store.engine import Store
from agent.store.opening import open_store

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)  # a Friday


def a_store(path: Path, clock: Callable[[], datetime] = lambda: NOON) -> Store:
    """A new store in this folder, with the schema of this version."""
    return open_store(f"sqlite:///{path / 'callsteward.db'}", clock)
