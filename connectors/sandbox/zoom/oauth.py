"""Zoom's token host: server-to-server credentials, and consents of single users with a code.

Credentials go into the body or a Basic header; in the query they are refused, as Zoom does
since 2023. What is asked for is no secret: widely used clients still name the grant and the
account in the query. Errors carry Zoom's own numbers (facts on Zoom, section 1).
"""

import base64
import binascii
import hashlib
import hmac
import html
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass

from connectors.sandbox.records import Edit, Records
from connectors.sandbox.wire import Answer, Json, Request
from connectors.sandbox.zoom.apps import REDIRECT, USER_APP, App, Apps
from connectors.sandbox.zoom.directory import Directory
from connectors.sandbox.zoom.healthy import CONSENTS
from connectors.sandbox.zoom.tokens import ACCESS_LIFE, Held, Tokens

PAGE = """<!doctype html><html lang="en"><title>Sandbox Zoom: consent</title>
<h1>Allow callsteward to read your contacts?</h1>
<form>{fields}<label>Sign in as <input name="login" type="email" required></label>
<button>Allow</button></form></html>"""


NO_SECRET = ("grant_type", "account_id")  # these alone may stand in the query


class TokenRefused(Exception):
    """Carries Zoom's number, the OAuth error and the reason."""

    def __init__(self, number: int, error: str, reason: str) -> None:
        super().__init__(reason)
        body = {"errorCode": number, "error": error, "reason": reason}
        self.answer = Answer(400, body, {"Cache-Control": "no-store"})


@dataclass
class OAuth:
    """`api_url` is what a token reply names; clients put /v2 behind it."""

    apps: Apps
    tokens: Tokens
    records: Records
    api_url: str
    redirect: str = REDIRECT

    def token(self, request: Request) -> Answer:
        sent = dict(urllib.parse.parse_qsl(request.body.decode("utf-8", "replace")))
        form = {name: request.query[name] for name in NO_SECRET if name in request.query}
        form |= sent
        try:
            app = self._app(request, form)
            return self._granted(app, form)
        except TokenRefused as refused:
            return refused.answer

    def authorize(self, request: Request) -> Answer:
        """Consents at once for `login=<e-mail>`; a person gets a page that asks for it."""
        query = request.query
        app = self.apps.by_client(query.get("client_id", ""))
        if app is None or app.name != USER_APP or query.get("response_type") != "code":
            return _page(400, "Invalid client or response type. (4,700)")
        redirect = query.get("redirect_uri", "")
        if not _may_redirect(redirect, query):
            return _page(400, "Invalid redirect. (4,709)")
        if "login" not in query:
            fields = "".join(map(_hidden, query.items()))
            return Answer(200, PAGE.format(fields=fields), {"Content-Type": "text/html"})
        user = Directory(self.records).find(query["login"])
        if user is None:
            return _page(400, "This user is not in the account. (1001)")
        self._consent(user["id"])
        code = self.tokens.code(app, user["id"], redirect, query.get("code_challenge", ""))
        back = {"code": code, **({"state": query["state"]} if "state" in query else {})}
        joint = "&" if urllib.parse.urlsplit(redirect).query else "?"
        return Answer(302, None, {"Location": redirect + joint + urllib.parse.urlencode(back)})

    def consented(self, user: str) -> str:
        """The refresh token that a user's consent gives, without a browser."""
        app = self.apps.known[USER_APP]
        return self.tokens.refresh_token(app.name, app.scopes, user)

    def holder(self, bearer: str) -> Held | None:
        """Whom this access token speaks for, while it is good."""
        held = self.tokens.access.get(bearer)
        if held is None or held.ends <= self.tokens.clock():
            return None
        good = self.apps.known[held.app].enabled and self._consented(held.user)
        return held if good else None

    def _granted(self, app: App, form: Mapping[str, str]) -> Answer:
        kind = form.get("grant_type")
        if not kind:
            raise TokenRefused(4706, "invalid_request", "Missing grant type.")
        grants = {
            "account_credentials": self._account,
            "authorization_code": self._code,
            "refresh_token": self._refresh,
        }
        if kind not in grants or (kind == "account_credentials") == (app.name == USER_APP):
            text = "unsupported grant type"
            raise TokenRefused(4705, "unsupported_grant_type", text)
        return Answer(200, grants[kind](app, form), {"Cache-Control": "no-store"})

    def _account(self, app: App, form: Mapping[str, str]) -> Json:
        if form.get("account_id") != self.apps.account_id:
            raise TokenRefused(4702, "invalid_request", "Bad Request: account_id")
        return self._reply(app.name, app.scopes)

    def _code(self, app: App, form: Mapping[str, str]) -> Json:
        held = self.tokens.codes.get(form.get("code", ""))
        if held is None or held.spent:
            raise TokenRefused(4734, "invalid_grant", "Invalid authorization code.")
        if held.ends <= self.tokens.clock():
            raise TokenRefused(4733, "invalid_grant", "Code is expired.")
        if form.get("redirect_uri") != held.redirect:
            raise TokenRefused(4709, "invalid_request", "Redirect URI mismatch.")
        if held.challenge and not _proves(form.get("code_verifier", ""), held.challenge):
            raise TokenRefused(4734, "invalid_grant", "Code verifier mismatch.")
        del self.tokens.codes[form["code"]]
        fresh = self.tokens.refresh_token(app.name, held.scopes, held.user)
        return self._reply(app.name, held.scopes, held.user, fresh)

    def _refresh(self, app: App, form: Mapping[str, str]) -> Json:
        token = form.get("refresh_token", "")
        held = self.tokens.refresh.get(token)
        if held is None:
            text = "Can not find the authentication for the access token."
            raise TokenRefused(4737, "invalid_grant", text)
        if held.ends <= self.tokens.clock() or not self._consented(held.user):
            raise TokenRefused(4741, "invalid_grant", "The token has been revoked.")
        fresh = self.tokens.rotate(token)
        return self._reply(app.name, held.scopes, held.user, fresh)

    def _reply(
        self, app: str, scopes: tuple[str, ...], user: str = "", refresh: str = ""
    ) -> Json:
        reply: Json = {
            "access_token": self.tokens.access_token(app, scopes, user),
            "token_type": "bearer",
            "expires_in": int(ACCESS_LIFE.total_seconds()),
            "scope": " ".join(scopes),
            "api_url": self.api_url,
        }
        return reply | ({"refresh_token": refresh} if refresh else {})

    def _app(self, request: Request, form: Mapping[str, str]) -> App:
        client_id, secret = _credentials(request.headers.get("authorization", ""), form)
        if not client_id or not secret:
            text = "Client ID or client secret is missing."
            raise TokenRefused(4706, "invalid_request", text)
        app = self.apps.by_client(client_id)
        if app is None:
            raise TokenRefused(4702, "invalid_client", "Invalid client_id or client_secret")
        if not hmac.compare_digest(secret.encode(), app.client_secret.encode()):
            raise TokenRefused(4704, "invalid_client", "Invalid client_id or client_secret")
        if not app.enabled:
            raise TokenRefused(4717, "invalid_client", "The app has been disabled")
        return app

    def _consented(self, user: str) -> bool:
        consent = self.records.one(CONSENTS, user) if user else {"state": "given"}
        return consent is not None and consent.get("state") == "given"

    def _consent(self, user: str) -> None:
        if not self._consented(user):
            self.tokens.forget(user)
            self.records.edit(Edit(CONSENTS, user, whole={"state": "given"}))


def _credentials(authorization: str, form: Mapping[str, str]) -> tuple[str, str]:
    kind, _, encoded = authorization.partition(" ")
    if kind.lower() != "basic":
        return form.get("client_id", ""), form.get("client_secret", "")
    try:
        text = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as err:
        raise TokenRefused(4706, "invalid_request", "Malformed Basic credentials.") from err
    client_id, _, secret = text.partition(":")
    return client_id, secret


def _may_redirect(redirect: str, query: Mapping[str, str]) -> bool:
    """The registered address; a loopback one only with a code challenge (PKCE)."""
    parts = urllib.parse.urlsplit(redirect)
    loopback = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1")
    proof = query.get("code_challenge") and query.get("code_challenge_method") == "S256"
    return redirect == REDIRECT or bool(loopback and proof)


def _proves(verifier: str, challenge: str) -> bool:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=") == challenge


def _hidden(field: tuple[str, str]) -> str:
    name, value = map(html.escape, field)
    return f'<input type="hidden" name="{name}" value="{value}">'


def _page(status: int, text: str) -> Answer:
    return Answer(status, f"<!doctype html><p>{text}</p>", {"Content-Type": "text/html"})
