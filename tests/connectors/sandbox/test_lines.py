"""Each fault that needs a socket, as a client meets it: over HTTPS, and over plain HTTP."""

import json
import socket
import ssl
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from connectors.sandbox.run import Options, running
from connectors.sandbox.zoom.oauth import PAGE
from tests.connectors.sandbox.support import DEVICES, ESTABLISHMENTS, NOW, real_token

LONG = 10.0  # seconds: nothing here waits so long unless it fails
SHORT = 0.3  # seconds that a client gives an answer which is not to come


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    options = Options(
        establishments_file=ESTABLISHMENTS,
        establishments=10,
        data=tmp_path_factory.mktemp("secure"),
        now=NOW,
        tls=True,
    )
    with running(options) as said:
        yield said


class Client:
    """Asks for the devices; each `Client` has connections of its own."""

    def __init__(self, said: Any) -> None:
        self.said = said
        self.url = f"{said['graph']['base_url']}{DEVICES}?$top=3"
        self.host, self.port = "127.0.0.1", urlsplit(self.url).port
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = said["graph"].get("ca_file", True)
        self.session.headers["Authorization"] = f"Bearer {said['token']}"

    def steer(self, method: str, path: str, body: object) -> requests.Response:
        url = f"{self.said['control_url']}/{path}"
        return requests.request(method, url, json=body, timeout=LONG)

    def fails(self, fault: str, **more: object) -> None:
        one = {"endpoint": "managedDevices", "fault": fault, **more}
        self.steer("PUT", "failures", {"failures": [one]}).raise_for_status()

    def ask(self, timeout: float = LONG) -> requests.Response:
        return self.session.get(self.url, timeout=timeout)

    def raw(self, pieces: int = 1000) -> bytes:
        """What comes over a new line until it ends, at most so many pieces."""
        line: socket.socket = socket.create_connection((self.host, self.port), timeout=LONG)
        if self.url.startswith("https"):
            context = ssl.create_default_context(cafile=str(self.session.verify))
            line = context.wrap_socket(line, server_hostname=self.host)
        parts = urlsplit(self.url)
        ask = f"GET {parts.path}?{parts.query} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
        heard = b""
        with line:
            line.sendall(f"{ask}Authorization: Bearer {self.said['token']}\r\n\r\n".encode())
            for _ in range(pieces):
                piece = _received(line)
                if not piece:
                    break
                heard += piece
        return heard


def _received(line: socket.socket) -> bytes:
    """Nothing where the line has ended, also where it ended badly."""
    try:
        return line.recv(65536)
    except (ConnectionResetError, ssl.SSLError):
        return b""


@pytest.fixture(params=["https", "http"])
def client(request: pytest.FixtureRequest, secure: Any, sandbox: Any) -> Iterator[Client]:
    said = dict(secure if request.param == "https" else sandbox)
    trust = said["graph"].get("ca_file", True)
    said["token"] = real_token(said["graph"], verify=trust)
    found = Client(said)
    yield found
    found.steer("PUT", "failures", {"failures": []}).raise_for_status()
    assert found.ask().status_code == 200
    found.session.close()


def test_https_is_spoken_and_links_lead_back_to_it(secure: Any) -> None:
    token = real_token(secure["graph"], verify=secure["graph"]["ca_file"])
    client = Client(secure | {"token": token})
    answer = client.ask()
    assert answer.json()["@odata.nextLink"].startswith(secure["graph"]["base_url"])
    assert secure["graph"]["base_url"].startswith("https://")
    assert secure["zoom"]["api_url"].startswith("https://")
    assert secure["zoom"]["ca_file"] == secure["graph"]["ca_file"]
    client.session.close()


def test_the_ports_are_three_and_the_control_api_has_its_own(client: Client) -> None:
    said = client.said
    urls = (said["graph"]["base_url"], said["zoom"]["api_url"], said["control_url"])
    assert len({urlsplit(url).port for url in urls}) == 3


def test_nothing_is_said_until_the_caller_hangs_up(client: Client) -> None:
    client.fails("timeout", times=1)
    with pytest.raises(requests.ReadTimeout):
        client.ask(SHORT)
    assert client.ask().status_code == 200


def test_an_answer_is_lost_once_the_work_was_done(client: Client) -> None:
    client.steer("DELETE", "counters", {})
    client.fails("lost")
    assert client.raw() == b""
    counters = client.steer("GET", "counters", None).json()
    assert counters["calls"] == {"managedDevices": {"200": 1}}


def test_a_body_is_cut_short_of_the_length_that_was_told(client: Client) -> None:
    client.fails("cut")
    head, _, body = client.raw().partition(b"\r\n\r\n")
    [length] = [line for line in head.split(b"\r\n") if line.startswith(b"Content-Length")]
    assert head.startswith(b"HTTP/1.1 200 OK")
    assert body.startswith(b'{"@odata.context"')
    assert 0 < len(body) < int(length.split(b":")[1])
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        client.ask()


def test_a_body_in_chunks_is_cut_without_its_last_one(client: Client) -> None:
    client.fails("cut-chunk")
    assert b"Transfer-Encoding: chunked" in client.raw()
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        client.ask()


def test_an_answer_drips_and_is_a_true_one(client: Client) -> None:
    client.fails("drip", times=1)
    assert client.raw(pieces=3) == b"HTT"


def test_a_port_is_shut_for_new_lines_and_old_ones_until_failures_end(client: Client) -> None:
    bystander = Client(client.said)
    assert bystander.ask().status_code == 200
    client.fails("refused")
    for one in (client, bystander):
        with pytest.raises(requests.ConnectionError):
            one.ask()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((client.host, client.port), timeout=LONG)
    client.steer("PUT", "failures", {"failures": []})
    assert [one.ask().status_code for one in (client, bystander)] == [200, 200]
    bystander.session.close()


def test_the_other_vendor_and_the_control_api_stay_while_a_port_is_shut(client: Client) -> None:
    client.fails("refused")
    with pytest.raises(requests.ConnectionError):
        client.ask()
    zoom = f"{client.said['zoom']['oauth_url']}/authorize"
    answer = client.session.get(zoom, timeout=LONG)
    assert (answer.status_code, PAGE[:15]) == (400, "<!doctype html>")
    assert client.steer("GET", "truth", None).status_code == 200


def test_a_port_opens_again_by_itself(client: Client) -> None:
    client.fails("refused", times=1, seconds=0.05)
    with pytest.raises(requests.ConnectionError):
        client.ask()
    retry = requests.adapters.Retry(connect=8, backoff_factor=0.05)
    client.session.mount(
        client.said["graph"]["base_url"], requests.adapters.HTTPAdapter(max_retries=retry)
    )
    assert client.ask().status_code == 200


def test_an_expired_certificate_is_shown_to_new_lines(secure: Any) -> None:
    trust = secure["graph"]["ca_file"]
    client = Client(secure | {"token": real_token(secure["graph"], verify=trust)})
    client.fails("certificate-expired")
    with pytest.raises(requests.ConnectionError):
        client.ask()
    with pytest.raises(requests.exceptions.SSLError, match="certificate has expired"):
        client.ask()
    client.steer("PUT", "failures", {"failures": []})
    assert client.ask().status_code == 200
    client.session.close()


def test_where_there_is_no_certificate_none_can_expire(sandbox: Any) -> None:
    body = {"failures": [{"endpoint": "token", "fault": "certificate-expired"}]}
    answer = requests.put(f"{sandbox['control_url']}/failures", json=body, timeout=LONG)
    assert (answer.status_code, "--tls" in answer.json()["error"]) == (400, True)


def test_a_true_answer_that_is_odd_goes_over_the_line(client: Client) -> None:
    client.fails("truncated")
    answer = client.ask()
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.text)
    client.fails("empty")
    assert (client.ask().status_code, client.ask().content) == (200, b"")
