"""The purge proof says what was done, read and attested on each surface, and no more."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from agent.domain.call import Call, Entry
from agent.domain.call import State as CallState
from agent.domain.check import Finding, Verdict
from agent.domain.contact import REASONS, Evidence, Mode, State, Window
from agent.domain.proof import STEPS, Known, begun, open_points, over, purge_proof
from agent.domain.proof_surfaces import CHECKS, PROCESSED, Look, Noticed
from tests.support.cases import HOUR, NOW

PEOPLE = "S-MDI-SUP S-MDI-CHAP"
ADDED = "allow-list for adding"


def row(surface: str, what: str, result: str, *, request: str = "", by: str = "") -> Evidence:
    return Evidence(
        number=1, at=NOW, surface=surface, what=what, result=result, request=request, by=by
    )


ATTESTED = row("contact", "attested", "gone", by=PEOPLE)
READ_GONE = row("external contact", "read-back", "gone")
READ_LEFT = row("external contact", "read-back", "still there")
READ_BLIND = row("external contact", "read-back", "nobody can read it")


def window(state: State = State.VERIFIED, *evidence: Evidence, **more: Any) -> Window:
    told: dict[str, Any] = {"reason": "ended", "attested_at": NOW, "evidence": evidence}
    return Window(
        **{
            "id": "C-2026-00001-W1", "call": "C-2026-00001", "number": 1,
            "establishment": "MDI", "device": "K10003", "group": "G1",
            "account": "ipad@site.example", "mode": Mode.CONTACT, "state": state, "version": 3,
            "contact": "0f" * 16, "entry": 4, "until": NOW + HOUR, "closing": "contact.close/x",
            "made_at": NOW, **told, **more,
        }
    )  # fmt: skip


def call(*entries: Entry) -> Call:
    return Call(
        id="C-2026-00001", establishment="MDI", device="K10003", state=CallState.ENDED,
        version=9, reason="dying-relative", at=NOW, until=NOW + HOUR, room="Chapel office",
        language="en", asked_by="S-MDI-SPOC", resident="aa" * 16, key="k", made_at=NOW,
        entries=entries,
    )  # fmt: skip


def entry(number: int, step: str, **said: Any) -> Entry:
    at = NOW + timedelta(minutes=number)
    return Entry(number=number, step=step, at=at, entered_at=at, by=f"S-{number}", said=said)


def known(one: Window, of: Call | None = None, **more: Any) -> Known:
    return Known(
        **{
            "window": one, "call": of or call(), "local_id": "MDIBT001", "looks": (),
            "noticed": (), "night": None, "policy": "ab" * 32, **more,
        }
    )  # fmt: skip


def look(hours: int, verdict: Verdict = Verdict.PASS, checks: tuple[str, ...] = CHECKS) -> Look:
    reason = "" if verdict is Verdict.PASS else "because-of"
    found = tuple(Finding("K10003", "MDI", name, verdict, reason, "") for name in checks)
    return Look(f"sweep-{hours}", NOW + HOUR + hours * HOUR, found)


def surface(proof: dict[str, Any], name: str) -> dict[str, Any]:
    [found] = [one for one in proof["surfaces"] if one["surface"] == name]
    return dict(found)


def state(name: str, one: Window) -> str:
    return str(surface(purge_proof(known(one), 1), name)["state"])


def test_every_surface_of_the_design_is_in_every_proof() -> None:
    for made in (window(State.REQUESTED), window(mode=Mode.MEETING)):
        names = [one["surface"] for one in purge_proof(known(made), 1)["surfaces"]]
        assert names == [
            "allow-list for adding", "allow-list for chatting", "invitation",
            "external contact", "chat session", "call history on the iPad",
            "mailbox on the iPad", "scheduled meeting", "recordings",
        ]  # fmt: skip


def test_a_list_is_gone_once_it_was_read_back_and_not_when_it_was_set() -> None:
    holds, closed = "holds the address", "does not hold the address"
    rows = [row(ADDED, "set", "requested", request="r-1"), row(ADDED, "read-back", holds)]
    assert state(ADDED, window(State.OPEN)) == "not used"
    assert state(ADDED, window(State.OPEN, rows[0])) == "open"
    assert state(ADDED, window(State.OPEN, *rows)) == "open"
    assert state(ADDED, window(State.CLOSED, *rows, rows[0])) == "open"
    shut = window(State.CLOSED, *rows, rows[0], row(ADDED, "read-back", closed))
    told = surface(purge_proof(known(shut), 1), ADDED)
    assert told["state"] == "gone"
    assert told["read_back"]["result"] == closed
    assert [one["request"] for one in told["done"]] == ["r-1", "", "r-1", ""]
    assert told["attested"] is None


@pytest.mark.parametrize(
    ("rows", "means"),
    [
        ((), "not yet"),
        ((row("external contact", "seen", "accepted"),), "not yet"),
        ((ATTESTED,), "attested"),
        ((ATTESTED, READ_GONE), "gone"),
        ((ATTESTED, READ_BLIND), "attested"),
        ((ATTESTED, READ_LEFT), "still there"),
        ((ATTESTED, READ_GONE, READ_LEFT), "still there"),
        ((ATTESTED, READ_LEFT, replace(ATTESTED, number=2)), "attested"),
    ],
)
def test_a_contact_is_gone_only_where_it_was_read(
    rows: tuple[Evidence, ...], means: str
) -> None:
    assert state("external contact", window(State.ATTESTED, *rows)) == means


def test_what_was_attested_before_the_contact_came_back_counts_no_more() -> None:
    chat = row("chat", "attested", "gone", by=PEOPLE)
    back = window(State.CLOSED, ATTESTED, chat, READ_LEFT, attested_at=None)
    told = purge_proof(known(back), 1)
    assert surface(told, "external contact")["attested"] is None
    assert surface(told, "chat session")["state"] == "not yet"
    assert told["result"] == "failed"


def test_who_attested_is_named_by_staff_ids() -> None:
    told = surface(purge_proof(known(window(State.VERIFIED, ATTESTED)), 1), "external contact")
    assert told["attested"] == {
        "at": "2026-11-22T02:30:00+00:00", "by": ["S-MDI-CHAP", "S-MDI-SUP"],
    }  # fmt: skip
    assert told["not_by_zoom"] == "Zoom has no call that removes an external contact"


def test_an_invitation_cannot_be_taken_back_and_the_proof_says_so() -> None:
    sent = window(State.VERIFIED, row("invitation", "asked", "requested", request="r-2"))
    assert state("invitation", window()) == "not used"
    assert state("invitation", sent) == "not withdrawn"


def test_a_meeting_is_gone_once_zoom_shows_it_no_more() -> None:
    name = "scheduled meeting"
    rows = [row(name, "read-back", "as it must be"), row(name, "deleted", "requested")]
    assert state(name, window(State.IN_CALL, *rows[:1], mode=Mode.MEETING)) == "open"
    assert state(name, window(State.CLOSING, *rows, mode=Mode.MEETING)) == "open"
    gone = row(name, "read-back", "gone")
    assert state(name, window(State.CLOSED, *rows, gone, mode=Mode.MEETING)) == "gone"


@pytest.mark.parametrize("at", list(State))
def test_only_what_was_verified_is_proven(at: State) -> None:
    made = purge_proof(known(window(at, ATTESTED, READ_GONE)), 1)
    expected = {State.VERIFIED: "proven", State.NOT_VERIFIED: "partly attested"}
    assert made["result"] == expected.get(at, "not yet")
    assert made["state"] == at.value


@pytest.mark.parametrize(
    ("looks", "state", "sweep", "result"),
    [
        ((), "not asked yet", None, "proven"),
        ((look(1),), "not asked yet", None, "proven"),  # a day must have passed
        ((look(23), look(24), look(48)), "none found", "sweep-24", "proven"),
        ((look(24, Verdict.UNKNOWN), look(48)), "none found", "sweep-48", "proven"),
        ((look(24, Verdict.UNKNOWN), look(48, Verdict.UNKNOWN)), "nobody can tell", "sweep-48",
         "partly attested"),
        ((look(24, checks=CHECKS[:2]),), "nobody can tell", "sweep-24", "partly attested"),
        ((look(1, Verdict.FAIL), look(24)), "found", "sweep-1", "failed"),
        ((look(24), look(48, Verdict.FAIL)), "found", "sweep-48", "failed"),
    ],
)  # fmt: skip
def test_recordings_are_told_by_a_sweep_a_day_later_and_a_found_one_at_once(
    looks: tuple[Look, ...], state: str, sweep: str | None, result: str
) -> None:
    ended = call(entry(8, "end"))
    made = purge_proof(known(window(State.VERIFIED), replace(ended), looks=looks), 1)
    told = surface(made, "recordings")
    assert (told["state"], made["result"]) == (state, result)
    assert (told["sweep"] or {}).get("id") == sweep
    assert told["not_before"] == (ended.entries[0].at + PROCESSED).isoformat()


def test_a_recording_that_was_noticed_is_found_whatever_sweeps_say() -> None:
    seen = Noticed(NOW, "recording", "INC-2026-00007")
    for looks in ((), (look(48),)):
        made = purge_proof(known(window(), looks=looks, noticed=(seen,)), 1)
        told = surface(made, "recordings")
        assert (told["state"], made["result"]) == ("found", "failed")
        assert told["noticed"] == [
            {"at": "2026-11-22T02:30:00+00:00", "sign": "recording",
             "incident": "INC-2026-00007"},
        ]  # fmt: skip


def test_what_a_sweep_said_is_told_by_its_reason() -> None:
    made = purge_proof(known(window(), looks=(look(48, Verdict.UNKNOWN),)), 1)
    assert set(surface(made, "recordings")["checks"].values()) == {"because-of"}


def test_each_reason_names_the_step_that_asked_for_the_end() -> None:
    assert set(STEPS) == set(REASONS)


@pytest.mark.parametrize(
    ("reason", "entries", "by"),
    [
        ("ended", (entry(8, "end"),), "S-8"),
        ("cancelled", (entry(8, "cancel"),), "S-8"),
        ("refused", (entry(2, "approve"), entry(8, "approve")), "S-8"),
        ("replaced", (entry(4, "inform"), entry(6, "inform"), entry(8, "inform")), "S-6"),
        (
            "moved",
            (entry(6, "move", device="K10003"), entry(7, "move", device="K10004")),
            "S-7",
        ),
        ("expired", (), "agent"),
    ],
)
def test_it_names_who_asked_for_the_end(
    reason: str, entries: tuple[Entry, ...], by: str
) -> None:
    asked = purge_proof(known(window(reason=reason), call(*entries)), 1)["asked"]
    assert (asked["why"], asked["by"]) == (reason, by)


def test_of_an_open_window_nobody_asked_for_the_end() -> None:
    assert purge_proof(known(window(State.OPEN, reason="")), 1)["asked"] is None


def test_it_says_whether_the_contacts_are_read_again() -> None:
    due = purge_proof(known(window(), night=NOW + HOUR), 1)
    assert due["recheck"] == {"state": "due", "at": "2026-11-22T03:30:00+00:00"}
    assert purge_proof(known(window()), 1)["recheck"]["state"] == "done"
    still = purge_proof(known(window(State.CLOSED)), 1)
    assert still["recheck"]["state"] == "not owed yet"
    assert [point.partition(":")[0] for point in open_points(due)] == [
        "recordings", "the contacts are read again at 2026-11-22T03",
    ]  # fmt: skip
    assert open_points(purge_proof(known(window(), looks=(look(48),)), 1)) == []


def test_a_call_is_over_when_staff_ended_it_or_when_it_would_have_been() -> None:
    ran = call(entry(6, "start"), entry(7, "drop"), entry(8, "start"), entry(9, "end"))
    assert begun(ran) == ran.entries[0].at
    assert over(window(), ran) == ran.entries[3].at
    assert begun(call()) == NOW
    assert over(window(), call()) == NOW + HOUR


def test_the_number_of_a_proof_is_in_its_id_and_the_rest_is_the_same() -> None:
    first, second = (purge_proof(known(window()), number) for number in (1, 2))
    assert (first.pop("id"), second.pop("id")) == ("C-2026-00001-W1-P1", "C-2026-00001-W1-P2")
    assert first == second
