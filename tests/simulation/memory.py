"""The store as this world sees it: a seam before each transaction, before and after a commit.

SQLite has one writer: a strand that would wait for the write lock waits at its seam instead.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from agent.store.engine import Store, Transaction
from tests.simulation.scheduler import Scheduler, Turnstile

Committed = Callable[[Transaction], None]


@dataclass(frozen=True)
class SeamedStore(Store):
    """The real store of one process. `committed` sees each commit before anybody goes on."""

    scheduler: Scheduler = field(kw_only=True)
    writing: Turnstile = field(kw_only=True)
    committed: Committed = field(kw_only=True)

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        self.scheduler.seam("begin", self.writing.is_free)
        with self.writing:
            with Store.begin(self) as tx:
                yield tx
                self.scheduler.seam("before commit")
            self.committed(tx)
        self.scheduler.seam("after commit")

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        self.scheduler.seam("read")
        with Store.read(self) as tx:
            yield tx


def seamed(
    real: Store,
    scheduler: Scheduler,
    writing: Turnstile,
    committed: Committed,
    clock: Callable[[], datetime] | None = None,
) -> SeamedStore:
    """This store, with seams and on this world's clock, or on the machine's own."""
    own: dict[str, Any] = {one.name: getattr(real, one.name) for one in fields(Store)}
    own["clock"] = clock or scheduler.clock
    return SeamedStore(**own, scheduler=scheduler, writing=writing, committed=committed)
