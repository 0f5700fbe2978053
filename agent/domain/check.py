"""A check: one rule on one fact of one iPad."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, IntEnum
from typing import Generic, TypeVar

from agent.domain.asset import Asset
from agent.domain.baseline import Baseline
from agent.domain.device import Device
from agent.domain.facts import NEVER, NOT_ASKED, Fact, Seen, Unknown
from agent.domain.zoom_evidence import ZoomFacts

T = TypeVar("T")

CLOCK_TOLERANCE = timedelta(days=1)  # how far ahead of ours another clock may be


class Verdict(Enum):
    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    UNKNOWN = "unknown"


class Category(Enum):
    """Who is told (facts Q28): security and loss at once, upkeep to the SPOC."""

    SECURITY = "security"
    LOSS = "loss"
    UPKEEP = "upkeep"
    OPERATIONAL = "operational"  # something is wrong with the agent's own sources


class Severity(IntEnum):
    LOW = 1
    MEDIUM = 2
    HIGH = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetFacts:
    """All that a check may see of one iPad."""

    asset: Asset
    baseline: Baseline
    seen: Fact[tuple[Device, ...]]  # its records; some are enough to know that it is enrolled
    records: Fact[tuple[Device, ...]]  # all its records, proven
    device: Fact[Device]  # the record that is this iPad now
    namesakes: Fact[Seen[Device]] = NOT_ASKED  # of another serial, with its name or account
    zoom: ZoomFacts | None = None  # None: Zoom is not part of this sweep


@dataclass(frozen=True, slots=True)
class Case:
    """What a value is compared with."""

    asset: Asset
    baseline: Baseline
    now: datetime  # UTC


@dataclass(frozen=True, slots=True)
class Wrong:
    """A fault. `reason` is a stable word, `because` a sentence, `value` what was found.

    Equal reasons and values on many iPads are one cause. `severity` None: the check's own.
    """

    reason: str
    because: str
    value: str = ""
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """The verdict of one check on one iPad, or on one device that nobody registered."""

    subject: str  # asset tag; serial/... or device/... where there is none
    establishment: str  # empty where nobody knows
    check: str
    verdict: Verdict
    reason: str  # empty when it passes
    because: str
    value: str = ""
    severity: Severity = Severity.LOW


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What every check says of itself, to people and to the routes."""

    name: str
    says: str  # what holds when it passes
    requirement: str
    question: int  # of Annex E
    category: Category
    severity: Severity
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Check(Rule, Generic[T]):
    """A rule on one fact. `wrong` sees known values only, so it cannot pass a gap.

    `goes_stale`: the device itself told it, so it proves nothing for ever.
    """

    reads: Callable[[AssetFacts], Fact[T]]
    wrong: Callable[[T, Case], Wrong | None]
    goes_stale: bool = False

    def judge(self, facts: AssetFacts, case: Case) -> Finding:
        """Good news goes stale; bad news does not."""
        told = self.reads(facts)
        if isinstance(told, Unknown):
            return self._finding(case, Verdict.UNKNOWN, told.reason, told.why)
        return self._of(told.value, told.source, told.at, case)

    def _of(self, value: T, source: str, at: datetime, case: Case) -> Finding:
        if fault := self.wrong(value, case):
            return Finding(
                case.asset.tag, case.asset.establishment, self.name, Verdict.FAIL,
                fault.reason, fault.because, fault.value, fault.severity or self.severity,
            )  # fmt: skip
        if self.goes_stale and at - case.now > CLOCK_TOLERANCE:
            told = f"told at {at:%d %b %Y}, which has not come yet"
            return self._finding(case, Verdict.UNKNOWN, "unknown-value", told)
        if self.goes_stale and case.now - at > case.baseline.fresh:
            told = "the iPad has never told" if at == NEVER else f"last told on {at:%d %b %Y}"
            return self._finding(case, Verdict.UNKNOWN, "stale", told)
        return self._finding(case, Verdict.PASS, "", f"{source}, {at:%d %b %Y %H:%M} UTC")

    def _finding(self, case: Case, verdict: Verdict, reason: str, because: str) -> Finding:
        return Finding(
            case.asset.tag, case.asset.establishment, self.name, verdict, reason, because
        )
