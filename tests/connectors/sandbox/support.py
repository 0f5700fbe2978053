"""A client of the sandbox's core, with and without sockets."""

import base64
import hashlib
import json
import urllib.parse
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import requests
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from connectors.sandbox import identity
from connectors.sandbox.control import Control
from connectors.sandbox.core import Core
from connectors.sandbox.entra import ASSERTION_TYPE, SCOPE
from connectors.sandbox.estate import Estate, read_establishments
from connectors.sandbox.records import Records
from connectors.sandbox.wire import Answer, Request

ESTABLISHMENTS = Path(__file__).parents[3] / "config" / "establishments.csv"
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
DEVICES = "/v1.0/deviceManagement/managedDevices"
IDENTITY = identity.identity(1)


def estate(seed: int = 1, establishments: int = 10, devices: int = 20) -> Estate:
    return Estate(seed, NOW, read_establishments(ESTABLISHMENTS, establishments), devices)


def records(seed: int = 1, establishments: int = 10, devices: int = 20) -> Records:
    return Records(estate(seed, establishments, devices))


def assertion(
    token_url: str,
    client_id: str,
    signed: identity.Signed,
    now: datetime,
    *,
    algorithm: str = "PS256",
    key: RSAPrivateKey | None = None,
    headers: Mapping[str, str] | None = None,
    **claims: object,
) -> str:
    """A client assertion as documented, unless told otherwise."""
    der = signed.certificate.public_bytes(Encoding.DER)
    name, digest = {
        "PS256": ("x5t#S256", hashlib.sha256),
        "RS256": ("x5t", hashlib.sha1),
    }[algorithm]
    thumb = base64.urlsafe_b64encode(digest(der).digest()).decode().rstrip("=")
    usual = {
        "aud": token_url,
        "iss": client_id,
        "sub": client_id,
        "jti": str(uuid.uuid4()),
        "nbf": int((now - timedelta(seconds=30)).timestamp()),
        "exp": int((now + timedelta(minutes=5)).timestamp()),
    }
    sent = {name: thumb} if headers is None else dict(headers)
    return jwt.encode({**usual, **claims}, key or signed.key, algorithm, headers=sent)


def form(client_id: str, client_assertion: str) -> dict[str, str]:
    return {
        "grant_type": "client_credentials",
        "client_id": client_id,
        "scope": SCOPE,
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": client_assertion,
    }


@dataclass
class World:
    """A core, its control API, and a clock that the test moves."""

    core: Core = field(init=False)
    control: Control = field(init=False)
    now: datetime = NOW
    seed: int = 1
    devices: int = 20
    establishments: int = 10

    def __post_init__(self) -> None:
        found = records(self.seed, self.establishments, self.devices)
        self.core = Core(found, IDENTITY, lambda: self.now)
        self.control = Control(self.core)
        self._token = ""

    @property
    def token_path(self) -> str:
        return f"/{IDENTITY.tenant_id}/oauth2/v2.0/token"

    def ask_token(self, **changes: Any) -> Answer:
        """Post the form; keywords of `assertion` change the assertion, others the form."""
        words = {"algorithm", "key", "headers", "aud", "iss", "sub", "jti", "nbf", "exp"}
        own = {name: value for name, value in changes.items() if name in words}
        url = f"{self.core.base_url}{self.token_path}"
        made = assertion(url, IDENTITY.client_id, IDENTITY.signed, self.now, **own)
        fields = form(IDENTITY.client_id, made)
        fields |= {name: value for name, value in changes.items() if name not in words}
        body = urllib.parse.urlencode(fields).encode()
        return self.core.handle(Request("POST", self.token_path, body=body))

    def sign_in(self) -> str:
        self._token = self.ask_token().body["access_token"]
        return self._token

    def ask(self, path: str, method: str = "GET", body: object = None, **query: str) -> Answer:
        """Call Graph; a keyword `select` is sent as `$select`."""
        if not self._token:
            self.sign_in()
        headers = {"authorization": f"Bearer {self._token}"}
        options = {f"${name}": value for name, value in query.items()}
        content = b"" if body is None else json.dumps(body).encode()
        return self.core.handle(Request(method, path, options, headers, content))

    def follow(self, link: str) -> Answer:
        parts = urllib.parse.urlsplit(link)
        headers = {"authorization": f"Bearer {self._token}"}
        query = dict(urllib.parse.parse_qsl(parts.query))
        return self.core.handle(Request("GET", parts.path, query, headers))

    def steer(self, method: str, path: str, body: object = None) -> Answer:
        """Call the control API."""
        content = b"" if body is None else json.dumps(body).encode()
        return self.control.handle(Request(method, f"/_sandbox/{path}", body=content))

    def everything(self) -> list[Any]:
        """All that Graph shows of all devices, by every way of asking."""
        rows = self.ask(DEVICES).body["value"]
        seen: list[Any] = [rows, self.ask("/v1.0/deviceManagement/detectedApps").body]
        for row in rows:
            path = f"{DEVICES}/{row['id']}"
            seen.append(self.ask(path, select="id,iccid,udid").body)
            seen += [self.ask(f"{path}/{states}").body for states in STATES]
        return seen


STATES = ("deviceCompliancePolicyStates", "deviceConfigurationStates")


def real_token(graph: Mapping[str, str], verify: bool | str = True) -> str:
    """Sign in to a running sandbox over HTTP, with the files that it wrote."""
    signed = identity.Signed(
        x509.load_pem_x509_certificate(Path(graph["certificate_file"]).read_bytes()),
        private_key(graph["private_key_file"]),
    )
    url = f"{graph['authority']}/{graph['tenant_id']}/oauth2/v2.0/token"
    made = assertion(url, graph["client_id"], signed, datetime.now(UTC))
    answer = requests.post(url, data=form(graph["client_id"], made), timeout=10, verify=verify)
    return str(answer.json()["access_token"])


def private_key(path: str) -> RSAPrivateKey:
    key = load_pem_private_key(Path(path).read_bytes(), password=None)
    assert isinstance(key, RSAPrivateKey)
    return key
