"""Lines that break, over real sockets: the gap says how, and nobody waits past the deadline."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.http import Reach, utc_now
from connectors.mdm.intune import IntuneMdm
from connectors.pacing import LocalPacer
from connectors.retry import Patience
from connectors.zoom.client import App, AppTokens, Client, Line
from connectors.zoom.users import ZoomUsers
from tests.connectors.mdm.contract import no_beat
from tests.drills.of_transport.cases import WORDS
from tests.support.outside import Outside

LINES = ("timeout", "lost", "cut", "cut-chunk", "drip", "refused")
ONCE = ("lost", "cut", "cut-chunk", "timeout")
Read = Callable[[Outside, float], str | None]


def reach(seconds: float) -> Reach:
    patience = Patience(
        total=timedelta(seconds=30), first_wait=timedelta(milliseconds=1), tries=2
    )
    return Reach(deadline=timedelta(seconds=seconds), patience=patience)


def devices(outside: Outside, seconds: float) -> str | None:
    """Why the list of Intune is not known."""
    graph = outside.said["graph"]
    mdm = IntuneMdm(
        tenant=graph["tenant_id"],
        client_id=graph["client_id"],
        certificate=Path(graph["certificate_file"]).read_bytes(),
        key=Path(graph["private_key_file"]).read_bytes(),
        base_url=graph["base_url"],
        authority=graph["authority"],
        reach=reach(seconds),
        now=utc_now,
    )
    return mdm.devices(no_beat).gap


def users(outside: Outside, seconds: float) -> str | None:
    """Why Zoom's users are not known."""
    zoom = outside.said["zoom"]
    url = str(zoom["api_url"]).removesuffix("/v2")
    line = Line(login_url=url, api_url=url, reach=reach(seconds), pacer=LocalPacer({}))
    app = App(zoom["account_id"], zoom["reader"]["client_id"], zoom["reader"]["client_secret"])
    return ZoomUsers(Client(line, AppTokens(line, app))).users(no_beat).gap


BOTH = [("managedDevices", devices), ("zoom.users", users)]


@pytest.mark.parametrize(("endpoint", "read"), BOTH)
@pytest.mark.parametrize("fault", LINES)
def test_a_line_that_breaks_for_good_is_a_gap_that_says_how(
    outside: Outside, endpoint: str, read: Read, fault: str
) -> None:
    outside.control("PUT", "failures", {"failures": [{"endpoint": endpoint, "fault": fault}]})
    is_slow = WORDS[fault] == WORDS["timeout"]
    gap = read(outside, 0.3 if is_slow else 30)
    assert gap is not None
    assert WORDS[fault] in gap


@pytest.mark.parametrize(("endpoint", "read"), BOTH)
@pytest.mark.parametrize("fault", ONCE)
def test_a_line_that_breaks_once_leaves_no_trace(
    outside: Outside, endpoint: str, read: Read, fault: str
) -> None:
    one = {"endpoint": endpoint, "fault": fault, "times": 1}
    outside.control("PUT", "failures", {"failures": [one]})
    assert read(outside, 1 if fault == "timeout" else 30) is None
