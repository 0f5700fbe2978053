"""What staff report of a device, known to the MDM, to the register or to nobody (E5, X9)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from agent.domain.check import Category, Severity
from agent.domain.incident import State
from agent.domain.incident_rules import IncidentRules, Kind
from agent.errors import BadInput, NotAllowed
from agent.services.call_office import Office
from agent.services.consents import device_named
from agent.services.devices import report_found
from agent.services.incident_desk import Desk
from agent.services.incident_pages import show
from agent.services.incident_reports import Report, report
from agent.store.device_reports import DeviceReports
from agent.store.incidents import Incidents
from agent.store.ledger import Ledger
from agent.store.register import Register
from tests.support.calls import INFOSEC, an_office, audited, by
from tests.support.estates import Clock
from tests.support.incidents import closed, incident_desk
from tests.support.stores import NOON

LOSS = {"security.MDI", "infosec", "provider-management", "regional-silver.MDI"}


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
def office(tmp_path: Path, clock: Clock) -> Iterator[Office]:
    made = an_office(tmp_path, clock)
    yield made
    made.store.close()


@pytest.fixture
def desk(office: Office) -> Desk:
    return incident_desk(office.store)


def told(desk: Desk) -> set[str]:
    with desk.store.read() as tx:
        return {one.subject.split("/")[2] for one in Ledger(tx).open("mail")}


def body(desk: Desk, incident: str, to: str) -> str:
    with desk.store.read() as tx:
        letter = Incidents(tx).posted(f"mail/{incident}/1/{to}").letter
    return f"{letter.subject}\n{letter.body}"


@pytest.mark.parametrize("name", ["MDIBT001", "k10003", "serial"])
def test_damage_of_an_ipad_is_told_at_once_however_it_is_named(desk: Desk, name: str) -> None:
    """E5: Regional Silver as soon as possible."""
    with desk.store.read() as tx:
        serial = next(one.serial for one in Register(tx).all() if one.tag == "K10003")
    named = serial.lower() if name == "serial" else name
    done = report(desk, Report(kind="damage", device=named), by("SUP"))
    assert (done.new, done.incident.type, done.incident.subject) == (
        True, "reported.damage", "K10003",
    )  # fmt: skip
    assert (done.incident.category, done.incident.severity) == (Category.LOSS, Severity.MEDIUM)
    assert told(desk) == LOSS
    text = body(desk, done.incident.id, "security.MDI")
    assert "INC-2026-00001 MEDIUM MDI K10003" in text
    assert "iPad: MDIBT001, asset tag K10003" in text
    assert "the device and its case are whole (E5)" in text


def test_loss_of_an_ipad_keeps_it_from_calls_until_it_is_found(desk: Desk) -> None:
    asset = device_named(desk.store, "MDIBT001")
    assert [report(desk, _loss(), by("SUP")).new for _ in range(2)] == [True, False]
    with desk.store.read() as tx:
        assert DeviceReports(tx).lost_since(asset.tag) == NOON
        [incident] = Incidents(tx).open()
    assert incident.type == "device.reported-lost"
    rows = [row["details"]["new"] for row in audited(desk.store)
            if row["what"] == "INCIDENT_REPORTED"]  # fmt: skip
    assert rows == [True, False]


def _loss() -> Report:
    return Report(kind="loss", device="MDIBT001")


def test_an_ipad_that_is_lost_again_is_told_again(office: Office, desk: Desk) -> None:
    first = report(desk, _loss(), by("SUP")).incident
    assert report_found(office, device_named(desk.store, "MDIBT001"), by("SUP"))
    again = report(desk, _loss(), by("SUP"))
    assert (again.new, again.incident.id, again.incident.revision) == (True, first.id, 2)


@pytest.mark.parametrize(
    ("device", "subject"),
    [("", "device/MDI-unmarked"), ("x-99", "device/MDI-X-99"), ("K99999", "device/MDI-K99999")],
)
def test_a_device_that_no_register_knows_is_told_with_its_place(
    desk: Desk, device: str, subject: str
) -> None:
    done = report(desk, Report(kind="loss", site="mdi", device=device), INFOSEC)
    assert (done.incident.subject, done.incident.establishment) == (subject, "MDI")
    assert told(desk) == LOSS
    text = body(desk, done.incident.id, "security.MDI")
    assert f"Where: {subject}, which the register does not know" in text
    assert text.startswith("INC-2026-00001 HIGH MDI\n")  # no mark of a stranger in a subject


def test_the_place_is_where_the_person_works_unless_it_is_said(desk: Desk) -> None:
    assert report(desk, Report(kind="unexpected"), by("SUP")).incident.establishment == "MDI"
    with pytest.raises(BadInput, match="no establishment has this code"):
        report(desk, Report(kind="unexpected"), INFOSEC)
    with pytest.raises(BadInput, match="no establishment has this code"):
        report(desk, Report(kind="unexpected", site="XXX"), INFOSEC)
    with pytest.raises(NotAllowed, match="S-LEI-SUP is no member of staff of MDI"):
        report(desk, Report(kind="damage", device="MDIBT001"), by("SUP", "LEI"))
    with pytest.raises(BadInput, match="at MDI by the register"):
        report(desk, Report(kind="damage", device="MDIBT001", site="LEI"), INFOSEC)


@pytest.mark.parametrize("mark", ["Jo Bloggs", "BLOGGSWORTH", "9" * 41, "a/9"])
def test_a_mark_is_no_name(desk: Desk, mark: str) -> None:
    with pytest.raises(BadInput, match="with a digit in it"):
        report(desk, Report(kind="loss", device=mark), by("SUP"))


def test_what_nobody_reports_is_named_with_what_people_do(desk: Desk) -> None:
    with pytest.raises(BadInput) as refused:
        report(desk, Report(kind="boredom"), by("SUP"))
    assert refused.value.hint == "One of: loss, damage, compromise, unexpected."


def test_the_same_once_more_is_no_news_unless_it_is_graver_or_was_over(desk: Desk) -> None:
    said = Report(kind="damage", device="MDIBT001")
    assert [report(desk, said, by("SUP")).new for _ in range(2)] == [True, False]
    graver = replace(desk, rules=_with(desk.rules, Severity.HIGH))
    done = report(graver, said, by("SUP"))
    assert (done.new, done.incident.revision, done.incident.severity) == (
        True, 2, Severity.HIGH,
    )  # fmt: skip
    with desk.store.begin() as tx:
        Incidents(tx).clear(done.incident.id)
    assert report(desk, said, by("SUP")).incident.revision == 3
    closed(desk, done.incident.id, by("SEC"), by("GOV"))
    new = report(desk, said, by("SUP")).incident
    assert (new.id != done.incident.id, new.state, new.revision) == (True, State.OPEN, 1)


def _with(rules: IncidentRules, severity: Severity) -> IncidentRules:
    kind = rules.kinds["damage"]
    graver = Kind(kind.name, replace(kind.rule, severity=severity), kind.lost)
    return replace(rules, kinds={**rules.kinds, "damage": graver})


def test_what_was_seen_is_kept_beside_each_report_and_mailed_to_nobody(desk: Desk) -> None:
    words = "a screw was on the floor"
    said = Report(kind="damage", device="MDIBT001", words=words)
    for _ in range(2):
        incident = report(desk, said, by("SUP")).incident.id
    assert [one.words for one in show(desk, incident).events] == ["", words, words]
    assert words not in body(desk, incident, "security.MDI")


def test_found_again_is_over_and_waits_for_a_person_to_close_it(
    office: Office, desk: Desk, clock: Clock
) -> None:
    incident = report(desk, _loss(), by("SUP")).incident.id
    clock.now += timedelta(hours=1)
    assert report_found(office, device_named(desk.store, "MDIBT001"), by("SUP"))
    found = show(desk, incident).incident
    assert (found.state, found.cleared_at) == (State.OPEN, clock.now)
