"""A call's steps: one statement, one transaction; refused with every gap, or recorded once."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from agent.domain.application import Moved
from agent.domain.call import Call, Entry
from agent.domain.call_debts import debts_of
from agent.domain.call_gates import Case
from agent.domain.call_steps import STEPS
from agent.domain.in_call import Started
from agent.domain.people import Actor
from agent.domain.second_look import SecondLook
from agent.domain.statement import Statement
from agent.domain.steps import Taken, take
from agent.domain.uk_time import uk_day
from agent.errors import NotAllowed
from agent.services.authorisations import letter_of
from agent.services.call_case import NOW, How, authority_of, case_of
from agent.services.call_duties import follow
from agent.services.call_machine import Seen, look, others
from agent.services.call_office import Office, staff_of
from agent.services.call_zoom import warnings
from agent.services.contact_windows import asks_anew
from agent.store.audit import Audit
from agent.store.calls import Calls, about
from agent.store.engine import Transaction
from agent.store.seal import Seal

DOUBLE_CLICK = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Recorded:
    """The call as it is now. `new` False: the same was stated before, and is there once."""

    call: Call
    entry: Entry
    new: bool
    notes: tuple[str, ...] = ()


def record(
    office: Office,
    call_id: str,
    said: Statement,
    by: Actor,
    how: How = NOW,
    again: SecondLook | None = None,
) -> Recorded:
    """Take a step. Raises NotAllowed with every gap, BadInput where it cannot be used.

    `again`, for a start: what was just read of what is doubted of the iPad.
    """
    said.check(office.rules)
    with office.store.begin() as tx:
        call = Calls(tx).get(call_id)
        seal = office.seal_of(call)  # its key goes only after a commit that ends all steps
        who = staff_of(tx, by, call.establishment)
        mark = seal.pseudonym(_same(said, how))
        before = repeated(call, said, mark, how, tx.now)
        if before is not None and not asks_anew(tx, call, said):
            return Recorded(call, before, new=False)
        asks = isinstance(said, Started) and not how.paper_by
        seen = look(tx, call, office.rules, again) if asks else Seen()
        case = case_of(tx, office, call, said, who, how, seen)
        taken = _take(tx, office, call, case, how)
        new = _entry(tx, case, taken, how, mark, (*seen.debts, *debts_of(case)))
        after = Calls(tx).append(
            call, new, _sealed(seal, call, new, said, how), _changes(said, taken)
        )
        follow(tx, office, after, said, new, by)
        _write_down(tx, office, after, new, said, by)
        noticed = warnings(tx, after)
    notes = (*noticed, *new.listed("gaps"), *new.listed("overridden"), *new.listed("debts"))
    return Recorded(after, new, new=True, notes=notes)


def _take(tx: Transaction, office: Office, call: Call, case: Case, how: How) -> Taken[Case]:
    """Raises NotAllowed; where a machine stops this iPad, with the other one as a way out."""
    authority, paper = authority_of(case, how), bool(how.paper_by)
    try:
        return take(
            STEPS, case.said.name, call.state, case, authority=authority, from_paper=paper
        )
    except NotAllowed as err:
        free = others(tx, call, office.rules) if case.stops else []
        if not free:
            raise
        other = f"Use {' or '.join(free)}: callsteward call move {call.id}. {err.hint}"
        raise NotAllowed(str(err), other) from err


def repeated(call: Call, said: Statement, mark: str, how: How, now: datetime) -> Entry | None:
    """The entry that says the same already: the newest of its slot.

    With a time of its own any equal entry is the same; what is said of a contact is said anew
    of the next one.
    """
    informed = max((one.number for one in call.of("inform")), default=0)
    since = informed if said.of_contact else 0
    slot = [e for e in call.entries if e.said.get("slot") == said.slot and e.number > since]
    equal = [one for one in (slot if how.at else slot[-1:]) if one.mark == mark]
    if not equal:
        return None
    newest = equal[-1]
    again = said.happens_again and not how.at and now - newest.entered_at >= DOUBLE_CLICK
    return None if again else newest


def _same(said: Statement, how: How) -> str:
    """What makes two statements the same; not who enters them, nor when."""
    told = [said.name, said.facts(), said.words(), how.paper_by, how.override_by]
    return json.dumps([*told, None if how.at is None else how.at.isoformat()], sort_keys=True)


def _entry(
    tx: Transaction,
    case: Case,
    taken: Taken[Case],
    how: How,
    mark: str,
    debts: tuple[str, ...],
) -> Entry:
    said: dict[str, Any] = case.said.facts()
    if how.paper_by:
        said["paper_by"] = how.paper_by
    if taken.overridden:
        said |= {"override_by": how.override_by, "overridden": list(map(str, taken.overridden))}
    if taken.recorded:
        said["gaps"] = list(map(str, taken.recorded))
    if debts:
        said["debts"] = list(debts)
    if case.said.name == "approve":
        letter = letter_of(tx, case.call.establishment, uk_day(case.at))
        said |= {"authorisation": letter.id} if letter else {}
    return Entry(
        number=case.call.version + 1,
        step=taken.step.name,
        at=case.at,
        entered_at=tx.now,
        by=case.by.id,
        said=said,
        mark=mark,
    )


def _sealed(seal: Seal, call: Call, new: Entry, said: Statement, how: How) -> bytes | None:
    words = said.words() | ({"why": how.why} if how.why else {})
    if not words:
        return None
    return seal.seal(json.dumps(words, ensure_ascii=False), about(call.id, new.number))


def _changes(said: Statement, taken: Taken[Case]) -> dict[str, Any]:
    found: dict[str, Any] = {"state": taken.step.enters} if taken.step.enters else {}
    if isinstance(said, Moved):
        times = {name: datetime.fromisoformat(getattr(said, name)) for name in ("at", "until")}
        found |= {"device": said.device, "room": said.room, **times}
    return found


def _write_down(
    tx: Transaction, office: Office, call: Call, new: Entry, said: Statement, by: Actor
) -> None:
    """The audit has codes, ids and pseudonyms, never a word that was sealed."""
    details = {_camel(name): value for name, value in new.said.items() if name != "slot"}
    details |= {"number": new.number, "at": new.at.isoformat(), "state": call.state.value}
    if email := said.words().get("email"):
        details["contact"] = office.keys.pseudonym("contact", email, in_use=True)
    what = f"CALL_{new.step.upper().replace('-', '_')}"
    Audit(tx).add(what, "CALL", call.id, by=by, details=details)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))
