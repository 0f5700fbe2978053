"""Incidents as people handle them."""

from agent.domain.people import Actor
from agent.policies import load_policy
from agent.schemes import load_incidents
from agent.services.incident_desk import Desk
from agent.services.incidents import (
    Closing,
    acknowledge,
    close,
    confirm_closing,
    record_phone,
)
from agent.store.engine import Store

RULES = load_incidents()
PLACES = frozenset({"ACI", "AGI", "ALI", "LEI", "MDI"})


def incident_desk(store: Store) -> Desk:
    """With the scheme as it is."""
    return Desk(store, load_policy(), RULES, PLACES)


def closed(desk: Desk, incident: str, by: Actor, second: Actor) -> None:
    """Acknowledged, told to Infosec by telephone, closed by the one and the other."""
    acknowledge(desk, incident, by)
    record_phone(desk, incident, "INFOSEC-77", by)
    done = close(desk, incident, Closing(cause="mended"), by)
    if done.incident.needs_two:
        confirm_closing(desk, incident, second)
