"""What people do with an incident: each step, who may, what is kept and what is told."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from agent.domain.asset import Asset
from agent.domain.call_incidents import MEETING_UNLIKE, NOT_REMOVED, OVERRIDDEN, RECORDED
from agent.domain.check import Rule
from agent.domain.incident import Incident, State
from agent.domain.people import Actor
from agent.errors import BadInput, NotAllowed
from agent.services import incidents as desk_of
from agent.services.consents import device_named
from agent.services.incident_desk import LONGEST, Desk
from agent.services.incident_pages import Whole, show
from agent.services.incidents import Closing
from agent.store.engine import Store
from agent.store.incidents import Incidents
from agent.store.ledger import Ledger
from agent.store.telling import clear, raise_and_tell
from tests.support.calls import INFOSEC, audited, by, staffed
from tests.support.estates import Clock
from tests.support.incidents import closed, incident_desk
from tests.support.stores import NOON

MINUTE = timedelta(minutes=1)
SECRET = "Sam Pock dropped it in the chapel"
MENDED = Closing(cause="mended")


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
def desk(url: str, clock: Clock) -> Iterator[Desk]:
    made = incident_desk(staffed(url, clock))
    yield made
    made.store.close()


@pytest.fixture
def high(desk: Desk) -> str:
    """A recording in a call of MDIBT001: security, HIGH."""
    return raised(desk, RECORDED)


@pytest.fixture
def medium(desk: Desk) -> str:
    """Nobody attested a removal: security, MEDIUM."""
    return raised(desk, NOT_REMOVED)


def ipad(store: Store) -> Asset:
    return device_named(store, "MDIBT001")


def raised(desk: Desk, rule: Rule) -> str:
    with desk.store.begin() as tx:
        by_agent = by("SPOC")
        return raise_and_tell(
            tx, desk.policy, rule, ipad(desk.store), "test-reason", by_agent
        ).id


def of(desk: Desk, incident: str) -> Incident:
    return show(desk, incident).incident


def letters(desk: Desk) -> list[str]:
    with desk.store.read() as tx:
        return [owed.subject for owed in Ledger(tx).open("mail")]


def refusal(desk: Desk, incident: str, said: Closing = MENDED, who: Actor | None = None) -> str:
    with pytest.raises(NotAllowed) as refused:
        desk_of.close(desk, incident, said, who or by("SEC"))
    return str(refused.value)


def what(found: Whole) -> list[str]:
    return [event.what for event in found.events]


# -- acknowledged, in hand ------------------------------------------------------------------


def test_a_named_person_acknowledges_once_and_nobody_waits_for_it_any_more(
    desk: Desk, high: str, clock: Clock
) -> None:
    """W1: delivered is not acknowledged."""
    clock.now += MINUTE
    with desk.store.read() as tx:
        assert [one.id for one in Incidents(tx).unacknowledged(clock.now)] == [high]
        assert Incidents(tx).unacknowledged(NOON) == []  # it began at noon, not before
    done = desk_of.acknowledge(desk, high, by("SEC"))
    assert (done.new, done.incident.state) == (True, State.ACKNOWLEDGED)
    assert (done.incident.acknowledged_by, done.incident.acknowledged_at) == (
        "S-MDI-SEC", clock.now,
    )  # fmt: skip
    assert not desk_of.acknowledge(desk, high, by("SPOC")).new  # both read the same letter
    with desk.store.read() as tx:
        assert Incidents(tx).unacknowledged(clock.now + MINUTE) == []
    assert what(show(desk, high)) == ["open", "acknowledge"]


def test_somebody_of_another_place_acknowledges_nothing_not_even_again(
    desk: Desk, high: str
) -> None:
    for _ in range(2):
        with pytest.raises(NotAllowed, match=r"S-LEI-SEC is neither staff of MDI .*\(A8\)"):
            desk_of.acknowledge(desk, high, by("SEC", "LEI"))
        desk_of.acknowledge(desk, high, INFOSEC)
    with pytest.raises(BadInput, match="S-MDI-NOBODY"):
        desk_of.acknowledge(desk, high, by("NOBODY"))


def test_what_is_taken_in_hand_goes_from_hand_to_hand(desk: Desk, high: str) -> None:
    with pytest.raises(NotAllowed, match="nobody has acknowledged it"):
        desk_of.take_in_hand(desk, high, by("SEC"))
    desk_of.acknowledge(desk, high, by("SEC"))
    assert desk_of.take_in_hand(desk, high, by("SEC")).new
    assert not desk_of.take_in_hand(desk, high, by("SEC")).new
    done = desk_of.take_in_hand(desk, high, INFOSEC)
    assert (done.incident.state, done.incident.taken_by) == (State.IN_HAND, INFOSEC.id)


def test_a_graver_revision_is_acknowledged_anew(desk: Desk, high: str) -> None:
    desk_of.acknowledge(desk, high, by("SEC"))
    desk_of.take_in_hand(desk, high, by("SEC"))
    raised(desk, RECORDED)
    found = of(desk, high)
    assert (found.revision, found.state) == (2, State.OPEN)
    assert (found.acknowledged_by, found.taken_by) == (None, None)


# -- references, notes, relations -----------------------------------------------------------


def test_a_reference_is_a_number_and_the_same_one_again_is_no_news(
    desk: Desk, high: str
) -> None:
    assert desk_of.record_phone(desk, high, " INC 0042 ", by("SEC")).incident.phone == (
        "INC 0042"
    )
    assert not desk_of.record_phone(desk, high, "INC 0042", by("SEC")).new
    assert desk_of.record_ir(desk, high, "IR 7", by("SEC")).incident.ir == "IR 7"
    with pytest.raises(BadInput, match="with a digit in it"):
        desk_of.record_phone(desk, high, "Sam Pock", by("SEC"))


def test_related_incidents_name_each_other(desk: Desk, high: str, medium: str) -> None:
    assert desk_of.relate(desk, high, medium, by("SEC")).new
    assert not desk_of.relate(desk, medium, high, by("SEC")).new
    for one, other in ((high, medium), (medium, high)):
        found = show(desk, one)
        assert (found.related, found.beside) == ((other,), (other,))
        assert (found.events[-1].what, dict(found.events[-1].details)) == (
            "relate", {"to": other},
        )  # fmt: skip
    with pytest.raises(BadInput, match="not related to itself"):
        desk_of.relate(desk, high, high, by("SEC"))


def test_what_a_person_wrote_is_in_the_timeline_and_nowhere_else(desk: Desk, high: str) -> None:
    desk_of.note(desk, high, SECRET, by("SEC"))
    desk_of.acknowledge(desk, high, by("SEC"))
    why = Closing(cause="mended", lesson=SECRET, override_by="S-MDI-GOV", why=SECRET)
    desk_of.close(desk, high, why, by("SEC"))
    desk_of.confirm_closing(desk, high, by("SPOC"))
    desk_of.reopen(desk, high, SECRET, by("SEC"))
    told = [event.what for event in show(desk, high).events if event.words == SECRET]
    assert told == ["note", "override", "ask-close", "note"]
    assert SECRET not in json.dumps(audited(desk.store))
    with desk.store.read() as tx:
        mails = [Incidents(tx).posted(f"mail/{one}").letter for one in letters(desk)]
    assert mails
    assert all(SECRET not in one.body + one.subject for one in mails)


@pytest.mark.parametrize("words", ["", "x" * (LONGEST + 1), "two\nlines"])
def test_a_note_is_one_line_that_says_something(desk: Desk, high: str, words: str) -> None:
    with pytest.raises(BadInput):
        desk_of.note(desk, high, words, by("SEC"))


# -- closed ---------------------------------------------------------------------------------


def test_one_person_closes_what_is_not_high(desk: Desk, medium: str) -> None:
    desk_of.acknowledge(desk, medium, by("SEC"))
    desk_of.record_phone(desk, medium, "77", by("SEC"))
    done = desk_of.close(desk, medium, MENDED, by("SEC")).incident
    assert (done.state, done.cause, done.closed_by, done.closed_at) == (
        State.CLOSED, "mended", "S-MDI-SEC", NOON,
    )  # fmt: skip
    with desk.store.read() as tx:
        assert Incidents(tx).open() == []


def test_what_is_high_is_closed_once_another_person_has_confirmed_it(
    desk: Desk, high: str
) -> None:
    desk_of.acknowledge(desk, high, by("SEC"))
    desk_of.record_phone(desk, high, "77", by("SEC"))
    with pytest.raises(NotAllowed, match="nobody has asked to close it yet"):
        desk_of.confirm_closing(desk, high, by("GOV"))
    asked = desk_of.close(desk, high, MENDED, by("SEC")).incident
    assert (asked.state, asked.closing_by) == (State.ACKNOWLEDGED, "S-MDI-SEC")
    with pytest.raises(NotAllowed, match="another person than S-MDI-SEC"):
        desk_of.confirm_closing(desk, high, by("SEC"))
    done = desk_of.confirm_closing(desk, high, by("GOV")).incident
    assert (done.state, done.cause, done.closed_by) == (State.CLOSED, "mended", "S-MDI-GOV")
    with pytest.raises(NotAllowed, match="it is closed"):
        desk_of.confirm_closing(desk, high, by("SPOC"))


def test_a_new_revision_voids_what_was_asked(desk: Desk, high: str) -> None:
    desk_of.acknowledge(desk, high, by("SEC"))
    desk_of.record_phone(desk, high, "77", by("SEC"))
    desk_of.close(desk, high, MENDED, by("SEC"))
    raised(desk, RECORDED)
    with pytest.raises(NotAllowed, match=r"acknowledged it \(W1\); nobody has asked"):
        desk_of.confirm_closing(desk, high, by("GOV"))


def test_security_closes_without_the_call_to_infosec_by_a_recorded_override_only(
    desk: Desk, medium: str
) -> None:
    """X9: who, and why; a role of the scheme's list."""
    desk_of.acknowledge(desk, medium, by("SEC"))
    assert "call to Infosec is not recorded (X9)" in refusal(desk, medium)
    said = Closing(cause="mended", override_by="S-MDI-GOV", why="nobody answered")
    for person in ("S-MDI-SPOC", "S-LEI-GOV", "S-NOBODY"):
        other = Closing(cause="mended", override_by=person, why="nobody answered")
        assert "only the Governor" in refusal(desk, medium, other)
    with pytest.raises(BadInput, match="nobody said why"):
        silent = Closing(cause="mended", override_by="S-MDI-GOV")
        desk_of.close(desk, medium, silent, by("SEC"))
    done = desk_of.close(desk, medium, said, by("SEC")).incident
    assert (done.state, done.override_by) == (State.CLOSED, "S-MDI-GOV")
    override = next(one for one in show(desk, medium).events if one.what == "override")
    assert (override.details["who"], override.words) == ("S-MDI-GOV", "nobody answered")
    assert audited(desk.store)[-1]["details"]["override"] == "S-MDI-GOV"


def test_a_decision_that_was_not_needed_is_not_kept(desk: Desk, medium: str) -> None:
    desk_of.acknowledge(desk, medium, by("SEC"))
    desk_of.record_phone(desk, medium, "77", by("SEC"))
    said = Closing(cause="mended", override_by="S-MDI-GOV", why="nobody answered")
    assert desk_of.close(desk, medium, said, by("SEC")).incident.override_by is None
    assert "override" not in what(show(desk, medium))
    assert "override" not in audited(desk.store)[-1]["details"]


def test_a_cause_is_of_the_list(desk: Desk, medium: str) -> None:
    with pytest.raises(BadInput, match="no cause of the list") as refused:
        desk_of.close(desk, medium, Closing(cause="boredom"), by("SEC"))
    assert "mended, replaced" in refused.value.hint


def test_each_step_is_audited_by_whom(desk: Desk, high: str) -> None:
    closed(desk, high, by("SEC"), by("GOV"))
    desk_of.reopen(desk, high, "", by("SPOC"))
    rows = [row for row in audited(desk.store) if row["subjectId"] == high]
    assert [(row["what"], row["who"]) for row in rows] == [
        ("INCIDENT_RAISED", "S-MDI-SPOC"),
        ("INCIDENT_ACKNOWLEDGED", "S-MDI-SEC"),
        ("INCIDENT_PHONE_RECORDED", "S-MDI-SEC"),
        ("INCIDENT_CLOSING_ASKED", "S-MDI-SEC"),
        ("INCIDENT_CLOSED", "S-MDI-GOV"),
        ("INCIDENT_REOPENED", "S-MDI-SPOC"),
    ]


# -- opened again ---------------------------------------------------------------------------


def test_what_is_opened_again_is_told_to_everybody_again(desk: Desk, high: str) -> None:
    before = letters(desk)
    assert len(before) == 3
    closed(desk, high, by("SEC"), by("GOV"))
    found = desk_of.reopen(desk, high, "", by("SEC")).incident
    assert (found.state, found.revision, found.cause, found.closed_at) == (
        State.OPEN, 2, None, None,
    )  # fmt: skip
    again = sorted(set(letters(desk)) - set(before))
    assert again == [one.replace(f"{high}/1/", f"{high}/2/") for one in sorted(before)]
    with desk.store.read() as tx:
        body = Incidents(tx).posted(f"mail/{again[0]}").letter.body
    assert "Opened again: 20 November 2026 12:00, UK time (message 2)" in body
    assert "iPad: MDIBT001, asset tag K10003" in body


def test_an_event_that_comes_again_after_closing_is_a_new_incident_related_to_the_old(
    desk: Desk, high: str
) -> None:
    closed(desk, high, by("SEC"), by("GOV"))
    new = raised(desk, RECORDED)
    assert (new != high, show(desk, new).related) == (True, (high,))
    with pytest.raises(NotAllowed, match=f"{new} tells the same"):
        desk_of.reopen(desk, high, "", by("SEC"))


def test_what_persists_and_was_closed_is_opened_again_by_itself(
    desk: Desk, medium: str
) -> None:
    """Until it was over: then it is a new one."""
    closed(desk, medium, by("SEC"), by("GOV"))
    assert again(desk) == (medium, 2)
    closed(desk, medium, by("SEC"), by("GOV"))
    with desk.store.begin() as tx:
        clear(tx, NOT_REMOVED, ipad(desk.store), by("SPOC"))
    assert of(desk, medium).state is State.CLOSED
    new, revision = again(desk)
    assert (new != medium, revision) == (True, 1)


def again(desk: Desk) -> tuple[str, int]:
    """A look that finds a fault until it is over has found it again."""
    with desk.store.begin() as tx:
        asset = ipad(desk.store)
        found = raise_and_tell(
            tx, desk.policy, NOT_REMOVED, asset, "not-removed", INFOSEC, persists=True
        )
    return found.id, found.revision


def test_security_that_is_over_waits_for_a_person_and_comes_back_as_a_revision(
    desk: Desk, high: str
) -> None:
    desk_of.acknowledge(desk, high, by("SEC"))
    with desk.store.begin() as tx:
        clear(tx, RECORDED, ipad(desk.store), by("SPOC"))
        clear(tx, RECORDED, ipad(desk.store), by("SPOC"))  # once is enough
    found = of(desk, high)
    assert (found.state, found.cleared_at) == (State.ACKNOWLEDGED, NOON)
    assert what(show(desk, high)).count("clear") == 1
    raised(desk, RECORDED)
    found = of(desk, high)
    assert (found.revision, found.state, found.cleared_at) == (2, State.OPEN, None)


def test_other_rules_of_the_same_ipad_are_other_incidents(desk: Desk, high: str) -> None:
    others = {raised(desk, rule) for rule in (OVERRIDDEN, MEETING_UNLIKE)}
    assert len({high, *others}) == 3
