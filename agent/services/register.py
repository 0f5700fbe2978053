"""The register of devices: imported as a whole, never without its diff (A1, A5, A8-A12)."""

import hashlib
from dataclasses import dataclass
from datetime import date

from agent.domain.asset import Asset
from agent.domain.people import Actor
from agent.domain.receipts import OverdueReceipt, overdue
from agent.domain.register import Against, write_register
from agent.domain.register_plan import Change, Plan, plan
from agent.domain.scheme import Scheme
from agent.domain.sheet import BadSheet
from agent.domain.uk_time import uk_day
from agent.errors import BadInput
from agent.services.people import must_work_here
from agent.store.audit import Audit
from agent.store.engine import Store, Transaction
from agent.store.people import People
from agent.store.register import Past, Register


@dataclass(frozen=True, slots=True)
class Imported:
    """What was done. `changed_anything` False: the register was so already."""

    plan: Plan
    sha256: str  # of the file
    changed_anything: bool


def plan_import(
    store: Store, scheme: Scheme, data: bytes, *, skip_invalid: bool = False
) -> Plan:
    """What importing this file would do, and all that is wrong with it."""
    with store.read() as tx:
        return _plan(tx, scheme, data, skip_invalid=skip_invalid)


def import_register(
    store: Store, scheme: Scheme, data: bytes, by: Actor, *, skip_invalid: bool = False
) -> Imported:
    """Apply the file in one transaction. Raises BadSheet where it is not all valid.

    With `skip_invalid` the bad lines are left out, and their assets stay as they are.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    with store.begin() as tx:
        must_work_here(tx, by)
        wanted = _plan(tx, scheme, data, skip_invalid=skip_invalid)
        if not wanted.may_apply(skip_invalid=skip_invalid):
            raise BadSheet("the register", wanted.problems)
        if not wanted.diff.nothing:
            Register(tx).apply(wanted.diff, by.id)
            _write_down(tx, wanted, sha256, by)
    return Imported(wanted, sha256, not wanted.diff.nothing)


def export_register(store: Store) -> str:
    """The register as CSV; importing it changes nothing."""
    with store.read() as tx:
        return write_register(Register(tx).all())


def show_asset(store: Store, tag: str) -> tuple[Asset, list[Past]]:
    """An asset and its history, the oldest change first. Raises BadInput."""
    with store.read() as tx:
        found = Register(tx).get(tag)
        if found is None:
            raise BadInput(
                f"no device on the register has the asset tag {tag}",
                "Look the tag up: callsteward register export",
            )
        return found, Register(tx).history(tag)


def overdue_receipts(store: Store, scheme: Scheme, today: date) -> tuple[OverdueReceipt, ...]:
    """Annex A is owed for these, and late (A9); the longest first."""
    with store.read() as tx:
        return overdue(Register(tx).all(), scheme.register, today)


def _plan(tx: Transaction, scheme: Scheme, data: bytes, *, skip_invalid: bool) -> Plan:
    known = People(tx).all_staff().keys()
    against = Against(scheme, known, tx.now, uk_day(tx.now))
    held = {asset.tag: asset for asset in Register(tx).all()}
    return plan(data, held, against, skip_invalid=skip_invalid)


def _write_down(tx: Transaction, wanted: Plan, sha256: str, by: Actor) -> None:
    """The audit has counts and the names of fields, never an address or a name."""
    audit, diff, because = Audit(tx), wanted.diff, f"register/{sha256[:16]}"
    counts = {
        "sha256": sha256,
        "added": len(diff.added),
        "changed": len(diff.changed),
        "moved": len(diff.moved),
        "unchanged": len(diff.unchanged),
        "notInFile": len(diff.kept),
        "leftOutLines": [out.line for out in wanted.left_out],
    }
    audit.add(
        "REGISTER_IMPORTED", "REGISTER", "register", by=by, because=because, details=counts
    )

    def tell(what: str, tag: str, details: dict[str, object]) -> None:
        audit.add(what, "ASSET", tag, by=by, because=because, details=details)

    for asset in diff.added:
        tell("ASSET_ADDED", asset.tag, {"establishment": asset.establishment})
    for change in diff.changed:
        tell("ASSET_CHANGED", change.tag, _fields(change))
    for change in diff.moved:
        places = {"from": change.before.establishment, "to": change.after.establishment}
        tell("ASSET_MOVED", change.tag, {**_fields(change), **places})


def _fields(change: Change) -> dict[str, object]:
    return {"fields": list(change.fields())}
