"""One upstream over HTTP: a pooled session, a total deadline on each call, errors of ours.

No message holds a token, an address, a body or a query: only the upstream's name, the method,
the path, the status and the vendor's own error code.
"""

import http.client
import ipaddress
import re
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from threading import Lock
from typing import TypeVar
from urllib.parse import urljoin, urlsplit

import msgspec
import requests
from requests.adapters import HTTPAdapter

from agent.errors import ConnectorError, Misconfigured, Refused, TryAgain, UnknownReply
from connectors import deadline
from connectors.retry import Patience, patiently, retry_after
from connectors.timed import TimedAdapter

T = TypeVar("T")

USUAL = Patience()
CERTIFICATE_HAS_EXPIRED = 10  # OpenSSL's X509_V_ERR_CERT_HAS_EXPIRED
KEPT_OPEN = 32  # connections, as many as threads may ask at once
NOTHING = (b"", b"{}", b"null")
BUSY = frozenset({408, 425, 429, 500, 502, 503, 504, 509})


Judge = Callable[[str, int, Mapping[str, str], bytes, datetime], ConnectorError | None]
"""What an answer means: what was asked, status, headers, body, now. None: it is good."""


class Unauthorised(Refused):
    """401: the token is not taken, or no longer."""

    hint = "Check the credentials of the service account."


class Missing(Refused):
    """404: what was asked for is not there, or not any more."""

    hint = "Nothing to do, unless it comes again."


def timed() -> HTTPAdapter:
    """The adapter that opens sockets."""
    return TimedAdapter(pool_maxsize=KEPT_OPEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How an upstream is reached. Nothing is taken from the environment."""

    deadline: timedelta = timedelta(seconds=30)  # for one call, its body included
    patience: Patience = USUAL  # for the reads
    max_body: int = 64 * 1024 * 1024  # bytes, unpacked
    proxy: str | None = None
    ca_bundle: Path | None = None  # in place of the usual authorities
    adapter: Callable[[], HTTPAdapter] = timed


@dataclass(frozen=True, slots=True)
class Answer:
    """A 2xx answer, read to its end. `what` names the call for people; names of `headers` are
    in lower case."""

    what: str
    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    def parsed(self, form: type[T]) -> T:
        """The body as JSON of this form, or UnknownReply."""
        return parsed(self.what, self.body, form)

    def proven(self) -> "Answer":
        """The same, or TryAgain: empty, no JSON or broken off, an answer is nobody's word."""
        prove_json(self.what, self.body)
        return self


class Upstream:
    """Thread-safe. Errors are TryAgain, Refused (Unauthorised) and UnknownReply."""

    def __init__(
        self,
        name: str,
        base_url: str,
        reach: Reach,
        now: Callable[[], datetime],
        judge: Judge | None = None,
    ) -> None:
        self.name = name
        self._judge = judge or not_2xx
        self._base = base_url.rstrip("/") + "/"
        self._reach = reach
        self._now = now
        self._calls = 0
        self._counting = Lock()
        _require_tls(name, self._base)
        self._session = session_of(reach)

    def calls(self) -> int:
        """How many requests were sent so far, retries included."""
        return self._calls

    def patiently(self, call: Callable[[], T]) -> T:
        """Repeat `call`, which must have no effect outside, while it says TryAgain."""
        return patiently(call, self._reach.patience)

    def once(
        self,
        method: str,
        url: str,
        *,
        body: bytes | None,
        headers: Mapping[str, str],
        shown: str | None = None,
    ) -> Answer:
        """One request. Reads are given to `patiently`; writes are repeated by the ledger.

        `url` is a path below the base, or a link that the upstream itself gave. `shown` is
        what messages say in place of its path, where that holds an address.
        """
        url = self._whole(url)
        what = f"{self.name}: {method} {urlsplit(url).path if shown is None else shown}"
        with self._counting:
            self._calls += 1
        try:
            with deadline.within(self._reach.deadline):
                return self._exchange(what, method, url, body, headers)
        except (requests.RequestException, TimeoutError) as err:
            raise no_answer(what, err) from err

    def _exchange(
        self, what: str, method: str, url: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Answer:
        with self._session.request(
            method,
            url,
            data=body,
            headers=dict(headers),
            timeout=deadline.left(),
            allow_redirects=False,
            stream=True,
        ) as response:
            content = self._body(what, response)
            status = response.status_code
            wrong = self._judge(what, status, response.headers, content, self._now())
            if wrong is not None:
                raise wrong
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Answer(what, status, content, headers)

    def _body(self, what: str, response: requests.Response) -> bytes:
        content = bytearray()
        for piece in response.iter_content(64 * 1024):
            content += piece
            if len(content) > self._reach.max_body:
                raise UnknownReply(f"{what}: more than {self._reach.max_body} bytes")
        return bytes(content)

    def _whole(self, url: str) -> str:
        """The whole URL. A link may only lead back to where the token belongs."""
        try:
            whole = urljoin(self._base, url.removeprefix("/"))
            if _place(whole) == _place(self._base):
                return whole
        except ValueError as err:
            raise UnknownReply(f"{self.name}: a link is not a URL") from err
        raise UnknownReply(f"{self.name}: a link leads to another host")


def not_2xx(
    what: str, status: int, headers: Mapping[str, str], body: bytes, now: datetime
) -> ConnectorError | None:
    """Good is what is 2xx."""
    return None if 200 <= status < 300 else fault(what, status, headers, body, now)


def fault(
    what: str, status: int, headers: Mapping[str, str], body: bytes, now: datetime
) -> TryAgain | Refused | UnknownReply:
    """Our error for an answer that is not 2xx. `headers` by any case of their names."""
    shown = f"{what}: {status} {error_code(body)}".rstrip()
    if status in BUSY:
        lower = {name.lower(): value for name, value in headers.items()}
        return TryAgain(shown, after=retry_after(lower.get("retry-after"), now))
    if 400 <= status < 600:
        return {401: Unauthorised, 404: Missing}.get(status, Refused)(shown)
    return UnknownReply(shown)


def error_code(body: bytes) -> str:
    """The vendor's code in an error body: `error.code` (Graph) or `error` (OAuth)."""
    try:
        told = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    error = told.get("error") if isinstance(told, dict) else None
    code = error.get("code") if isinstance(error, dict) else error
    clean = isinstance(code, str) and re.fullmatch(r"[A-Za-z][A-Za-z0-9_.-]{0,59}", code)
    return str(code) if clean else ""


def parsed(what: str, body: bytes | msgspec.Raw, form: type[T]) -> T:
    """JSON of this form, or UnknownReply."""
    try:
        return msgspec.json.decode(body, type=form)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as err:
        raise UnknownReply(f"{what}: not the JSON that we know") from err


def prove_json(what: str, body: bytes) -> None:
    """TryAgain where a body is no JSON at all, or says nothing. Its form is not looked at."""
    if body.strip() in NOTHING:
        raise TryAgain(f"{what}: the answer is empty")
    try:
        msgspec.json.decode(body, type=msgspec.Raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as err:
        raise TryAgain(f"{what}: the answer is not JSON, or is broken off") from err


def utc_now() -> datetime:
    return datetime.now(UTC)


def no_answer(what: str, err: requests.RequestException | TimeoutError) -> ConnectorError:
    """Our error where requests had none to give."""
    if isinstance(err, requests.exceptions.SSLError):
        return _without_tls(what, err)
    if isinstance(err, requests.ConnectionError | requests.Timeout | TimeoutError):
        return TryAgain(f"{what}: {_why_no_answer(err)}")
    if isinstance(err, requests.exceptions.ChunkedEncodingError):
        return TryAgain(f"{what}: the answer was cut off")
    return UnknownReply(f"{what}: {type(err).__name__}")


def _without_tls(what: str, err: BaseException) -> TryAgain | Refused:
    """A certificate that is not trusted stays so; a handshake that is cut off may go well."""
    untrusted = _held(err, ssl.SSLCertVerificationError)
    if untrusted is not None:
        ended = getattr(untrusted, "verify_code", 0) == CERTIFICATE_HAS_EXPIRED
        why = ": its certificate has expired" if ended else ""
        return Refused(
            f"{what}: no trusted TLS connection{why}", "Check the CA bundle and the proxy."
        )
    return TryAgain(f"{what}: the TLS connection was cut off")


def _why_no_answer(err: BaseException) -> str:
    if _held(err, TimeoutError) or isinstance(err, requests.Timeout):
        return "no whole answer in time"
    if _held(err, ConnectionRefusedError):
        return "the connection was refused"
    if _held(err, http.client.HTTPException) or _held(err, ConnectionError):
        return "the connection was cut off"
    return "no connection"


def _held(err: BaseException, kind: type[BaseException]) -> BaseException | None:
    """The error of this kind that it is or came of. Such chains may lead in a circle."""
    seen: list[BaseException] = []
    left: list[object] = [err]
    while left:
        one = left.pop(0)
        if isinstance(one, kind):
            return one
        if isinstance(one, BaseException) and not any(one is other for other in seen):
            seen.append(one)
            left += [one.__cause__, one.__context__, *one.args, getattr(one, "reason", None)]
    return None


def session_of(reach: Reach) -> requests.Session:
    """A session that takes nothing from the environment. Use it within `deadline.within`."""
    if reach.ca_bundle is not None:
        _prove_readable(reach.ca_bundle)
    session = requests.Session()
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers["User-Agent"] = "callsteward"
    session.verify = True if reach.ca_bundle is None else str(reach.ca_bundle)
    if reach.proxy is not None:
        session.proxies = {"http": reach.proxy, "https": reach.proxy}
    session.mount("https://", reach.adapter())
    session.mount("http://", reach.adapter())
    return session


def _prove_readable(ca_bundle: Path) -> None:
    try:
        ssl.create_default_context(cafile=ca_bundle)
    except (OSError, ssl.SSLError) as err:
        raise Misconfigured("the CA file for HTTPS cannot be read", "Give it as PEM.") from err


def _place(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    return parts.scheme, parts.hostname, parts.port or usual


def _require_tls(name: str, url: str) -> None:
    try:
        scheme, host, _ = _place(url)
    except ValueError:
        scheme, host = "", None
    if host and (scheme == "https" or (scheme == "http" and is_loopback(host))):
        return
    raise Misconfigured(
        f"{name}: the base URL is not https", "Use https; plain http is for loopback only."
    )


def is_loopback(host: str) -> bool:
    """Whether this is the machine itself."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
