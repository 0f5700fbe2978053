"""Where GOV.UK Notify sends its delivery receipts: proven by their token, stored, answered.

Notify repeats one five times, five minutes apart, where the answer is no success.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from agent.domain.delivery import Receipt
from agent.web.asgi import (
    Gone,
    NotTaken,
    Receive,
    Scope,
    Send,
    headers_of,
    kept,
    live,
    posted,
    say,
)
from connectors.alerts.notify_receipts import is_from_notify, receipt

Keep: TypeAlias = Callable[[Receipt], object]
"""Stores a receipt; raises StoreFailed."""

PATH = "/notify/receipts"
PATIENCE = 5.0  # seconds for the body, and for the store
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReceiptTaker:
    """The application. `pseudonym` makes of an address what may be kept of it."""

    token: str
    pseudonym: Callable[[str], str]
    keep: Keep
    patience: float = PATIENCE

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await live(receive, send)
        elif scope["type"] == "http":
            try:
                status = await self._answer(scope, receive)
            except Gone:
                return
            except NotTaken as why:
                status = why.status
            await say(send, status, b"")

    async def _answer(self, scope: Scope, receive: Receive) -> int:
        body = await posted(scope, receive, PATH, self.patience)
        if not is_from_notify(self.token, headers_of(scope)):
            log.warning("a delivery that is not Notify's was refused")
            return 401
        found = receipt(body, self.pseudonym)
        if found is None:
            log.warning("a receipt of Notify's is not one that we know")
            return 400
        return await kept(partial(self.keep, found), "receipt", self.patience)
