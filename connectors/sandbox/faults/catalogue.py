"""All faults by name."""

from collections.abc import Mapping

from connectors.sandbox.faults.detail import DETAIL
from connectors.sandbox.faults.device import DEVICE
from connectors.sandbox.faults.enrolment import ENROLMENT
from connectors.sandbox.faults.fault import Fault, Hides

CATALOGUE: Mapping[str, Fault] = {fault.name: fault for fault in ENROLMENT + DEVICE + DETAIL}


def hiding() -> tuple[str, ...]:
    """The faults that hide others."""
    return tuple(name for name, fault in CATALOGUE.items() if fault.hides is not Hides.NOTHING)


def fit(one: Fault, other: Fault) -> bool:
    """Whether both can be on one iPad."""
    return not (one.stranger or other.stranger or one.slots & other.slots)
