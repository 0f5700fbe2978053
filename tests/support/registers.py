"""Synthetic files: a register of real establishments, its staff and its contacts."""

from collections.abc import Mapping, Sequence

from agent.domain.contacts import COLUMNS as CONTACT_COLUMNS
from agent.domain.register import COLUMNS
from agent.domain.scheme import Scheme
from agent.domain.sheet import write_sheet
from agent.domain.staff import COLUMNS as STAFF_COLUMNS

REGION = "North West"
LOCAL = ("security", "spoc", "governor", "deputy")


def a_row(code: str, number: int, serial_number: int, **changes: str) -> dict[str, str]:
    """One good line of the register: the `number`th iPad of this establishment."""
    name = f"{code.lower()}bt{number:03d}"
    row = {
        "local_id": name.upper(),
        "asset_tag": f"K{10000 + serial_number}",
        "establishment": code,
        "serial": f"DMPX{serial_number:06d}",
        "dom1_address": f"{name}@dom1.example",
        "m365_user_id": f"{name}@ipads.example",
        "apple_user_id": f"{name}@apple.example",
        "sim_provider": "O2",
        "iccid": f"89441100000{serial_number:08d}",
        "enrolled_at": "2026-09-01T09:30:00Z",
        "distributed_on": "2026-09-03",
        "received_by": f"S-{code}-SPOC",
        "received_on": "2026-09-04",
        "storage_location": "Governor's safe",
        "zoom_group": f"Zg{serial_number:06d}",
    }
    return row | changes


def as_file(rows: Sequence[Mapping[str, str]], columns: tuple[str, ...] = COLUMNS) -> bytes:
    return write_sheet(columns, rows).encode()


def register_rows(codes: Sequence[str]) -> list[dict[str, str]]:
    """Two iPads for each of these establishments."""
    return [
        a_row(code, number, 2 * place + number)
        for place, code in enumerate(codes)
        for number in (1, 2)
    ]


def staff_file(codes: Sequence[str]) -> bytes:
    """A SPOC for each, and one analyst, INFOSEC-1."""
    spocs = [
        {"id": f"S-{code}-SPOC", "name": "Sam Pock", "role": "spoc", "establishment": code}
        for code in codes
    ]
    analyst = {"id": "INFOSEC-1", "name": "A Analyst", "role": "infosec", "establishment": ""}
    return as_file([*spocs, analyst], STAFF_COLUMNS)


def contact_rows(codes: Sequence[str]) -> list[dict[str, str]]:
    """Complete: every establishment, its region, the nation."""
    empty = dict.fromkeys(CONTACT_COLUMNS, "")
    local = [
        empty
        | {"scope": "establishment", "code": code, "region": REGION}
        | {role: f"{role}@{code.lower()}.example" for role in LOCAL}
        | {"duty_phone": f"+44770090{number:04}"}
        for number, code in enumerate(codes)
    ]
    wider = empty | {"scope": "region", "code": REGION, "regional_silver": "nw@silver.example"}
    national = empty | {
        "scope": "national",
        "infosec": "infosec@hq.example",
        "provider_management": "duty@provider.example",
        "duty_phone": "+442079460999",
    }
    return [*local, wider, national]


def all_codes(scheme: Scheme) -> list[str]:
    return sorted(scheme.establishments)
