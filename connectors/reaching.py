"""Whether a host can be reached, and if not, at which step it fails."""

import http.client
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import requests

from agent.errors import ConnectorError, Refused, TryAgain
from agent.ports.outside import Reached
from connectors.http import Reach, Upstream

STEPS: tuple[tuple[type[BaseException], str, str], ...] = (
    (requests.exceptions.ProxyError, "the proxy does not let us through",
     "Check CALLSTEWARD_HTTP_PROXY and what the proxy allows."),
    (socket.gaierror, "its name is not found (DNS)",
     "Check the host's name and this machine's DNS."),
    (ssl.SSLCertVerificationError, "its certificate is not trusted (TLS)",
     "Check the CA file of the settings, the host's name, and this machine's clock."),
    (ssl.SSLError, "no TLS connection comes about (TLS)",
     "See whether a proxy or a firewall breaks TLS open."),
    (ConnectionRefusedError, "nobody listens there (TCP)",
     "Check the port, and the firewall's rules."),
    (requests.ConnectTimeout, "no connection in time (TCP)",
     "Check the firewall's rules; ask who runs the host."),
    (TimeoutError, "no answer in time",
     "Check the firewall's rules; ask who runs the host."),
    (ConnectionError, "the connection is cut off (TCP)",
     "Check the firewall's rules; ask who runs the host."),
    (http.client.HTTPException, "what answers does not speak HTTP",
     "Check the address and the port."),
    (OSError, "there is no way to it (TCP)", "Check this machine's network."),
)  # fmt: skip


class Host:
    """The port `Reachable`. One request, whatever its answer is."""

    def __init__(self, name: str, url: str, reach: Reach, now: Callable[[], datetime]) -> None:
        self._name = name
        self._now = now
        self._told: datetime | None = None
        self._upstream = Upstream(name, url, reach, now, self._hear)

    def reach(self) -> Reached:
        try:
            self._upstream.once("HEAD", "", body=None, headers={}, shown="/")
        except ConnectorError as err:
            raise failed(self._name, err) from err
        return Reached(self._now(), self._told)

    def _hear(
        self, what: str, status: int, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> None:
        lower = {name.lower(): value for name, value in headers.items()}
        self._told = told_time(lower.get("date"))


def failed(name: str, err: ConnectorError) -> ConnectorError:
    """The same error in words that tell the step; itself where its own words say more."""
    for kind, words, cure in STEPS:
        if any(_is(one, kind) for one in causes(err)):
            lasting = kind is ssl.SSLCertVerificationError
            says = f"{name}: {words}"
            return Refused(says, cure) if lasting else TryAgain(says, hint=cure)
    return err


def causes(err: BaseException) -> Iterator[BaseException]:
    """The error and all that it came of, each once."""
    seen: set[int] = set()
    left: list[object] = [err]
    while left:
        one = left.pop()
        if isinstance(one, BaseException) and id(one) not in seen:
            seen.add(id(one))
            yield one
            left += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]


def _is(err: BaseException, kind: type[BaseException]) -> bool:
    """OSError stands for itself alone: errors derive from it that tell nothing of a way."""
    return type(err) is OSError if kind is OSError else isinstance(err, kind)


def told_time(header: str | None) -> datetime | None:
    """The time of a Date header, in UTC."""
    try:
        then = parsedate_to_datetime(header or "")
    except (ValueError, OverflowError):
        return None
    return then.replace(tzinfo=UTC) if then.tzinfo is None else then.astimezone(UTC)
