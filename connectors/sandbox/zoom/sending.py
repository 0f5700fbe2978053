"""Makes the POSTs that the webhooks ask for, one after the other, as they fall due."""

import asyncio
import http.client
import urllib.parse
from typing import Protocol

from connectors.sandbox.zoom.webhooks import Delivery

LOOK_AGAIN = 0.05  # seconds
PATIENCE = 3  # seconds: who takes longer has not answered


class Waiting(Protocol):
    """What falls due to be sent, and is told what came back."""

    def take(self) -> list[Delivery]: ...

    def sent(self, delivery: Delivery, status: int | None, body: bytes = b"") -> None: ...


async def keep_sending(webhooks: Waiting) -> None:
    """Until cancelled. Sending goes on in a thread; what came back is told here."""
    while True:
        for delivery in webhooks.take():
            webhooks.sent(delivery, *await asyncio.to_thread(post, delivery))
        await asyncio.sleep(LOOK_AGAIN)


def post(delivery: Delivery) -> tuple[int | None, bytes]:
    """Status and body; no status where nothing came back."""
    parts = urllib.parse.urlsplit(delivery.url)
    kind = (
        http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    )
    connection = kind(parts.hostname or "", parts.port, timeout=PATIENCE)
    target = urllib.parse.urlunsplit(("", "", parts.path or "/", parts.query, ""))
    try:
        connection.request("POST", target, delivery.body, dict(delivery.headers))
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return None, b""
    finally:
        connection.close()
