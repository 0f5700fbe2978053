"""All that a database says of its tables."""

from typing import Any

from sqlalchemy import Engine, create_engine, inspect

from tests.support.postgres import driven


def shape(url: str) -> dict[str, object]:
    engine = create_engine(driven(url))
    looking = inspect(engine)
    names = sorted(set(looking.get_table_names()) - {"alembic_version"})
    found: dict[str, object] = {table: _table(looking, table) for table in names}
    engine.dispose()
    return found


def _table(looking: Any, table: str) -> dict[str, object]:
    return {
        "columns": [
            (c["name"], str(c["type"]), c["nullable"], c["default"])
            for c in looking.get_columns(table)
        ],
        "key": looking.get_pk_constraint(table)["constrained_columns"],
        "foreign": sorted(
            (f["constrained_columns"], f["referred_table"], f["referred_columns"])
            for f in looking.get_foreign_keys(table)
        ),
        "names": sorted(str(f["name"]) for f in looking.get_foreign_keys(table)),
        "unique": sorted(
            (str(u["name"]), tuple(u["column_names"]))
            for u in looking.get_unique_constraints(table)
        ),
        "checks": sorted(
            (str(c["name"]), str(c["sqltext"])) for c in looking.get_check_constraints(table)
        ),
        "indexes": sorted(
            (str(i["name"]), tuple(i["column_names"]), i["unique"], _where(i))
            for i in looking.get_indexes(table)
        ),
        "options": looking.get_table_options(table),
    }


def _where(index: Any) -> str:
    options = index.get("dialect_options", {})
    return str(options.get("sqlite_where", options.get("postgresql_where", "")))


def an_engine(url: str) -> Engine:
    """Without anything that the store adds to it."""
    return create_engine(driven(url))
