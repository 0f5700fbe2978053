"""What a person states about a call: facts, which are kept, and words, which are sealed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

from agent.domain.call_rules import CallRules
from agent.domain.references import REFERENCE, SAYS
from agent.domain.staff import ID
from agent.errors import BadInput

LONGEST = 400


def staff_id() -> Any:
    """A field that names a member of staff of the call's establishment."""
    return field(default="", metadata={"kind": "staff"})


def staff_ids() -> Any:
    """The same, of several."""
    return field(default=(), metadata={"kind": "staff"})


def personal() -> Any:
    """A field that may say something of a person: kept under the call's own key."""
    return field(default="", metadata={"kind": "personal"}, repr=False)


def number_of() -> Any:
    """A field that names a form, a file or a report."""
    return field(default="", metadata={"kind": "reference"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """`step` is the step of the table that it takes."""

    step: ClassVar[str]
    of_contact: ClassVar[bool] = False  # another contact needs it anew
    happens_again: ClassVar[bool] = False  # the same after a minute is another one

    @property
    def name(self) -> str:
        return self.step

    @property
    def slot(self) -> str:
        """Statements of one slot replace each other; the same one again is no news."""
        return self.step

    def wrong(self, rules: CallRules) -> Mapping[str, bool]:
        """What is wrong with it by itself, and whether it is."""
        return {}

    def facts(self) -> dict[str, Any]:
        """What is kept in the clear, without what was left out."""
        found = {
            name: list(value) if isinstance(value, tuple) else value
            for name, value, kind in self._values()
            if kind != "personal" and value not in ("", ())
        }
        return {"slot": self.slot, **found}

    def words(self) -> dict[str, str]:
        """What is sealed."""
        return {
            name: value for name, value, kind in self._values() if kind == "personal" and value
        }

    def people(self) -> tuple[str, ...]:
        """The staff ids that it names."""
        found: list[str] = []
        for _, value, kind in self._values():
            if kind == "staff":
                found += [value] if isinstance(value, str) else value
        return tuple(filter(None, found))

    def check(self, rules: CallRules) -> None:
        """Raises BadInput with everything that is wrong with it by itself."""
        found = [says for says, yes in self.wrong(rules).items() if yes]
        for name, value, kind in self._values():
            if kind == "reference" and value and REFERENCE.fullmatch(value) is None:
                found.append(SAYS)
            if kind == "personal" and not _plain(value):
                found.append(f"{name}: at most {LONGEST} characters on one line")
        if any(ID.fullmatch(person) is None for person in self.people()):
            found.append("staff are named by their id of the staff list, never by name")
        if found:
            raise BadInput(f"{self.name}: {'; '.join(found)}", "Say it again.")

    def _values(self) -> Iterable[tuple[str, Any, str]]:
        for one in fields(self):
            yield one.name, getattr(self, one.name), one.metadata.get("kind", "")


def _plain(value: str) -> bool:
    return len(value) <= LONGEST and (value.isprintable() or not value)
