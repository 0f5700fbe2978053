"""What is stated before a call: comments, decision, compact, the contact (P1-P6, K1, K2)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from agent.domain.call_rules import CallRules
from agent.domain.cells import Bad, address
from agent.domain.statement import Statement, number_of, personal, staff_id, staff_ids

OUTCOMES = ("no-concern", "concern", "unreachable")
RESIDENT = re.compile(r"[A-Z][0-9]{4}[A-Z]{2}")
LANGUAGE = re.compile(r"[^\W\d_]{2,20}([ -][^\W\d_]{2,20})?")
PHONE = re.compile(r"\+?[0-9][0-9 ()-]{5,24}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked(Statement):
    """An application (P1). `other` is the Governor's own word for the need."""

    step: ClassVar[str] = "ask"
    reason: str
    resident: str = personal()
    other: str = personal()

    def wrong(self, rules: CallRules) -> Mapping[str, bool]:
        return {
            f"the reason is one of {', '.join(rules.reasons)} (P1)": (
                self.reason not in rules.reasons
            ),
            "say what the Governor calls the need, for “other” only (P1)": (
                (self.reason == "other") != bool(self.other)
            ),
            "the resident's number is of the form A1234AA (B3)": (
                RESIDENT.fullmatch(self.resident) is None
            ),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment(Statement):
    """One department's comment on the application (P2, P3); never what is known to it."""

    step: ClassVar[str] = "comment"
    department: str
    outcome: str
    given_by: str = staff_id()
    person: str = personal()  # who gave it, where that is no member of staff here
    asked_by: str = staff_id()  # who tried to reach them
    governor_told: bool = False
    reference: str = number_of()

    @property
    def slot(self) -> str:
        return f"comment/{self.department}"

    def wrong(self, rules: CallRules) -> Mapping[str, bool]:
        away = self.outcome == "unreachable"
        given = bool(self.given_by or self.person)
        return {
            f"the department is one of {', '.join(rules.departments)} (P2)": (
                self.department not in rules.departments
            ),
            f"the outcome is one of {', '.join(OUTCOMES)} (P2)": self.outcome not in OUTCOMES,
            "say who gave the comment (P2)": not away and not given,
            "unreachable: say who asked, and that the Governor was told (P2)": (
                away and not (self.asked_by and self.governor_told)
            ),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(Statement):
    """P4: here by the decider, transcribed from a form, or given by telephone (Q27)."""

    step: ClassVar[str] = "approve"
    granted: bool
    decided_by: str = staff_id()
    form: str = number_of()
    verbal: bool = False

    @property
    def name(self) -> str:
        return "approve" if self.granted else "refuse"

    @property
    def slot(self) -> str:
        return "decision"

    def wrong(self, rules: CallRules) -> Mapping[str, bool]:
        return {
            "say who decided (P4)": not self.decided_by,
            "it is on a form or by telephone, not both (P4)": bool(self.form) and self.verbal,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionConfirmed(Statement):
    """Who decided by telephone says so in writing (Q27)."""

    step: ClassVar[str] = "confirm-decision"
    confirmed_by: str = staff_id()
    form: str = number_of()


@dataclass(frozen=True, slots=True, kw_only=True)
class Compact(Statement):
    """Annex B (P6): explained, and signed or witnessed by two."""

    step: ClassVar[str] = "compact"
    explained_by: str = staff_id()
    language: str = "English"
    interpreter: bool = False
    signed: bool = True
    witnesses: tuple[str, ...] = staff_ids()

    def wrong(self, rules: CallRules) -> Mapping[str, bool]:
        return {
            "say who explained it (P6)": not self.explained_by,
            "the language is a word or two": LANGUAGE.fullmatch(self.language) is None,
            "who cannot sign has two different witnesses (P6)": (
                not self.signed and len(set(self.witnesses)) != 2
            ),
            "who signed needs no witnesses (P6)": self.signed and bool(self.witnesses),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Informed(Statement):
    """The relative who will be present was told of the call (K1, K2)."""

    step: ClassVar[str] = "inform"
    informed_by: str = staff_id()
    told_of_call: bool = False
    told_to_install: bool = False
    name_of_contact: str = personal()
    email: str = personal()
    phone: str = personal()

    def wrong(self, rules: CallRules) -> Mapping[str, bool]:
        return {
            "say who told them (K1)": not self.informed_by,
            "tell them of the call, and to install Zoom from an app store (K1)": (
                not (self.told_of_call and self.told_to_install)
            ),
            "the contact's name is needed (D7)": not self.name_of_contact,
            "the e-mail address is not of the form name@provider.example (K2)": isinstance(
                address(self.email), Bad
            ),
            "the telephone number is digits and spaces (D7)": (
                PHONE.fullmatch(self.phone) is None
            ),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactConfirmed(Statement):
    """A named person says that the contact is not a non-contact person (P3), or is one."""

    step: ClassVar[str] = "confirm-contact"
    of_contact: ClassVar[bool] = True
    confirmed_by: str = staff_id()
    non_contact: bool
    read_back: bool = False
    correction: str = number_of()

    def wrong(self, rules: CallRules) -> Mapping[str, bool]:
        return {
            "say who confirms it (P3)": not self.confirmed_by,
            "read the address back by telephone first (K2)": (
                not self.non_contact and not self.read_back
            ),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved(Statement):
    """Another iPad or another time, of the same call."""

    step: ClassVar[str] = "move"
    device: str
    at: str  # ISO, UTC
    until: str
    room: str

    @property
    def slot(self) -> str:
        return "booking"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled(Statement):
    """It will not be made; a transferred resident's new establishment decides anew (Q25)."""

    step: ClassVar[str] = "cancel"
    reason: str

    @property
    def slot(self) -> str:
        return "booking"

    def wrong(self, rules: CallRules) -> Mapping[str, bool]:
        known = ", ".join(rules.cancelled)
        return {f"the reason is one of {known}": self.reason not in rules.cancelled}


@dataclass(frozen=True, slots=True, kw_only=True)
class Expired(Statement):
    """Its time passed and nobody called (Q25)."""

    step: ClassVar[str] = "expire"

    @property
    def slot(self) -> str:
        return "booking"
