"""The estate: who must be told, what is owed, how last night went, who has consented."""

from collections.abc import Iterator
from datetime import time

from agent.domain.diagnosis import Diagnosis, counted, listed, ok, warning, wrong
from agent.looks.base import Installation, Look
from agent.nightly import nightly
from agent.policies import load_policy
from agent.schemes import load_scheme
from agent.services.doctor import (
    Consenting,
    Night,
    consenting,
    estate,
    last_night,
    owed_too_long,
)
from agent.services.people import missing_contacts, spoken

IMPORT = "Run: callsteward register import FILE --by ID"
SERVE = "Keep `callsteward serve` running, as a service of this machine."
AGAIN = "See why in the log of `callsteward serve`; then run: callsteward sweep --by ID"
CONSENT = "Run for each, with its user: callsteward zoom consent --device ID --by ID"
LATE = {
    "sweep": ("sweep", "sweeps"),
    "mail": ("letter", "letters"),
    "zoom.consent-refresh": ("renewal of a consent", "renewals of consents"),
}


def register(it: Installation) -> Iterator[Diagnosis]:
    """The register, its SPOCs, the receipts (A9)."""
    found = estate(it.memory, load_scheme())
    if not found.ipads:
        yield wrong("estate.register", "The register is empty: nothing is checked.", IMPORT)
        return
    ipads = counted(found.ipads, "iPad is", "iPads are")
    yield ok("estate.register", f"{ipads} on the register.")
    if found.without_spoc:
        says = f"No SPOC of the staff list works at: {listed(found.without_spoc)}."
        yield warning("estate.spoc", says, "Run: callsteward staff import FILE --by ID")
    else:
        yield ok("estate.spoc", "Every establishment with an iPad has a SPOC.")
    if found.receipts_overdue:
        owed = counted(found.receipts_overdue, "receipt (Annex A) is", "receipts (Annex A) are")
        cure = "See which: callsteward register overdue"
        yield warning("estate.receipts", f"{owed} overdue.", cure)
    else:
        yield ok("estate.receipts", "No receipt (Annex A) is overdue.")


def contacts(it: Installation) -> Iterator[Diagnosis]:
    """Who could not be told (Q10)."""
    about = "estate.contacts"
    routes = load_policy(routes_file=it.settings.routes_file).routes
    missing = [spoken(one) for one in missing_contacts(it.memory, load_scheme(), routes)]
    if missing:
        count = counted(len(missing), "contact is", "contacts are")
        cure = "Add them to contacts.csv, then run: callsteward contacts import FILE --by ID"
        yield wrong(about, f"{count} missing: {listed(missing)}.", cure)
    else:
        yield ok(about, "Everybody who must be told has an address.")


def nights(it: Installation) -> Iterator[Diagnosis]:
    """Last night, and the next."""
    at = time.fromisoformat(it.settings.sweep_at)
    fires = nightly(at).get_next_fire_time(None, it.now())
    says = f"The next nightly sweep is due at {fires:%H:%M on %d %b %Y} UK time."
    yield ok("nights.next", says)
    yield _last(last_night(it.memory, at))


def _last(night: Night) -> Diagnosis:
    about, day = "nights.last", f"the night of {night.day:%d %b %Y}"
    if night.sweep is None:
        if night.owed:
            return warning(about, f"The sweep of {day} has not begun yet.", SERVE)
        return wrong(about, f"No sweep was run in {day}.", SERVE)
    match night.sweep.state:
        case "COMPLETE":
            return ok(about, f"The sweep of {day} was complete.")
        case "PARTIAL":
            says = f"The sweep of {day} could not read everything."
            return warning(about, says, f"Run: callsteward report {night.day}")
        case "RUNNING":
            return warning(about, f"The sweep of {day} has not ended yet.", AGAIN)
        case _:
            return wrong(about, f"The sweep of {day} was given up.", AGAIN)


def lateness(it: Installation) -> Iterator[Diagnosis]:
    """What is owed and late."""
    found = owed_too_long(it.memory)
    for kind, number in found.items():
        what = counted(number, *LATE.get(kind, (kind, kind)))
        yield wrong("nights.late", f"Owed too long: {what}.", f"{SERVE} See its log.")
    if not found:
        yield ok("nights.late", "Nothing is owed too long.")


def consents(it: Installation) -> Iterator[Diagnosis]:
    """Without a consent nobody sees whom an iPad has as a contact."""
    if it.settings.zoom_account_id is not None:
        yield _consents(consenting(it.memory))


def _consents(found: Consenting) -> Diagnosis:
    about = "zoom.consents"
    if not found.lapsed and not found.missing:
        return ok(about, f"{counted(found.given, 'user has', 'users have')} consented.")
    says = (
        f"Of the iPads' users {found.missing} never consented, {found.lapsed} consents lapsed."
    )
    return warning(about, says, f"See who: callsteward zoom consents. {CONSENT}")


LOOKS = (
    Look("estate.register", register),
    Look("estate.contacts", contacts),
    Look("nights.last", nights),
    Look("nights.late", lateness),
    Look("zoom.consents", consents),
)
