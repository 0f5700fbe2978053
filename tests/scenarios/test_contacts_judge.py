"""The judge of the drill of contacts finds each wrong that is planted, and no other."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.visits.judge import Judge, Way, ways
from tests.support.visits.notes import Death, Live, Notes, Outage, Said
from tests.support.visits.truth import Change, Truth, changes

START = datetime(2026, 11, 22, 12, tzinfo=UTC)
SET, SENT, DELETED = "zoom.changeGroupSettings", "zoom.invite", "zoom.deleteMeeting"
JO, ANN = frozenset({"jo@family.example"}), frozenset({"ann@family.example"})


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def a_way(**told: object) -> Way:
    """Opened at 0, due at 60, closed at 62, verified at 80."""
    usual: dict[str, object] = {
        "id": "C-1-W1", "call": "C-1", "device": "K1", "group": "G1", "mode": "contact",
        "state": "verified", "meeting": "", "made_at": at(0), "closing_at": at(60.5),
        "closed_at": at(62), "verified_at": at(80),
    }  # fmt: skip
    return Way(**usual | told)  # type: ignore[arg-type]


def a_judge() -> Judge:
    """One window that was opened, invited, closed and verified as it has to be."""
    notes = Notes(
        said=[Said("C-1", 1, "ask")],
        asked=Counter(["jo@family.example"]),
        addresses={"C-1-W1": "jo@family.example"},
        due={"C-1-W1": at(60)},
        lives=[Live("K1", at(20), frozenset(), at(59))],
        removed={"K1 jo@family.example": at(70)},
        strangers=["77"],
    )
    done = [Change(at(1), SET, "G1", JO), Change(at(2), SENT, "U1", JO)]
    truth = Truth(
        changes=[*done, Change(at(61), SET, "G1")],
        lists={"K1": frozenset()},
        contacts={"K1": frozenset()},
        meetings={"K1": frozenset({"77"})},
    )
    return Judge([a_way()], frozenset({("C-1", 1)}), notes, truth, frozenset())


def with_truth(judge: Judge, *more: Change, **changed: object) -> Judge:
    every = sorted([*judge.truth.changes, *more], key=lambda one: one.at)
    truth = replace(judge.truth, changes=every)
    return replace(judge, truth=replace(truth, **changed))  # type: ignore[arg-type]


def with_way(judge: Judge, **told: object) -> Judge:
    return replace(judge, ways=[a_way(**told)])


def all_of(judge: Judge) -> list[str]:
    return [
        *judge.lost(), *judge.not_closed(), *judge.wrongly_green(), *judge.duplicates(),
        *judge.foreign(), *judge.changed(),
    ]  # fmt: skip


def test_where_nothing_is_wrong_nothing_is_found() -> None:
    assert all_of(a_judge()) == []
    assert a_judge().lateness(calm=False) == {"C-1-W1": 2.0}


PLANTED: dict[str, Callable[[Judge], Judge]] = {
    "ask is gone": lambda j: replace(j, entries=frozenset()),
    "has no window": lambda j: replace(j, ways=[]),
    "is in call": lambda j: with_way(j, state="in call", verified_at=None),
    "was called closed while": lambda j: with_way(j, closed_at=at(60.9)),
    "addresses are on its lists": lambda j: with_truth(j, lists={"K1": JO}),
    "without a consent": lambda j: replace(j, blind=frozenset({"K1"})),
    "verified, and the contact is there": lambda j: with_truth(j, contacts={"K1": JO}),
    "before the contact was removed": lambda j: with_way(j, verified_at=at(69)),
    "was invited 2 times": lambda j: with_truth(j, Change(at(3), SENT, "U1", JO)),
    "was taken off the lists": lambda j: with_truth(j, Change(at(10), SET, "G1")),
    "meeting 77 was deleted": lambda j: with_truth(j, Change(at(90), DELETED, "77")),
    "of somebody else is gone": lambda j: with_truth(j, meetings={"K1": frozenset()}),
    "in a meeting": lambda j: with_truth(j, Change(at(30), SET, "G1", JO | ANN)),
}


@pytest.mark.parametrize("says", PLANTED)
def test_each_planted_wrong_is_found(says: str) -> None:
    assert any(says in one for one in all_of(PLANTED[says](a_judge())))


def test_a_window_that_nobody_ended_is_found() -> None:
    judge = a_judge()
    judge.notes.due.clear()
    assert list(judge.not_closed()) == ["C-1-W1 was never ended"]


def test_a_meeting_that_is_left_is_found_whatever_our_word_is() -> None:
    judge = with_way(a_judge(), mode="meeting", meeting="55")
    judge = with_truth(judge, meetings={"K1": frozenset({"55", "77"})})
    assert "C-1-W1: its meeting is there" in all_of(judge)
    assert "C-1-W1 is verified, and the meeting is there" in all_of(judge)


def test_a_meeting_may_be_deleted_once_its_window_closes_and_not_before() -> None:
    judge = with_way(a_judge(), mode="meeting", meeting="55")
    assert not list(with_truth(judge, Change(at(61), DELETED, "55")).foreign())
    assert list(with_truth(judge, Change(at(60), DELETED, "55")).foreign())


def test_a_kill_in_the_gap_explains_one_invitation_more() -> None:
    judge = with_truth(a_judge(), Change(at(3), SENT, "U1", JO))
    judge.notes.deaths.append(Death(at(2.5), {"contact.invite/C-1-W1": at(32)}))
    assert not list(judge.duplicates())
    assert list(with_truth(judge, Change(at(40), SENT, "U1", JO)).duplicates())


def test_what_began_before_the_meeting_may_end_in_it_within_its_lease() -> None:
    judge = with_truth(a_judge(), Change(at(30), SET, "G1", JO | ANN))
    judge.notes.lives[0] = Live("K1", at(20), frozenset({"zoom.allow-list/G1"}), at(59))
    assert not list(judge.changed())
    assert list(with_truth(judge, Change(at(51), SET, "G1", JO)).changed())


def test_in_doubt_somebody_may_be_added_in_a_meeting_and_nobody_taken_away() -> None:
    judge = with_truth(a_judge(), Change(at(30), SET, "G1", JO | ANN))
    judge.notes.outages.append(Outage(at(25), at(28)))
    assert not list(judge.changed())
    assert list(with_truth(judge, Change(at(31), SET, "G1", JO)).changed())


@pytest.mark.parametrize("harm", ["lease", "away", "meeting"])
def test_lateness_counts_from_when_it_could_be_closed(harm: str) -> None:
    judge = a_judge()
    match harm:
        case "lease":
            judge.notes.deaths.append(Death(at(30), {"zoom.allow-list/G1": at(61)}))
            judge.notes.deaths.append(Death(at(30), {"zoom.allow-list/G2": at(61.9)}))
        case "away":
            judge.notes.outages.append(Outage(at(50), at(61)))
        case "meeting":
            judge.notes.lives.append(Live("K1", at(59.5), frozenset(), at(61)))
    assert judge.lateness(calm=False) == {"C-1-W1": 1.0}


def test_an_agent_that_was_away_is_late_and_that_is_told_apart() -> None:
    """Killed at 55, there again at 61.5; killed at 61.8, there again only at 63."""
    judge = a_judge()
    judge.notes.deaths += [Death(at(55), {}), Death(at(61.8), {})]
    judge.notes.downs += [6.5, 1.2]
    assert judge.lateness(calm=False) == {"C-1-W1": 2.0}
    assert judge.lateness(calm=False, served=True) == {"C-1-W1": 0.5}


def test_the_audit_tells_when_each_window_closed_and_was_verified_first() -> None:
    class Row:
        id, call, device, group = "C-1-W1", "C-1", "K1", "G1"
        mode, state, meeting, made_at = "contact", "closed", "", 0

    rows = [("CONTACT_CLOSED", 5), ("CONTACT_CLOSED", 9), ("CALL_ENDED", 1)]
    audit = [{"what": w, "subjectId": "C-1-W1", "when": at(s).isoformat()} for w, s in rows]
    [found] = ways([Row], audit)
    assert (found.closing_at, found.closed_at, found.verified_at) == (None, at(5), None)


def test_only_what_zoom_did_is_a_change() -> None:
    lists = {"user_email_addresses": "Jo@family.example"}
    rows = [
        {
            "at": at(1).isoformat(), "what": SET, "path": "groups/G1/settings",
            "status": status, "body": {"chat": {"adding": lists, "chatting": {}}},
        }
        for status in (503, 204)
    ]  # fmt: skip
    assert changes(rows) == [Change(at(1), SET, "G1", JO)]
