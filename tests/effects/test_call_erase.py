"""What is personal in a call goes 90 days after it is over, from every file; not before."""

import base64
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from agent.domain.application import Cancelled, Decision, Expired, Informed, Moved
from agent.domain.asset import Asset
from agent.domain.call import State
from agent.domain.call_incidents import OVERRIDDEN
from agent.domain.in_call import Closed, Reported
from agent.domain.retention import AFTERWARDS
from agent.effects.call_erase import LOOK_AGAIN, EraseCall
from agent.errors import Misconfigured, NotAllowed
from agent.services.audit import verify_chain
from agent.services.call_book import personal
from agent.services.call_case import How
from agent.services.call_erasure import erase, keeping
from agent.services.call_office import Office
from agent.services.calls import record
from agent.services.consents import device_named
from agent.services.lateness import tell_lateness
from agent.store.call_erasure import ERASE
from agent.store.ledger import Ledger, Owed
from agent.store.telling import clear, raise_and_tell
from agent.tick import Worker
from tests.support import canaries
from tests.support.calls import (
    ENDED,
    INFORMED,
    STARTED,
    an_office,
    approved,
    asked_for,
    audited,
    by,
    commented,
    ready,
    swept,
)
from tests.support.estates import Clock
from tests.support.incidents import closed, incident_desk
from tests.support.postgres import Server, binaries
from tests.support.stores import NOON, a_store

KEEP = timedelta(days=90)
DUE = NOON + KEEP
MOMENT = timedelta(microseconds=1)
CALLED = Informed(
    informed_by="S-MDI-CHAP", told_of_call=True, told_to_install=True,
    name_of_contact=canaries.NAME, email=canaries.EMAIL, phone=canaries.PHONE,
)  # fmt: skip


@dataclass(frozen=True)
class Desk:
    """An office whose agent erases."""

    office: Office
    clock: Clock
    worker: Worker

    def owed(self) -> list[Owed]:
        with self.office.store.read() as tx:
            return Ledger(tx).open(ERASE)

    def at(self, when: datetime) -> "Desk":
        """It is this time now, and the agent does what is due."""
        self.clock.now = when
        while self.worker.tick(lambda lane, key: self.worker.perform(key)):
            pass
        return self

    def gone(self, call: str) -> bool:
        found = self.office.found(call)
        there = (self.office.keys.folder / f"{found.key}.key").exists()
        assert there or found.erased_at is not None
        return not there

    def cancelled(self) -> str:
        """A call with all that is personal, cancelled now."""
        call = asked_for(self.office, number=canaries.NUMBER)
        approved(self.office, call)
        record(self.office, call, CALLED, by("SPOC"))
        record(self.office, call, Cancelled(reason="not-needed"), by("SPOC"))
        return call


def a_desk(folder: Path, where: Path | str) -> Desk:
    clock = Clock(NOON)
    office = an_office(folder, clock, where)
    effect = EraseCall(office.store, office.keys, KEEP)
    return Desk(office, clock, Worker(office.store, {ERASE: effect}, {"routine": 2}))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    found = a_desk(tmp_path, tmp_path)
    yield found
    found.office.store.close()


@pytest.fixture(params=["sqlite", "postgres"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """On each database in turn."""
    where = tmp_path if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    found = a_desk(tmp_path, where)
    yield found
    found.office.store.close()


def told(desk: Desk) -> list[str]:
    return [row["what"] for row in audited(desk.office.store)]


# -- when it is owed ------------------------------------------------------------------------


def test_it_is_owed_in_the_transaction_in_which_a_call_gets_over(desk: Desk) -> None:
    refused = asked_for(desk.office)
    commented(desk.office, refused)
    record(desk.office, refused, Decision(granted=False, decided_by="S-MDI-GOV"), by("GOV"))
    closed = asked_for(desk.office)
    ready(desk.office, closed)
    assert [one.subject for one in desk.owed()] == [refused]
    for said in (STARTED, ENDED, Closed()):
        record(desk.office, closed, said, by("SUP"))
    assert [(one.subject, one.due) for one in desk.owed()] == [(refused, DUE), (closed, DUE)]


def test_a_call_brought_back_puts_it_off_until_it_is_over_again(desk: Desk) -> None:
    call = asked_for(desk.office)
    approved(desk.office, call)
    desk.clock.now = later = NOON + timedelta(days=1)
    record(desk.office, call, Expired(), by("SPOC"))
    assert [one.due for one in desk.owed()] == [later + KEEP]
    record(desk.office, call, moved(later + timedelta(days=100)), by("SPOC"))
    assert desk.owed() == []
    desk.at(later + KEEP)
    assert not desk.gone(call)
    record(desk.office, call, Cancelled(reason="not-needed"), by("SPOC"))
    assert [one.due for one in desk.owed()] == [later + KEEP + KEEP]


def test_one_that_was_attempted_and_is_brought_back_is_not_erased(desk: Desk) -> None:
    call = asked_for(desk.office)
    approved(desk.office, call)
    desk.clock.now = NOON + timedelta(days=1)
    record(desk.office, call, Expired(), by("SPOC"))
    with desk.office.store.begin() as tx:  # held: so it is attempted in vain
        raise_and_tell(tx, desk.office.policy, OVERRIDDEN, ipad(desk), "overridden", by("GOV"))
    due = desk.clock.now + KEEP
    desk.at(due)
    record(desk.office, call, moved(due + timedelta(days=1)), by("SPOC"))
    desk.at(due + LOOK_AGAIN)
    assert (desk.owed(), desk.gone(call)) == ([], False)
    record(desk.office, call, Cancelled(reason="not-needed"), by("SPOC"))
    assert [one.due for one in desk.owed()] == [desk.clock.now + KEEP]


def moved(at: datetime) -> Moved:
    until = at + timedelta(hours=1)
    return Moved(device="K10003", at=at.isoformat(), until=until.isoformat(), room="Office")


def ipad(desk: Desk) -> Asset:
    return device_named(desk.office.store, "MDIBT001")


# -- when it is done ------------------------------------------------------------------------


def test_not_a_moment_before_its_time(desk: Desk) -> None:
    call = desk.cancelled()
    assert not desk.at(DUE - MOMENT).gone(call)
    assert desk.at(DUE).gone(call)
    assert told(desk)[-2:] == ["CALL_ERASURE_BEGUN", "CALL_ERASED"]
    assert desk.office.found(call).erased_at == DUE
    with pytest.raises(NotAllowed, match="was erased"):
        record(desk.office, call, Cancelled(reason="not-needed"), by("SPOC"))


def test_another_time_in_the_settings_counts_from_then_on(desk: Desk) -> None:
    call = desk.cancelled()
    longer = EraseCall(desk.office.store, desk.office.keys, KEEP + KEEP)
    slow = replace(desk, worker=replace(desk.worker, effects={ERASE: longer}))
    assert not slow.at(DUE).gone(call)
    assert [one.error for one in desk.owed()] == ["its time has not come"]
    assert slow.at(DUE + KEEP).gone(call)


def test_an_open_task_holds_it(desk: Desk) -> None:
    call = asked_for(desk.office)
    ready(desk.office, call)
    swept(desk.office.store)
    record(desk.office, call, STARTED, by("SUP"))
    record(desk.office, call, replace(ENDED, security_issue=True), by("SUP"))
    assert desk.owed() == []  # it cannot be closed without the number of its IR
    record(desk.office, call, Reported(reference="IR 7"), by("SEC"))
    record(desk.office, call, Closed(), by("SUP"))
    verbal = asked_for(desk.office)
    commented(desk.office, verbal)
    by_telephone = Decision(granted=True, decided_by="S-MDI-GOV", verbal=True)
    record(desk.office, verbal, by_telephone, by("DUTY"))
    desk.clock.now = NOON + timedelta(days=1)
    record(desk.office, verbal, Expired(), by("SPOC"))
    desk.at(desk.clock.now + KEEP)
    assert (desk.gone(call), desk.gone(verbal)) == (True, False)
    assert [one.error for one in desk.owed()] == ["held: a task of it is open"]


def test_an_incident_of_its_ipad_holds_it_and_then_no_more(desk: Desk) -> None:
    call = desk.cancelled()
    desk.clock.now = NOON + AFTERWARDS
    with desk.office.store.begin() as tx:
        found = raise_and_tell(
            tx, desk.office.policy, OVERRIDDEN, ipad(desk), "overridden", by("GOV")
        )
    assert not desk.at(DUE).gone(call)
    assert [one.error for one in desk.owed()] == [f"held: {found.id} is not closed"]
    with pytest.raises(NotAllowed, match=f"cannot erase: {found.id} is not closed"):
        erase(desk.office, call, by("SPOC"), by("CHAP"))
    with desk.office.store.begin() as tx:
        clear(tx, OVERRIDDEN, ipad(desk), by("GOV"))
    assert not desk.at(DUE + LOOK_AGAIN).gone(call)  # it is over, and nobody closed it
    closed(incident_desk(desk.office.store), found.id, by("GOV"), by("SPOC"))
    assert desk.at(DUE + 2 * LOOK_AGAIN).gone(call)


def test_people_see_when_it_is_erased_and_what_holds_it(desk: Desk) -> None:
    def says(call: str) -> list[str]:
        return list(keeping(desk.office, desk.office.found(call)).lines())

    waits = asked_for(desk.office)
    assert says(waits) == ["what is personal is kept until 90 days after the call is over"]
    call = desk.cancelled()
    assert says(call) == ["what is personal is erased on 2027-02-18"]
    with desk.office.store.begin() as tx:
        found = raise_and_tell(
            tx, desk.office.policy, OVERRIDDEN, ipad(desk), "overridden", by("GOV")
        )
    assert says(call)[1:] == [f"but not while {found.id} is not closed"]
    closed(incident_desk(desk.office.store), found.id, by("GOV"), by("SPOC"))
    desk.at(DUE)
    assert says(call) == ["what was personal was erased on 2027-02-18"]


def test_an_incident_of_later_calls_does_not_hold_it(desk: Desk) -> None:
    call = desk.cancelled()
    desk.clock.now = NOON + AFTERWARDS + MOMENT
    with desk.office.store.begin() as tx:
        raise_and_tell(tx, desk.office.policy, OVERRIDDEN, ipad(desk), "overridden", by("GOV"))
    assert desk.at(DUE).gone(call)


def test_whatever_else_holds_it_is_asked(desk: Desk) -> None:
    """A contact window that is not finished, once it says so."""
    call = desk.cancelled()
    waits = EraseCall(desk.office.store, desk.office.keys, KEEP, lambda tx, call: ("a window",))
    held = replace(desk, worker=replace(desk.worker, effects={ERASE: waits}))
    assert not held.at(DUE).gone(call)
    assert [one.error for one in desk.owed()] == ["held: a window"]


# -- killed in between ----------------------------------------------------------------------


def test_killed_after_the_commit_and_before_the_key_was_destroyed(either: Desk) -> None:
    call = either.cancelled()
    key = either.office.found(call).key
    kept = (either.office.keys.folder / f"{key}.key").read_bytes()
    attempt(either)
    (either.office.keys.folder / f"{key}.key").write_bytes(kept)  # as if it had died before
    (either.office.keys.folder / f"{key}.key").chmod(0o600)
    assert either.office.found(call).erased_at == DUE
    assert not either.gone(call)
    again(either, call)


def test_killed_after_the_key_was_destroyed_and_before_it_was_written_down(
    either: Desk,
) -> None:
    call = either.cancelled()
    attempt(either)
    assert told(either)[-1] == "CALL_ERASURE_BEGUN"
    again(either, call)


def attempt(desk: Desk) -> None:
    """Claimed and done, and then we died: nothing was written down."""
    desk.clock.now = DUE
    [owed] = desk.owed()
    with desk.office.store.begin() as tx:
        claim = Ledger(tx).claim(owed.key, timedelta(seconds=30))
    assert claim is not None
    desk.worker.effects[ERASE].act(claim, DUE)


def again(desk: Desk, call: str) -> None:
    """Nobody touches it before the lease is over; then it is ended, once."""
    assert [one.subject for one in desk.at(DUE + timedelta(seconds=29)).owed()] == [call]
    assert desk.at(DUE + timedelta(seconds=32)).gone(call)
    words = told(desk)
    assert words.count("CALL_ERASURE_BEGUN") == words.count("CALL_ERASED") == 1
    assert (desk.owed(), verify_chain(desk.office.store, None).ok) == ([], True)


def test_keys_that_cannot_be_destroyed_are_told_and_what_is_held_is_not(desk: Desk) -> None:
    call = desk.cancelled()
    with desk.office.store.begin() as tx:
        found = raise_and_tell(
            tx, desk.office.policy, OVERRIDDEN, ipad(desk), "overridden", by("GOV")
        )
    desk.at(DUE + timedelta(days=2))
    assert (desk.gone(call), lateness(desk)) == (False, [])
    closed(incident_desk(desk.office.store), found.id, by("GOV"), by("SPOC"))
    folder = desk.office.keys.folder
    folder.rename(folder.with_name("away"))
    for hour in range(2, 5):
        desk.at(DUE + timedelta(days=2, hours=hour))
    assert lateness(desk) == [f"call.erase.late {call}"]
    folder.with_name("away").rename(folder)
    assert desk.at(DUE + timedelta(days=3)).gone(call)
    assert lateness(desk) == [f"call.erase.late {call} is over"]


def lateness(desk: Desk) -> list[str]:
    """What is told of erasing; nobody takes the mail here."""
    found = tell_lateness(desk.office.store, desk.office.policy)
    return [one for one in found if one.startswith(ERASE)]


def test_the_agent_ends_what_two_people_began(desk: Desk) -> None:
    call = desk.cancelled()
    folder = desk.office.keys.folder
    key = folder / f"{desk.office.found(call).key}.key"
    folder.rename(folder.with_name("away"))
    with pytest.raises(Misconfigured, match="is away"):
        erase(desk.office, call, by("SPOC"), by("CHAP"))
    folder.with_name("away").rename(folder)
    assert key.exists()
    assert desk.at(NOON + timedelta(minutes=1)).gone(call)
    assert told(desk)[-2:] == ["CALL_ERASURE_BEGUN", "CALL_ERASED"]


# -- nothing readable is left ---------------------------------------------------------------


def test_the_search_sees_each_form_of_a_word() -> None:
    for word in canaries.CANARIES:
        for form in canaries.forms(word):
            assert canaries.found(b"before" + form + b"after") == [word]
    assert canaries.found(b"nothing of it") == []


def test_nothing_is_left_in_sqlite_its_wal_or_its_backup(desk: Desk, tmp_path: Path) -> None:
    call = desk.cancelled()
    database, backup = tmp_path / "callsteward.db", tmp_path / "restored" / "callsteward.db"
    backup.parent.mkdir()
    with closing(sqlite3.connect(database)) as sql, closing(sqlite3.connect(backup)) as copy:
        sql.backup(copy)
    secret = key_of(desk, call)
    sealed = sealed_in(backup)
    assert len(sealed) >= 2
    assert canaries.NAME in str(personal(desk.office, call, by("SPOC")))
    desk.at(DUE)
    assert (tmp_path / "callsteward.db-wal").stat().st_size > 0
    left = canaries.contents(tmp_path)
    assert call.encode() in left
    assert sealed[0] in left  # in the backup, and of no use
    assert canaries.found(left) == []
    assert not any(form in left for form in secret)
    assert sealed_in(database) == []
    assert verify_chain(desk.office.store, None).ok
    restored(desk, backup.parent, call)


def restored(desk: Desk, where: Path | str, call: str) -> None:
    """The backup of the database alone, with the keys as they are now."""
    store = a_store(where, desk.clock)
    with pytest.raises(Misconfigured, match="missing, and what a call's people said"):
        personal(replace(desk.office, store=store), call, by("SPOC"))
    store.close()


def key_of(desk: Desk, call: str) -> tuple[bytes, bytes]:
    """The call's key as it is in memory and in its file."""
    key = desk.office.keys.of(desk.office.found(call).key).key
    return key, base64.b64encode(key)


def sealed_in(database: Path) -> list[bytes]:
    with closing(sqlite3.connect(database)) as sql:
        rows = sql.execute("select sealed from call_entry where sealed is not null").fetchall()
    return [row[0] for row in rows]


def test_nothing_is_left_in_postgresql_its_files_or_its_dump(
    tmp_path: Path, postgres: Server, postgres_url: str
) -> None:
    desk = a_desk(tmp_path, postgres_url)
    call = desk.cancelled()
    secret = key_of(desk, call)
    before = dump(postgres_url)
    kept = postgres.url.query["host"]
    desk.office.store.close()
    backup = postgres.copy(postgres_url)
    desk.at(DUE)
    postgres.execute("checkpoint")
    left = before + dump(postgres_url) + canaries.contents(tmp_path)
    if postgres.ours:
        left += files_of(Path(str(kept)), call)
    assert canaries.found(left) == []
    assert not any(form in left for form in secret)
    assert desk.office.found(call).state is State.CANCELLED
    assert verify_chain(desk.office.store, None).ok
    restored(desk, backup, call)
    desk.office.store.close()
    postgres.drop(backup)


def dump(url: str) -> bytes:
    """All of this database, as its own tool writes it."""
    tools = binaries()
    tool = str(tools / "pg_dump") if tools else shutil.which("pg_dump")
    assert tool, "there is no pg_dump here"
    told = subprocess.run([tool, "--inserts", url], capture_output=True, check=True).stdout
    assert b"call_entry" in told
    return told


def files_of(cluster: Path, call: str) -> bytes:
    """The tables' files and the WAL, as they are on the disk."""
    found = canaries.contents(cluster / "base") + canaries.contents(cluster / "pg_wal")
    assert call.encode() in found
    return found


def test_a_paper_card_for_an_erased_call_is_refused(desk: Desk) -> None:
    call = desk.cancelled()
    desk.at(DUE)
    with pytest.raises(NotAllowed, match="was erased"):
        record(desk.office, call, INFORMED, by("SPOC"), How(at=NOON, paper_by="S-MDI-SUP"))
