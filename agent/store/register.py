"""The register: what must exist, and every change that it went through."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    RowMapping,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    update,
)

from agent.domain.asset import Asset
from agent.domain.register import cells_of
from agent.domain.register_plan import Change, Diff
from agent.store.engine import Day, Moment, Transaction, metadata

asset = Table(
    "asset",
    metadata,
    Column("tag", Text, primary_key=True),
    Column("local_id", Text, nullable=False),
    Column("establishment", Text, nullable=False),
    Column("serial", Text, nullable=False),
    Column("dom1_address", Text, nullable=False),
    Column("m365_user_id", Text, nullable=False),
    Column("apple_user_id", Text, nullable=False),
    Column("sim_provider", Text, nullable=False),
    Column("iccid", Text),
    Column("enrolled_at", Moment),
    Column("distributed_on", Day),
    Column("received_by", Text, ForeignKey("staff.id", name="asset_received_by")),
    Column("received_on", Day),
    Column("storage_location", Text, nullable=False),
    Column("zoom_group", Text, nullable=False, server_default=""),
    UniqueConstraint("local_id", name="asset_local_id_once"),
    UniqueConstraint("serial", name="asset_serial_once"),
    UniqueConstraint("dom1_address", name="asset_dom1_address_once"),
    UniqueConstraint("m365_user_id", name="asset_m365_user_id_once"),
    UniqueConstraint("apple_user_id", name="asset_apple_user_id_once"),
    UniqueConstraint("iccid", name="asset_iccid_once"),
    CheckConstraint(
        "(received_by is null) = (received_on is null)"
        " and (received_by is null) = (storage_location = '')",
        name="receipt",
    ),
    sqlite_strict=True,
)
asset_history = Table(
    "asset_history",
    metadata,
    Column("tag", Text, ForeignKey("asset.tag", name="asset_history_tag"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),  # 1 is the first of a tag
    Column("at", Moment, nullable=False),
    Column("by", Text, nullable=False),  # a staff id
    Column("what", Text, nullable=False),
    Column("changes", Text, nullable=False),  # JSON: {column: [old, new]}
    CheckConstraint("what in ('added', 'changed', 'moved')", name="what"),
    sqlite_strict=True,
)
ONE_EACH = ("local_id", "serial", "dom1_address", "m365_user_id", "apple_user_id")
EMPTY_IS_NULL = ("iccid", "received_by")
NAMED = (
    select(asset)
    .where(or_(*(asset.c[name] == bindparam("word") for name in ("tag", "local_id", "serial"))))
    .order_by(asset.c.tag)
    .limit(1)
)
_Event: TypeAlias = tuple[str, str, Mapping[str, tuple[str, str]]]  # tag, what, changes


@dataclass(frozen=True, slots=True)
class Past:
    """One change of an asset."""

    at: datetime
    by: str
    what: str  # added, changed or moved
    changes: dict[str, tuple[str, str]]  # old and new, by column of the register file


@dataclass(frozen=True, slots=True)
class Register:
    tx: Transaction

    def all(self) -> list[Asset]:
        """Every asset, in the order of the tags."""
        found = [_asset(row) for row in self.tx.sql.execute(select(asset)).mappings()]
        return sorted(found, key=lambda one: one.tag)

    def get(self, tag: str) -> Asset | None:
        """The asset with this tag."""
        rows = self.tx.sql.execute(select(asset).where(asset.c.tag == tag))
        row = rows.mappings().one_or_none()
        return None if row is None else _asset(row)

    def named(self, word: str) -> Asset | None:
        """The asset with this tag, local ID or serial."""
        rows = self.tx.sql.execute(NAMED, {"word": word})
        row = rows.mappings().one_or_none()
        return None if row is None else _asset(row)

    def history(self, tag: str) -> list[Past]:
        """What happened to it, the oldest first."""
        h = asset_history.c
        rows = self.tx.sql.execute(
            select(h.at, h.by, h.what, h.changes).where(h.tag == tag).order_by(h.number)
        )
        return [Past(row.at, row.by, row.what, _changes(row.changes)) for row in rows]

    def apply(self, diff: Diff, by: str) -> None:
        """Write what the diff adds, changes and moves, and its history. `by` is a staff id."""
        self._change([change.after for change in (*diff.changed, *diff.moved)])
        if diff.added:
            self.tx.sql.execute(insert(asset), [_row(one) for one in diff.added])
        self._remember(_events(diff), by)

    def _change(self, assets: Sequence[Asset]) -> None:
        """Two assets may change places: what is unique is set aside first."""
        if not assets:
            return
        this = asset.c.tag == bindparam("this")
        aside: dict[str, Any] = {name: literal("~") + asset.c.tag for name in ONE_EACH}
        tags = [{"this": one.tag} for one in assets]
        self.tx.sql.execute(update(asset).where(this).values(**aside, iccid=null()), tags)
        names = [column.name for column in asset.columns if column.name != "tag"]
        wanted: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
        rows = [
            {"this": one.tag} | {f"new_{name}": _row(one)[name] for name in names}
            for one in assets
        ]
        self.tx.sql.execute(update(asset).where(this).values(**wanted), rows)

    def _remember(self, events: Sequence[_Event], by: str) -> None:
        if not events:
            return
        h = asset_history.c
        found = self.tx.sql.execute(select(h.tag, func.max(h.number)).group_by(h.tag))
        last: dict[str, int] = {row[0]: row[1] for row in found}
        rows = [
            {
                "tag": tag, "number": last.get(tag, 0) + 1, "at": self.tx.now, "by": by,
                "what": what, "changes": json.dumps(changes, ensure_ascii=False),
            }
            for tag, what, changes in events
        ]  # fmt: skip
        self.tx.sql.execute(insert(asset_history), rows)


def _events(diff: Diff) -> list[_Event]:
    def told(what: str, changes: Sequence[Change]) -> list[_Event]:
        return [(change.tag, what, change.fields()) for change in changes]

    added: list[_Event] = [
        (one.tag, "added", {name: ("", new) for name, new in cells_of(one).items() if new})
        for one in diff.added
    ]
    return [*added, *told("changed", diff.changed), *told("moved", diff.moved)]


def _changes(kept: str) -> dict[str, tuple[str, str]]:
    return {column: (old, new) for column, (old, new) in json.loads(kept).items()}


def _row(one: Asset) -> dict[str, Any]:
    row = asdict(one)
    return row | {name: row[name] or None for name in EMPTY_IS_NULL}


def _asset(row: RowMapping) -> Asset:
    return Asset(**{**row, **{name: row[name] or "" for name in EMPTY_IS_NULL}})
