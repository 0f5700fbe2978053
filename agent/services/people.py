"""Staff and inboxes: imported from the files that people keep."""

import hashlib
from collections.abc import Iterable

from agent.domain.contacts import (
    ContactsPlan,
    Place,
    write_contacts,
)
from agent.domain.contacts import (
    plan_contacts as compare_contacts,
)
from agent.domain.missing import missing_places
from agent.domain.people import Actor, Staff
from agent.domain.routes import Route
from agent.domain.scheme import Scheme
from agent.domain.sheet import BadSheet
from agent.domain.staff import StaffPlan, write_staff
from agent.domain.staff import plan_staff as compare_staff
from agent.errors import BadInput
from agent.store.audit import Audit
from agent.store.engine import Store, Transaction
from agent.store.people import People
from agent.store.register import Register


def must_work_here(tx: Transaction, by: Actor) -> Staff:
    """Who it is. Raises BadInput unless a member of staff who has not left has this id."""
    person = People(tx).staff(by.id)
    if person is None or not person.active:
        raise BadInput(
            f"no member of staff who works here has the id {by.id}",
            "Give --by an id of staff.csv (callsteward staff list), or import staff.csv first.",
        )
    return person


def plan_staff(store: Store, scheme: Scheme, data: bytes) -> StaffPlan:
    """What importing this file would do."""
    with store.read() as tx:
        return compare_staff(data, People(tx).all_staff(), scheme)


def import_staff(store: Store, scheme: Scheme, data: bytes, by: Actor) -> StaffPlan:
    """Apply the file, all or nothing. Raises BadSheet.

    The very first import may be by somebody who is in the file itself.
    """
    with store.begin() as tx:
        held = People(tx).all_staff()
        plan = compare_staff(data, held, scheme)
        if plan.problems:
            raise BadSheet("the staff file", plan.problems)
        if held or by.id not in plan.ids:
            must_work_here(tx, by)
        if not plan.nothing:
            People(tx).replace_staff(plan)
            details = {
                "sha256": hashlib.sha256(data).hexdigest(),
                "added": [person.id for person in plan.added],
                "changed": [person.id for person in plan.changed],
                "left": list(plan.left),
            }
            Audit(tx).add("STAFF_IMPORTED", "STAFF", "staff", by=by, details=details)
    return plan


def list_staff(store: Store) -> list[Staff]:
    """Everybody, those who left too, by id."""
    with store.read() as tx:
        return list(People(tx).all_staff().values())


def export_staff(store: Store) -> str:
    """staff.csv of those who work here now."""
    return write_staff(list_staff(store))


def plan_contacts(store: Store, scheme: Scheme, data: bytes) -> ContactsPlan:
    """What importing this file would do."""
    with store.read() as tx:
        return compare_contacts(data, People(tx).entries(), scheme)


def import_contacts(store: Store, scheme: Scheme, data: bytes, by: Actor) -> ContactsPlan:
    """Replace all inboxes and regions by those of the file. Raises BadSheet."""
    with store.begin() as tx:
        must_work_here(tx, by)
        plan = compare_contacts(data, People(tx).entries(), scheme)
        if plan.problems:
            raise BadSheet("the contacts file", plan.problems)
        if not plan.nothing:
            People(tx).replace_contacts(plan.entries)
            details = {
                "sha256": hashlib.sha256(data).hexdigest(),
                "added": [spoken(place) for place in plan.added],
                "changed": [spoken(place) for place in plan.changed],
                "removed": [spoken(place) for place in plan.removed],
            }
            Audit(tx).add("CONTACTS_IMPORTED", "CONTACTS", "contacts", by=by, details=details)
    return plan


def export_contacts(store: Store) -> str:
    """contacts.csv as it stands."""
    with store.read() as tx:
        return write_contacts(People(tx).entries())


def missing_contacts(
    store: Store, scheme: Scheme, routes: Iterable[Route]
) -> tuple[Place, ...]:
    """Who could not be told (Q10): asked of every establishment with a device or an inbox."""
    with store.read() as tx:
        entries = People(tx).entries()
        placed = {asset.establishment for asset in Register(tx).all()}
    named = {place.code for place in entries if place.scope == "establishment"}
    here = (placed | named) & scheme.establishments.keys()
    return missing_places(entries, here, routes)


def spoken(place: Place) -> str:
    """MDI/security; national/infosec."""
    return f"{place.code or place.scope}/{place.role}"
