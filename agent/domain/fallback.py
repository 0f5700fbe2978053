"""Who gets a letter whose own inbox nobody has told us: nothing is lost for want of one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from textwrap import fill
from typing import TypeAlias

from agent.domain.mail import WIDTH, Letter
from agent.domain.routes import COPIES, PHONE, PLACES, REGION_OF, Place, Recipient

Fallback: TypeAlias = Mapping[str, tuple[str, ...]]  # scope -> whom to tell instead, in order


@dataclass(frozen=True, slots=True)
class Reached:
    """To whom a letter really goes, and why where it is somebody else's."""

    to: Recipient
    address: str
    because: str = ""


def instead_of(to: Recipient, place: Place, fallback: Fallback) -> Iterator[Recipient]:
    """Whom to try, in order; nobody for a copy that no people read."""
    scope = "region" if to.scope == REGION_OF else to.scope
    for name in () if to.role in COPIES else fallback.get(scope, ()):
        other = place.inbox(*PLACES[name])
        if other is not None and other != to:
            yield other


def why_unreached(to: Recipient, *, known: bool) -> str:
    """Why nothing goes to this recipient itself. `known`: contacts.csv has its number."""
    if known:
        return "to whom nothing here can send a text"
    return f"who has no {'number' if to.role == PHONE else 'inbox'} in contacts.csv"


def passed_on(letter: Letter, meant_for: Recipient, because: str) -> Letter:
    """The same letter in another inbox: it says whose it is."""
    place = f" of {meant_for.code}" if meant_for.code else ""
    first = fill(f"For {meant_for.name}{place}, {because}. Please pass it on.", WIDTH)
    return replace(letter, body=f"{first}\n\n{letter.body}")
