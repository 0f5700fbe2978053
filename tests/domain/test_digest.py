"""The morning's digests: what nobody acknowledged, and counts; no names, no free text."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from agent.domain.check import Category, Severity
from agent.domain.digest import Counts, Duty, of_infosec, of_region, of_spoc, of_task
from agent.domain.incident import Incident, State
from agent.domain.routes import Recipient

HOUR = timedelta(hours=1)
DAY, NOW = date(2026, 11, 23), datetime(2026, 11, 23, 7, tzinfo=UTC)
SPOC = Recipient("establishment", "MDI", "spoc")
INFOSEC = Recipient("national", "", "infosec")
SILVER = Recipient("region", "Yorkshire", "regional-silver")


def an_incident(number: int = 1, **changes: object) -> Incident:
    one = Incident(
        id=f"INC-2026-{number:05}", type="device.supervised", subject="K10001",
        establishment="MDI", reason="wrong", because="CANARY", category=Category.SECURITY,
        severity=Severity.HIGH, revision=1, opened_at=NOW - HOUR, changed_at=NOW - HOUR,
    )  # fmt: skip
    return replace(one, **changes)  # type: ignore[arg-type]


def a_duty(due: datetime = NOW - HOUR) -> Duty:
    return Duty(
        subject="C-2026-00001", says="an IR is submitted too (D8)", owner="security",
        establishment="MDI", due=due,
    )  # fmt: skip


def test_a_spoc_hears_what_nobody_acknowledged_and_what_is_owed() -> None:
    seen = an_incident(2, state=State.ACKNOWLEDGED)
    one = of_spoc(SPOC, DAY, NOW, [an_incident(), seen], [a_duty(), a_duty(NOW + HOUR)])
    assert one is not None
    assert one.subject == "callsteward MDI digest 2026-11-23"
    assert "INC-2026-00001 HIGH device.supervised MDI, since 23 Nov 06:00" in one.body
    assert "INC-2026-00002" not in one.body
    assert "1 more are open and acknowledged" in one.body
    assert one.body.count("an IR is submitted too") == 2
    assert ("OVERDUE since" in one.body, ", due" in one.body.replace("\n    ", " ")) == (
        True, True,
    )  # fmt: skip
    assert "CANARY" not in one.body


def test_a_place_where_nothing_is_owed_gets_no_digest() -> None:
    seen = an_incident(state=State.IN_HAND)
    assert of_spoc(SPOC, DAY, NOW, [seen], [a_duty(NOW + 25 * HOUR)]) is None
    alone = of_spoc(SPOC, DAY, NOW, [], [a_duty()])
    assert alone is not None
    assert "Nobody has acknowledged" not in alone.body
    alone = of_spoc(SPOC, DAY, NOW, [an_incident(establishment="")], [])
    assert alone is not None
    assert "Owed by people" not in alone.body


def test_infosec_gets_the_head_of_the_chain_every_day() -> None:
    quiet = of_infosec(INFOSEC, DAY, [], [], (7, "ab" * 32))
    assert "No incident is open." in quiet.body
    assert f"row 7,\n  {'ab' * 32}" in quiet.body
    upkeep = an_incident(2, category=Category.UPKEEP)
    held = ["SIL-2026-0001, device.checked-in, everywhere"]
    busy = of_infosec(INFOSEC, DAY, [an_incident(), upkeep], held, (7, "ab" * 32))
    assert "   1 security, HIGH, open\n" in busy.body
    assert "INC-2026-00001" in busy.body
    assert "INC-2026-00002" not in busy.body  # counted, and the SPOC's to acknowledge
    assert "  SIL-2026-0001, device.checked-in, everywhere\n" in busy.body


def counts(code: str, **changes: int) -> Counts:
    told = dict.fromkeys(
        ("ipads", "lost", "open", "old", "unanswered", "overdue", "calls"), 0
    ) | {"ipads": 2}  # fmt: skip
    return Counts(establishment=code, **told | changes)


def test_a_region_gets_counts_and_where_most_is_open() -> None:
    page = of_region(
        SILVER, DAY,
        [counts("AAI", calls=3), counts("BBI", open=2, unanswered=1), counts("CCI", overdue=1),
         counts("DDI", open=9, old=1), counts("EEI", open=1)],
    )  # fmt: skip
    assert "iPads 10, reported lost 0" in page.body
    assert "Incidents open 12, for more than a day 1" in page.body
    worst = [line.split(":")[0].strip() for line in page.body.splitlines() if " open, " in line]
    assert worst == ["DDI", "BBI", "CCI"]
    assert "No call in seven days: 4 of 5" in page.body
    well = of_region(SILVER, DAY, [counts("AAI")])
    assert "Where most is open" not in well.body


def test_each_letter_is_known_by_its_day_and_its_reader() -> None:
    ids = {
        of_region(SILVER, DAY, []).message_id,
        of_infosec(INFOSEC, DAY, [], [], (0, "")).message_id,
        of_infosec(INFOSEC, DAY + timedelta(days=1), [], [], (0, "")).message_id,
    }
    assert len(ids) == 3
    assert of_region(SILVER, DAY, []) == of_region(SILVER, DAY, [])


def test_a_task_is_told_when_it_is_due_and_once_more() -> None:
    first = of_task(SPOC, a_duty(), "TASK-ir-C-2026-00001-1", 1)
    again = of_task(SPOC, a_duty(), "TASK-ir-C-2026-00001-1", 2)
    assert first.subject == "TASK MDI C-2026-00001"
    assert ("still not done" in first.body, "still not done" in again.body) == (False, True)
    assert first.message_id != again.message_id
    assert "Due: 23 November 2026 06:00, UK time" in first.body
