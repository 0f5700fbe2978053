"""A call's steps: one statement, one transaction; refused with every gap, or recorded once."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from agent.domain.application import Moved
from agent.domain.call import Call, Entry
from agent.domain.call_gates import DECIDER, Case, decides
from agent.domain.call_steps import STEPS
from agent.domain.people import Actor, Staff
from agent.domain.statement import Statement
from agent.domain.steps import Taken, take
from agent.domain.uk_time import uk_day
from agent.errors import BadInput, NotAllowed
from agent.services.authorisations import lists
from agent.services.call_duties import follow
from agent.services.call_office import Office, staff_of
from agent.store.audit import Audit
from agent.store.calls import Calls
from agent.store.engine import Transaction
from agent.store.people import People
from agent.store.seal import Seal
from agent.store.withdrawals import Withdrawals

DOUBLE_CLICK = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """When it was done, if not now; who wrote it on paper; who decided otherwise, and why."""

    at: datetime | None = None
    paper_by: str = ""
    override_by: str = ""
    why: str = ""  # may be personal: sealed


NOW = How()


@dataclass(frozen=True, slots=True)
class Recorded:
    """The call as it is now. `new` False: the same was stated before, and is there once."""

    call: Call
    entry: Entry
    new: bool
    notes: tuple[str, ...] = ()


def record(
    office: Office, call_id: str, said: Statement, by: Actor, how: How = NOW
) -> Recorded:
    """Take a step. Raises NotAllowed with every gap, BadInput where it cannot be used."""
    said.check(office.rules)
    seal = office.seal_of(office.found(call_id))
    with office.store.begin() as tx:
        call = Calls(tx).get(call_id)
        who = staff_of(tx, by, call.establishment)
        mark = seal.pseudonym(_same(said, how))
        before = repeated(call, said, mark, tx.now)
        if before is not None:
            return Recorded(call, before, new=False)
        case = _case(tx, office, call, said, who, how)
        taken = take(
            STEPS, said.name, call.state, case,
            authority=_authority(case, how), from_paper=bool(how.paper_by),
        )  # fmt: skip
        new = _entry(tx, case, taken, how, mark)
        after = Calls(tx).append(
            call, new, _sealed(seal, call, new, said, how), _changes(said, taken)
        )
        follow(tx, office, after, said, new)
        _write_down(tx, office, after, new, said, by)
    notes = (*new.listed("gaps"), *new.listed("overridden"), *new.listed("debts"))
    return Recorded(after, new, new=True, notes=notes)


def repeated(call: Call, said: Statement, mark: str, now: datetime) -> Entry | None:
    """The entry that says the same already: the newest of its slot."""
    slot = [one for one in call.entries if one.said.get("slot") == said.slot]
    newest = slot[-1] if slot else None
    if newest is None or newest.mark != mark:
        return None
    again = said.happens_again and now - newest.entered_at >= DOUBLE_CLICK
    return None if again else newest


def _same(said: Statement, how: How) -> str:
    """What makes two statements the same; not who enters them, nor when."""
    told = [said.name, said.facts(), said.words(), how.paper_by, how.override_by]
    return json.dumps([*told, None if how.at is None else how.at.isoformat()], sort_keys=True)


def _case(
    tx: Transaction, office: Office, call: Call, said: Statement, who: Staff, how: How
) -> Case:
    at = how.at or tx.now
    if at > tx.now:
        raise BadInput(
            "it has not happened yet: its time has not come", "Give the time it was."
        )
    staff = People(tx).all_staff()
    case = Case(
        call=call.known_at(at),
        said=said,
        by=who,
        at=at,
        staff=staff,
        rules=office.rules,
        authorised=lists(tx, call.establishment, call.device, uk_day(at)),
        withdrawn=Withdrawals(tx).withdrawn(call.resident) is not None,
    )
    if how.paper_by and getattr(staff.get(how.paper_by), "establishment", "") != (
        call.establishment
    ):
        raise BadInput(f"{how.paper_by} is no member of staff of {call.establishment}")
    return case


def _authority(case: Case, how: How) -> str:
    """Who decides otherwise, at the desk or by telephone. Raises NotAllowed."""
    if not how.override_by:
        return ""
    if not decides(case, how.override_by):
        raise NotAllowed(f"only {DECIDER} decides otherwise (P4)", "Ask them.")
    own = case.by.id == how.override_by
    if not own and case.by.role not in case.rules.by_telephone:
        raise NotAllowed("what is decided by telephone is entered by the duty governor (Q27)")
    if not how.why:
        raise BadInput("nobody said why it is decided otherwise", "Give the reason.")
    return DECIDER


def _entry(tx: Transaction, case: Case, taken: Taken[Case], how: How, mark: str) -> Entry:
    said: dict[str, Any] = case.said.facts()
    if how.paper_by:
        said["paper_by"] = how.paper_by
    if taken.overridden:
        said |= {"override_by": how.override_by, "overridden": list(map(str, taken.overridden))}
    if taken.recorded:
        said["gaps"] = list(map(str, taken.recorded))
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


def about(call_id: str, number: int) -> str:
    """What a sealed entry is bound to."""
    return f"call/{call_id}/{number}"


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
