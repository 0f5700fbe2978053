"""What a scheme says of calls: config/schemes/<scheme>/calls.toml and legal.toml, read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

from agent.errors import Misconfigured


@dataclass(frozen=True, slots=True)
class Text:
    """A text that is read out or signed word for word."""

    name: str
    requirement: str
    since: date
    language: str
    words: str

    @property
    def version(self) -> str:
        """SHA-256 of the words, in hexadecimal: what a record names."""
        return sha256(self.words.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Stop:
    """What of a machine's word may stop an iPad, where it is proven."""

    check: str
    says: str
    requirement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRules:
    """Roles are those of the staff list."""

    deciders: frozenset[str]
    by_telephone: frozenset[str]
    corrects: frozenset[str]
    chaplaincy: frozenset[str]
    confirm_within: timedelta
    machine_fresh: timedelta
    linger: timedelta  # after the last sign of a call, until its window may close by itself
    remove_within: timedelta  # what is left on the iPad, once the window is closed
    invitations: int  # sent in one window, unless somebody says why
    windows_a_day: int  # on one iPad, likewise
    reasons: tuple[str, ...]
    residential: tuple[str, ...]
    concerns: tuple[str, ...]
    ended: tuple[str, ...]
    cancelled: tuple[str, ...]
    departments: Mapping[str, str]  # the code, and what it is called
    stops: tuple[Stop, ...]
    texts: tuple[Text, ...]

    def text(self, name: str, day: date, language: str = "English") -> Text:
        """The text in force on this day, in English where there is none in this language.

        Raises Misconfigured where there is none at all.
        """
        known = [t for t in self.texts if t.name == name and t.since <= day]
        own = [t for t in known if t.language.casefold() == language.casefold()]
        english = [t for t in known if t.language == "English"]
        found = max(own or english, key=lambda t: t.since, default=None)
        if found is None:
            raise Misconfigured(
                f"legal.toml has no text {name} in force", "Install callsteward again."
            )
        return found
