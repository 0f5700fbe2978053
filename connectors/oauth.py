"""OAuth 2: a signed client assertion or a secret, and tokens renewed in good time."""

import base64
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from types import MappingProxyType
from typing import Literal, TypeVar
from urllib.parse import urlencode

import jwt
import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from agent.errors import Misconfigured, UnknownReply
from connectors.http import Answer, Unauthorised, Upstream

T = TypeVar("T")
Algorithm = Literal["PS256", "RS256"]

BACKDATED = timedelta(seconds=60)  # our clock may be ahead of theirs
VALID = timedelta(minutes=8)
LONGEST_MARGIN = timedelta(minutes=5)
LONGEST_LIFE = timedelta(days=1)

NO_HEADERS: Mapping[str, str] = MappingProxyType({})
GRAPH = "https://graph.microsoft.com"
ENTRA = "https://login.microsoftonline.com"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class Certificate:
    """The certificate and key, both PEM, that this client signs with.

    PS256 is what Entra ID asks for; RS256 (with a SHA-1 thumbprint) is for older set-ups.
    """

    def __init__(self, certificate: bytes, key: bytes, algorithm: Algorithm = "PS256") -> None:
        try:
            told = x509.load_pem_x509_certificate(certificate)
            signer = load_pem_private_key(key, password=None)
        except (ValueError, TypeError) as err:
            raise Misconfigured(
                "the client certificate or its key cannot be read",
                "Give both as PEM, the key as RSA without a password.",
            ) from err
        if not isinstance(signer, RSAPrivateKey) or signer.public_key() != told.public_key():
            raise Misconfigured(
                "the key does not belong to the client certificate",
                "Give the RSA key that the certificate was made from.",
            )
        self.expires = told.not_valid_after_utc
        self._key = signer
        self._algorithm = algorithm
        self._headers = (
            {"x5t#S256": _thumbprint(told.fingerprint(SHA256()))}
            if algorithm == "PS256"
            else {"x5t": _thumbprint(told.fingerprint(SHA1()))}  # noqa: S303
        )

    def assertion(self, client_id: str, audience: str, now: datetime) -> str:
        """A JWT that proves who we are to `audience`, valid for a few minutes from `now`."""
        claims = {
            "aud": audience,
            "iss": client_id,
            "sub": client_id,
            "jti": str(uuid.uuid4()),
            "nbf": now - BACKDATED,
            "iat": now - BACKDATED,
            "exp": now - BACKDATED + VALID,
        }
        return jwt.encode(claims, self._key, algorithm=self._algorithm, headers=self._headers)


class Grant(msgspec.Struct):
    """The fields of a token endpoint's answer that we use. None: not told."""

    access_token: str
    expires_in: int | str
    refresh_token: str | None = None
    scope: str | None = None
    api_url: str | None = None

    def __repr__(self) -> str:
        return "Grant(...)"


@dataclass(frozen=True, slots=True, repr=False)
class Token:
    """An access token to use until `renew_at`, and the answer that it came in."""

    value: str
    renew_at: datetime
    grant: Grant


class Tokens:
    """One access token, asked for when it is needed and renewed before it ends.

    Thread-safe: while one thread asks, the others wait for its answer. `form` makes the
    fields of a request anew each time, since an assertion is for once.
    """

    def __init__(
        self,
        upstream: Upstream,
        path: str,
        form: Callable[[datetime], Mapping[str, str]],
        now: Callable[[], datetime],
        headers: Mapping[str, str] = NO_HEADERS,
    ) -> None:
        self._upstream = upstream
        self._headers = headers
        self._path = path
        self._form = form
        self._now = now
        self._lock = Lock()
        self._token: Token | None = None

    def get(self) -> str:
        """The value of `token`."""
        return self.token().value

    def token(self) -> Token:
        """A token with time left, asked for once. Raises the errors of `Upstream`."""
        with self._lock:
            if self._token is None or self._now() >= self._token.renew_at:
                self._token = self._ask()
            return self._token

    def drop(self, value: str) -> None:
        """Forget a token that was refused, unless another has taken its place."""
        with self._lock:
            if self._token is not None and self._token.value == value:
                self._token = None

    def _ask(self) -> Token:
        return asked(self._upstream, self._path, self._form, self._now, self._headers)


class Service:
    """An upstream that takes our token. A token that it refuses is replaced once."""

    def __init__(self, upstream: Upstream, tokens: Tokens) -> None:
        self._upstream = upstream
        self._tokens = tokens

    def patiently(self, call: Callable[[], T]) -> T:
        """As `Upstream.patiently`."""
        return self._upstream.patiently(call)

    def once(
        self,
        method: str,
        url: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] = NO_HEADERS,
        shown: str | None = None,
    ) -> Answer:
        """As `Upstream.once`; what was asked with a refused token is asked once more."""

        def send(token: str) -> Answer:
            whole = {**headers, "Authorization": f"Bearer {token}"}
            return self._upstream.once(method, url, body=body, headers=whole, shown=shown)

        token = self._tokens.get()
        try:
            return send(token)
        except Unauthorised:
            self._tokens.drop(token)
        return send(self._tokens.get())


def asked(
    upstream: Upstream,
    path: str,
    form: Callable[[datetime], Mapping[str, str]],
    now: Callable[[], datetime],
    headers: Mapping[str, str] = NO_HEADERS,
) -> Token:
    """One token, asked for now. The fields go into the body, never into the URL."""
    at = now()
    answer = upstream.once(
        "POST",
        path,
        body=urlencode(form(at)).encode(),
        headers={**headers, "Content-Type": "application/x-www-form-urlencoded"},
    )
    grant = answer.proven().parsed(Grant)
    if not grant.access_token.isascii() or not grant.access_token.isprintable():
        raise UnknownReply(f"{answer.what}: the token is not text for a header")
    return Token(grant.access_token, at + _useful(grant, answer.what), grant)


def secret_header(client_id: str, secret: str) -> Mapping[str, str]:
    """How a client that has a secret says who it is."""
    both = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    return {"Authorization": f"Basic {both}"}


def certificate_form(
    certificate: Certificate, client_id: str, audience: str, scope: str
) -> Callable[[datetime], Mapping[str, str]]:
    """The token request of a client that signs with a certificate."""
    return lambda now: {
        "grant_type": "client_credentials",
        "client_id": client_id,
        "scope": scope,
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": certificate.assertion(client_id, audience, now),
    }


def roles_of(token: str) -> frozenset[str] | None:
    """What a token of Entra ID says that it may do, which is not proven here. None: nothing."""
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        return None
    roles = claims.get("roles", [])
    return frozenset(map(str, roles)) if isinstance(roles, list) else None


def _useful(grant: Grant, what: str) -> timedelta:
    """How long to use the token: its life less a margin, small where the life is short."""
    try:
        told = int(grant.expires_in)
    except ValueError as err:
        raise UnknownReply(f"{what}: the token's life is not a number") from err
    life = timedelta(seconds=max(0, min(told, int(LONGEST_LIFE.total_seconds()))))
    return life - min(LONGEST_MARGIN, life / 5)


def _thumbprint(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
