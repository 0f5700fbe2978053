"""A recording, or AI Companion, was noticed: raised, told and to be stopped in one commit."""

from dataclasses import replace

from agent.domain.call_incidents import RECORDED
from agent.domain.incident import Incident
from agent.domain.people import AGENT
from agent.domain.policy import Policy
from agent.domain.zoom import LiveMeeting
from agent.domain.zoom_events import ACCOUNT, REASONS, Sign, holding
from agent.store.audit import Audit
from agent.store.engine import Transaction
from agent.store.hosts import Host, Hosts
from agent.store.incident_events import Timeline
from agent.store.incidents import Incidents
from agent.store.ledger import Ledger
from agent.store.notices import Notice, Notices
from agent.store.register import Register
from agent.store.telling import raise_and_tell

STOP = "zoom.stop"
HOST = "zoom.host"


def notice(
    tx: Transaction, policy: Policy, sign: Sign, meeting: LiveMeeting, host: str, *, runs: bool
) -> Incident | None:
    """None: it is known already, or the host is no iPad's.

    `runs`: it began just now, or was read of a meeting that is live; so it is to be stopped.
    Whose host nobody knows is an incident of the account.
    """
    known, who = Notices(tx).get(meeting, sign), Hosts(tx).get(host)
    if (known is not None and not runs) or (who is not None and who.tag is None):
        return None
    incident = _raise(tx, policy, sign, who)
    Notices(tx).keep(
        Notice(
            meeting=meeting,
            sign=sign,
            host=host,
            tag=None if who is None else who.tag,
            incident=incident.id,
            noticed_at=tx.now,
        )
    )
    if runs:
        Ledger(tx).owe(STOP, holding(meeting), tx.now)
    if who is None and host:
        Ledger(tx).owe(HOST, host, tx.now)
    return incident


def _raise(tx: Transaction, policy: Policy, sign: Sign, who: Host | None) -> Incident:
    asset = Register(tx).get(who.tag) if who is not None and who.tag else None
    return raise_and_tell(tx, policy, RECORDED, asset, REASONS[sign], AGENT)


def resolve(tx: Transaction, policy: Policy, host: str) -> None:
    """It was found out whose host this is: what was told of the account is told of the iPad."""
    who = Hosts(tx).get(host)
    of_account = Incidents(tx).last_for(RECORDED.name, ACCOUNT)
    if who is None or of_account is None or of_account.cleared_at is not None:
        return
    noticed = Notices(tx).of_incident(of_account.id)
    for one in (one for one in noticed if one.host == host):
        found = _raise(tx, policy, one.sign, who) if who.tag else of_account
        if found.id != of_account.id:
            Timeline(tx).relate(found.id, of_account.id)
        Notices(tx).keep(replace(one, tag=who.tag, incident=found.id))
    if all(Hosts(tx).get(one.host) for one in noticed):
        state = {"state": Incidents(tx).clear(of_account.id).value}
        Audit(tx).add("INCIDENT_CLEARED", "INCIDENT", of_account.id, details=state)
