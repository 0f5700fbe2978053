"""What another process commits, seen at once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DatabaseError

CHANNEL = "callsteward"
Version = Callable[[], int | None]


@contextmanager
def data_version(engine: Engine) -> Iterator[Version]:
    """SQLite: a number that each commit of another connection changes."""
    with engine.connect() as sql:

        def version() -> int | None:
            try:
                found: int | None = sql.exec_driver_sql("PRAGMA data_version").scalar()
                sql.rollback()
            except DatabaseError:
                return None
            return found

        yield version


@contextmanager
def notifications(engine: Engine) -> Iterator[Version]:
    """PostgreSQL: a number that grows with each commit that made something due."""
    ear = Ear(engine)
    try:
        yield ear
    finally:
        ear.close()


class Ear:
    """A connection of its own that listens. One that is lost is replaced at the next look."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._sql: Connection | None = None
        self._heard = 0

    def __call__(self) -> int | None:
        """Never waits for a notification; None while PostgreSQL is away."""
        try:
            if self._sql is None:
                self._listen()
            self._heard += len(_waiting(self._sql))
        except DatabaseError:
            self.close()
            return None
        return self._heard

    def close(self) -> None:
        """The connection hears more than any other may, so it does not go back to the pool."""
        if self._sql is not None:
            self._sql.invalidate()
            self._sql.close()
            self._sql = None

    def _listen(self) -> None:
        self._sql = self._engine.connect()
        self._sql.exec_driver_sql(f"LISTEN {CHANNEL}")
        self._heard += 1  # what was said meanwhile was not heard


def _waiting(sql: Any) -> list[object]:
    try:
        return list(sql.connection.driver_connection.notifies(timeout=0))
    except sql.dialect.dbapi.Error as err:
        raise DatabaseError("LISTEN", None, err, hide_parameters=True) from err
