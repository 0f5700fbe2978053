"""The chain is read as text where the database keeps text, and as bytes from SQLite's file."""

import pytest
from sqlalchemy import Dialect
from sqlalchemy.dialects import postgresql, sqlite

from agent.store.audit import Audit, every_row
from tests.support.stores import a_store

POSTGRESQL: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(("dialect", "casts"), [(sqlite.dialect(), 2), (POSTGRESQL, 0)])
def test_only_sqlite_is_asked_for_bytes(dialect: Dialect, casts: int) -> None:
    """PostgreSQL reads the escapes of a text that is cast to BYTEA, or refuses it."""
    said = str(every_row(dialect.name).compile(dialect=dialect))
    assert said.count("CAST(") == casts
    assert said.endswith("ORDER BY audit.seq")


def test_a_row_with_a_backslash_comes_back_as_it_went_in(url: str) -> None:
    store = a_store(url)
    with store.begin() as tx:
        Audit(tx).add("STAFF_ADDED", "STAFF", "S-1", details={"path": "C:\\x", "name": "Ŵ"})
    with store.read() as tx:
        [(number, row, _)] = Audit(tx).rows()
        assert (number, '"path":"C:\\\\x"' in row, "Ŵ" in row) == (1, True, True)
        assert Audit(tx).broken() is None
    store.close()
