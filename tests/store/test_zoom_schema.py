"""What the Zoom half adds to a database that is in use."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from agent.errors import Misconfigured
from agent.store.opening import open_store, upgrade, upgrade_database
from agent.store.register import Register
from connectors.http import utc_now

ASSET = """
insert into asset (tag, local_id, establishment, serial, dom1_address, m365_user_id,
  apple_user_id, sim_provider, storage_location)
values ('K10003', 'MDIBT001', 'MDI', 'DMPX1', 'a@x.example', 'b@x.example', 'c@x.example',
  '', '')
"""


@pytest.fixture
def older(tmp_path: Path) -> str:
    """A database of the first version, with one iPad."""
    url = f"sqlite:///{tmp_path / 'callsteward.db'}"
    engine = create_engine(url)
    with engine.begin() as sql:
        upgrade(sql, "0001")
        sql.exec_driver_sql(ASSET)
    engine.dispose()
    return url


def test_a_database_of_the_first_version_is_upgraded_with_what_is_in_it(older: str) -> None:
    with pytest.raises(Misconfigured, match="has schema 0001"):
        open_store(older, utc_now)
    assert upgrade_database(older) >= "0002"
    store = open_store(older, utc_now)
    with store.read() as tx:
        [asset] = Register(tx).all()
    store.close()
    assert (asset.tag, asset.zoom_group) == ("K10003", "")


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("insert into consent_token values ('nobody', 1, x'00')", "FOREIGN KEY"),
        ("insert into consent_token values ('a', 0, x'00')", "CHECK"),
        ("insert into consent_token values ('a', 1, 'a text')", "cannot store TEXT"),
        ("insert into pace values ('a', 'Light', null)", "NOT NULL"),
    ],
)
def test_what_does_not_fit_is_refused_by_the_database(
    tmp_path: Path, statement: str, message: str
) -> None:
    path = tmp_path / "callsteward.db"
    open_store(f"sqlite:///{path}", utc_now).close()
    with closing(sqlite3.connect(path)) as sql:
        sql.execute("pragma foreign_keys = on")
        sql.execute("insert into consent values ('a', 1, 'S', 1, null)")
        with pytest.raises(sqlite3.IntegrityError, match=message):
            sql.execute(statement)
