"""A real store in a real file."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import agent.store.audit
import agent.store.ledger
import agent.store.people
import agent.store.register  # noqa: F401  the tables must be known
from agent.store.engine import Store, metadata
from agent.store.opening import open_store

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)  # a Friday


def a_store(path: Path, clock: Callable[[], datetime] = lambda: NOON) -> Store:
    """A new store in this folder, with every table."""
    store = open_store(f"sqlite:///{path / 'callsteward.db'}", clock)
    metadata.create_all(store.engine)
    return store
