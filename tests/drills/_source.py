"""A source that a sweep reads, and which answers it hides when it cannot be read.

What it hides is written down from what each check is about. It is no answer of the sweep: a
drill that asked the code under test would agree with it whatever it did.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

Answer = tuple[str, str]  # verdict, reason
Answers = Mapping[str, Answer]  # of one iPad, by check: the truth while all can be read
NOT_READ: Answer = ("unknown", "not-read")


def everybody(answers: Answers) -> bool:
    return True


def not_listed(answers: Answers) -> bool:
    """The MDM's list lacks it, so it is asked for directly."""
    return answers["device.enrolled"] == ("fail", "not-enrolled")


def no_user(answers: Answers) -> bool:
    """Zoom's list lacks its account, so that is asked for directly."""
    return answers["zoom.account"] == ("fail", "zoom-no-account")


@dataclass(frozen=True, slots=True)
class Hidden:
    """Answers of these checks that cannot be known.

    An answer for one of the reasons `spared` comes from elsewhere, or says why there was
    nothing to ask.
    """

    checks: Collection[str]
    spared: Collection[str] = ()
    of: Callable[[Answers], bool] = everybody

    def holds(self, answers: Answers, check: str) -> bool:
        spared = answers[check][1] in self.spared
        return check in self.checks and not spared and self.of(answers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """`names`: words of the gap. `witness`: a fault that is planted each time.

    A 403 is not tried again. A 503 is, eight times: this shows the patience.
    """

    name: str
    endpoint: str
    names: str
    witness: str
    hides: tuple[Hidden, ...] = ()
    skip: int = 0  # calls that are answered before
    status: int = 403
    held: bool = False  # only where a meeting was held

    def failure(self) -> Mapping[str, object]:
        headers = {"Retry-After": "0.05"} if self.status == 503 else {}
        return {
            "endpoint": self.endpoint,
            "status": self.status,
            "skip": self.skip,
            "headers": headers,
        }

    def hides_from(self, answers: Answers, check: str, *, held: bool) -> bool:
        asked = held or not self.held
        return asked and any(one.holds(answers, check) for one in self.hides)

    def hides_all(self, check: str) -> bool:
        """For a check that speaks of no iPad of the register."""
        return any(check in one.checks for one in self.hides)
