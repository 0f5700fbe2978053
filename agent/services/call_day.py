"""What a SPOC sees in the morning: iPads, calls of the day, tasks; and one call whole."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from agent.domain.asset import Asset
from agent.domain.authorisation import in_force, mismatches
from agent.domain.call import OVER, Call
from agent.domain.call_gates import Case
from agent.domain.check import Verdict
from agent.domain.incident import Incident
from agent.domain.people import Staff
from agent.domain.start_gates import READY
from agent.domain.uk_time import uk_day
from agent.errors import BadInput
from agent.services.authorisations import lists
from agent.services.call_machine import doubts, look
from agent.services.call_office import Office
from agent.services.call_zoom import warnings
from agent.store.authorisations import Authorisations
from agent.store.calls import Calls, c
from agent.store.device_reports import DeviceReports
from agent.store.engine import Transaction
from agent.store.incident_table import NOT_CLOSED, i
from agent.store.incidents import Incidents
from agent.store.register import Register
from agent.store.sweeps import Sweeps
from agent.store.tasks import Task, Tasks
from agent.store.withdrawals import Withdrawals

NOBODY = Staff("", "", "", "")  # a look ahead is nobody's step
READ_AGAIN = "it is read again when the call starts"


@dataclass(frozen=True, slots=True)
class IpadToday:
    """One iPad, as the sweep that ended last saw it."""

    asset: Asset
    wrong: int
    unknown: int
    lost: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    establishment: str
    now: datetime
    ipads: tuple[IpadToday, ...]
    swept_at: datetime | None  # when the last sweep began; None: none has ended
    calls: tuple[Call, ...]  # of the day, and older ones that are not over
    tasks: tuple[Task, ...]
    letter: tuple[str, ...]  # how the authorisation and the register differ
    noticed: Mapping[str, tuple[str, ...]]  # by call: a recording, and what staff do now
    incidents: tuple[Incident, ...]  # that are not closed

    @property
    def overdue(self) -> tuple[Task, ...]:
        return tuple(task for task in self.tasks if task.due <= self.now)


def today(office: Office, establishment: str, day: date | None = None) -> Today:
    """This establishment's day. Raises BadInput where it has neither iPad nor call."""
    code = establishment.strip().upper()
    with office.store.read() as tx:
        assets = [one for one in Register(tx).all() if one.establishment == code]
        every = Calls(tx).select(c.establishment == code)
        if not assets and not every:
            raise BadInput(
                "no iPad of this establishment is on the register", "Give --site MDI."
            )
        wanted = day or uk_day(tx.now)
        letter = in_force(Authorisations(tx).all(code), uk_day(tx.now))
        swept_at, ipads = _seen(tx, assets)
        calls = tuple(one for one in every if _of(one, wanted))
        return Today(
            establishment=code,
            now=tx.now,
            ipads=ipads,
            swept_at=swept_at,
            calls=calls,
            tasks=tuple(Tasks(tx).open(code)),
            letter=mismatches(letter, assets, uk_day(tx.now)),
            noticed={one.id: warnings(tx, one) for one in calls},
            incidents=tuple(Incidents(tx).select(i.establishment == code, NOT_CLOSED)),
        )


def show(office: Office, call_id: str) -> tuple[Call, Asset, tuple[Task, ...]]:
    """One call, its iPad, and its tasks; nothing personal. Raises BadInput."""
    with office.store.read() as tx:
        call = Calls(tx).get(call_id)
        asset = Register(tx).get(call.device)
        if asset is None:
            raise BadInput("its iPad is not on the register")
        return call, asset, tuple(Tasks(tx).of(call.id))


def _of(call: Call, day: date) -> bool:
    on = uk_day(call.at)
    return on == day or (on < day and call.state not in OVER)


def _seen(
    tx: Transaction, assets: list[Asset]
) -> tuple[datetime | None, tuple[IpadToday, ...]]:
    last = Sweeps(tx).last()
    sweep = Sweeps(tx).get(last) if last else None
    verdicts = Sweeps(tx).verdicts(last) if last else []
    counts = Counter((one.subject, one.verdict) for one in verdicts)
    ipads = tuple(
        IpadToday(
            one,
            counts[one.tag, Verdict.FAIL],
            counts[one.tag, Verdict.UNKNOWN],
            DeviceReports(tx).lost_since(one.tag) is not None,
        )
        for one in sorted(assets, key=lambda one: one.local_id)
    )
    return (sweep.started_at if sweep else None), ipads


def missing(office: Office, call: Call) -> tuple[str, ...]:
    """What keeps this call from starting, as far as it is seen before anybody starts."""
    with office.store.read() as tx:
        seen = look(tx, call, office.rules, None)
        doubtful = doubts(tx, call.device, office.rules)
        case = Case(
            call=call,
            said=None,
            by=NOBODY,
            at=tx.now,
            staff={},
            rules=office.rules,
            authorised=lists(tx, call.establishment, call.device, uk_day(tx.now)),
            withdrawn=Withdrawals(tx).withdrawn(call.resident),
            stops=seen.stops,
        )
    gaps = tuple(str(gap) for gate in READY for gap in gate.gaps(case))
    return (*gaps, *(f"{one.says} ({one.requirement}): {READ_AGAIN}" for one in doubtful))
