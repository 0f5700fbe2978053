"""What a step leaves as a debt: it never stops a call, and stays beside it."""

from agent.domain.call import of_contact, on_duty
from agent.domain.call_gates import Case
from agent.domain.in_call import Concern, Ended, Started

CHECKS = {
    "signed_in": "nobody checked that the iPad is signed in to Zoom (K5)",
    "camera": "nobody checked the camera (K6)",
    "microphone": "nobody checked the microphone (K6)",
}


def debts_of(case: Case) -> tuple[str, ...]:
    """Of the statement, beside what machines told."""
    match case.said:
        case Started():
            told = of_contact(case.call, "precall")
            late = ("it started after its time",) if case.at >= case.call.until else ()
            name = () if case.said.name_matches else ("the name shown differs (K12)",)
            return (
                *name,
                *(says for check, says in CHECKS.items() if not told.get(check)),
                *late,
            )
        case Ended():
            gone = [one for one in on_duty(case.call) if one not in case.said.present]
            return tuple(
                f"{one} did not attest to have been there throughout (K11)" for one in gone
            )
        case Concern():
            on = f"{case.said.going_on} went on after a concern (D3)"
            return (on,) if case.said.going_on else ()
        case _:
            return ()
