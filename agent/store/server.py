"""Looking at a PostgreSQL database without changing it, as a session of ours would find it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, event, make_url, select
from sqlalchemy.exc import DatabaseError

from agent.domain.server import Server
from agent.store import postgres
from agent.store.engine import DATABASE_CLOCK, Store
from agent.store.schema import known, named, wanted

PATIENCE = "set statement_timeout = '20s'"  # somebody waits for the answer
FOUND = """
select current_setting('server_encoding'), current_setting('transaction_read_only') = 'on',
  coalesce(has_schema_privilege(current_schema(), 'create'), false),
  pg_database_size(current_database())
"""
LOCKED = """
select relname from pg_class
where relkind = 'r' and relnamespace = to_regnamespace(quote_ident(current_schema()))
  and relname <> 'alembic_version'
  and not (has_table_privilege(oid, 'select') and has_table_privilege(oid, 'insert')
    and (relname = 'audit' or (has_table_privilege(oid, 'update')
      and has_table_privilege(oid, 'delete'))))
order by relname
"""
UNSAFE = """
select name from unnest(array['fsync', 'full_page_writes', 'synchronous_commit']) name
where current_setting(name) = 'off'
"""


def server_of(url: str, password: str | None) -> Server:
    """How the database at this URL stands. Raises Misconfigured where it cannot be reached."""
    writer, _ = postgres.engines(make_url(url), password)
    with _looking(writer) as sql:
        encoding, read_only, may_create, size = sql.exec_driver_sql(FOUND).one()
        sql.exec_driver_sql("set transaction read only")
        return Server(
            version=int((sql.dialect.server_version_info or (0,))[0]),
            encoding=encoding,
            read_only=read_only,
            schema=named(sql),
            wanted=wanted(),
            known=known(),
            may_create=may_create,
            locked=tuple(sql.exec_driver_sql(LOCKED).scalars()),
            unsafe=tuple(sql.exec_driver_sql(UNSAFE).scalars()),
            size=size,
            time=sql.scalars(select(DATABASE_CLOCK)).one(),
        )


@contextmanager
def reading(
    url: str, password: str | None, clock: Callable[[], datetime], *, database_time: bool
) -> Iterator[tuple[Store, str]]:
    """A store that cannot write, and the name of its schema. Raises Misconfigured."""
    _, reader = postgres.engines(make_url(url), password)
    with _looking(reader) as sql:
        found = named(sql)
    try:
        yield Store(reader, reader, clock, database_time=database_time), found
    finally:
        reader.dispose()


@contextmanager
def _looking(engine: Engine) -> Iterator[Connection]:
    """What it does is never committed."""
    event.listen(engine, "connect", _impatient)
    try:
        with engine.connect() as sql:
            yield sql
    except DatabaseError as err:
        raise postgres.unusable("looked at", err) from err
    finally:
        engine.dispose()


def _impatient(connection: Any, record: object) -> None:
    connection.execute(PATIENCE)
    connection.commit()
