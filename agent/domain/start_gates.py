"""What must be stated before a call starts (DESIGN: nothing else stops it)."""

from collections.abc import Iterable

from agent.domain.call import of_contact, security_issue
from agent.domain.call_gates import DECIDER, Case, authorised, not_withdrawn, role_of
from agent.domain.steps import Gap, Gate, unless


def _telephone(case: Case) -> Iterable[str | Gap]:
    """K7-K9: of the contact that was informed last."""
    told = of_contact(case.call, "precall")
    if not told.get("phoned_by"):
        yield Gap("K7", "the family was not telephoned")
    for name, says in _EXPECTATIONS.items():
        if not told.get(name):
            yield says
    if not (told.get("text") and told.get("read_to_acceptor")):
        yield Gap("K9", "the legal text was not read to the person who accepts the call")


_EXPECTATIONS = {
    "told_no_recording": "the family was not told that the call must not be recorded",
    "told_language": "the family was not told to use appropriate language",
    "told_no_filming": "the family was not told to film nobody else",
    "absence_confirmed": "nobody confirmed that no non-contact person is present",
}


def _non_contact(case: Case) -> Iterable[str]:
    told = of_contact(case.call, "confirm-contact")
    if not told:
        yield "nobody confirmed that the contact is not a non-contact person"
    elif told["non_contact"]:
        yield "the contact is a non-contact person"


def _two_staff(case: Case) -> Iterable[str]:
    if case.said.supervisor == case.said.chaplaincy:
        yield "two different members of staff are needed"
    if role_of(case, case.said.chaplaincy) not in case.rules.chaplaincy:
        yield f"{case.said.chaplaincy} is not of the Chaplaincy"


def _ir(case: Case) -> bool:
    return not security_issue(case.call) or bool(case.call.said("ir"))


decided: Gate[Case] = Gate(
    "P4", unless(lambda c: c.call.last("approve") is not None, "it was not decided by then")
)
compact: Gate[Case] = Gate(
    "P6",
    unless(lambda c: c.call.last("compact") is not None, "compact (Annex B) not signed"),
)
informed: Gate[Case] = Gate(
    "K1", unless(lambda c: c.call.last("inform") is not None, "the family was not informed")
)
not_non_contact: Gate[Case] = Gate("P3", _non_contact)
telephone: Gate[Case] = Gate("K8", _telephone)
machine: Gate[Case] = Gate("E5", lambda case: case.stops)

room: Gate[Case] = Gate(
    "K10",
    unless(lambda c: c.said.not_residential, "nobody said that the room is not residential"),
)
two_staff: Gate[Case] = Gate("K11", _two_staff)
admitted: Gate[Case] = Gate(
    "K12", unless(lambda c: bool(c.said.admitted_by), "nobody said who admitted the family")
)
no_rec: Gate[Case] = Gate(
    "D4", unless(lambda c: c.said.no_rec, "nobody said that no REC sign is shown"), DECIDER
)
ir: Gate[Case] = Gate("D8", unless(_ir, "a security issue without the number of its IR"))

READY = (
    decided, authorised, compact, not_withdrawn, informed, not_non_contact, telephone, machine,
)  # fmt: skip
"""What can be seen before anybody starts: the same gates, without the start's own words."""

START = (*READY, room, two_staff, admitted, no_rec)
