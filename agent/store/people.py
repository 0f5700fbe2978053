"""Staff, inboxes, and the region of each establishment."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Integer,
    Table,
    Text,
    bindparam,
    delete,
    insert,
    select,
)

from agent.domain.contacts import REGION, Place
from agent.domain.people import Inbox, Staff
from agent.domain.staff import StaffPlan, gone
from agent.store.engine import Transaction, metadata

staff = Table(
    "staff",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("establishment", Text, nullable=False),  # empty for regional and national roles
    Column("active", Integer, nullable=False),  # 0: has left
    CheckConstraint("active in (0, 1)", name="active"),
    sqlite_strict=True,
)
inbox = Table(
    "inbox",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("role", Text, primary_key=True),
    Column("address", Text, nullable=False),
    CheckConstraint("scope in ('establishment', 'region', 'national')", name="scope"),
    CheckConstraint("(scope = 'national') = (code = '')", name="code"),
    sqlite_strict=True,
)
region = Table(
    "region",
    metadata,
    Column("establishment", Text, primary_key=True),
    Column("name", Text, nullable=False),
    sqlite_strict=True,
)


ONE_PERSON = select(staff).where(staff.c.id == bindparam("id"))
OWN_ROLES = select(inbox.c.role).where(
    inbox.c.scope == "establishment", inbox.c.code == bindparam("code")
)
ITS_REGION = select(region.c.name).where(region.c.establishment == bindparam("code"))


@dataclass(frozen=True, slots=True)
class People:
    tx: Transaction

    def staff(self, staff_id: str) -> Staff | None:
        """Who has this id; also somebody who has left."""
        row = self.tx.sql.execute(ONE_PERSON, {"id": staff_id}).one_or_none()
        return None if row is None else _person(row)

    def all_staff(self) -> dict[str, Staff]:
        """By id, those who left too."""
        found = map(_person, self.tx.sql.execute(select(staff)))
        return {person.id: person for person in sorted(found, key=lambda person: person.id)}

    def inboxes(self) -> list[Inbox]:
        """All of them, in order."""
        rows = self.tx.sql.execute(select(inbox))
        found = [Inbox(row.scope, row.code, row.role, row.address) for row in rows]
        return sorted(found, key=lambda box: (box.scope, box.code, box.role))

    def address(self, scope: str, code: str, role: str) -> str | None:
        """Where this role of this place reads its mail; None where nobody told us."""
        b = inbox.c
        this = (b.scope == scope) & (b.code == code) & (b.role == role)
        found: str | None = self.tx.sql.scalar(select(b.address).where(this))
        return found

    def own_roles(self) -> dict[str, frozenset[str]]:
        """By establishment, the roles that it has an inbox for (Q10)."""
        found: dict[str, set[str]] = {}
        for box in self.inboxes():
            if box.scope == "establishment":
                found.setdefault(box.code, set()).add(box.role)
        return {code: frozenset(roles) for code, roles in found.items()}

    def own_roles_of(self, establishment: str) -> frozenset[str]:
        """The roles that it has an inbox for (Q10)."""
        return frozenset(self.tx.sql.scalars(OWN_ROLES, {"code": establishment}))

    def region_of(self, establishment: str) -> str | None:
        """The region's name; None where contacts.csv does not say it."""
        name: str | None = self.tx.sql.scalar(ITS_REGION, {"code": establishment})
        return name

    def regions(self) -> dict[str, str]:
        """The region's name by establishment."""
        return {row.establishment: row.name for row in self.tx.sql.execute(select(region))}

    def entries(self) -> dict[Place, str]:
        """Inboxes and regions as contacts.csv has them."""
        boxes = {Place(box.scope, box.code, box.role): box.address for box in self.inboxes()}
        named = {
            Place("establishment", code, REGION): name for code, name in self.regions().items()
        }
        return boxes | named

    def replace_contacts(self, entries: Mapping[Place, str]) -> None:
        """These are all the inboxes and regions there are."""
        boxes = [(place, value) for place, value in entries.items() if place.role != REGION]
        named = [(place, value) for place, value in entries.items() if place.role == REGION]
        self.tx.sql.execute(delete(inbox))
        self.tx.sql.execute(delete(region))
        if boxes:
            rows = [place._asdict() | {"address": value} for place, value in boxes]
            self.tx.sql.execute(insert(inbox), rows)
        if named:
            lines = [{"establishment": place.code, "name": value} for place, value in named]
            self.tx.sql.execute(insert(region), lines)

    def replace_staff(self, plan: StaffPlan) -> None:
        """Apply the plan: nobody is deleted, those who left are marked."""
        known = self.all_staff()
        for person in (*plan.added, *plan.changed, *(gone(known[key]) for key in plan.left)):
            values = asdict(person) | {"active": int(person.active)}
            new = self.tx.insert(staff).values(values)
            self.tx.sql.execute(new.on_conflict_do_update(index_elements=["id"], set_=values))


def _person(row: Any) -> Staff:
    return Staff(row.id, row.name, row.role, row.establishment, active=row.active == 1)
