"""All faults by name, and which of them belong to which half of the sweep."""

from collections.abc import Mapping
from enum import StrEnum

from connectors.sandbox.faults.detail import DETAIL
from connectors.sandbox.faults.device import DEVICE
from connectors.sandbox.faults.enrolment import ENROLMENT
from connectors.sandbox.faults.fault import Fault, Hides
from connectors.sandbox.faults.zoom_account import ZOOM_ACCOUNT
from connectors.sandbox.faults.zoom_kept import ZOOM_KEPT
from connectors.sandbox.faults.zoom_settings import ZOOM_SETTINGS


class Halves(StrEnum):
    """Of which half of the sweep the faults are."""

    MDM = "mdm"
    ZOOM = "zoom"
    BOTH = "both"


def _by_name(*groups: tuple[Fault, ...]) -> Mapping[str, Fault]:
    return {fault.name: fault for group in groups for fault in group}


MDM = _by_name(ENROLMENT, DEVICE, DETAIL)
ZOOM = _by_name(ZOOM_ACCOUNT, ZOOM_SETTINGS, ZOOM_KEPT)
CATALOGUE: Mapping[str, Fault] = {**MDM, **ZOOM}


def planned(halves: Halves) -> tuple[str, ...]:
    """The faults of these halves that a plan deals out; the others are planted by hand."""
    found = {Halves.MDM: MDM, Halves.ZOOM: ZOOM, Halves.BOTH: CATALOGUE}[halves]
    return tuple(name for name, fault in found.items() if fault.in_plans)


def hiding() -> tuple[str, ...]:
    """The faults that hide others."""
    return tuple(name for name, fault in CATALOGUE.items() if fault.hides is not Hides.NOTHING)


def fit(one: Fault, other: Fault) -> bool:
    """Whether both can be on one iPad."""
    apart = one.stranger or other.stranger or one.everywhere or other.everywhere
    return not (apart or one.slots & other.slots)
