"""Silences, and maintenance that two people declare: who may, for how long, and their end."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.domain.check import Category, Severity
from agent.domain.people import Actor, Staff
from agent.domain.policy import Policy
from agent.domain.problems import Problem
from agent.domain.quiet import GRAVE, Kind, NoiseRules, Quiet
from agent.domain.quiet_types import MAINTENANCE_DECLARED
from agent.errors import BadInput, NotAllowed
from agent.services.people import must_work_here
from agent.store.audit import Audit
from agent.store.engine import Store, Transaction
from agent.store.people import People
from agent.store.quiets import Quiets
from agent.store.telling import over, raise_operational

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class QuietOffice:
    """What every verb here needs. `types`: each type of problem that there is."""

    store: Store
    policy: Policy
    rules: NoiseRules
    types: Mapping[str, Category]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody asks for. Times are UTC; no `since` means now."""

    type: str
    until: datetime
    reason: str
    subject: str = ""
    establishment: str = ""
    since: datetime | None = None


def silence(office: QuietOffice, wanted: Wanted, by: Actor) -> Quiet:
    """One kind of problem is not told for a while. Raises BadInput, NotAllowed."""
    if office.types.get(wanted.type) in GRAVE:
        raise NotAllowed(
            f"{wanted.type} is a matter of security: it is never silenced (DESIGN 9)",
            "What is expected for a time is declared by two people: callsteward maintenance.",
        )
    return _add(office, Kind.SILENCE, wanted, by, office.rules.longest_silence)


def declare(office: QuietOffice, wanted: Wanted, by: Actor) -> Quiet:
    """Maintenance, from one person; it holds nothing until another confirms it."""
    if not (wanted.subject or wanted.establishment):
        raise BadInput(
            "maintenance is of one iPad or of one establishment", "Name it: --device or --site."
        )
    return _add(office, Kind.MAINTENANCE, wanted, by, office.rules.longest_maintenance)


def confirm(office: QuietOffice, quiet_id: str, by: Actor) -> Quiet:
    """The second person. Infosec is told. Raises BadInput, NotAllowed."""
    with office.store.begin() as tx:
        found, person = _there(tx, quiet_id), _person(tx, by)
        if found.kind is not Kind.MAINTENANCE:
            raise NotAllowed(f"{quiet_id} needs no second person")
        if found.owner == by.id:
            raise NotAllowed("two different people are needed", "Let somebody else confirm it.")
        if person.role not in office.rules.confirms:
            roles = ", ".join(sorted(office.rules.confirms))
            raise NotAllowed(f"{by.id} may not confirm maintenance", f"Ask one of: {roles}.")
        _must_be_of(person, found)
        if found.confirmed_by is None:
            Quiets(tx).confirm(found.id, by.id)
            Audit(tx).add("MAINTENANCE_CONFIRMED", "QUIET", found.id, by=by)
            raise_operational(tx, office.policy, _declared(found))
        return _there(tx, quiet_id)


def end(office: QuietOffice, quiet_id: str, by: Actor) -> Quiet:
    """It is over now. What it held and still stands is told at once."""
    with office.store.begin() as tx:
        found, person = _there(tx, quiet_id), _person(tx, by)
        _must_be_of(person, found)
        Quiets(tx).end(found.id, by.id)
        Audit(tx).add(f"{found.kind.name}_ENDED", "QUIET", found.id, by=by)
        if found.kind is Kind.MAINTENANCE:
            over(tx, MAINTENANCE_DECLARED, found.id)
        return found


def listed(store: Store, *, all_of_them: bool = False) -> list[Quiet]:
    """Those that are not over; or all, the last one first."""
    with store.read() as tx:
        return Quiets(tx).all() if all_of_them else Quiets(tx).current()


def _add(
    office: QuietOffice, kind: Kind, wanted: Wanted, by: Actor, longest: timedelta
) -> Quiet:
    if wanted.type not in office.types:
        raise BadInput(f"no problem has the type {wanted.type}", "See: callsteward checks")
    if not wanted.reason.strip():
        raise BadInput("nobody said why", "Add --reason.")
    with office.store.begin() as tx:
        person, since = _person(tx, by), wanted.since or tx.now
        _must_last(tx.now, since, wanted.until, longest)
        new = Quiet(
            id="", kind=kind, type=wanted.type, subject=wanted.subject,
            establishment=wanted.establishment, since=since, until=wanted.until, owner=by.id,
            reason=wanted.reason.strip(),
        )  # fmt: skip
        _must_be_of(person, new)
        kept = Quiets(tx).add(new)
        word = {Kind.SILENCE: "SILENCE_MADE", Kind.MAINTENANCE: "MAINTENANCE_DECLARED"}[kind]
        Audit(tx).add(word, "QUIET", kept.id, by=by, details=_details(kept))
        return kept


def _details(one: Quiet) -> dict[str, object]:
    """Not its reason: that is free text."""
    return {
        "type": one.type, "subject": one.subject, "establishment": one.establishment,
        "since": one.since.isoformat(), "until": one.until.isoformat(),
    }  # fmt: skip


def _must_last(now: datetime, since: datetime, until: datetime, longest: timedelta) -> None:
    if until <= max(now, since):
        raise BadInput("it would be over before it begins", "Give a later --until.")
    if since < now - MINUTE:
        raise BadInput("it cannot begin in the past", "Give a later --from, or none.")
    if until - since > longest:
        raise BadInput(f"it may last {_spoken(longest)} at most", "Give an earlier --until.")


def _spoken(time: timedelta) -> str:
    hours = int(time.total_seconds() // 3600)
    return f"{hours // 24} days" if hours > 72 else f"{hours} hours"


def _person(tx: Transaction, by: Actor) -> Staff:
    must_work_here(tx, by)
    return People(tx).all_staff()[by.id]


def _must_be_of(person: Staff, one: Quiet) -> None:
    """Staff of a place speak for it alone; of the region and the country, for any."""
    if person.establishment and person.establishment != one.establishment:
        raise NotAllowed(
            f"{person.id} is of {person.establishment} alone",
            f"Add --site {person.establishment}, or ask the region or Infosec.",
        )


def _there(tx: Transaction, quiet_id: str) -> Quiet:
    found = Quiets(tx).get(quiet_id)
    if found is None:
        raise BadInput(f"there is no {quiet_id}", "See: callsteward silence list --all")
    if found.ended_at is not None or found.until <= tx.now:
        raise NotAllowed(f"{quiet_id} is over")
    return found


def _declared(one: Quiet) -> Problem:
    return Problem(
        type=MAINTENANCE_DECLARED,
        subject=one.id,
        establishment=one.establishment,
        reason="declared",
        because=f"{one.type} is expected until {one.until:%d %b %Y %H:%M} UTC",
        value="",
        category=Category.OPERATIONAL,
        severity=Severity.MEDIUM,
    )
