"""The mail server of this world: it takes a mail, or not, or nobody learns that it did."""

from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy

from agent.errors import Refused, TryAgain
from tests.simulation.scheduler import Killed, Scheduler, Strand
from tests.simulation.weather import Fault, Weather

DEADLINE = timedelta(seconds=30)


@dataclass(slots=True)
class Accepted:
    """One mail that the server took. `answer` is what it said; `unheard`: to nobody."""

    message_id: str
    to: str
    content: bytes
    answer: str
    by: Strand | None
    unheard: bool


@dataclass
class SeamedMailer:
    """The port `Mailer`; `accepted` is the server's own journal, in order."""

    scheduler: Scheduler
    weather: Weather
    accepted: list[Accepted] = field(default_factory=list)

    def send(self, message: bytes, *, sender: str, to: str) -> str:
        """See the port."""
        began = self.scheduler.now
        try:
            self.scheduler.seam("hands over a mail")
        except Killed:
            self._may_land(message, to)
            raise
        fault = self.weather.fault("mail")
        self._refuse(fault, message, to)
        taken = self._accept(message, to)
        self.scheduler.seam("hears that the mail was accepted")
        if fault in (Fault.LOST, Fault.CUT) or self.scheduler.now - began > DEADLINE:
            taken.unheard = True
            raise TryAgain("the connection ended")
        return taken.answer

    def _refuse(self, fault: Fault | None, message: bytes, to: str) -> None:
        match fault:
            case Fault.TIMED_OUT:
                self._may_land(message, to)
                raise TryAgain("no answer")
            case Fault.UNREACHED:
                raise TryAgain("no connection")
            case Fault.BUSY if self.scheduler.chance(0.5):
                raise Refused("554 5.6.0")
            case Fault.BUSY:
                raise TryAgain("451 4.7.1")

    def _may_land(self, message: bytes, to: str) -> None:
        def land() -> None:
            self._accept(message, to).unheard = True

        self.weather.may_land("a mail", land)

    def _accept(self, message: bytes, to: str) -> Accepted:
        answer = f"250 queued as {len(self.accepted) + 1}"
        told = message_from_bytes(message, policy=policy.default)
        by = self.scheduler.strand
        taken = Accepted(
            str(told["Message-ID"]).strip(), to, message, answer, by, unheard=False
        )
        self.accepted.append(taken)
        return taken
