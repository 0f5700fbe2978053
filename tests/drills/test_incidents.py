"""The drill of incidents would find what is missed, lost, told twice or leaked."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from agent.services.incidents import acknowledge
from connectors.sandbox.odd_mail import Oddity
from tests.support.alarms.book import Promise
from tests.support.alarms.judge import Judge
from tests.support.alarms.leaks import leaked
from tests.support.alarms.mail_faults import Fault, outcomes
from tests.support.alarms.mailing import Mailing
from tests.support.alarms.reckoning import Inboxes, Owed, out_of_hours
from tests.support.alarms.words import WORDS, readable
from tests.support.estates import BY
from tests.support.killed.look import Tables

MOMENTS = (
    datetime(2026, 11, 20, 12, tzinfo=UTC),  # a Friday
    datetime(2026, 11, 20, 18, tzinfo=UTC),
    datetime(2026, 11, 23, 7, 59, tzinfo=UTC),
    datetime(2026, 11, 23, 8, tzinfo=UTC),
    datetime(2026, 11, 22, 12, tzinfo=UTC),  # a Sunday
    datetime(2027, 7, 2, 17, 30, tzinfo=UTC),  # 18:30 in summer
)
HIGH = ("loss", "compromise")
REPORT = {"verb": "report", "kind": "damage", "site": "LEI", "device": "D0", "by": BY.id}


@pytest.fixture
def mailing(tmp_path: Path) -> Iterator[Mailing]:
    with Mailing.of(tmp_path / "here") as found:
        yield found


def judge(mailing: Mailing) -> Judge:
    return Judge(Tables(mailing.store.reader), Inboxes(mailing.rows), {})


def mail(owed: Owed, to: str = "") -> EmailMessage:
    made = EmailMessage()
    made["Message-ID"], made["To"] = owed.message_id, to or owed.address
    made.set_content("as usual")
    return made


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("kind", ["loss", "damage", "compromise", "unexpected"])
def test_the_routes_name_whom_the_protocol_names(
    mailing: Mailing, kind: str, moment: datetime
) -> None:
    """E5, X9: two reckonings that know nothing of each other."""
    mailing.clock.now = moment
    mailing.raise_incidents(2, kind)
    assert sorted(mailing.letters().values()) == sorted(o.message_id for o in mailing.owed())
    night = out_of_hours(int(moment.timestamp() * 1_000_000))
    assert len(mailing.owed()) == 2 * (3 + (kind != "unexpected") + (night and kind in HIGH))


def test_a_letter_that_never_came_or_went_elsewhere_is_missed(mailing: Mailing) -> None:
    mailing.raise_incidents(1)
    owed = mailing.owed()
    assert judge(mailing).recipients_missed([mail(one) for one in owed]) == (4, [])
    _, missed = judge(mailing).recipients_missed([mail(one) for one in owed[1:]])
    assert len(missed) == 1
    elsewhere = [mail(owed[0], "somebody@else.example"), *map(mail, owed[1:])]
    assert len(judge(mailing).recipients_missed(elsewhere)[1]) == 1


def test_a_statement_that_left_nothing_is_lost(mailing: Mailing) -> None:
    mailing.raise_incidents(1)
    [row] = Tables(mailing.store.reader).rows("select id from incident")
    there, gone = (
        Promise(REPORT, row.id, True),
        Promise(REPORT | {"device": "D9"}, row.id, True),
    )
    assert len(judge(mailing).incidents_lost([there, gone])) == 1
    seen = Promise({"verb": "acknowledge", "by": BY.id}, row.id, True)
    assert len(judge(mailing).steps_lost([there, seen])) == 1
    acknowledge(mailing.desk, row.id, BY)
    assert judge(mailing).steps_lost([there, seen]) == []
    assert judge(mailing).untrue_states() == []
    with mailing.store.begin() as tx:
        tx.sql.exec_driver_sql("update incident set state = 'open'")
    assert len(judge(mailing).untrue_states()) == 1


def test_a_marker_is_found_in_a_mail_but_where_it_names_the_inbox() -> None:
    letter = EmailMessage()
    letter["To"], letter["Subject"] = f"{WORDS['inbox']}@a.example", "INC-2026-00001 HIGH MDI"
    letter.set_content("nothing of it")
    assert list(leaked({"mails": readable(letter)})) == []
    letter.set_content(f"{WORDS['note']} and é", cte="base64")
    assert list(leaked({"mails": readable(letter)})) == ["note is in the mails"]
    del letter["Subject"]
    letter["Subject"] = WORDS["lesson"]
    assert len(list(leaked({"mails": readable(letter)}))) == 2


def test_a_mail_fault_shows_and_loses_nothing(tmp_path: Path) -> None:
    wanted = (
        Fault("one is full", Oddity.MAILBOX_FULL, only_one=True),
        Fault("none is there"),
        Fault("cut", Oddity.CUT_AFTER_DATA, only_one=True),
    )
    full, none, cut = outcomes(tmp_path, wanted)
    assert (full.showed, full.wrong) == (True, [])
    assert (none.showed, none.wrong) == (False, [])
    assert (cut.showed, cut.wrong) == (True, [])


def test_a_letter_that_comes_twice_for_no_fault_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.support.alarms.mail_faults.TAKEN_ALL_THE_SAME", ())
    [cut] = outcomes(tmp_path, [Fault("cut", Oddity.CUT_AFTER_DATA, only_one=True)])
    assert len(cut.wrong) == 3
