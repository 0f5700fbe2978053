"""Each human gate of a call, shut in turn; and open again, it stops nobody."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from agent.domain.application import Comment, ContactConfirmed, Decision
from agent.domain.contact_words import Invite
from agent.domain.in_call import Closed, Concern, Reported
from agent.domain.people import Actor
from agent.domain.statement import Statement
from agent.errors import NotAllowed
from agent.services import authorisations
from agent.services.call_book import ask
from agent.services.call_office import Office
from agent.services.calls import record
from agent.services.residents import reinstate, withdraw
from agent.store.authorisations import Authorisations
from tests.simulation.calls import bench as b
from tests.support import calls as said

Said = tuple[Statement, Actor]
Around = Callable[[Office], object]
SUP, GOV = said.by("SUP"), said.by("GOV")
RIGHT: Mapping[str, Said] = {
    **{
        f"comment {name}": (
            Comment(department=name, outcome="no-concern", given_by=f"S-MDI-{who}"), b.SPOC
        )
        for name, who in said.GIVERS.items()
    },
    "decide": (said.GRANTED, GOV),
    "compact": (said.COMPACT, b.SPOC),
    "inform": (said.INFORMED, b.SPOC),
    "confirm": (said.CONFIRMED, b.SPOC),
    "invite": (Invite(despite="many are invited today"), b.SPOC),
    "precall": (said.PRECALL, SUP),
    "start": (said.STARTED, SUP),
    "concern": (Concern(kind="behaviour"), SUP),
    "end": (said.ENDED, SUP),
    "ir": (Reported(reference="IR-7"), b.SPOC),
    "close": (Closed(), b.SPOC),
}  # fmt: skip
"""A call from its first comment to its end, all in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shut:
    """One gate shut: what is said otherwise, or not at all, until `step` is refused."""

    says: str  # of the refusal
    step: str = "start"
    other: Mapping[str, Said | None] = field(default_factory=dict)
    before: Around = lambda office: None
    after: Around = lambda office: None
    asks: Actor = b.SPOC


def _started(**changes: Any) -> Mapping[str, Said | None]:
    return {"start": (replace(said.STARTED, **changes), SUP)}


def _telephoned(**changes: Any) -> Mapping[str, Said | None]:
    return {"precall": (replace(said.PRECALL, **changes), SUP)}


def _letter(office: Office, *tags: str) -> None:
    """One more letter, which is in force from now on."""
    with office.store.read() as tx:
        number = len(Authorisations(tx).all("MDI"))
    letter = said.a_letter(
        tags=tags,
        reference=f"40E/2026/{number}",
        dated=date(2026, 11, 2),
        review_on=date(2027, 2, 1),
    )
    authorisations.record(office.store, said.RULES, letter, b.SPOC)


def _unlisted(office: Office) -> None:
    _letter(office, "K10002")


def _listed(office: Office) -> None:
    _letter(office, "K10001", "K10002")


def _withdrawn(office: Office) -> None:
    withdraw(office, said.NUMBER, "B2-7", GOV)


def _reinstated(office: Office) -> None:
    reinstate(office, said.NUMBER, "B2-8", GOV)


def _decided(by: str, who: Actor, **more: bool) -> Mapping[str, Said | None]:
    return {"decide": (Decision(granted=True, decided_by=f"S-MDI-{by}", **more), who)}  # type: ignore[arg-type]


IS_ONE = ContactConfirmed(confirmed_by="S-MDI-OMU", non_contact=True)
SHUT: tuple[Shut, ...] = (
    *(
        Shut(says="(P2)", step="decide", other={f"comment {name}": None})
        for name in said.GIVERS
    ),
    Shut(says="(P4)", step="decide", other=_decided("SUP", SUP)),
    Shut(says="cannot decide (P4)", step="decide", asks=GOV),
    Shut(says="not decided here", step="decide", other=_decided("GOV", b.SPOC)),
    Shut(says="by the duty governor (P4)", step="decide",
         other=_decided("GOV", b.SPOC, verbal=True)),
    Shut(says="(B2)", step="decide", before=_withdrawn, after=_reinstated),
    Shut(says="(B2)", before=_withdrawn, after=_reinstated),
    Shut(says="(C1)", before=_unlisted, after=_listed),
    Shut(says="(C1)", step="invite", before=_unlisted, after=_listed),
    Shut(says="(P6)", other={"compact": None}),
    Shut(says="(K1)", other={"inform": None}),
    Shut(says="(K1)", step="invite", other={"inform": None}),
    Shut(says="(P3)", other={"confirm": None}),
    Shut(says="(P3)", step="invite", other={"confirm": None}),
    Shut(says="is a non-contact person (P3)", other={"confirm": (IS_ONE, b.SPOC)}),
    Shut(says="(K7)", other={"precall": None}),
    Shut(says="(K7)", other=_telephoned(phoned_by="")),
    Shut(says="must not be recorded (K8)", other=_telephoned(told_no_recording=False)),
    Shut(says="appropriate language (K8)", other=_telephoned(told_language=False)),
    Shut(says="film nobody else (K8)", other=_telephoned(told_no_filming=False)),
    Shut(says="is present (K8)", other=_telephoned(absence_confirmed=False)),
    Shut(says="(K9)", other=_telephoned(text="", read_by="")),
    Shut(says="(K9)", other=_telephoned(read_to_acceptor=False)),
    Shut(says="(K10)", other=_started(not_residential=False)),
    Shut(says="two different members of staff", other=_started(supervisor="S-MDI-CHAP")),
    Shut(says="not of the Chaplaincy (K11)", other=_started(chaplaincy="S-MDI-SEC")),
    Shut(says="(K12)", other=_started(admitted_by="")),
    Shut(says="(D4)", other=_started(no_rec=False)),
    Shut(says="(A8)", other=_started(supervisor="S-LEI-SUP")),
    Shut(says="(D8)", step="close", other={"ir": None}),
)  # fmt: skip


def refused(office: Office, number: int, shut: Shut) -> Iterator[str]:
    """What is wrong: it was not refused as it must be, or refuses once it is open."""
    call = _asked(office, number, shut.asks)
    told, step = _until(office, call, shut)
    if shut.says not in told:
        yield f"{step} with the gate shut that says “{shut.says}”: {told or 'taken'}"
        return
    shut.after(office)
    for name in _missing(shut):
        yield from _opened(office, call, shut, name)


def _missing(shut: Shut) -> tuple[str, ...]:
    """What must still be said, the step itself last; of another contact all is said anew."""
    left_out = tuple(one for one in shut.other if shut.other[one] is None)
    anew = ("confirm", "precall") if left_out == ("inform",) else ()
    return (*left_out, *anew, shut.step)


def _asked(office: Office, number: int, by: Actor) -> str:
    with office.store.read() as tx:
        at = tx.now + timedelta(hours=2 + number)
    return ask(office, b.booking(office.store, b.IPADS[0], at), b.ASKED, by).call.id


def _until(office: Office, call: str, shut: Shut) -> tuple[str, str]:
    """Every step up to the one that must be refused; what it said, or nothing."""
    for name, right in RIGHT.items():
        if name == "invite" != shut.step:
            continue  # nobody needs an invitation to make a call
        now = shut.other.get(name, right)
        if name == shut.step:
            shut.before(office)
            return _told(office, call, now or right), name
        if now is not None:
            record(office, call, *now)
    raise AssertionError


def _told(office: Office, call: str, what: Said) -> str:
    try:
        record(office, call, *what)
    except NotAllowed as err:
        return str(err)
    return ""


def _opened(office: Office, call: str, shut: Shut, name: str) -> Iterator[str]:
    """With what was missing said, or said rightly, nothing is left to refuse it."""
    for again in shut.other if name == shut.step else ():
        if again != shut.step and shut.other[again] is not None:
            yield from _wrong(office, call, again, _correction(again, shut))
    right = RIGHT[name]
    if shut.asks is GOV and name == "decide":
        right = (Decision(granted=True, decided_by="S-MDI-DEP"), said.by("DEP"))
    yield from _wrong(office, call, name, right)


def _correction(name: str, shut: Shut) -> Said:
    """A contact that was held for a non-contact person needs the correction's reference."""
    if name != "confirm":
        return RIGHT[name]
    return replace(said.CONFIRMED, correction="OMU-3"), b.SPOC


def _wrong(office: Office, call: str, name: str, what: Said) -> Iterator[str]:
    if told := _told(office, call, what):
        yield f"{name} was refused with every gate open: {told}"
