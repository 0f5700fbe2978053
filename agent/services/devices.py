"""An iPad is reported lost, or found again, by whoever notices (E5); two people confirm that a
lost one is not the one in use."""

from agent.domain.asset import Asset
from agent.domain.call_incidents import REPORTED_LOST
from agent.domain.incident import Incident
from agent.domain.people import Actor
from agent.domain.policy import Policy
from agent.errors import NotAllowed
from agent.services.call_office import Office
from agent.services.people import must_work_here
from agent.store.audit import Audit
from agent.store.device_reports import DeviceReports
from agent.store.engine import Transaction
from agent.store.incidents import Incidents
from agent.store.telling import clear, raise_and_tell


def report_lost(office: Office, asset: Asset, by: Actor) -> bool:
    """Everybody whom the routes name is told at once. False: it was lost already."""
    with office.store.begin() as tx:
        _may(tx, asset, by)
        return mark_lost(tx, office.policy, asset, by)[1]


def mark_lost(
    tx: Transaction, policy: Policy, asset: Asset, by: Actor
) -> tuple[Incident, bool]:
    """Its incident, and whether that is news: False where it was lost already."""
    last = Incidents(tx).last_for(REPORTED_LOST.name, asset.tag)
    if last is not None and DeviceReports(tx).lost_since(asset.tag) is not None:
        return last, False
    DeviceReports(tx).add(asset.tag, "lost", by.id)
    Audit(tx).add("DEVICE_REPORTED_LOST", "ASSET", asset.tag, by=by)
    return raise_and_tell(tx, policy, REPORTED_LOST, asset, "reported-lost", by), True


def report_found(office: Office, asset: Asset, by: Actor) -> bool:
    """It is back: the incident is over. False: it was not lost."""
    with office.store.begin() as tx:
        _may(tx, asset, by)
        if DeviceReports(tx).lost_since(asset.tag) is None:
            return False
        DeviceReports(tx).add(asset.tag, "found", by.id)
        Audit(tx).add("DEVICE_REPORTED_FOUND", "ASSET", asset.tag, by=by)
        clear(tx, REPORTED_LOST, asset, by)
    return True


def confirm_not_in_use(office: Office, asset: Asset, by: Actor, second: Actor) -> bool:
    """From now on nothing that must end waits for a meeting on this lost iPad, until it is
    found or a call is started on it. False: it was confirmed already. Raises NotAllowed."""
    with office.store.begin() as tx:
        for person in (by, second):
            _may(tx, asset, person)
        if by.id == second.id:
            raise NotAllowed("two different people confirm that it is not in use (E5)")
        if DeviceReports(tx).lost_since(asset.tag) is None:
            raise NotAllowed(
                f"{asset.local_id} is not reported lost (E5)",
                "First: callsteward device report-lost",
            )
        new = DeviceReports(tx).confirm_not_in_use(asset.tag, by.id, second.id)
        if new:
            both = {"seen_by": second.id}
            Audit(tx).add("DEVICE_NOT_IN_USE", "ASSET", asset.tag, by=by, details=both)
    return new


def _may(tx: Transaction, asset: Asset, by: Actor) -> None:
    """Staff of the place, or of no place: the region and the country."""
    person = must_work_here(tx, by)
    if person.establishment not in ("", asset.establishment):
        raise NotAllowed(f"{by.id} is no member of staff of {asset.establishment}")
