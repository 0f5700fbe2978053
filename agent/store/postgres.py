"""A PostgreSQL database: how it is reached, what it must be, who may migrate it when."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, select
from sqlalchemy.exc import DatabaseError

from agent.domain.server import AS_UTF8, NEWER, OLDEST
from agent.errors import Misconfigured
from agent.store.faults import READ_ONLY, fault_of
from agent.store.schema import NEW, fits, revision, upgrade

MIGRATING = 0x63616C6C73746577  # "callstew": the advisory lock of whoever changes the schema
TAKEN = frozenset(
    {
        "host", "sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "passfile",
        "channel_binding", "gssencmode", "connect_timeout", "target_session_attrs",
    }
)  # fmt: skip
"""What the URL's query may say; libpq's words, and no secret among them."""

CONNECTING: dict[str, object] = {
    "application_name": "callsteward", "client_encoding": "UTF8", "connect_timeout": 10,
    "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}  # fmt: skip
SESSION = """
select set_config('lock_timeout', '30s', false),
  set_config('idle_in_transaction_session_timeout', '60s', false),
  set_config('synchronous_commit', case current_setting('synchronous_commit')
    when 'off' then 'on' else current_setting('synchronous_commit') end, false)
"""
USUAL_CONNECTIONS, MORE_AT_PEAKS = 3, 25

_URL = (
    "Give CALLSTEWARD_DATABASE_URL as postgresql://USER@HOST:PORT/NAME, for a socket as"
    " postgresql://USER@/NAME?host=/run/postgresql; the password in a file that"
    " CALLSTEWARD_DATABASE_PASSWORD_FILE names. The query may hold "
    + ", ".join(sorted(TAKEN))
    + "."
)
_EXTRA = "Install it with its extra: pip install 'callsteward[postgres]'"


def engines(url: URL, password: str | None) -> tuple[Engine, Engine]:
    """The writers' and the readers'. Raises Misconfigured, without the URL."""
    strange = [key for key, value in url.query.items() if key not in TAKEN or _many(value)]
    if strange or not url.database or url.password is not None:
        raise Misconfigured("the database URL is not one that PostgreSQL is reached by", _URL)
    full = url.set(drivername="postgresql+psycopg", password=password)
    reader = _engine(full, "REPEATABLE READ")
    event.listen(reader, "connect", _read_only)
    return _engine(full, "READ COMMITTED"), reader


def _many(value: object) -> bool:
    return not isinstance(value, str)


def _engine(url: URL, isolation: Any) -> Engine:
    given = {name: value for name, value in CONNECTING.items() if name not in url.query}
    try:
        engine = create_engine(
            url,
            connect_args=given,
            isolation_level=isolation,
            pool_size=USUAL_CONNECTIONS,
            max_overflow=MORE_AT_PEAKS,
            pool_pre_ping=True,  # a server that was started anew is no fault
            hide_parameters=True,  # what was to be written may be personal
        )
    except ImportError as err:
        raise Misconfigured("the driver of PostgreSQL is not installed", _EXTRA) from err
    event.listen(engine, "connect", _prepare)
    return engine


def _prepare(connection: Any, record: object) -> None:
    """A writer waits no longer than SQLite's would, and holds nothing once it is frozen."""
    connection.execute(SESSION)
    connection.commit()


def _read_only(connection: Any, record: object) -> None:
    connection.read_only = True


def prepare(engine: Engine, check: Callable[[Connection], None]) -> None:
    """Give an empty database the schema; refuse one that does not fit. Raises Misconfigured."""
    with engine.begin() as sql:
        _serves(sql)
        if fits(sql) == NEW:
            _alone(sql)
            if fits(sql) == NEW:  # and nobody was faster
                upgrade(sql)
        check(sql)


def migrate(engine: Engine) -> None:
    """Bring it to this version's schema, while nobody else writes."""
    with engine.begin() as sql:
        _serves(sql)
        _alone(sql)
        if revision(sql) != NEW:
            sql.exec_driver_sql("lock table clock in exclusive mode")
        upgrade(sql)


def _alone(sql: Connection) -> None:
    """Until the transaction ends, nobody else changes the schema."""
    sql.execute(select(func.pg_advisory_xact_lock(MIGRATING)))


def unusable(what: str, err: DatabaseError) -> Misconfigured:
    """For a person who waits: what is wrong with it, and the cure."""
    found = fault_of(err)
    words = f"the PostgreSQL database cannot be {what}: {found.words}"
    return Misconfigured(words, found.cure or "See the log of PostgreSQL.")


def _serves(sql: Connection) -> None:
    """A server and a database that can hold what we write."""
    version = sql.dialect.server_version_info or (0,)
    if version < (OLDEST,):
        raise Misconfigured(f"PostgreSQL {version[0]} is too old", NEWER)
    encoding, read_only = sql.exec_driver_sql(
        "select current_setting('server_encoding'), current_setting('transaction_read_only')"
    ).one()
    if encoding != "UTF8":
        raise Misconfigured("the database does not keep its texts as UTF8", AS_UTF8)
    if read_only == "on":
        raise Misconfigured(READ_ONLY.words, READ_ONLY.cure)
