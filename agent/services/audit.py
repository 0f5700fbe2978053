"""The audit chain, proven and handed out."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from agent.store.audit import Audit
from agent.store.engine import Store, Transaction


@dataclass(frozen=True, slots=True)
class Chain:
    """How the chain stands. `broken` says why it does not hold; None: it holds."""

    rows: int
    head: str
    broken: str | None

    @property
    def ok(self) -> bool:
        return self.broken is None


def verify_chain(store: Store, noted: tuple[int, str] | None = None) -> Chain:
    """Read every row and compare each with the one before it.

    `noted` is a row's number and hash from before: a chain that was cut off lacks it.
    """
    with store.read() as tx:
        rows, head = Audit(tx).head()
        broken = Audit(tx).broken()
        if broken is None and noted is not None and not Audit(tx).has(*noted):
            broken = "the head that was noted before is not in it"
        return Chain(rows, head, broken)


def lines(store: Store) -> Iterator[str]:
    """One JSON object a line: the row's own text and its hash, then the head."""
    with store.read() as tx:
        for _, text, found in Audit(tx).rows():
            yield json.dumps({"row": text, "hash": found}, ensure_ascii=False) + "\n"
        yield _head(tx)


def head(store: Store) -> str:
    """The head alone, as the export's last line: to be noted where no hand reaches both."""
    with store.read() as tx:
        return _head(tx)


def _head(tx: Transaction) -> str:
    rows, found = Audit(tx).head()
    return json.dumps({"head": {"seq": rows, "hash": found}}) + "\n"
