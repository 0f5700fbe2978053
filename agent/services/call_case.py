"""A step about to be taken: what its gates may look at, and who decides otherwise."""

from dataclasses import dataclass
from datetime import datetime

from agent.domain.call import Call
from agent.domain.call_gates import DECIDER, Case, decides
from agent.domain.people import Staff
from agent.domain.statement import Statement
from agent.domain.uk_time import uk_day, uk_midnight
from agent.errors import BadInput, NotAllowed
from agent.services.authorisations import lists
from agent.services.call_machine import Seen
from agent.services.call_office import Office
from agent.services.contact_windows import why_not
from agent.store.engine import Transaction
from agent.store.people import People
from agent.store.windows import Windows
from agent.store.withdrawals import Withdrawals

ACTS = ("start", "staff-change", "drop", "end")


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """When it was done, if not now; who wrote it on paper; who decided otherwise, and why."""

    at: datetime | None = None
    paper_by: str = ""
    override_by: str = ""
    why: str = ""  # may be personal: sealed


NOW = How()


def case_of(
    tx: Transaction,
    office: Office,
    call: Call,
    said: Statement,
    who: Staff,
    how: How,
    seen: Seen,
) -> Case:
    """Raises BadInput where its time or its paper cannot be."""
    at, staff = how.at or tx.now, People(tx).all_staff()
    before = call.last(*ACTS)
    if at > tx.now:
        raise BadInput("it has not happened yet: its time has not come", _WAS)
    if said.name in ACTS and before is not None and at < before.at:
        raise BadInput(f"it was before {before.step}, which is recorded already", _WAS)
    writer = staff.get(how.paper_by)
    if how.paper_by and (writer is None or writer.establishment != call.establishment):
        raise BadInput(f"{how.paper_by} is no member of staff of {call.establishment}")
    return Case(
        call=call.known_at(at),
        said=said,
        by=who,
        at=at,
        staff=staff,
        rules=office.rules,
        authorised=lists(tx, call.establishment, call.device, uk_day(at)),
        withdrawn=Withdrawals(tx).withdrawn(call.resident),
        stops=seen.stops,
        window=Windows(tx).live_of(call.id),
        left=tuple(one for one in Windows(tx).of(call.id) if one.is_left),
        opened_today=Windows(tx).sent_since(call.device, uk_midnight(tx.now)),
        reach=why_not(tx, office, call, said),
    )


_WAS = "Give the time it was."


def authority_of(case: Case, how: How) -> str:
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
