"""What is stated shortly before, in and after a call (K5-K12, D1-D8, E1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from agent.domain.call_rules import CallRules
from agent.domain.statement import Statement, number_of, personal, staff_id, staff_ids


@dataclass(frozen=True, slots=True, kw_only=True)
class Precall(Statement):
    """The telephone call to the family, and the text that is read out (K5-K9)."""

    step: ClassVar[str] = "precall"
    of_contact: ClassVar[bool] = True
    phoned_by: str = staff_id()
    told_no_recording: bool = False
    told_language: bool = False
    told_no_filming: bool = False
    absence_confirmed: bool = False  # nobody listed as non-contact is there
    signed_in: bool = False
    camera: bool = False
    microphone: bool = False
    text: str = ""  # the version of what was read
    read_by: str = staff_id()
    read_to_acceptor: bool = False

    def wrong(self, rules: CallRules) -> Mapping[str, bool]:
        known = {one.version for one in rules.texts}
        return {
            "the text that was read is none of ours (K9)": bool(self.text)
            and self.text not in known,
            "say which text was read, by whom (K9)": bool(self.text) != bool(self.read_by),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDuty(Statement):
    """Who is in the room (K11)."""

    supervisor: str = staff_id()
    chaplaincy: str = staff_id()

    def wrong(self, rules: CallRules) -> Mapping[str, bool]:
        return {
            "name the supervising member of staff and one of the Chaplaincy (K11)": not (
                self.supervisor and self.chaplaincy
            )
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Started(OnDuty):
    """The call runs, or runs again (D1, K10-K12)."""

    step: ClassVar[str] = "start"
    not_residential: bool = False
    no_rec: bool = False
    admitted_by: str = staff_id()
    name_matches: bool = False

    @property
    def slot(self) -> str:
        return "line"


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffChanged(OnDuty):
    """Somebody took over (K11)."""

    step: ClassVar[str] = "staff-change"


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern(Statement):
    """What staff saw (D2). Going on records who and why (D3)."""

    step: ClassVar[str] = "concern"
    happens_again: ClassVar[bool] = True
    kind: str
    going_on: str = staff_id()  # who goes on; empty: nobody does
    why: str = personal()

    @property
    def slot(self) -> str:
        return f"concern/{self.kind}"

    def wrong(self, rules: CallRules) -> Mapping[str, bool]:
        return {
            f"a concern is one of {', '.join(rules.concerns)} (D2)": (
                self.kind not in rules.concerns
            ),
            "say who goes on, and why (D3)": bool(self.going_on) != bool(self.why),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped(Statement):
    """The connection broke; the same call may start again."""

    step: ClassVar[str] = "drop"

    @property
    def slot(self) -> str:
        return "line"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended(Statement):
    """Staff ended it (E1). `present` are those who attest that they were there throughout."""

    step: ClassVar[str] = "end"
    reason: str = "finished"
    present: tuple[str, ...] = staff_ids()
    security_issue: bool = False

    @property
    def slot(self) -> str:
        return "line"

    def wrong(self, rules: CallRules) -> Mapping[str, bool]:
        return {
            f"the reason is one of {', '.join(rules.ended)}": self.reason not in rules.ended
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported(Statement):
    """The IR of a security issue: its number, never its text (D8, Q19)."""

    step: ClassVar[str] = "ir"
    reference: str = number_of()

    def wrong(self, rules: CallRules) -> Mapping[str, bool]:
        return {"the number of the IR is needed (D8)": not self.reference}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed(Statement):
    """An override of a machine's word was looked at again."""

    step: ClassVar[str] = "review"
    happens_again: ClassVar[bool] = True  # a call that starts again may be decided again
    decided_by: str = staff_id()


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed(Statement):
    """The log is complete (D7)."""

    step: ClassVar[str] = "close"
