"""The locks that a connector keeps while it asks the outside.

A thread that waited for one of them would stop the world, so each of them becomes a turnstile.
The others are never held over a seam.
"""

from typing import Any

from connectors.mdm.intune import IntuneMdm
from connectors.zoom.consents import Consents, UserTokens
from connectors.zoom.estate import ZoomEstate
from tests.simulation.scheduler import Scheduler, Turnstile


class TurnedConsents(Consents):
    """The real ones; a user's tokens are asked for by one strand at a time."""

    scheduler: Scheduler

    def of(self, email: str) -> UserTokens:
        tokens = super().of(email)
        turn(tokens, self.scheduler, "the tokens of a user")
        return tokens


def turn(tokens: Any, scheduler: Scheduler, name: str) -> None:
    """Its lock, once."""
    if not isinstance(tokens._lock, Turnstile):
        tokens._lock = Turnstile(scheduler, name)


def turn_zoom(zoom: ZoomEstate, scheduler: Scheduler) -> None:
    """The app's one token."""
    tokens: Any = zoom._client.bearer
    turn(tokens._tokens, scheduler, "the token of the app")


def as_new(mdm: IntuneMdm, scheduler: Scheduler) -> None:
    """As a process has it that begins: to make one costs as much as half a schedule."""
    tokens: Any = mdm._graph._service._tokens
    tokens._token, tokens._lock = None, Turnstile(scheduler, "the token of Graph")
