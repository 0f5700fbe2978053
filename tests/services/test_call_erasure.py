"""What is personal in a call is under its own key, and gone with it: in every file."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from agent.domain.application import Cancelled, Comment, Decision
from agent.errors import Misconfigured, NotAllowed
from agent.services.audit import verify_chain
from agent.services.call_book import personal
from agent.services.call_case import How
from agent.services.call_erasure import erase
from agent.services.call_office import Office
from agent.services.calls import record
from agent.services.residents import withdraw
from agent.store.call_keys import CallKeys
from tests.support.calls import (
    COMPACT,
    EMAIL,
    GRANTED,
    INFORMED,
    NAME,
    NUMBER,
    PERSONAL,
    PHONE,
    POLICY,
    RULES,
    an_office,
    asked_for,
    audited,
    by,
    commented,
    prepared,
)
from tests.support.estates import Clock
from tests.support.stores import NOON, a_store

WHY, OFFICER = "her mother asks for her", "Constable Plodworth"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    found = an_office(tmp_path, Clock(NOON))
    yield found
    found.store.close()


@pytest.fixture
def call(office: Office) -> str:
    """Everything that is personal was said, and it is cancelled."""
    withdraw(office, NUMBER, "ADJ 7", by("SEC"))
    found = asked_for(office)
    commented(office, found)
    said = Comment(department="police-liaison", outcome="concern", person=OFFICER)
    record(office, found, said, by("SPOC"))
    record(office, found, GRANTED, by("GOV"), How(override_by="S-MDI-GOV", why=WHY))
    record(office, found, INFORMED, by("SPOC"))
    record(office, found, Cancelled(reason="not-needed"), by("SPOC"))
    return found


def files(folder: Path) -> bytes:
    """All that is on the disk beside the keys: the database, its WAL, its index."""
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())


def test_nothing_personal_is_readable_in_the_database_or_its_wal(
    office: Office, call: str, tmp_path: Path
) -> None:
    assert (tmp_path / "callsteward.db-wal").stat().st_size > 0
    found = files(tmp_path)
    assert call.encode() in found
    for word in (*PERSONAL, WHY, OFFICER):
        assert word.encode() not in found


def test_the_audit_has_pseudonyms_equal_for_equal_people(office: Office, call: str) -> None:
    rows = audited(office.store)
    [withdrawn] = [row for row in rows if row["what"] == "RESIDENT_WITHDRAWN"]
    [asked] = [row for row in rows if row["what"] == "CALL_ASKED"]
    [informed] = [row for row in rows if row["what"] == "CALL_INFORM"]
    assert withdrawn["subjectId"] == asked["details"]["resident"]
    assert len(informed["details"]["contact"]) == 32
    assert informed["details"]["contact"] != asked["details"]["resident"]


def test_what_is_sealed_is_read_by_staff_of_the_place_and_that_is_written_down(
    office: Office, call: str
) -> None:
    words = {
        k: v for said in personal(office, call, by("SPOC")).values() for k, v in said.items()
    }
    assert words == {
        "resident": NUMBER, "person": OFFICER, "why": WHY, "name_of_contact": NAME,
        "email": EMAIL, "phone": PHONE,
    }  # fmt: skip
    assert audited(office.store)[-1]["what"] == "PERSONAL_DATA_READ"
    with pytest.raises(NotAllowed, match="no member of staff of MDI"):
        personal(office, call, by("SPOC", "LEI"))


def test_after_erasure_nothing_opens_it_and_the_audit_still_holds(
    office: Office, call: str, tmp_path: Path
) -> None:
    before = tmp_path / "backup.db"
    database = sqlite3.connect(tmp_path / "callsteward.db")
    with closing(database) as sql, closing(sqlite3.connect(before)) as copy:
        sql.backup(copy)
    key = office.found(call).key
    erase(office, call, by("SPOC"), by("CHAP"))
    assert not (tmp_path / "call-keys" / f"{key}.key").exists()
    assert verify_chain(office.store, None).ok
    told = [row["what"] for row in audited(office.store)][-2:]
    assert told == ["CALL_ERASURE_BEGUN", "CALL_ERASED"]
    with pytest.raises(NotAllowed, match="was erased"):
        personal(office, call, by("SPOC"))
    restored = tmp_path / "restored"
    restored.mkdir()
    shutil.move(before, restored / "callsteward.db")
    store = a_store(restored, Clock(NOON))
    with pytest.raises(Misconfigured, match="missing, and what a call's people said"):
        personal(Office(store, office.keys, RULES, POLICY), call, by("SPOC"))
    store.close()


def test_erasing_again_is_no_harm_and_ends_what_a_crash_left(office: Office, call: str) -> None:
    office.keys.destroy(office.found(call).key)  # as if we had died right after this
    first = erase(office, call, by("SPOC"), by("CHAP"))
    assert first.erased_at == NOON
    assert erase(office, call, by("SPOC"), by("CHAP")) == first


def test_erasing_needs_two_people_and_a_call_that_is_over_with_nothing_open(
    office: Office,
) -> None:
    call = asked_for(office)
    commented(office, call)
    verbal = Decision(granted=True, decided_by="S-MDI-GOV", verbal=True)
    record(office, call, verbal, by("DUTY"))
    with pytest.raises(NotAllowed) as refused:
        erase(office, call, by("SPOC"), by("SPOC"))
    assert str(refused.value) == (
        "cannot erase: two different people erase; it is approved, not over; a task of it is"
        " open"
    )
    assert personal(office, call, by("SPOC"))


def test_the_key_is_there_before_anything_is_sealed_with_it(tmp_path: Path) -> None:
    keys = CallKeys(tmp_path / "keys")
    keys.pseudonym("resident", NUMBER, in_use=False)
    name = keys.make()
    assert (tmp_path / "keys" / f"{name}.key").stat().st_mode & 0o777 == 0o600
    assert keys.of(name).open(keys.of(name).seal("x", "a"), "a") == "x"
    keys.destroy(name)
    keys.destroy(name)
    with pytest.raises(Misconfigured, match="missing"):
        keys.of(name)


def test_a_lost_key_of_pseudonyms_is_not_made_anew(office: Office, call: str) -> None:
    """A new one would let a withdrawn resident through."""
    (office.keys.folder / "pseudonyms.key").unlink()
    with pytest.raises(Misconfigured, match=r"pseudonyms\.key is missing"):
        asked_for(office)


def test_two_calls_have_two_keys(office: Office) -> None:
    first, second = asked_for(office), asked_for(office, number="B2222CD")
    prepared(office, second)
    record(office, first, Cancelled(reason="not-needed"), by("SPOC"))
    erase(office, first, by("SPOC"), by("CHAP"))
    assert personal(office, second, by("SPOC"))[8]["email"] == EMAIL
    record(office, second, COMPACT, by("SPOC"))
