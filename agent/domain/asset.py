"""A line of the register: what must exist (A5, A8-A12, Annex A)."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One iPad as the register has it. Empty text and None: the register does not say."""

    tag: str  # A11: starts with K
    local_id: str  # A10: canonical, MDIBT001
    establishment: str  # three letters
    serial: str  # upper case, no spaces
    dom1_address: str
    m365_user_id: str
    apple_user_id: str
    sim_provider: str = ""
    iccid: str = ""
    enrolled_at: datetime | None = None  # UTC: its enrolment as recorded by the region (A3)
    distributed_on: date | None = None
    received_by: str = ""  # a staff id
    received_on: date | None = None
    storage_location: str = ""
    zoom_group: str = ""  # the id of the one Zoom group that its user must be in
