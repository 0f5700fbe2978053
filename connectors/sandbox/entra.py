"""Entra ID's token endpoint for two applications that sign in by certificate.

The assertion is checked as documented (facts on Intune, 1.4): PS256 with x5t#S256, or RS256
with x5t; audience, issuer, subject, times, and each jti once.
"""

import base64
import hashlib
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding

from connectors.sandbox.chance import guid
from connectors.sandbox.identity import Identity
from connectors.sandbox.wire import Answer, Request

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
SCOPE = "https://graph.microsoft.com/.default"
SKEW = timedelta(minutes=5)
LIFE = timedelta(seconds=3599)
MAIL_ROLES = ("Mail.Send",)
ROLES = (
    "DeviceManagementManagedDevices.Read.All", "DeviceManagementConfiguration.Read.All",
)  # fmt: skip
DIGESTS = {"PS256": ("x5t#S256", hashlib.sha256), "RS256": ("x5t", hashlib.sha1)}


class AssertionRefused(Exception):
    """Carries what Entra answers: status, OAuth error, AADSTS code, text."""

    def __init__(self, status: int, error: str, code: int, text: str) -> None:
        super().__init__(text)
        self.status, self.error, self.code, self.text = status, error, code, text


@dataclass
class Entra:
    """`base_url` is that of the sandbox; tokens are known by what was handed out.

    The application of `identity` reads Intune. The other one, which sends mail, has the same
    certificate.
    """

    base_url: str
    clock: Callable[[], datetime]
    identity: Identity
    seed: int
    issued: int = 0
    roles: tuple[str, ...] = ROLES
    mail_roles: tuple[str, ...] = MAIL_ROLES
    _tokens: dict[str, datetime] = field(default_factory=dict)
    _seen: dict[str, datetime] = field(default_factory=dict)

    def is_valid(self, bearer: str) -> bool:
        return self._tokens.get(bearer, datetime.min.replace(tzinfo=UTC)) > self.clock()

    @property
    def mail_client_id(self) -> str:
        """The application that may send mail."""
        return guid(self.seed, "mail application")

    def roles_of(self, bearer: str) -> tuple[str, ...]:
        """What a token of ours says that its holder may do."""
        claims = jwt.decode(bearer, options={"verify_signature": False})
        return tuple(claims["roles"])

    def expire_all(self) -> None:
        """Every token handed out so far is worth nothing from now on."""
        self._tokens.clear()

    def token(self, tenant: str, request: Request) -> Answer:
        form = dict(urllib.parse.parse_qsl(request.body.decode("utf-8", "replace")))
        try:
            self._check_form(tenant, form)
            self._check_assertion(tenant, form)
        except AssertionRefused as refused:
            return self._error(refused)
        return self._issue(form["client_id"].lower())

    def _issue(self, client_id: str) -> Answer:
        now = self.clock()
        self.issued += 1
        token = self._access_token(now, client_id)
        self._tokens = {old: end for old, end in self._tokens.items() if end > now}
        self._tokens[token] = now + LIFE
        seconds = int(LIFE.total_seconds())
        return Answer(
            200,
            {
                "token_type": "Bearer",
                "expires_in": seconds,
                "ext_expires_in": seconds,
                "access_token": token,
            },
            {"Cache-Control": "no-store, no-cache", "Pragma": "no-cache"},
        )

    def _access_token(self, now: datetime, client_id: str) -> str:
        """A JWT, as Graph's are; whoever asks for it cannot check its signature."""
        sends = client_id == self.mail_client_id
        claims = {
            "aud": "https://graph.microsoft.com",
            "appid": client_id,
            "tid": self.identity.tenant_id,
            "iat": now,
            "exp": now + LIFE,
            "uti": f"{self.seed}/{self.issued}",
            "roles": list(self.mail_roles if sends else self.roles),
        }
        return jwt.encode(claims, hashlib.sha256(b"sandbox").digest(), algorithm="HS256")

    def _check_form(self, tenant: str, form: dict[str, str]) -> None:
        for name in ("grant_type", "client_id"):
            if not form.get(name):
                text = f"The request body must contain the following parameter: '{name}'."
                raise AssertionRefused(400, "invalid_request", 900144, text)
        if form["grant_type"] != "client_credentials":
            text = "The app requested an unsupported grant type."
            raise AssertionRefused(400, "unsupported_grant_type", 70003, text)
        self._check_application(tenant, form)
        if not form.get("client_assertion"):
            text = "The request must contain: 'client_assertion' or 'client_secret'."
            raise AssertionRefused(401, "invalid_client", 7000218, text)
        if form.get("client_assertion_type") != ASSERTION_TYPE:
            text = "The client assertion type is not supported."
            raise AssertionRefused(400, "invalid_request", 50027, text)

    def _check_application(self, tenant: str, form: dict[str, str]) -> None:
        if tenant.lower() != self.identity.tenant_id:
            text = f"Tenant '{tenant}' not found. Check to make sure you have the correct one."
            raise AssertionRefused(400, "invalid_request", 90002, text)
        if form["client_id"].lower() not in (self.identity.client_id, self.mail_client_id):
            text = f"Application with identifier '{form['client_id']}' was not found."
            raise AssertionRefused(400, "unauthorized_client", 700016, text)
        if form.get("scope") != SCOPE:
            text = f"The provided value for scope {form.get('scope', '')} is not valid."
            raise AssertionRefused(400, "invalid_scope", 1002012, text)

    def _check_assertion(self, tenant: str, form: dict[str, str]) -> None:
        claims = self._signed_claims(form["client_assertion"])
        if claims.get("aud") != f"{self.base_url}/{tenant}/oauth2/v2.0/token":
            raise _refused(700023, "Client assertion audience claim does not match.")
        if not claims.get("iss") == claims.get("sub") == form["client_id"].lower():
            text = "Client assertion application identifier does not match 'client_id'."
            raise _refused(700021, text)
        now = self.clock()
        ends = _moment(claims.get("exp"))
        begins = _moment(claims.get("nbf", claims.get("iat")))
        if not begins - SKEW <= now <= ends + SKEW:
            raise _refused(700024, "Client assertion is not within its valid time range.")
        self._use_once(claims.get("jti"), now, ends)

    def _signed_claims(self, assertion: str) -> dict[str, Any]:
        try:
            header = jwt.get_unverified_header(assertion)
        except jwt.InvalidTokenError as err:
            raise AssertionRefused(400, "invalid_request", 50027, "JWT malformed.") from err
        name, digest = DIGESTS.get(header.get("alg", ""), ("", hashlib.sha256))
        certificate = self.identity.signed.certificate
        der = certificate.public_bytes(Encoding.DER)
        print_ = base64.urlsafe_b64encode(digest(der).digest()).decode().rstrip("=")
        if not name or header.get(name) != print_:
            text = "Client assertion failed signature validation. The key was not found."
            raise _refused(700027, text)
        key = certificate.public_key()
        if not isinstance(key, RSAPublicKey):
            raise _refused(700027, "The registered certificate holds no RSA key.")
        try:
            claims: dict[str, Any] = jwt.decode(
                assertion,
                key,
                algorithms=[header["alg"]],
                options={
                    "verify_aud": False,
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                    "verify_sub": False,
                    "verify_jti": False,
                },
            )
        except jwt.InvalidTokenError as err:
            raise _refused(700027, "Client assertion failed signature validation.") from err
        return claims

    def _use_once(self, jti: object, now: datetime, ends: datetime) -> None:
        self._seen = {old: end for old, end in self._seen.items() if end > now}
        if not isinstance(jti, str) or not jti or jti in self._seen:
            raise _refused(50013, "Assertion failed: its 'jti' is missing or was used before.")
        self._seen[jti] = ends + SKEW

    def _error(self, refused: AssertionRefused) -> Answer:
        stamp = f"{self.clock().astimezone(UTC):%Y-%m-%d %H:%M:%SZ}"
        trace, correlation = (
            guid(self.seed, word, stamp, refused.code) for word in ("trace", "correlation")
        )
        text = (
            f"AADSTS{refused.code}: {refused.text} Trace ID: {trace} "
            f"Correlation ID: {correlation} Timestamp: {stamp}"
        )
        body = {
            "error": refused.error,
            "error_description": text,
            "error_codes": [refused.code],
            "timestamp": stamp,
            "trace_id": trace,
            "correlation_id": correlation,
            "error_uri": f"https://login.microsoftonline.com/error?code={refused.code}",
        }
        return Answer(refused.status, body, {"Cache-Control": "no-store, no-cache"})


def _refused(code: int, text: str) -> AssertionRefused:
    return AssertionRefused(401, "invalid_client", code, text)


def _moment(seconds: object) -> datetime:
    if not isinstance(seconds, int | float):
        raise _refused(700024, "Client assertion has no usable 'exp', 'nbf' or 'iat'.")
    return datetime.fromtimestamp(seconds, UTC)
