"""The audit chain, proven and handed out."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from agent.store.audit import Audit
from agent.store.engine import Store


@dataclass(frozen=True, slots=True)
class Chain:
    """How the chain stands. `broken` says why it does not hold; None: it holds."""

    rows: int
    head: str
    broken: str | None

    @property
    def ok(self) -> bool:
        return self.broken is None


def verify_chain(store: Store) -> Chain:
    """Read every row and compare each with the one before it."""
    with store.read() as tx:
        rows, head = Audit(tx).head()
        return Chain(rows, head, Audit(tx).broken())


def lines(store: Store) -> Iterator[str]:
    """One JSON object a line: the row's own text and its hash, then the head."""
    with store.read() as tx:
        for _, text, found in Audit(tx).rows():
            yield json.dumps({"row": text, "hash": found}, ensure_ascii=False) + "\n"
        rows, head = Audit(tx).head()
        yield json.dumps({"head": {"seq": rows, "hash": head}}) + "\n"
