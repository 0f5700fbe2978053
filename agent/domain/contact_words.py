"""What is stated of a contact window: somebody is invited; what is left was removed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from agent.domain.call_rules import CallRules
from agent.domain.contact import Mode
from agent.domain.statement import Statement, personal, staff_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Invite(Statement):
    """The contact is invited for this one call (K3), or a meeting of its own is arranged.

    Said again, the invitation is sent again. `despite` is why more are sent than is usual.
    """

    step: ClassVar[str] = "invite"
    of_contact: ClassVar[bool] = True
    happens_again: ClassVar[bool] = True
    mode: str = Mode.CONTACT.value
    despite: str = personal()

    def wrong(self, rules: CallRules) -> Mapping[str, bool]:
        known = [mode.value for mode in Mode]
        return {f"the way is one of {', '.join(known)}": self.mode not in known}


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed(Statement):
    """Two people saw that nothing of the contact is left on the iPad (E2, Q16)."""

    step: ClassVar[str] = "attest-removal"
    happens_again: ClassVar[bool] = True
    removed_by: str = staff_id()
    seen_by: str = staff_id()
    contact: bool = False
    call_history: bool = False
    chat: bool = False
    mailbox: bool = False

    def wrong(self, rules: CallRules) -> Mapping[str, bool]:
        left = [says for name, says in SURFACES.items() if not getattr(self, name)]
        return {
            "say who removed it, and who saw it (E2)": not (self.removed_by and self.seen_by),
            f"look at each, and say that it is gone: {', '.join(left)} (E2)": bool(left),
        }


SURFACES: Mapping[str, str] = {
    "contact": "the contact",
    "call_history": "the call history",
    "chat": "the chat",
    "mailbox": "the invitation in the iPad's mailbox",
}
"""Of the iPad itself: what no service of Zoom's lets us remove."""
