"""A store with two establishments, their iPads, and staff of every role that calls need."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from agent.domain.authorisation import Letter
from agent.domain.people import Actor, at_the_command_line
from agent.domain.staff import COLUMNS
from agent.schemes import load_calls, load_scheme
from agent.services.authorisations import record
from agent.services.people import import_staff
from agent.services.register import import_register
from agent.store.engine import Store
from tests.support.registers import as_file, register_rows
from tests.support.stores import a_store

CODES = ("LEI", "MDI")
ROLES = {
    "GOV": "governor", "DEP": "deputy-governor", "DUTY": "duty-governor", "SPOC": "spoc",
    "CHAP": "chaplaincy", "SEC": "security", "POL": "police-liaison",
    "OMU": "offender-management", "SUP": "supervisor",
}  # fmt: skip
RULES = load_calls()


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


def staffed(path: Path, clock: Callable[[], datetime]) -> Store:
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
    record(store, RULES, a_letter(**changes), by("SPOC"))
