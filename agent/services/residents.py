"""B2: a resident's access is withdrawn for misuse, and reinstated."""

from agent.domain.application import RESIDENT
from agent.domain.people import Actor
from agent.domain.references import reference as checked
from agent.errors import BadInput, NotAllowed
from agent.services.call_office import Office, staff_of
from agent.store.audit import Audit
from agent.store.people import People
from agent.store.withdrawals import Withdrawals


def withdraw(office: Office, resident: str, reference: str, by: Actor) -> bool:
    """No more calls, unless the Governor decides. False: it was so already."""
    return _change(office, resident, reference, by, "withdrawn")


def reinstate(office: Office, resident: str, reference: str, by: Actor) -> bool:
    """Calls again; by the Governor or Deputy Governor. False: it was so already."""
    return _change(office, resident, reference, by, "reinstated")


def _change(office: Office, resident: str, reference: str, by: Actor, what: str) -> bool:
    if RESIDENT.fullmatch(resident) is None:
        raise BadInput("the resident's number is of the form A1234AA (B3)")
    known = checked(reference)
    pseudonym = office.resident(resident)
    with office.store.begin() as tx:
        person = People(tx).staff(by.id)
        who = staff_of(tx, by, person.establishment if person else "")
        if not who.establishment:
            raise NotAllowed("staff of an establishment do this (B2)")
        if what == "reinstated" and who.role not in office.rules.deciders:
            raise NotAllowed("only the Governor or Deputy Governor reinstates (B2)")
        if (Withdrawals(tx).withdrawn(pseudonym) is not None) == (what == "withdrawn"):
            return False
        Withdrawals(tx).add(pseudonym, what, by.id, known)
        details = {"reference": known}
        Audit(tx).add(f"RESIDENT_{what.upper()}", "RESIDENT", pseudonym, by=by, details=details)
    return True
