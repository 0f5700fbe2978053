"""Authorisations under section 40E: recorded, and held against the register."""

from dataclasses import dataclass
from datetime import date

from agent.domain.authorisation import Authorisation, Letter, check, in_force, mismatches
from agent.domain.call_rules import CallRules
from agent.domain.people import Actor
from agent.domain.uk_time import uk_day
from agent.errors import BadInput
from agent.services.people import must_work_here
from agent.store.audit import Audit
from agent.store.authorisations import Authorisations
from agent.store.engine import Store, Transaction
from agent.store.people import People
from agent.store.register import Register


@dataclass(frozen=True, slots=True)
class Standing:
    """One establishment: its letter in force, and how it differs from the register."""

    establishment: str
    found: Authorisation | None
    findings: tuple[str, ...]


def record(store: Store, rules: CallRules, letter: Letter, by: Actor) -> Authorisation:
    """Keep a letter (C1, C2). Raises BadInput. The same letter twice is one."""
    with store.begin() as tx:
        must_work_here(tx, by)
        check(letter, People(tx).all_staff(), rules.deciders, uk_day(tx.now))
        for known in Authorisations(tx).all(letter.establishment):
            if known.letter == letter:
                return known
        new = Authorisations(tx).add(letter, by.id)
        details = {
            "establishment": letter.establishment, "grantor": letter.grantor,
            "grantedBy": letter.granted_by, "delegatedBy": letter.delegated_by,
            "dated": f"{letter.dated}", "reviewOn": f"{letter.review_on}",
            "reference": letter.reference, "tags": list(letter.tags),
        }  # fmt: skip
        Audit(tx).add("AUTHORISATION_RECORDED", "AUTHORISATION", new.id, by=by, details=details)
    return new


def standings(store: Store, establishment: str = "") -> list[Standing]:
    """Each establishment with iPads or letters, and what is wrong there."""
    with store.read() as tx:
        letters, assets = Authorisations(tx).all(establishment), Register(tx).all()
        today = uk_day(tx.now)
    places = {one.letter.establishment for one in letters}
    places |= {one.establishment for one in assets if establishment in ("", one.establishment)}
    found = []
    for code in sorted(places):
        now = in_force([one for one in letters if one.letter.establishment == code], today)
        here = [one for one in assets if one.establishment == code]
        found.append(Standing(code, now, mismatches(now, here, today)))
    return found


def show(store: Store, wanted: str) -> Authorisation:
    """One letter. Raises BadInput."""
    with store.read() as tx:
        for one in Authorisations(tx).all():
            if one.id == wanted.strip().upper():
                return one
    raise BadInput(
        "there is no authorisation with this id", "See: callsteward authorisation list --all"
    )


def history(store: Store, establishment: str = "") -> list[Authorisation]:
    """Every letter, those that were replaced too."""
    with store.read() as tx:
        return Authorisations(tx).all(establishment)


def lists(tx: Transaction, establishment: str, tag: str, day: date) -> bool:
    """Whether the letter in force at this place on this day lists this iPad (C1)."""
    found = letter_of(tx, establishment, day)
    return found is not None and tag in found.letter.tags


def letter_of(tx: Transaction, establishment: str, day: date) -> Authorisation | None:
    """The letter in force at this place on this day."""
    return in_force(Authorisations(tx).all(establishment), day)
