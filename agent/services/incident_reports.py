"""What staff report: loss, damage, compromise, the unexpected (E5, X9).

It may be of an iPad, of a device that the MDM never saw, or of one that no register knows.
"""

import re
from dataclasses import dataclass

from agent.domain.asset import Asset
from agent.domain.incident_rules import Kind
from agent.domain.people import Actor, Staff
from agent.errors import BadInput, NotAllowed
from agent.services.devices import mark_lost
from agent.services.incident_desk import Desk, Done, plain, step
from agent.services.people import must_work_here
from agent.store.audit import Audit
from agent.store.engine import Transaction
from agent.store.incidents import Incidents
from agent.store.register import Register
from agent.store.telling import About, of_asset, report_and_tell

MARK = re.compile(r"(?=.*[0-9])[A-Z0-9-]{1,40}")
UNMARKED = "unmarked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """`device`: local ID, asset tag or serial; empty: it bears no mark. `words` stay here."""

    kind: str
    site: str = ""  # left out: where the iPad is, or where the person works
    device: str = ""
    words: str = ""


def report(desk: Desk, said: Report, by: Actor) -> Done:
    """Everybody whom the routes name is told at once. The same once more is no news.

    Raises BadInput where the place or the device cannot be, NotAllowed for another place.
    """
    kind, words = _kind(desk, said.kind), plain(said.words)
    with desk.store.begin() as tx:
        person = must_work_here(tx, by)
        asset = _asset(tx, said.device)
        site = _site(desk, said, asset, person)
        done = _raise(tx, desk, kind, asset, _about(said, asset, site), by)
        if words:
            step(tx, "note", done.incident.id, by, words=words)
        return done


def _raise(
    tx: Transaction, desk: Desk, kind: Kind, asset: Asset | None, about: About, by: Actor
) -> Done:
    if kind.lost and asset is not None:
        found, new = mark_lost(tx, desk.policy, asset, by)
    else:
        reason = f"{kind.name}-reported"
        found, new = report_and_tell(tx, desk.policy, kind.rule, about, reason, by)
    details = {"kind": kind.name, "new": new}
    Audit(tx).add("INCIDENT_REPORTED", "INCIDENT", found.id, by=by, details=details)
    return Done(Incidents(tx).get(found.id), new=new)


def _kind(desk: Desk, name: str) -> Kind:
    found = desk.rules.kinds.get(name)
    if found is None:
        raise BadInput("nobody reports this", f"One of: {', '.join(desk.rules.kinds)}.")
    return found


def _asset(tx: Transaction, device: str) -> Asset | None:
    """By whatever it is known by; None: the register does not know it."""
    return Register(tx).named(device.strip().upper())


def _site(desk: Desk, said: Report, asset: Asset | None, person: Staff) -> str:
    given = said.site.strip().upper()
    site = asset.establishment if asset else given or person.establishment
    if asset is not None and given not in ("", site):
        raise BadInput(f"this iPad is at {site} by the register", f"Give --site {site}.")
    if site not in desk.places:
        raise BadInput("no establishment has this code", "Give --site MDI.")
    if person.establishment not in ("", site):
        raise NotAllowed(f"{person.id} is no member of staff of {site}")
    return site


def _about(said: Report, asset: Asset | None, site: str) -> About:
    if asset is not None:
        return of_asset(asset)
    mark = said.device.strip().upper()
    if mark and MARK.fullmatch(mark) is None:
        raise BadInput(
            "a device's mark is letters, digits and hyphens with a digit in it",
            "Give what is printed on it, or leave --device out.",
        )
    return About(f"device/{site}-{mark or UNMARKED}", site)
