"""An outside monitor that is called again and again, and raises the alarm when it is not.

Its address is a secret: who knows it can pretend that we are alive. No message holds it.
"""

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from agent.domain.mail import Letter
from agent.domain.trial_mail import beat_letter
from agent.errors import Misconfigured
from connectors.http import Reach, Upstream

NAME = "heartbeat monitor"


class MailBeat:
    """The port `Monitor`, by mail. `post`: letter, address, date -> the server's answer."""

    def __init__(
        self,
        post: Callable[[Letter, str, datetime], str],
        to: str,
        now: Callable[[], datetime],
    ) -> None:
        self._post, self._to, self._now = post, to, now

    def beat(self) -> None:
        """Raises ConnectorError: TryAgain, Refused or UnknownReply."""
        now = self._now()
        self._post(beat_letter(int(now.timestamp())), self._to, now)


class Heartbeat:
    """The port `Monitor`."""

    def __init__(self, url: str, reach: Reach, now: Callable[[], datetime]) -> None:
        try:
            parts = urlsplit(url)
        except ValueError as err:
            raise Misconfigured("the heartbeat's address is no URL") from err
        self._url = url
        self._upstream = Upstream(NAME, f"{parts.scheme}://{parts.netloc}", reach, now)

    def beat(self) -> None:
        """Raises ConnectorError: TryAgain, Refused or UnknownReply."""
        self._upstream.once("GET", self._url, body=None, headers={}, shown="(its address)")
