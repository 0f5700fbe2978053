"""Annex C: the written authorisation under section 40E, and whether it fits the register."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from agent.domain.asset import Asset
from agent.domain.people import Staff
from agent.domain.references import REFERENCE, SAYS
from agent.errors import BadInput

GRANTORS = ("secretary-of-state", "governor", "delegate")
TO_WHOM = ("generally", "specified", "description")
LONGEST = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What the letter says (C1, C2). Staff are ids of the register."""

    establishment: str
    grantor: str  # one of GRANTORS
    granted_by: str = ""  # the governor or who was delegated; empty: the Secretary of State
    delegated_by: str = ""  # the governor who authorised somebody else to grant it
    to_whom: str  # one of TO_WHOM: persons generally, specified ones, or of a description
    persons: str = ""  # staff ids, or the description
    terms: str = ""
    dated: date
    review_on: date
    reference: str  # where the signed letter is kept
    tags: tuple[str, ...]  # of the iPads that it lists


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorisation:
    """A letter as recorded. Of one establishment, the one dated last is in force."""

    id: str  # 40E-MDI-1
    letter: Letter
    recorded_by: str


def check(
    letter: Letter, staff: Mapping[str, Staff], deciders: Iterable[str], today: date
) -> None:
    """Raises BadInput with everything that is wrong with it."""
    wrong = [*_words(letter, today), *_grantor(letter, staff, frozenset(deciders))]
    if wrong:
        raise BadInput(f"the authorisation is not usable: {'; '.join(wrong)}", _CURE)


_CURE = "Give it as the signed letter says it."


def _words(letter: Letter, today: date) -> Iterable[str]:
    longest = max(len(letter.persons), len(letter.terms))
    once = len(set(letter.tags)) == len(letter.tags) > 0
    wrong = {
        f"the grantor is one of {', '.join(GRANTORS)} (C1)": letter.grantor not in GRANTORS,
        f"it is given to one of {', '.join(TO_WHOM)} (C1)": letter.to_whom not in TO_WHOM,
        "say which persons, unless it is given to persons generally (C1)": (
            (letter.to_whom == "generally") == bool(letter.persons)
        ),
        f"persons and terms have at most {LONGEST} characters": longest > LONGEST,
        "its date has not come yet": letter.dated > today,
        "its review comes after its date (C4)": letter.review_on <= letter.dated,
        SAYS: REFERENCE.fullmatch(letter.reference) is None,
        "it lists each asset tag once, and at least one (C2)": not once,
    }
    return (says for says, found in wrong.items() if found)


def _grantor(
    letter: Letter, staff: Mapping[str, Staff], deciders: frozenset[str]
) -> Iterable[str]:
    """Who granted it, and on whose word (C1)."""

    def here(person: str) -> Staff | None:
        found = staff.get(person)
        return found if found and found.establishment == letter.establishment else None

    def governs(person: str) -> bool:
        found = here(person)
        return found is not None and found.role in deciders

    if letter.grantor == "secretary-of-state":
        if letter.granted_by or letter.delegated_by:
            yield "the Secretary of State grants it alone (C1)"
    elif letter.grantor == "governor":
        if not governs(letter.granted_by) or letter.delegated_by:
            yield "it was granted by a governor or director of this establishment (C1)"
    elif here(letter.granted_by) is None or not governs(letter.delegated_by):
        yield "a person working here granted it, authorised by its governor or director (C1)"


def in_force(letters: Iterable[Authorisation], day: date) -> Authorisation | None:
    """Of one establishment, the letter dated last of those dated by this day."""
    dated = [one for one in letters if one.letter.dated <= day]
    return max(dated, key=lambda one: (one.letter.dated, _number(one)), default=None)


def _number(one: Authorisation) -> int:
    return int(one.id.rsplit("-", 1)[1])


def mismatches(
    found: Authorisation | None, assets: Iterable[Asset], today: date
) -> tuple[str, ...]:
    """What is wrong with the letter in force of this establishment (C1, C2, C4)."""
    have = tuple(assets)
    if found is None:
        return ("no authorisation under s.40E is on file (C1)",) if have else ()
    late = review_passed(found, today)
    return (*differences(found, have), *([late] if late else []))


def differences(found: Authorisation, assets: Iterable[Asset]) -> tuple[str, ...]:
    """How it and the register differ (C2)."""
    have = {asset.tag: asset.local_id for asset in assets}
    listed = set(found.letter.tags)
    missing = [
        f"it does not list {have[tag]} {tag} (C2)" for tag in sorted(have.keys() - listed)
    ]
    gone = [f"it lists {tag}, which is not here (C2)" for tag in sorted(listed - have.keys())]
    return (*missing, *gone)


def review_passed(found: Authorisation, today: date) -> str:
    """That its review is late (C4); empty: it is not."""
    late = found.letter.review_on <= today
    return f"its review was due on {found.letter.review_on} (C4)" if late else ""
