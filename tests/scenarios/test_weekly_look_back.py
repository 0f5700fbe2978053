"""Once a week a night looks back to the first enrolment, over real HTTP (D4, E2)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from agent.domain.check import Verdict
from agent.schemes import load_scheme
from agent.services.register import import_register
from agent.tick import Worker
from agent.vault import StoredVault
from agent.worker import threaded
from agent.zoom_wiring import tokens_of
from connectors.http import utc_now
from connectors.pacing import LocalPacer
from connectors.sandbox.wire import stamp
from connectors.zoom.client import App, Line
from connectors.zoom.consents import ConsentApp, Consents
from connectors.zoom.estate import ZoomEstate
from tests.support.agents import Agent, agent
from tests.support.estates import BY
from tests.support.outside import Outside

SATURDAY, SUNDAY = "2026-11-21", "2026-11-22"
ENROLLED, KEPT = timedelta(days=330), timedelta(days=300)  # ago
LIVE, TRASHED, FILED, SPOKEN = "K10001", "K10002", "K10003", "K10004"
FOUND = {
    (LIVE, "zoom.no-recordings"): "recording-found",
    (TRASHED, "zoom.no-recordings"): "recording-in-trash",
    (FILED, "zoom.no-recordings"): "recording-in-trash",
    (SPOKEN, "zoom.no-transcripts"): "transcript-found",
}


@pytest.fixture
def old(outside: Outside, home: Path) -> Iterator[Agent]:
    """One iPad was enrolled eleven months ago; four calls left something a month later."""
    outside.control("PUT", "zoom", {"scale": 1000})
    with agent(outside, home) as one:
        _enrolled(one, LIVE)
        for tag, place in ((LIVE, "live"), (TRASHED, "meeting_recordings"),
                           (FILED, "recording_file")):  # fmt: skip
            _keep(outside, "zoomRecordings", tag, place=place)
        _keep(outside, "zoomPastMeetings", SPOKEN)
        _keep(outside, "zoomTranscripts", SPOKEN, can_download=True)
        outside.control("DELETE", "counters")
        yield one


def _enrolled(one: Agent, tag: str) -> None:
    """The register and the MDM agree on when that was."""
    then = stamp(utc_now() - ENROLLED)
    lines = Path(one.outside.said["files"]["register"]).read_text("utf-8").splitlines()
    column = lines[0].split(",").index("enrolled_at")
    rows = [line.split(",") for line in lines]
    for row in rows:
        if tag in row:
            row[column] = then
    text = "\n".join(",".join(row) for row in rows) + "\n"
    import_register(one.store, load_scheme(), text.encode(), BY)
    one.outside.edit(tag, enrolledDateTime=then)


def _keep(outside: Outside, collection: str, tag: str, **more: object) -> None:
    """Of one call that this iPad's user held."""
    then = stamp(utc_now() - KEPT)
    call = {"uuid": f"{tag}==", "id": 81234567890, "start_time": then, "end_time": then}
    outside.control("PUT", f"records/{collection}/{tag}/{tag}==", {**call, **more})


def _unpaced(one: Agent) -> Worker:
    """At no rate limit, which the sandbox has not either now: a look back is many calls."""
    said, worker = one.outside.said["zoom"], one.worker()
    line = Line(
        login_url=said["oauth_url"].removesuffix("/oauth"),
        api_url=said["api_url"],
        pacer=LocalPacer({}),
    )
    reader, users = said["reader"], said["user_app"]
    app = App(said["account_id"], reader["client_id"], reader["client_secret"])
    asked = ConsentApp(users["client_id"], users["client_secret"], users["redirect_uri"])
    vault = StoredVault(tokens_of(one.settings, one.store))
    zoom = ZoomEstate(line, app, Consents(line, asked, vault), threaded(8))
    effects: dict[str, Any] = dict(worker.effects)
    effects["sweep"] = replace(effects["sweep"], zoom=zoom)
    return replace(worker, effects=effects)


def _failed(one: Agent, day: str) -> dict[tuple[str, str], str]:
    found = one.verdicts(day)
    assert {f.verdict for f in found} <= {Verdict.PASS, Verdict.FAIL}
    return {(f.subject, f.check): f.reason for f in found if f.verdict is Verdict.FAIL}


def _asked(one: Agent, endpoint: str) -> int:
    calls: dict[str, dict[str, int]] = one.outside.control("GET", "counters")["zoom"]["calls"]
    return calls[endpoint]["200"]


def test_what_was_kept_ten_months_ago_is_found_on_sunday_and_not_looked_for_on_saturday(
    old: Agent,
) -> None:
    worker = _unpaced(old)
    assert old.night(SATURDAY, worker).state == "COMPLETE"
    assert _failed(old, SATURDAY) == {}
    saturday = _asked(old, "zoom.recordings")
    assert old.incidents() == []

    assert old.night(SUNDAY, worker).state == "COMPLETE"
    assert _failed(old, SUNDAY) == FOUND
    sunday = _asked(old, "zoom.recordings") - saturday
    assert sunday > 3 * saturday
    assert {i.type for i in old.incidents()} == {check for _, check in FOUND}


def test_a_sunday_that_cannot_read_the_old_periods_does_not_call_them_clean(
    old: Agent,
) -> None:
    outside = old.outside
    failures = [{"endpoint": "zoom.recordings", "status": 403, "skip": 12}]
    outside.control("PUT", "failures", {"failures": failures})
    assert old.night(SUNDAY, _unpaced(old)).state == "PARTIAL"
    found = {f.subject: f for f in old.verdicts(SUNDAY) if f.check == "zoom.no-recordings"}
    assert {f.verdict for f in found.values()} <= {Verdict.UNKNOWN, Verdict.FAIL}
    assert [i.type for i in old.incidents() if i.category.value == "operational"] == [
        "sweep.partial"
    ]
