"""What is owed too long is told, once, and the telling ends when it is done (W1)."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from agent.domain.incident_steps import STEPS
from agent.domain.lateness import LATE_AFTER, MAY_WAIT
from agent.policies import load_policy
from agent.services.audit import verify_chain
from agent.services.lateness import tell_lateness
from agent.store.engine import Store
from agent.store.incidents import Incidents
from agent.store.ledger import Ledger
from tests.support.estates import Clock
from tests.support.stores import a_store

POLICY = load_policy()
SUBJECTS = {
    "sweep": "2026-11-20",
    "mail": "INC-2026-00077/1/security.MDI",
    "zoom.consent-refresh": "K10001",
}
MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(url: str, clock: Clock) -> Iterator[Store]:
    made = a_store(url, clock)
    yield made
    made.close()


def owe(store: Store, kind: str, subject: str) -> None:
    with store.begin() as tx:
        Ledger(tx).owe(kind, subject, due=tx.now)


def finish(store: Store, key: str) -> None:
    with store.begin() as tx:
        claim = Ledger(tx).claim(key, MINUTE)
        assert claim is not None
        Ledger(tx).finish(claim, "done")


def open_incidents(store: Store) -> list[tuple[str, str]]:
    with store.read() as tx:
        return [(i.type, i.category.value) for i in Incidents(tx).open()]


def letters(store: Store) -> list[str]:
    with store.read() as tx:
        return [owed.subject for owed in Ledger(tx).open("mail") if "00077" not in owed.subject]


@pytest.mark.parametrize("kind", [kind for kind in LATE_AFTER if kind not in MAY_WAIT])
def test_on_the_last_moment_of_its_time_nothing_is_late(
    store: Store, clock: Clock, kind: str
) -> None:
    owe(store, kind, SUBJECTS.get(kind, "C-2026-00001-W1"))
    clock.now += LATE_AFTER[kind]
    assert tell_lateness(store, POLICY) == ()
    clock.now += timedelta(microseconds=1)
    assert len(tell_lateness(store, POLICY)) == 1
    assert open_incidents(store) == [(f"{kind}.late", "operational")]


def test_a_late_sweep_is_one_operational_incident_however_often_one_looks(
    store: Store, clock: Clock
) -> None:
    owe(store, "sweep", "2026-11-20")
    clock.now += LATE_AFTER["sweep"] + MINUTE
    tell_lateness(store, POLICY)
    assert tell_lateness(store, POLICY) == ()
    assert open_incidents(store) == [("sweep.late", "operational")]
    assert letters(store) == [
        "INC-2026-00001/1/infosec",
        "INC-2026-00001/1/provider-management",
    ]


def test_what_was_done_in_the_end_is_no_longer_late(store: Store, clock: Clock) -> None:
    owe(store, "sweep", "2026-11-20")
    clock.now += LATE_AFTER["sweep"] + MINUTE
    tell_lateness(store, POLICY)
    finish(store, "sweep/2026-11-20")
    assert tell_lateness(store, POLICY) == ("sweep.late 2026-11-20 is over",)
    assert open_incidents(store) == []
    assert verify_chain(store).ok


def test_what_is_late_still_opens_again_what_somebody_closed(
    store: Store, clock: Clock
) -> None:
    owe(store, "sweep", "2026-11-20")
    clock.now += LATE_AFTER["sweep"] + MINUTE
    tell_lateness(store, POLICY)
    with store.begin() as tx:
        [late] = Incidents(tx).open()
        close = next(step for step in STEPS if step.name == "close")
        values = {"closed_at": tx.now, "closed_by": "S-1", "cause": "mended"}
        Incidents(tx).write(close, late, "S-1", values)
    before = letters(store)
    assert tell_lateness(store, POLICY) == ("sweep.late 2026-11-20",)
    assert tell_lateness(store, POLICY) == ()
    with store.read() as tx:
        assert [(i.id, i.revision) for i in Incidents(tx).open()] == [(late.id, 2)]
    assert set(letters(store)) - set(before) == {
        f"{late.id}/2/infosec", f"{late.id}/2/provider-management",
    }  # fmt: skip


def test_letters_about_late_letters_that_are_late_too_bring_no_more_letters(
    store: Store, clock: Clock
) -> None:
    owe(store, "mail", SUBJECTS["mail"])
    for _ in range(9):
        clock.now += LATE_AFTER["mail"] + MINUTE
        tell_lateness(store, POLICY)
    told = len(letters(store))
    for _ in range(9):
        clock.now += LATE_AFTER["mail"] + MINUTE
        tell_lateness(store, POLICY)
    assert len(letters(store)) == told


def test_one_inbox_that_takes_nothing_does_not_hide_that_later_none_does(
    store: Store, clock: Clock
) -> None:
    owe(store, "mail", "INC-2026-00077/1/security.MDI")
    clock.now += LATE_AFTER["mail"] + MINUTE
    assert tell_lateness(store, POLICY) == ("mail.late security.MDI",)
    for code in ("ACI", "AGI"):
        owe(store, "mail", f"INC-2026-00077/1/security.{code}")
    clock.now += LATE_AFTER["mail"] + MINUTE
    told = {one for one in tell_lateness(store, POLICY) if one.startswith("mail.")}
    assert told == {"mail.late all", "mail.late security.MDI is over"}
