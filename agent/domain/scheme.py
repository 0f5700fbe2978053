"""A scheme as the domain sees it: whose devices, under which rules."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from agent.domain.establishments import Establishment


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterRules:
    """config/schemes/<scheme>/register.toml, read."""

    device_kind: str
    devices_per_establishment: int
    local_id: re.Pattern[str]  # with the groups establishment, mark and number
    asset_tag: re.Pattern[str]
    serial: re.Pattern[str]
    iccid: re.Pattern[str]
    receipt_due_working_days: int
    storage_locations: tuple[str, ...]
    local_roles: tuple[str, ...]  # of staff of one establishment
    wider_roles: tuple[str, ...]  # of regional and national staff

    def canonical_local_id(self, text: str) -> str | None:
        """MDIBT001 for `MDI BT1` (A10, Q1); None if it is no local ID code."""
        found = self.local_id.fullmatch(text)
        if found is None:
            return None
        return f"{found['establishment']}{found['mark']}{int(found['number']):03d}"

    def establishment_of(self, local_id: str) -> str:
        """The code that a canonical local ID begins with."""
        found = self.local_id.fullmatch(local_id)
        return found["establishment"] if found else ""


@dataclass(frozen=True, slots=True)
class Scheme:
    name: str
    register: RegisterRules
    establishments: Mapping[str, Establishment]  # by code
