"""The sandbox's Zoom as a process, over real sockets."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Queue
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
import requests

from tests.connectors.sandbox.support import NOW

WAIT = 10
Heard = Queue[tuple[dict[str, str], bytes]]


@pytest.fixture(scope="module")
def zoom(sandbox: Any) -> requests.Session:
    said, session = sandbox["zoom"], requests.Session()
    form = {"grant_type": "account_credentials", "account_id": said["account_id"]}
    basic = (said["reader"]["client_id"], said["reader"]["client_secret"])
    answer = requests.post(f"{said['oauth_url']}/token", data=form, auth=basic, timeout=WAIT)
    session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    return session


@pytest.fixture
def subscriber(sandbox: Any) -> Iterator[tuple[str, Heard]]:
    """Proves the secret and keeps what it hears."""
    heard: Heard = Queue()
    secret = sandbox["zoom"]["webhook_secret"].encode()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.put(({name.lower(): value for name, value in self.headers.items()}, body))
            plain = json.loads(body)["payload"].get("plainToken", "")
            digest = hmac.new(secret, plain.encode(), hashlib.sha256).hexdigest()
            told = json.dumps({"plainToken": plain, "encryptedToken": digest}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hook", heard
    server.shutdown()
    thread.join()
    server.server_close()


def test_it_says_where_zoom_is(sandbox: Any) -> None:
    said = sandbox["zoom"]
    assert set(said) == {
        "api_url",
        "oauth_url",
        "account_id",
        "reader",
        "actor",
        "user_app",
        "plan",
        "webhook_secret",
    }
    assert said["api_url"].endswith("/zoom/v2")
    assert said["oauth_url"].endswith("/zoom/oauth")
    assert set(said["user_app"]) == {"client_id", "client_secret", "redirect_uri"}


def test_zoom_answers_over_http_page_by_page(sandbox: Any, zoom: requests.Session) -> None:
    url, query = f"{sandbox['zoom']['api_url']}/users", {"page_size": "9"}
    seen, token = [], ""
    while True:
        answer = zoom.get(url, params={**query, "next_page_token": token}, timeout=WAIT)
        assert answer.headers["Content-Type"].startswith("application/json")
        seen += [row["email"] for row in answer.json()["users"]]
        token = answer.json()["next_page_token"]
        if not token:
            break
    assert len(set(seen)) == len(seen) == 20


def test_an_error_and_an_empty_answer_go_over_the_wire(
    sandbox: Any, zoom: requests.Session
) -> None:
    answer = zoom.get(f"{sandbox['zoom']['api_url']}/users/nobody", timeout=WAIT)
    assert (answer.status_code, answer.json()["code"]) == (404, 1001)
    assert answer.headers["X-RateLimit-Category"] == "Light"


def test_a_uuid_with_a_slash_must_be_encoded_twice(
    sandbox: Any, zoom: requests.Session, steer: Any
) -> None:
    uuid = "/ab//c+d=="
    row = {"uuid": uuid, "id": 7, "place": "live", "start_time": f"{NOW:%Y-%m-%dT%H:%M:%SZ}"}
    steer("PUT", "records/zoomRecordings/K10001/slashes", row)
    once, two = quote(uuid, safe=""), quote(quote(uuid, safe=""), safe="")
    base = f"{sandbox['zoom']['api_url']}/meetings"
    found = [zoom.get(f"{base}/{name}/recordings", timeout=WAIT) for name in (once, two)]
    assert [answer.status_code for answer in found] == [404, 200]
    assert found[1].json()["id"] == 7


def test_a_consent_goes_through_a_browser_s_redirect(sandbox: Any) -> None:
    said, app = sandbox["zoom"], sandbox["zoom"]["user_app"]
    query = {
        "response_type": "code",
        "client_id": app["client_id"],
        "redirect_uri": app["redirect_uri"],
        "login": "acibt001@ipads.example",
    }
    url = f"{said['oauth_url']}/authorize"
    answer = requests.get(url, params=query, allow_redirects=False, timeout=WAIT)
    [code] = parse_qs(urlsplit(answer.headers["Location"]).query)["code"]
    form = {"grant_type": "authorization_code", "code": code}
    form["redirect_uri"] = app["redirect_uri"]
    basic = (app["client_id"], app["client_secret"])
    told = requests.post(f"{said['oauth_url']}/token", data=form, auth=basic, timeout=WAIT)
    headers = {"Authorization": f"Bearer {told.json()['access_token']}"}
    mine = f"{said['api_url']}/chat/users/me/contacts"
    contacts = requests.get(mine, params={"type": "external"}, headers=headers, timeout=WAIT)
    assert contacts.json()["contacts"] == []
    page = requests.get(url, params={**query, "login": None}, timeout=WAIT)
    assert page.headers["Content-Type"].startswith("text/html")


def test_events_are_sent_to_a_subscriber_that_proved_the_secret(
    sandbox: Any, steer: Any, subscriber: tuple[str, Heard]
) -> None:
    url, heard = subscriber
    steer("PUT", "webhook", {"url": url})
    steer("POST", "call", {"device": "K10001", "action": "start"})
    check, event = heard.get(timeout=WAIT), heard.get(timeout=WAIT)
    assert json.loads(check[1])["event"] == "endpoint.url_validation"
    headers, body = event
    assert json.loads(body)["event"] == "meeting.started"
    text = b"v0:" + headers["x-zm-request-timestamp"].encode() + b":" + body
    secret = sandbox["zoom"]["webhook_secret"].encode()
    assert headers["x-zm-signature"] == f"v0={hmac.new(secret, text, 'sha256').hexdigest()}"


def test_faults_of_both_halves_can_be_planted_over_http(steer: Any) -> None:
    planted = steer("POST", "plant", {"count": 20, "seed": 1, "halves": "both"})
    names = {one["name"] for one in planted}
    assert len(planted) >= 15
    assert any(row["check"].startswith("zoom.") for row in steer("GET", "truth")["rows"])
    assert len(names) > 10
