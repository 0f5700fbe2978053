"""Who could not be told, for want of an inbox: each is a finding of its own (Q10)."""

from collections.abc import Collection, Iterable, Iterator

from agent.domain.contacts import REGION, Entries, Place
from agent.domain.routes import COPIES, PLACES, Route

ALWAYS = ("local-security", "spoc", "regional-silver", "infosec", "provider-management")
"""Whom the protocol names, whatever the routes say."""


def missing_places(
    entries: Entries, establishments: Collection[str], routes: Iterable[Route]
) -> tuple[Place, ...]:
    """What contacts.csv lacks for these establishments, as far as a route tells it."""
    routes = tuple(routes)
    wanted = set(_wanted("", "", routes))
    for code in establishments:
        here = Place("establishment", code, REGION)
        wanted |= {here, *_wanted(code, entries.get(here, ""), routes)}
    for place, region in entries.items():
        if place.role == REGION:
            wanted |= set(_wanted(place.code, region, routes, "region"))
    if establishments and all(_own_provider(code) in entries for code in establishments):
        wanted.discard(Place("national", "", "provider-management"))
    return tuple(sorted(wanted - entries.keys()))


def _wanted(code: str, region: str, routes: Iterable[Route], only: str = "") -> Iterator[Place]:
    """Whom the protocol and the routes may tell of something here."""
    names = {*ALWAYS}
    for route in routes:
        names |= set(route.tell) if route.when.may_concern(code, region) else set()
    codes = {"establishment": code, "region": region, "national": ""}
    for scope, role in (PLACES[name] for name in names):
        known = codes[scope] or scope == "national"
        if known and role not in COPIES and only in ("", scope):
            yield Place(scope, codes[scope], role)


def _own_provider(code: str) -> Place:
    return Place("establishment", code, "provider-management")
