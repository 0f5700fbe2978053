"""A recording is an incident at once, whatever order Zoom's events come in (D4)."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from agent.domain.incident import State
from agent.domain.people import Staff, at_the_command_line
from agent.domain.staff import StaffPlan
from agent.domain.zoom_events import ACCOUNT
from agent.services.incident_pages import show
from agent.store.audit import Audit
from agent.store.ledger import Ledger
from agent.store.people import People
from connectors.sandbox.failures import Failure
from connectors.sandbox.records import Edit
from connectors.sandbox.zoom.healthy import GROUP_LOCKS, GROUP_SETTINGS, SETTINGS
from connectors.sandbox.zoom.webhooks import Delivery
from tests.support.calls import INFOSEC, PERSONAL
from tests.support.incidents import closed, incident_desk
from tests.support.stores import NOON
from tests.support.zoom_calls import MDI1, ZoomCalls, zoom_calls

SECOND = Staff("INFOSEC-2", "B Analyst", "infosec", "")
TOLD = ["duty@provider.example", "infosec@hq.example", "security@mdi.example"]


@pytest.fixture
def there(tmp_path: Path) -> ZoomCalls:
    """Zoom sends us its events, and a sweep has seen our users."""
    found = zoom_calls(tmp_path, NOON)
    found.learn_hosts()
    found.subscribe()
    return found


def may_record(there: ZoomCalls) -> None:
    """Cloud recording is on for this iPad, against the baseline: so it can be stopped."""
    ipad = there.core.records.estate.ipad(2)
    path = "recording.cloud_recording"
    for collection, key, value in (
        (SETTINGS, ipad.zoom_user, True),
        (GROUP_SETTINGS, ipad.zoom_group, True),
        (GROUP_LOCKS, ipad.zoom_group, False),
    ):
        there.core.records.edit(Edit(collection, key, set={path: value}))


def named(deliveries: list[Delivery]) -> list[str]:
    return [one.event for one in deliveries]


def test_a_recording_is_told_and_stopped(there: ZoomCalls) -> None:
    may_record(there)
    there.zoom(MDI1, "start")
    there.zoom(MDI1, "record")
    assert there.deliver() == [204, 204]
    [incident] = there.incidents()
    assert (incident.type, incident.subject, incident.establishment) == (
        "call.recorded", MDI1, "MDI",
    )  # fmt: skip
    assert (incident.severity.name, incident.category.value) == ("HIGH", "security")
    there.settle()
    assert sorted(there.postbox.to()) == TOLD
    assert there.stops() == ["asked"]
    running = next(one for _, one in there.core.zoom.meetings.running())
    assert running["recording"] is False
    assert there.core.zoom.callers["actor", "zoom.liveMeeting"] == 1


def test_the_letter_names_the_ipad_and_nothing_personal(there: ZoomCalls) -> None:
    there.zoom(MDI1, "start", topic="Jo Blogginsworth's call")
    there.zoom(MDI1, "record")
    there.deliver()
    there.settle()
    _, letter = there.postbox.mails[0]
    text = letter.as_string()
    assert "iPad: MDIBT001, asset tag K10003" in text
    assert "What is wrong: a recording was started (call.recorded)" in text
    assert "the protocol says end the call" in " ".join(text.split())
    assert "0203 334 0324" in text
    assert not [word for word in (*PERSONAL, "Blogginsworth") if word in text]


def test_a_stop_that_zoom_refuses_is_written_down_and_not_tried_again(
    there: ZoomCalls,
) -> None:
    there.zoom(MDI1, "start")
    there.zoom(MDI1, "record")
    there.deliver()
    there.settle()
    [stop] = there.stops()
    assert stop is not None
    assert stop.startswith("refused: ")
    there.pass_time(hours=1)
    assert there.core.zoom.callers["actor", "zoom.liveMeeting"] == 1
    with there.office.store.read() as tx:
        rows = [json.loads(row) for _, row, _ in Audit(tx).rows()]
    assert [row["details"]["sign"] for row in rows if row["what"] == "STOP_TRIED"] == [
        "recording"
    ]


def test_a_stop_is_tried_again_while_zoom_is_away(there: ZoomCalls) -> None:
    may_record(there)
    there.zoom(MDI1, "start")
    there.zoom(MDI1, "record")
    there.deliver()
    there.core.failures = [Failure("zoom.liveMeeting", 503)]
    there.settle()
    assert there.stops() == [None]
    assert there.owed("zoom.stop")
    there.core.failures = []
    there.pass_time(minutes=1)
    assert there.stops() == ["asked"]


def test_a_meeting_that_is_over_needs_no_stop(there: ZoomCalls) -> None:
    there.zoom(MDI1, "start")
    there.zoom(MDI1, "record")
    there.zoom(MDI1, "end")
    there.deliver()
    there.settle()
    assert there.stops() == ["not running"]
    assert [one.type for one in there.incidents()] == ["call.recorded"]


def test_a_companion_is_told_and_stopped_too(there: ZoomCalls) -> None:
    user = there.core.records.estate.ipad(2).zoom_user
    wanted = {"in_meeting.ai_companion_questions": True}
    there.core.records.edit(Edit(SETTINGS, user, set=wanted))
    there.zoom(MDI1, "start")
    there.zoom(MDI1, "start-companion")
    there.deliver()
    there.settle()
    assert [one.reason for one in there.incidents()] == ["ai-companion-was-started"]
    assert there.stops() == ["asked"]
    [(_, meeting)] = there.core.zoom.meetings.running()
    assert meeting["companion"] == []


def test_what_was_stopped_is_not_stopped_again_with_the_next(there: ZoomCalls) -> None:
    may_record(there)
    user = there.core.records.estate.ipad(2).zoom_user
    wanted = {"in_meeting.ai_companion_questions": True}
    there.core.records.edit(Edit(SETTINGS, user, set=wanted))
    there.zoom(MDI1, "start")
    for action in ("record", "start-companion"):
        there.zoom(MDI1, action)
        there.deliver()
        there.settle()
    assert there.stops() == ["asked", "asked"]
    assert there.core.zoom.callers["actor", "zoom.liveMeeting"] == 2


def test_a_delivery_that_is_repeated_changes_nothing(there: ZoomCalls) -> None:
    there.zoom(MDI1, "start")
    there.zoom(MDI1, "record")
    events = there.on_their_way()
    assert there.deliver([*events, *events, *events]) == [204] * 6
    there.settle()
    [incident] = there.incidents()
    assert incident.revision == 1
    assert len(there.postbox.mails) == 3
    assert len(there.stops()) == 1


@pytest.mark.parametrize("later", ["recording.stopped", "recording.completed"])
def test_what_comes_after_a_recording_is_no_news_in_any_order(
    there: ZoomCalls, later: str
) -> None:
    meeting = there.zoom(MDI1, "start")
    there.deliver()
    there.zoom(MDI1, "record")
    [started] = there.on_their_way()
    about = {name: meeting[name] for name in ("uuid", "host_id")} | {"id": meeting["id"]}
    there.steer("POST", "emit", {"event": later, "payload": {"object": about}})
    [after] = there.on_their_way()
    assert there.deliver([after, started]) == [204, 204]
    [incident] = there.incidents()
    there.deliver([after])
    assert there.incidents() == [incident]


def test_a_start_that_was_lost_is_known_by_what_comes_after(there: ZoomCalls) -> None:
    there.zoom(MDI1, "start")
    there.zoom(MDI1, "record")
    there.on_their_way()  # lost
    there.zoom(MDI1, "stop-recording")
    there.deliver()
    assert [one.subject for one in there.incidents()] == [MDI1]
    assert not there.owed("zoom.stop")


def test_a_recording_that_begins_again_is_told_again(there: ZoomCalls) -> None:
    there.zoom(MDI1, "start")
    for action in ("record", "stop-recording", "record"):
        there.clock.now += timedelta(seconds=1)
        there.zoom(MDI1, action)
        there.deliver()
        there.settle()
    [incident] = there.incidents()
    assert incident.revision == 2
    assert len(there.postbox.mails) == 6


def test_a_recording_that_only_the_dashboard_shows_is_found_by_looking(
    there: ZoomCalls,
) -> None:
    from tests.effects.test_call_watch import begun

    call = begun(there)
    there.zoom(MDI1, "record")
    there.on_their_way()  # lost
    assert there.incidents() == []
    there.pass_time(seconds=30)
    assert [one.subject for one in there.incidents()] == [MDI1]
    assert len(there.stops()) == 1
    revision = there.incidents()[0].revision
    there.pass_time(minutes=3)
    assert there.incidents()[0].revision == revision
    assert there.legs(call)


def test_a_host_that_nobody_knows_yet_is_an_incident_of_the_account(tmp_path: Path) -> None:
    there = zoom_calls(tmp_path, NOON)
    there.subscribe()
    there.zoom(MDI1, "start")
    there.zoom(MDI1, "record")
    there.deliver()
    [incident] = there.incidents()
    assert (incident.subject, incident.establishment) == (ACCOUNT, "")
    there.worker.perform(f"zoom.host/{there.core.records.estate.ipad(2).zoom_user}")
    assert [one.subject for one in there.standing()] == [MDI1]
    assert [one.subject for one in there.incidents()] == [ACCOUNT, MDI1]  # people close it
    there.settle()
    assert sorted(set(there.postbox.to())) == sorted(
        {*TOLD, "infosec@hq.example", "duty@provider.example"}
    )
    assert [s for s in there.stops() if s and s.startswith("refused")]


@pytest.mark.parametrize("known", ["first", "later"])
def test_a_recording_of_the_account_that_somebody_closed_is_told_of_its_ipad_all_the_same(
    tmp_path: Path, known: str
) -> None:
    there = zoom_calls(tmp_path, NOON)
    there.subscribe()
    there.zoom(MDI1, "start")
    there.zoom(MDI1, "record")
    there.deliver()
    [account] = there.incidents()
    desk = incident_desk(there.office.store)
    if known == "later":
        with desk.store.begin() as tx:  # of no establishment: two of a wider role close it
            People(tx).replace_staff(StaffPlan((SECOND,), (), (), frozenset(), ()))
        closed(desk, account.id, INFOSEC, at_the_command_line(SECOND.id, "alex"))
    there.worker.perform(f"zoom.host/{there.core.records.estate.ipad(2).zoom_user}")
    [told] = there.standing()
    assert (told.subject, show(desk, told.id).related) == (MDI1, (account.id,))
    found = show(desk, account.id).incident
    state = State.CLOSED if known == "later" else State.OPEN
    assert (found.state, found.cleared_at) == (state, NOON)


def test_a_host_of_ours_that_is_no_ipads_is_no_incident(there: ZoomCalls) -> None:
    with there.office.store.begin() as tx:
        from agent.store.hosts import Hosts

        Hosts(tx).learn({"staff-user": None})
    about = {"uuid": "abc==", "id": "81234567890", "host_id": "staff-user"}
    there.steer("POST", "emit", {"event": "recording.started", "payload": {"object": about}})
    assert there.deliver() == [204]
    assert there.incidents() == []
    with there.office.store.read() as tx:
        assert "zoom.stop" not in Ledger(tx).kinds()


def test_a_late_event_still_counts(there: ZoomCalls) -> None:
    there.steer("PUT", "late", {"events": {"recording.started": 3600}})
    there.zoom(MDI1, "start")
    there.zoom(MDI1, "record")
    there.zoom(MDI1, "end")
    assert named(there.on_their_way()) == ["meeting.started", "meeting.ended"]
    there.clock.now += timedelta(hours=1)
    assert there.deliver() == [204]
    assert [one.subject for one in there.incidents()] == [MDI1]
