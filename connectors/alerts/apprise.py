"""Letters into chats by Apprise: Teams, Slack and whatever else it knows, each by a URL.

A URL is a secret: it is in no argument, no environment and no word of ours. What one address
took is not sent to it again by this process while another still fails.
"""

import re
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from threading import Lock

import msgspec

from agent.domain.note import Note
from agent.errors import ConnectorError, Misconfigured, Refused, TryAgain, UnknownReply
from agent.ports.alerts import Tried
from connectors.http import BUSY

CHILD = Path(__file__).with_name("apprise_child.py")
KEPT = 10_000  # letters that are remembered as taken, for each address
NO_EXTRA = "Install callsteward with its extra, from a clone: pip install '.[apprise]'"
CURE = "Check the addresses in the file that CALLSTEWARD_APPRISE_URLS_FILE names."
PLAIN = re.compile(r"[A-Za-z0-9 ._-]{1,30}")


class _Told(msgspec.Struct):
    valid: bool
    service: str = ""
    taken: bool = False
    status: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How chats are reached: the time for a letter to all of them, proxy and authorities."""

    deadline: timedelta
    proxy: str | None = None
    ca_bundle: Path | None = None

    def environment(self) -> Mapping[str, str]:
        """All that the child is given: nothing of ours, and no netrc."""
        proxy = {} if self.proxy is None else dict.fromkeys(
            ("http_proxy", "https_proxy"), self.proxy
        )  # fmt: skip
        trust = {} if self.ca_bundle is None else {"REQUESTS_CA_BUNDLE": str(self.ca_bundle)}
        return {"NETRC": "/dev/null", "LC_ALL": "C.UTF-8", **proxy, **trust}


class AppriseChats:
    """The port `Channel`, for all addresses at once. Raises Misconfigured when it is made."""

    def __init__(self, urls: Sequence[str], way: Way) -> None:
        if not urls:
            raise Misconfigured("the file of chats names none", CURE)
        if find_spec("apprise") is None:
            raise Misconfigured("Apprise is not installed", NO_EXTRA)
        self._urls, self._way = tuple(urls), way
        self._taken: dict[tuple[str, int], str] = {}
        self._lock = Lock()

    def send(self, note: Note, *, to: str) -> str:
        end = time.monotonic() + self._way.deadline.total_seconds()
        took, failed = [], []
        for number in range(len(self._urls)):
            try:
                took.append(self._tell(note, number, end))
            except ConnectorError as err:
                failed.append(err)
        if failed:
            raise min(failed, key=lambda err: isinstance(err, Refused))  # what may go well yet
        return f"taken by {', '.join(took)}"[:200]

    def earlier(self, note: Note, *, to: str) -> str | None:
        """A chat cannot be asked what it took."""
        return None

    def try_out(self, *, to: str) -> Tried:
        """Whether Apprise knows each address; none is told anything."""
        end = time.monotonic() + self._way.deadline.total_seconds()
        for number in range(len(self._urls)):
            self._ask(number, end, "", "")
        return Tried(f"Apprise knows all {len(self._urls)} addresses of chats.")

    def _tell(self, note: Note, number: int, end: float) -> str:
        """Which service took it, now or before."""
        key = (note.message_id, number)
        with self._lock:
            if key in self._taken:
                return self._taken[key]
        told = self._ask(number, end, note.subject, note.body)
        service = told.service if PLAIN.fullmatch(told.service) else "a chat"
        if not told.taken:
            raise _fault(f"{self._what(number)}: {service}", told.status)
        with self._lock:
            self._taken[key] = service
            while len(self._taken) > KEPT:
                del self._taken[next(iter(self._taken))]
        return service

    def _ask(self, number: int, end: float, title: str, body: str) -> _Told:
        """What the child answers in the time that is left. Raises where it says nothing."""
        what = self._what(number)
        asked = {"url": self._urls[number], "title": title, "body": body}
        said = self._child(what, msgspec.json.encode(asked), max(0.0, end - time.monotonic()))
        try:
            told = msgspec.json.decode(said, type=_Told)
        except msgspec.DecodeError as err:
            raise UnknownReply(f"{what}: Apprise gave no answer") from err
        if not told.valid:
            raise Refused(f"{what}: no address that Apprise knows", CURE)
        return told

    def _child(self, what: str, asked: bytes, seconds: float) -> bytes:
        try:
            done = subprocess.run(  # noqa: S603
                [sys.executable, "-I", str(CHILD)],
                input=asked,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=dict(self._way.environment()),
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise TryAgain(f"{what}: no answer in time") from None  # it holds what was sent
        except OSError as err:
            raise TryAgain(f"{what}: no process could be started") from err
        return done.stdout

    def _what(self, number: int) -> str:
        return f"chat {number + 1} of {len(self._urls)}"


def _fault(what: str, status: int | None) -> ConnectorError:
    if status is None:
        return TryAgain(f"{what}: not taken")
    if status in BUSY:
        return TryAgain(f"{what}: {status}")
    return Refused(f"{what}: {status}", CURE) if status >= 400 else UnknownReply(
        f"{what}: {status}"
    )  # fmt: skip
