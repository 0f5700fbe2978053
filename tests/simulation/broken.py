"""A ledger broken in two ways, to show that the schedules would find it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import ColumnElement, update

from agent.store.engine import Store
from agent.store.ledger import LIVE, Claim, Ledger, o, obligation


def clears_leases(store: Store) -> None:
    """For the start of a process: takes everybody for dead who had claimed something."""
    with store.begin() as tx:
        claimed = update(obligation).where(LIVE, o.fence > 0, o.next_at > tx.now)
        tx.sql.execute(claimed.values(next_at=tx.now))


@contextmanager
def the_fence_ignored() -> Iterator[None]:
    """Whoever claimed it once may write, also when somebody else has claimed it since."""

    def mine(ledger: Ledger, claim: Claim, *also: ColumnElement[bool], **values: Any) -> bool:
        whosoever = update(obligation).where(o.key == claim.key, LIVE, *also)
        return ledger.tx.sql.execute(whosoever.values(**values)).rowcount == 1

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Ledger, "_mine", mine)
        yield
