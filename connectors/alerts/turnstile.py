"""So many letters at once and no more: a channel that is slow holds up no other one."""

from dataclasses import dataclass, field
from datetime import timedelta
from threading import BoundedSemaphore

from agent.domain.note import Note
from agent.errors import TryAgain
from agent.ports.alerts import Route, Tried

COME_BACK = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Turnstile:
    """The port `Route`, in front of another one. Who finds it taken comes back later."""

    route: Route
    name: str
    places: BoundedSemaphore = field(default_factory=BoundedSemaphore)

    def send(self, note: Note, *, to: str) -> str:
        self._enter()
        try:
            return self.route.send(note, to=to)
        finally:
            self.places.release()

    def earlier(self, note: Note, *, to: str) -> str | None:
        self._enter()
        try:
            return self.route.earlier(note, to=to)
        finally:
            self.places.release()

    def try_out(self, *, to: str) -> Tried:
        return self.route.try_out(to=to)

    def _enter(self) -> None:
        if not self.places.acquire(blocking=False):
            raise TryAgain(f"{self.name}: busy with another letter", after=COME_BACK)
