"""What a look is given, and what it is."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from agent.domain.diagnosis import Diagnosis, sentence, unseen
from agent.errors import AgentError, Misconfigured
from agent.ports.outside import Outside
from agent.settings import Settings
from agent.store.engine import Store


@dataclass(frozen=True, slots=True)
class Installation:
    """One installation of callsteward. `store` only reads; None: there is none to read."""

    settings: Settings
    store: Store | None
    outside: Outside
    now: Callable[[], datetime]
    key_file: Path  # of the consents
    mail_to: str | None = None  # who gets a real test mail

    @property
    def memory(self) -> Store:
        """The store. Raises Misconfigured where there is none to read."""
        if self.store is None:
            raise Misconfigured(
                "not looked at: there is no database to read", "See to the database first."
            )
        return self.store


@dataclass(frozen=True, slots=True)
class Look:
    """`ask` gives what it found, one by one. What it raises is told in its place."""

    about: str
    ask: Callable[[Installation], Iterable[Diagnosis]]


def prevented(about: str, err: AgentError) -> Diagnosis:
    """It could not be looked at, and why."""
    return unseen(about, sentence(str(err)), err.hint)
