"""Notify's delivery receipts: who sent one, and what it says. No address leaves this module."""

import hmac
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import msgspec

from agent.domain.delivery import Receipt


class _Row(msgspec.Struct):
    id: str
    status: str
    to: str
    reference: str | None = None
    completed_at: str | None = None


def is_from_notify(token: str, headers: Mapping[str, str]) -> bool:
    """Whether it carries the bearer token that we gave Notify."""
    kind, _, given = headers.get("authorization", "").partition(" ")
    same = hmac.compare_digest(given.strip().encode(), token.encode())
    return bool(token) and kind.lower() == "bearer" and same


def receipt(body: bytes, pseudonym: Callable[[str], str]) -> Receipt | None:
    """What it says, its address only as a pseudonym. None: it is no receipt."""
    try:
        row = msgspec.json.decode(body, type=_Row)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if not (0 < len(row.id) <= 64 and 0 < len(row.status) <= 32):
        return None
    to = pseudonym(row.to.strip().lower())
    return Receipt(row.id, row.reference or "", to, row.status, _moment(row.completed_at))


def _moment(text: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
