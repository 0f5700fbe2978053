"""Incidents to look at: a page of them, and one whole."""

from dataclasses import dataclass

from agent.domain.incident import Incident, State, place_of
from agent.errors import BadInput
from agent.services.incident_desk import Desk, named
from agent.store.incident_events import Event, Timeline
from agent.store.incident_table import NOT_CLOSED, i
from agent.store.incidents import Incidents, Told, following

MOST = 200
ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A page. `state` empty: all that is not closed. `after`: the last id of the one before."""

    site: str = ""
    state: str = ""
    limit: int = 50
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """One incident and all that happened to it."""

    incident: Incident
    events: tuple[Event, ...]
    letters: tuple[Told, ...]
    related: tuple[str, ...]
    beside: tuple[str, ...]  # not closed, of the same subject


def page(desk: Desk, wanted: Wanted) -> list[Incident]:
    """The oldest first. Raises BadInput where it asks for what cannot be."""
    where: list[object] = []
    if wanted.site:
        where.append(i.establishment == wanted.site.strip().upper())
    if wanted.state in {one.value for one in State}:
        where.append(i.state == wanted.state)
    if not wanted.state:
        where.append(NOT_CLOSED)
    if wanted.state not in ("", ALL, *(one.value for one in State)):
        states = ", ".join(one.value for one in State)
        raise BadInput("no incident has this state", f"One of: {states}, {ALL}.")
    if not 1 <= wanted.limit <= MOST:
        raise BadInput(f"a page has 1 to {MOST} incidents", f"Give --limit {MOST}.")
    if wanted.after:
        last = place_of(wanted.after.strip().upper())
        if last is None:
            raise BadInput(
                "--after is no incident's id", "Give the last id of the page before."
            )
        where.append(following(*last))
    with desk.store.read() as tx:
        return Incidents(tx).select(*where, limit=wanted.limit)


def show(desk: Desk, incident_id: str) -> Whole:
    """Raises BadInput."""
    with desk.store.read() as tx:
        found = named(tx, incident_id)
        here = i.establishment == found.establishment
        same = Incidents(tx).select(here, i.subject == found.subject, NOT_CLOSED)
        return Whole(
            incident=found,
            events=tuple(Timeline(tx).of(found.id)),
            letters=tuple(Incidents(tx).letters(found.id)),
            related=tuple(Timeline(tx).related(found.id)),
            beside=tuple(one.id for one in same if one.id != found.id),
        )
