"""The consents of the device users: their external contacts are shown to nobody else.

A renewal gives a new refresh token. It is staged in the vault before the access token beside
it is used, and settled once Zoom has taken that access token; see `Vault`.
"""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from threading import Lock
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec

from agent.errors import NotAllowed, Refused, UnknownReply
from agent.ports.zoom import Vault
from connectors.http import Unauthorised, is_loopback
from connectors.oauth import Token, asked, secret_header
from connectors.zoom.client import LOGIN, TOKEN, Ask, Line
from connectors.zoom.faults import Declined
from connectors.zoom.limits import Label
from connectors.zoom.rows import address

OUR_FAULT = frozenset(  # OAuth's words, and Zoom's numbers, for what is wrong with the app
    {"invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_scope"}
    | {"4702", "4704", "4705", "4706", "4717"}
)
OUR_APP = "Check CALLSTEWARD_ZOOM_USER_APP_CLIENT_ID and the file of its secret."
NO_CODE = "A code is good once and for minutes: run callsteward zoom consent again."


class ConsentMissing(Refused):
    """This user never gave a consent."""

    hint = "Run: callsteward zoom consent."


class ConsentLapsed(Refused):
    """The consent was given, and Zoom does not take it any more."""

    hint = "Run: callsteward zoom consent."


@dataclass(frozen=True, slots=True, repr=False)
class ConsentApp:
    """The app that the device users consent to. `redirect_uri` as registered with it."""

    client_id: str
    client_secret: str
    redirect_uri: str


class _Me(msgspec.Struct):
    email: Any = None


class Consents:
    """Gives the tokens of the users. Thread-safe; the vault decides across processes.

    `login_url` is where the user's browser goes, which may reach Zoom by another way than we.
    """

    def __init__(
        self, line: Line, app: ConsentApp, vault: Vault, login_url: str = LOGIN
    ) -> None:
        self._line = line
        self._app = app
        self._vault = vault
        self._login_url = login_url.rstrip("/")
        self._users: dict[str, UserTokens] = {}
        self._lock = Lock()
        loopback = is_loopback(urlsplit(app.redirect_uri).hostname or "")
        self._verifier = secrets.token_urlsafe(48) if loopback else ""

    def authorise_url(self, state: str) -> str:
        """Where the user's browser starts. `state` is to be compared when it comes back.

        Zoom answers to loopback only with a code challenge (PKCE), so the same object has to
        accept the code then.
        """
        query = {
            "response_type": "code",
            "client_id": self._app.client_id,
            "redirect_uri": self._app.redirect_uri,
            "state": state,
        }
        if self._verifier:
            digest = sha256(self._verifier.encode()).digest()
            challenge = urlsafe_b64encode(digest).decode().rstrip("=")
            query |= {"code_challenge": challenge, "code_challenge_method": "S256"}
        return f"{self._login_url}/oauth/authorize?{urlencode(query)}"

    def accept(self, email: str, code: str) -> None:
        """Trade the code, which lives for five minutes, for this user's consent, and keep it.

        Raises NotAllowed where somebody else signed in: that person's empty list would prove
        nothing of this iPad. Raises ConnectorError too.
        """
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._app.redirect_uri,
            **({"code_verifier": self._verifier} if self._verifier else {}),
        }
        try:
            token = self.ask(form)
        except Declined as err:
            raise Refused(str(err), OUR_APP if err.code in OUR_FAULT else NO_CODE) from err
        me = self._line.get(_Once(token), Ask("users/me", Label.LIGHT, "users/me"))
        if address(me.parsed(_Me).email) != address(email):
            raise NotAllowed(
                "another Zoom user has signed in than this iPad's",
                "Sign out of Zoom in the browser, then sign in as the iPad's own user.",
            )
        fresh = refresh_token(token)
        self._vault.stage(address(email), fresh)
        self._vault.settle(address(email), fresh)
        self.of(email).take(token)

    def of(self, email: str) -> "UserTokens":
        """The tokens of one user, the same object each time."""
        with self._lock:
            key = address(email)
            if key not in self._users:
                self._users[key] = UserTokens(self.ask, self._vault, key, self._line.now)
            return self._users[key]

    def ask(self, form: Mapping[str, str]) -> Token:
        """A new token, asked for now."""
        headers = secret_header(self._app.client_id, self._app.client_secret)
        return asked(self._line.login, TOKEN, lambda _: form, self._line.now, headers)


class UserTokens:
    """One user's access token, renewed when it is needed. Single flight."""

    def __init__(
        self,
        ask: Callable[[Mapping[str, str]], Token],
        vault: Vault,
        email: str,
        now: Callable[[], datetime],
    ) -> None:
        self.name = f"the token of {email}"
        self._ask = ask
        self._vault = vault
        self._email = email
        self._now = now
        self._lock = Lock()
        self._token: Token | None = None
        self._unsettled = ""

    def token(self) -> Token:
        """Raises ConsentMissing, ConsentLapsed, and the errors of `Upstream`."""
        with self._lock:
            if self._token is None or self._now() >= self._token.renew_at:
                self._token = self._renewed()
            return self._token

    def take(self, token: Token) -> None:
        """Use this one, which has proven itself."""
        with self._lock:
            self._token, self._unsettled = token, ""

    def drop(self, value: str) -> None:
        """Forget a token that was refused, unless another has taken its place."""
        with self._lock:
            if self._token is not None and self._token.value == value:
                self._token = None

    def settle(self) -> None:
        """Zoom took the access token, so the older refresh tokens are of no more use."""
        with self._lock:
            if self._unsettled:
                self._vault.settle(self._email, self._unsettled)
                self._unsettled = ""

    def _renewed(self) -> Token:
        """By the newest refresh token that Zoom takes: an older one may have outlived it."""
        grant = self._vault.load(self._email)
        if grant is None or not grant.tokens:
            raise ConsentMissing("this user has not given a consent")
        refused: Refused | None = None
        for token in grant.tokens:
            try:
                fresh = self._ask({"grant_type": "refresh_token", "refresh_token": token})
            except (Declined, Unauthorised) as err:
                if isinstance(err, Declined) and err.code in OUR_FAULT:
                    raise
                refused = err
            else:
                self._unsettled = refresh_token(fresh)
                self._vault.stage(self._email, self._unsettled)
                return fresh
        raise ConsentLapsed(str(refused)) from refused


@dataclass(frozen=True, slots=True)
class _Once:
    """A token that was just given, for one call."""

    given: Token
    name: str = "the token of a new consent"

    def token(self) -> Token:
        return self.given

    def drop(self, value: str) -> None: ...


def refresh_token(token: Token) -> str:
    """Zoom gives one with each answer."""
    if not token.grant.refresh_token:
        raise UnknownReply("Zoom: the answer has no refresh token")
    return token.grant.refresh_token
