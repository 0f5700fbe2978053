"""The schema and its migrations, one set for both databases.

Alembic is loaded only where a schema changes: an agent that is started again after a fall has
closings to do, and what it needs to know of the schema is in the names of the migrations.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from agent.errors import Misconfigured

if TYPE_CHECKING:
    from alembic.config import Config

NEW = ""
MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(sql: Connection, to: str = "head") -> None:
    """Bring the schema up to a revision, in the caller's transaction. Raises Misconfigured
    where there is no way from what it is."""
    from alembic import command
    from alembic.util import CommandError

    try:
        command.upgrade(_config(sql), to)
    except CommandError as err:
        raise Misconfigured(
            f"the database cannot be upgraded: {err}", "Restore a backup, or ask for help."
        ) from err


def downgrade(sql: Connection, to: str = "base") -> None:
    """Take the schema down to a revision, in the caller's transaction."""
    from alembic import command

    command.downgrade(_config(sql), to)


def fits(sql: Connection) -> str:
    """Its revision, which is this version's or NEW. Raises Misconfigured for another one."""
    found = revision(sql)
    if found not in (NEW, wanted()):
        raise Misconfigured(
            f"the database has schema {found}, this version needs {wanted()}",
            "Take a backup, then run: callsteward database upgrade",
        )
    return found


def revision(sql: Connection) -> str:
    """Its revision, or NEW if it is empty. Raises Misconfigured where we do not know it."""
    found = named(sql)
    if not found and set(inspect(sql).get_table_names()) <= {"alembic_version"}:
        return NEW
    if found not in known():
        raise Misconfigured(
            "the database has a schema that this version does not know"
            f" ({found or 'no version'})",
            "Install the version of callsteward that wrote it, or restore a backup.",
        )
    return found


def named(sql: Connection) -> str:
    """The revision that the database names; NEW if it names none."""
    if not inspect(sql).has_table("alembic_version"):
        return NEW
    return " ".join(sql.scalars(text("select version_num from alembic_version")))


def known() -> frozenset[str]:
    """Each schema that this version had, and its own: 0001_first.py makes 0001."""
    files = (MIGRATIONS / "versions").glob("[0-9]*_*.py")
    return frozenset(file.name.partition("_")[0] for file in files)


def wanted() -> str:
    """The revision that this version needs."""
    return max(known())


def _config(sql: Connection) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = sql
    return config
