"""Letters of no incident, the schema that keeps them, and whom a letter reaches."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from agent.domain.mail import Letter
from agent.domain.routes import Recipient
from agent.store.addressees import reach
from agent.store.engine import Store
from agent.store.incidents import Incidents
from agent.store.ledger import Ledger
from agent.store.letters import Letters
from agent.store.people import People
from agent.store.schema import downgrade, upgrade
from tests.support.cases import POLICY
from tests.support.shapes import an_engine
from tests.support.stores import a_store

INFOSEC = Recipient("national", "", "infosec")
PHONE = Recipient("establishment", "MDI", "duty-phone")
CHAT = Recipient("national", "", "chat")
WHAT = Letter("<a@x>", "TEST 1", "Nothing.\n")
ROWS = (
    "insert into incident values ('INC-2026-00001', 2026, 1, 't', 's', 'MDI', 'r', 'b',"
    " 'loss', 3, 'open', 1, 5, 5, null)",
    "insert into obligation values"
    " ('mail/INC-2026-00001/1/infosec', 'mail', 'INC-2026-00001/1/infosec', 'done', 5, 5, 1, 1,"
    " 0, null, null)",
    "insert into mail values ('mail/INC-2026-00001/1/infosec', 'INC-2026-00001', 1, '',"
    " 'national', '', 'infosec', '<a@x>', 'subject', 'body', 5, 6, '250 ok')",
)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    made = a_store(url)
    yield made
    made.close()


def test_a_letter_of_no_incident_is_owed_once_and_stands_as_any_other(store: Store) -> None:
    with store.begin() as tx:
        key = Letters(tx).owe("TEST-2026-00001", INFOSEC, WHAT)
        assert Letters(tx).owe("TEST-2026-00001", INFOSEC, WHAT) == key
    with store.read() as tx:
        assert [one.key for one in Ledger(tx).open("mail")] == [key]
        posted = Incidents(tx).posted(key)
        assert (posted.letter, posted.to) == (WHAT, INFOSEC)
        assert posted.about == ("LETTER", "TEST-2026-00001")
    with store.begin() as tx:
        Incidents(tx).accepted(key, "250 ok", "regional-silver.X")
    with store.read() as tx:
        [one] = Letters(tx).sent([key])
        assert (one.answer, one.went_to, one.waits) == ("250 ok", "regional-silver.X", None)
        assert Letters(tx).begun_with("TEST-2026-") == 1
        assert Letters(tx).begun_with("TEST-2027-") == 0


def test_what_was_written_before_survives_the_schema_in_both_directions(url: str) -> None:
    a_store(url).close()
    engine = an_engine(url)
    with engine.begin() as sql:
        downgrade(sql, "0007")
        for row in ROWS:
            sql.exec_driver_sql(row)
        upgrade(sql, "0010")
        sql.exec_driver_sql(
            "insert into obligation values ('mail/TEST-1/1/infosec', 'mail',"
            " 'TEST-1/1/infosec', 'owed', 5, 5, 0, 1, 0, null, null)"
        )
        sql.exec_driver_sql(
            "insert into mail values ('mail/TEST-1/1/infosec', null, 1, '', 'national', '',"
            " 'infosec', '<b@x>', 'subject', 'body', 5, null, null, null)"
        )
        kept = sql.execute(text('select "key", answer, went_to from mail order by 1')).all()
        assert [tuple(row) for row in kept] == [
            ("mail/INC-2026-00001/1/infosec", "250 ok", None),
            ("mail/TEST-1/1/infosec", None, None),
        ]
        downgrade(sql, "0007")
        left = sql.execute(text('select "key", answer from mail')).all()
        assert [tuple(row) for row in left] == [("mail/INC-2026-00001/1/infosec", "250 ok")]
        owed = sql.execute(text("select \"key\" from obligation where state = 'owed'")).all()
        assert owed == []  # an older version has no letter for it
        upgrade(sql)
    engine.dispose()


def test_a_telephone_is_reached_where_something_sends_texts(store: Store) -> None:
    """Where nothing does its letter goes to who stands in. A copy has no address at all."""
    with store.begin() as tx:
        tx.sql.execute(
            text(
                "insert into inbox values ('establishment', 'MDI', 'duty-phone',"
                " '+447700900123'), ('national', '', 'infosec', 'i@hq.example')"
            )
        )
    with store.read() as tx:
        people = People(tx)
        found = reach(people, PHONE, POLICY.fallback)
        assert found is not None
        assert (found.to, found.address) == (INFOSEC, "i@hq.example")
        assert found.because == "to whom nothing here can send a text"
        found = reach(people, PHONE, POLICY.fallback, texts=True)
        assert found is not None
        assert (found.to, found.address, found.because) == (PHONE, "+447700900123", "")
        found = reach(people, CHAT, POLICY.fallback)
        assert found is not None
        assert (found.to, found.address) == (CHAT, "")
