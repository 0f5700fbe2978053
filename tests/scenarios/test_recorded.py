"""A recording is started during a call: agent, receiver, Zoom and mail server as processes."""

import json
import re
import signal
from contextlib import closing
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from agent.store.engine import Store
from agent.store.hosts import Hosts
from agent.store.incidents import Incidents
from agent.store.ledger import Ledger
from agent.store.legs import Legs
from agent.store.notices import Notices
from agent.store.zoom_events import zoom_event
from connectors.sandbox.zoom.sending import post
from tests.support.outside import Outside, run, start, until
from tests.support.receiving import (
    address_of,
    events_secret,
    office,
    process,
    receiving,
    running_call,
    with_zoom,
)
from tests.support.stores import a_store
from tests.support.zoom_calls import MDI1, zoom_calls


def subscribed(outside: Outside, url: str) -> None:
    outside.control("PUT", "webhook", {"url": url})
    until(lambda: outside.control("GET", "webhook")["validated"])


def stops(store: Store, tag: str) -> list[str]:
    with store.read() as tx:
        rows = [n for i in Incidents(tx).open() for n in Notices(tx).of_incident(i.id)]
    return [one.stop for one in rows if one.tag == tag and one.stop is not None]


def test_a_recording_started_during_a_call_is_told_and_shown(
    outside: Outside, home: Path
) -> None:
    outside.control("PUT", "zoom", {"scale": 1000})
    settings = with_zoom(outside, home)
    before = len(outside.mails())

    def letters() -> list[EmailMessage]:
        """About the recording: the agent's sweep may find other things meanwhile."""
        new = outside.mails()[before:]
        return [one for one in new if "(call.recorded)" in one.get_content()]

    with closing(outside.filled_store(home)) as store:
        here = office(store, home)
        with process("serve", settings=settings), receiving(settings) as url:
            subscribed(outside, url)
            call = running_call(here, "K10001")
            meeting = outside.control("POST", "call", {"device": "K10001", "action": "start"})
            until(lambda: _legs(store, call))
            outside.control("POST", "call", {"device": "K10001", "action": "record"})
            until(lambda: len(letters()) >= 3)
            until(lambda: stops(store, "K10001"))
            outside.control("POST", "call", {"device": "K10001", "action": "end"})
            until(lambda: not any(leg.running for leg in _legs(store, call)))
            other = outside.control("POST", "call", {"device": "K10002", "action": "start"})
            until(lambda: _tag(store, other["host_id"]) == "K10002")  # the agent's sweep
        told = letters()
        assert {letter["Subject"].split()[1] for letter in told} == {"HIGH"}
        assert all("K10001" in letter["Subject"] for letter in told)
        text = told[0].get_content()
        assert "What is wrong: a recording was started (call.recorded)" in text
        assert "Blogginsworth" not in "".join(letter.as_string() for letter in told)
        [leg] = _legs(store, call)
        assert (leg.uuid, leg.host) == (meeting["uuid"], meeting["host_id"])
        with store.read() as tx:
            names = list(tx.sql.scalars(select(zoom_event.c.event)))
        assert names[:3] == ["meeting.started", "recording.started", "meeting.ended"]
        code, out, _ = run("call", "show", call, settings=settings)
        assert code == 0
        assert "noticed: a recording was started" in out
        assert "to stop it: refused" in out
        assert "The protocol says end the call: End now." in out
        code, out, _ = run("call", "log", call, "--by", "S-ACI-SPOC", settings=settings)
        assert code == 0
        assert re.search(r"^by zoom +1 leg: \d\d:\d\d to \d\d:\d\d, not told yet$", out, re.M)
        asked = ("call", "log", call, "--json", "--by", "S-ACI-SPOC")
        log = json.loads(run(*asked, settings=settings)[1])
        assert [one["told"] for one in log["by_zoom"]] == [False]
        assert len(log["noticed"]) == 1


def _tag(store: Store, host: str) -> str | None:
    with store.read() as tx:
        found = Hosts(tx).get(host)
        return None if found is None else found.tag


def _legs(store: Store, call: str) -> list[Any]:
    with store.read() as tx:
        return Legs(tx).of(call)


def test_the_receiver_is_no_agent_and_works_while_none_runs(
    outside: Outside, home: Path
) -> None:
    settings = with_zoom(outside, home)
    with closing(outside.filled_store(home)) as store:
        with receiving(settings) as url:
            subscribed(outside, url)
            outside.control("POST", "call", {"device": "K10001", "action": "start"})
            outside.control("POST", "call", {"device": "K10001", "action": "record"})
            until(lambda: len(outside.control("GET", "webhook")["log"]) == 3)
        with store.read() as tx:
            [incident] = Incidents(tx).open()
            owed = {kind: len(Ledger(tx).open(kind)) for kind in Ledger(tx).kinds()}
    assert incident.type == "call.recorded"
    assert owed.pop("mail") == 2
    assert owed == dict.fromkeys(
        ("zoom.stop", "zoom.host", "zoom.events-forget", "incident.clock"), 1
    )


def test_killed_between_storing_and_answering_nothing_is_lost_and_nothing_twice(
    tmp_path: Path, home: Path
) -> None:
    from connectors.http import utc_now

    there = zoom_calls(tmp_path, utc_now())
    there.learn_hosts()
    there.office.store.close()
    settings = {
        "CALLSTEWARD_DATA_DIR": str(tmp_path),
        "CALLSTEWARD_ZOOM_EVENTS_SECRET_FILE": str(events_secret(tmp_path, there.secret)),
    }
    hooks = there.core.zoom.webhooks
    with receiving(settings) as url:
        hooks.subscribe(url)
        [check] = hooks.take()
        hooks.sent(check, *post(check))
        assert hooks.validated
    with start(settings=settings, module="tests.support.dies_receiving") as child:
        hooks.url = address_of(child)
        there.zoom(MDI1, "start")
        hooks.take()
        there.zoom(MDI1, "record")
        [event] = hooks.take()
        hooks.sent(event, *post(event))
        assert child.wait(30) == -signal.SIGKILL
    with closing(a_store(tmp_path, utc_now)) as store:
        [incident] = _open(store)
        assert (incident.type, incident.subject) == ("call.recorded", MDI1)
        there.clock.now = event.due.replace(microsecond=0)
        with receiving(settings) as url:
            again = [
                post(type(event)(url, one.event, one.headers, one.body, one.due, one.tries))
                for one in _repeats(there, hooks)
            ]
        assert len(again) == 1
        assert _open(store) == [incident]
        with store.read() as tx:
            owed = [one.key for one in Ledger(tx).open("mail")]
            assert len([key for key in owed if "phone" not in key]) == 3


def _repeats(there: Any, hooks: Any) -> list[Any]:
    """What Zoom sends again five minutes later."""
    from datetime import timedelta

    there.clock.now += timedelta(minutes=6)
    found: list[Any] = hooks.take()
    return found


def _open(store: Store) -> list[Any]:
    with store.read() as tx:
        return Incidents(tx).open()


@pytest.mark.parametrize("content", [None, "", "\n"])
def test_a_receiver_without_its_secret_does_not_start(home: Path, content: str | None) -> None:
    settings = {"CALLSTEWARD_DATA_DIR": str(home)}
    if content is not None:
        file = home / "secret"
        file.write_text(content, encoding="utf-8")
        settings["CALLSTEWARD_ZOOM_EVENTS_SECRET_FILE"] = str(file)
    code, out, err = run("receive", "--port", "0", settings=settings)
    assert (code, out) == (2, "")
    assert err.startswith("callsteward: CALLSTEWARD_ZOOM_EVENTS_SECRET_FILE names no secret")
    assert err.count("\n") == 1
