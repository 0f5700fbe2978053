"""The way to one Zoom account: paced, counted, with a token that is renewed in good time."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Protocol
from urllib.parse import urlencode

from agent.domain.facts import Fact, Known, Unknown
from agent.domain.zoom import Scopes
from agent.errors import ConnectorError, Misconfigured, Refused, TryAgain, UnknownReply
from connectors.http import Answer, Reach, Unauthorised, Upstream, utc_now
from connectors.oauth import Token, Tokens, secret_header
from connectors.pacing import LocalPacer, Pacer
from connectors.zoom.away import PAUSE, Away
from connectors.zoom.faults import Declined, judge
from connectors.zoom.limits import LIMITS, Label, Plan

SOURCE = "Zoom"
LOGIN = "https://zoom.us"
API = "https://api.zoom.us"
TOKEN = "oauth/token"  # noqa: S105
USUAL = Reach()


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. `path` starts after the API's version and is percent-encoded."""

    path: str
    label: Label
    shown: str  # the path for people, alike for all users, so that one gap reads as one
    query: Mapping[str, str] = field(default_factory=dict)
    method: str = "GET"
    body: bytes | None = None  # JSON

    def on(self, token: str) -> "Ask":
        """The next page: the same query, and the token."""
        query = {**self.query, "next_page_token": token}
        return Ask(self.path, self.label, self.shown, query)

    @property
    def url(self) -> str:
        return f"v2/{self.path}" + (f"?{urlencode(self.query)}" if self.query else "")


class Bearer(Protocol):
    """Whose token a call carries."""

    @property
    def name(self) -> str: ...

    def token(self) -> Token: ...

    def drop(self, value: str) -> None: ...


@dataclass(frozen=True, slots=True, repr=False)
class App:
    """The credentials of a server-to-server app. Reading and acting are two apps."""

    account_id: str
    client_id: str
    client_secret: str


class SignInRefused(Refused):
    """Zoom gives the app no token."""

    hint = "Check the app's credentials, that it is active, and the role of its admin."


class Line:
    """What all who ask one account share: pace, counts, connections. Thread-safe.

    `api_url` None: the one that Zoom names beside each token. `now` gives aware UTC times.
    `away` is how long who does not answer is not asked: for who asks about few and comes back
    by itself, not at all.
    """

    def __init__(
        self,
        *,
        plan: Plan = Plan.PRO,
        login_url: str = LOGIN,
        api_url: str | None = None,
        reach: Reach = USUAL,
        pacer: Pacer | None = None,
        now: Callable[[], datetime] = utc_now,
        away: timedelta = PAUSE,
    ) -> None:
        self.now = now
        self.login = Upstream(SOURCE, login_url, reach, now, judge)
        self._api_url = api_url
        self._reach = reach
        self._pacer = pacer or LocalPacer(LIMITS[plan])
        self._apis: dict[str, Upstream] = {}
        self._calls: Counter[str] = Counter()
        self._away = Away(now, away)
        self._lock = Lock()

    def calls(self) -> Mapping[str, int]:
        """How many requests were sent so far, by label; "token" for the token endpoint."""
        with self._lock:
            return {**self._calls, "token": self.login.calls()}

    def get(self, bearer: Bearer, ask: Ask) -> Answer:
        """One read, tried again while there is patience; raises ConnectorError only."""
        what = f"{SOURCE}: GET {ask.shown}"
        busy, no_token, shut = what, bearer.name, f"{what} by {bearer.name}"
        for kind in (busy, no_token, shut):
            self._away.check(kind, what)
        try:
            answer = self.login.patiently(lambda: self._once(bearer, ask))
        except TryAgain:
            self._away.failed(busy)
            raise
        except SignInRefused:
            self._away.failed(no_token)
            raise
        except Unauthorised:
            self._away.failed(shut)
            raise
        for kind in (busy, no_token, shut):
            self._away.answered(kind)
        return answer

    def act(self, bearer: Bearer, ask: Ask) -> Answer:
        """One write. Whether it is tried again is for the ledger; only what was asked with a
        refused token, and so was not done, is asked once more."""
        return self._once(bearer, ask)

    def _once(self, bearer: Bearer, ask: Ask) -> Answer:
        """What was asked with a refused token is asked once more, with a new one."""
        token = bearer.token()
        try:
            return self._send(token, ask)
        except Unauthorised:
            bearer.drop(token.value)
        return self._send(bearer.token(), ask)

    def _send(self, token: Token, ask: Ask) -> Answer:
        api = self._api(token)
        self._pacer.take({ask.label: 1})
        with self._lock:
            self._calls[str(ask.label)] += 1
        headers = {"Authorization": f"Bearer {token.value}"}
        if ask.body is not None:
            headers["Content-Type"] = "application/json"
        told = api.once(ask.method, ask.url, body=ask.body, headers=headers, shown=ask.shown)
        return told.proven() if ask.method == "GET" else told

    def _api(self, token: Token) -> Upstream:
        url = self._api_url or token.grant.api_url or API
        url = url.rstrip("/").removesuffix("/v2")
        with self._lock:
            if url not in self._apis:
                self._apis[url] = _upstream(url, self._reach, self.now)
            return self._apis[url]


class AppTokens:
    """The one token of a server-to-server app."""

    def __init__(self, line: Line, app: App) -> None:
        self.name = "the token of the app"
        form = {"grant_type": "account_credentials", "account_id": app.account_id}
        headers = secret_header(app.client_id, app.client_secret)
        self._tokens = Tokens(line.login, TOKEN, lambda _: form, line.now, headers)

    def token(self) -> Token:
        """Raises SignInRefused where the credentials are not taken."""
        try:
            return self._tokens.token()
        except (Declined, Unauthorised) as err:
            raise SignInRefused(str(err)) from err

    def drop(self, value: str) -> None:
        self._tokens.drop(value)


class Client:
    """One account, asked with one app's token."""

    def __init__(self, line: Line, bearer: Bearer) -> None:
        self.line = line
        self.bearer = bearer

    def get(self, ask: Ask) -> Answer:
        """As `Line.get`."""
        return self.line.get(self.bearer, ask)

    def act(self, ask: Ask) -> Answer:
        """As `Line.act`."""
        return self.line.act(self.bearer, ask)

    def scopes(self, needed: Mapping[str, str]) -> Fact[Scopes]:
        """The scopes in the token's answer against `needed`: granular ones, with the classic
        ones that do as well. In excess is what is not needed and lets the app act."""
        try:
            told = self.line.login.patiently(self.bearer.token).grant.scope
        except ConnectorError as err:
            return not_read(err)
        if not told:
            return Unknown("not-told", "Zoom does not say which scopes the token has")
        given = frozenset(told.replace(",", " ").split())
        missing = {new for new, old in needed.items() if not given & {new, old}}
        wanted = {*needed, *needed.values()}
        excess = {one for one in given - wanted if ":read" not in one}
        told_now = Scopes(frozenset(missing), frozenset(excess))
        return Known(told_now, SOURCE, self.line.now())


def not_read(err: ConnectorError) -> Unknown:
    """The fact that an error hides."""
    return Unknown("not-read", str(err))


def _upstream(url: str, reach: Reach, now: Callable[[], datetime]) -> Upstream:
    try:
        return Upstream(SOURCE, url, reach, now, judge)
    except (Misconfigured, ValueError) as err:
        raise UnknownReply("Zoom names an API address that is not https") from err
