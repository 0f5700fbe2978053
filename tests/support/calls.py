"""A store with two establishments, their iPads, and staff of every role that calls need."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from agent.domain.application import (
    Asked,
    Comment,
    Compact,
    ContactConfirmed,
    Decision,
    Informed,
)
from agent.domain.authorisation import Letter
from agent.domain.check import Finding, Verdict
from agent.domain.in_call import Ended, Precall, Started
from agent.domain.people import Actor, at_the_command_line
from agent.domain.staff import COLUMNS
from agent.domain.statement import Statement
from agent.errors import NotAllowed
from agent.policies import load_policy
from agent.schemes import load_calls, load_scheme
from agent.services import authorisations
from agent.services.call_book import Booking, ask
from agent.services.call_case import NOW, How
from agent.services.call_office import Office
from agent.services.calls import record
from agent.services.consents import device_named
from agent.services.people import import_staff
from agent.services.register import import_register
from agent.store.audit import Audit
from agent.store.call_keys import CallKeys
from agent.store.engine import Store
from agent.store.register import Register
from agent.store.sweeps import Sweeps
from tests.support.registers import as_file, register_rows
from tests.support.stores import NOON, a_store

CODES = ("LEI", "MDI")
ROLES = {
    "GOV": "governor", "DEP": "deputy-governor", "DUTY": "duty-governor", "SPOC": "spoc",
    "CHAP": "chaplaincy", "SEC": "security", "POL": "police-liaison",
    "OMU": "offender-management", "SUP": "supervisor",
}  # fmt: skip
RULES = load_calls()
POLICY = load_policy()


def staff_rows() -> list[dict[str, str]]:
    """S-MDI-GOV and so on, and an analyst of no establishment."""
    local = [
        {"id": f"S-{code}-{word}", "name": "Sam Pock", "role": role, "establishment": code}
        for code in CODES
        for word, role in ROLES.items()
    ]
    return [
        *local,
        {"id": "INFOSEC-1", "name": "A Analyst", "role": "infosec", "establishment": ""},
    ]


def staff() -> bytes:
    return as_file(staff_rows(), COLUMNS)


def register() -> bytes:
    """LEIBT001 K10001, LEIBT002 K10002, MDIBT001 K10003, MDIBT002 K10004."""
    return as_file(register_rows(CODES))


def by(word: str, code: str = "MDI") -> Actor:
    """S-MDI-GOV for GOV."""
    return at_the_command_line(f"S-{code}-{word}", "alex")


INFOSEC = at_the_command_line("INFOSEC-1", "alex")


def staffed(path: Path | str, clock: Callable[[], datetime]) -> Store:
    """Staff and register are in it."""
    store = a_store(path, clock)
    import_staff(store, load_scheme(), staff(), INFOSEC)
    import_register(store, load_scheme(), register(), INFOSEC)
    return store


def a_letter(**changes: object) -> Letter:
    """The Governor of MDI authorised both iPads on the first of November 2026."""
    told: dict[str, object] = {
        "establishment": "MDI",
        "grantor": "governor",
        "granted_by": "S-MDI-GOV",
        "to_whom": "generally",
        "dated": date(2026, 11, 1),
        "review_on": date(2027, 2, 1),
        "reference": "40E/2026/7",
        "tags": ("K10003", "K10004"),
    }
    return Letter(**told | changes)  # type: ignore[arg-type]


def authorised(store: Store, **changes: object) -> None:
    authorisations.record(store, RULES, a_letter(**changes), by("SPOC"))


NUMBER, NAME, EMAIL, PHONE = "A1234BC", "Jo Blogginsworth", "jo@family.example", "07700 900123"
PERSONAL = (NUMBER, NAME, EMAIL, PHONE)
CALL_AT = NOON + timedelta(hours=2)


def an_office(
    path: Path, clock: Callable[[], datetime], where: Path | str | None = None
) -> Office:
    """MDI has staff, iPads and a letter. The keys are in `path`, as is the store by itself."""
    store = staffed(where or path, clock)
    authorised(store)
    return Office(store, CallKeys(path / "call-keys"), RULES, POLICY)


def asked_for(
    office: Office, *, device: str = "MDIBT001", number: str = NUMBER, at: datetime = CALL_AT
) -> str:
    """A new call at 14:00; its id."""
    booking = Booking(
        device=device_named(office.store, device),
        at=at,
        until=at + timedelta(hours=1),
        room="Chapel office",
    )
    said = Asked(reason="dying-relative", resident=number)
    return ask(office, booking, said, by("SPOC")).call.id


GIVERS = {
    "chaplaincy": "CHAP", "security": "SEC", "police-liaison": "POL",
    "offender-management": "OMU",
}  # fmt: skip


def commented(office: Office, call: str) -> None:
    """All four departments have no concern."""
    for department, word in GIVERS.items():
        said = Comment(department=department, outcome="no-concern", given_by=f"S-MDI-{word}")
        record(office, call, said, by("SPOC"))


GRANTED = Decision(granted=True, decided_by="S-MDI-GOV")
COMPACT = Compact(explained_by="S-MDI-CHAP")
INFORMED = Informed(
    informed_by="S-MDI-CHAP", told_of_call=True, told_to_install=True, name_of_contact=NAME,
    email=EMAIL, phone=PHONE,
)  # fmt: skip
CONFIRMED = ContactConfirmed(confirmed_by="S-MDI-OMU", non_contact=False, read_back=True)


def approved(office: Office, call: str) -> None:
    """Commented, and decided by the Governor."""
    commented(office, call)
    record(office, call, GRANTED, by("GOV"))


def prepared(office: Office, call: str) -> None:
    """Approved; compact signed, contact informed and confirmed."""
    approved(office, call)
    for said in (COMPACT, INFORMED, CONFIRMED):
        record(office, call, said, by("SPOC"))


TEXT = RULES.text("section-170", NOON.date())
PRECALL = Precall(
    phoned_by="S-MDI-CHAP", told_no_recording=True, told_language=True, told_no_filming=True,
    absence_confirmed=True, signed_in=True, camera=True, microphone=True, text=TEXT.version,
    read_by="S-MDI-SUP", read_to_acceptor=True,
)  # fmt: skip
STARTED = Started(
    supervisor="S-MDI-SUP", chaplaincy="S-MDI-CHAP", not_residential=True, no_rec=True,
    admitted_by="S-MDI-SUP", name_matches=True,
)  # fmt: skip
ENDED = Ended(present=("S-MDI-CHAP", "S-MDI-SUP"))


def ready(office: Office, call: str) -> None:
    """Prepared, and the family telephoned."""
    prepared(office, call)
    record(office, call, PRECALL, by("SUP"))


def swept(store: Store, *findings: Finding, gaps: tuple[str, ...] = ()) -> None:
    """A sweep that ended now found this at MDI, and passes the check of its being there."""
    with store.begin() as tx:
        name = f"sweep-{tx.now:%d-%H-%M-%S}"
        Sweeps(tx).start(name, Register(tx).all())
        good = finding("device.enrolled", Verdict.PASS)
        Sweeps(tx).add_part(name, "MDI", (good, *findings))
        Sweeps(tx).missed(name, gaps)
        Sweeps(tx).end(name)


def finding(
    check: str, verdict: Verdict = Verdict.FAIL, reason: str = "wrong", tag: str = "K10003"
) -> Finding:
    """One verdict of one iPad of MDI."""
    return Finding(tag, "MDI", check, verdict, reason, "because")


def refusal(office: Office, call: str, said: Statement, word: str, how: How = NOW) -> str:
    """Why this is refused."""
    with pytest.raises(NotAllowed) as refused:
        record(office, call, said, by(word), how)
    return str(refused.value)


def audited(store: Store) -> list[dict[str, Any]]:
    with store.read() as tx:
        return [json.loads(row) for _, row, _ in Audit(tx).rows()]
