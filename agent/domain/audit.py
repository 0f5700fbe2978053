"""The chain: every change is a row that names the hash of the row before it.

The shape is that of the HMPPS audit service (what, when, operationId, subjectId, subjectType,
correlationId, who, service, details), so that rows export one to one. No personal data.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

SERVICE = "callsteward"
START = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One change. `when` is UTC; `who` is a staff id or the agent itself."""

    what: str
    when: datetime
    subject_type: str
    subject_id: str
    who: str
    operation_id: str
    correlation_id: str
    details: Mapping[str, object]


def canonical(seq: int, entry: Entry, previous: str) -> str:
    """The text that is hashed: JSON, keys sorted, no spaces, UTF-8 as it is."""
    return json.dumps(
        {
            "seq": seq,
            "what": entry.what,
            "when": entry.when.isoformat(timespec="microseconds"),
            "operationId": entry.operation_id,
            "subjectId": entry.subject_id,
            "subjectType": entry.subject_type,
            "correlationId": entry.correlation_id,
            "who": entry.who,
            "service": SERVICE,
            "details": entry.details,
            "previous": previous,
        },
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
    )


def digest(text: str) -> str:
    """SHA-256 of the row's text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def first_broken(
    rows: Iterable[tuple[int, str, str]],
    head: tuple[int, str],
    after: tuple[int, str] = (0, START),
) -> str | None:
    """Why the chain does not hold, or None.

    `rows` are (number, text, hash) in order; `head` is the number and hash it must end with.
    `after` is the row before the first one, where they are a segment only.
    """
    last, previous = after
    for seq, text, found in rows:
        if seq != last + 1:
            return f"row {last + 1} is missing"
        if digest(text) != found:
            return f"row {seq} was changed"
        if _links(text) != (seq, previous):
            return f"row {seq} does not follow row {last}"
        last, previous = seq, found
    if head[0] != last:
        return f"the chain ends at row {last}, but its head names row {head[0]}"
    return None if head[1] == previous else f"row {last} is another than its head names"


def _links(text: str) -> tuple[object, object] | None:
    """The number and the previous hash that a row names; None: it is no row of an audit."""
    try:
        told = json.loads(text)
        return told["seq"], told["previous"]
    except (ValueError, KeyError, TypeError):
        return None
