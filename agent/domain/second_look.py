"""What machines say of one iPad when they are asked again, just before a call starts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.domain.check import Verdict


@dataclass(frozen=True, slots=True)
class SecondLook:
    """`verdicts` by the name of the check: what is not in it could not be read."""

    tag: str
    at: datetime  # UTC: when it was begun
    verdicts: Mapping[str, Verdict]

    def of(self, tag: str, check: str, now: datetime, fresh: timedelta) -> Verdict:
        """Of another iPad, or older than `fresh`, it says nothing."""
        if tag != self.tag or now - self.at > fresh:
            return Verdict.UNKNOWN
        return self.verdicts.get(check, Verdict.UNKNOWN)
