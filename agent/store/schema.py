"""The schema and its migrations, one set for both databases."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from agent.errors import Misconfigured

NEW = ""


def upgrade(sql: Connection, to: str = "head") -> None:
    """Bring the schema up to a revision, in the caller's transaction."""
    command.upgrade(_config(sql), to)


def downgrade(sql: Connection, to: str = "base") -> None:
    """Take the schema down to a revision, in the caller's transaction."""
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
    return MigrationContext.configure(sql).get_current_revision() or NEW


def known() -> frozenset[str]:
    """Each schema that this version had, and its own."""
    return frozenset(script.revision for script in _scripts().walk_revisions())


def wanted() -> str:
    """The revision that this version needs."""
    return _scripts().get_current_head() or NEW


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config(sql: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = sql
    return config
