"""What must hold in Zoom: config/baselines/zoom.toml, read (HMPPS-Z1)."""

from dataclasses import dataclass

from agent.domain.check import Category, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingLine:
    """One setting: the user's value where one is wanted, and the group's lock."""

    path: str
    has_value: bool
    value: object  # true, false or a text
    lock: bool
    says: str
    why: str  # begins with the requirement
    category: Category
    severity: Severity
    question: int
    cis: str  # what the CIS Zoom Benchmark says: "agrees: ...", "differs: ..." or "silent"

    @property
    def requirement(self) -> str:
        return self.why.partition(":")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    """What no API tells: a person looks. It has no verdict, so it never passes or fails."""

    name: str
    says: str
    why: str  # begins with the requirement
    category: Category
    question: int | None  # of Annex E, where it belongs to one
    remedy: str
    cis: str

    @property
    def requirement(self) -> str:
        return self.why.partition(":")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoomBaseline:
    settings: tuple[SettingLine, ...]
    person: tuple[PersonLine, ...]
    minimum_client: str
    search_days: int  # how far back a night looks
    search_all_on: int  # the weekday, 0 is Monday, on which it looks back to the start
