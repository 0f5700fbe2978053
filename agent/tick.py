"""Do what is owed. Leaderless: any number of these may run, anywhere, at any time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.effects.base import Answered, Effect, Later, Look
from agent.errors import AgentError, Misconfigured, StoreFailed, Superseded, TryAgain
from agent.store.engine import Store, Transaction
from agent.store.ledger import Claim, Ledger, pause_after

LONGEST_PAUSE_OF_A_CLOSING = timedelta(seconds=3)  # of its own; the outside may ask for more
LONGEST_ASKED_OF_A_CLOSING = timedelta(seconds=30)


def unwatched(claim: Claim) -> None:
    """For an attempt that reports by itself."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The attempt failed; it stays owed."""

    error: str
    pause: timedelta | None  # what the outside asked for


@dataclass(frozen=True, slots=True)
class Worker:
    """Claims what is due and meets it. `slots` is how many at once for each lane."""

    store: Store
    effects: Mapping[str, Effect]
    slots: Mapping[str, int]  # no lane borrows another's

    def prove_complete(self) -> None:
        """Every kind that is owed has an effect here. Raises Misconfigured at start-up."""
        with self.store.read() as tx:
            strange = Ledger(tx).kinds() - self.effects.keys()
        if strange:
            raise Misconfigured(
                f"nothing here can meet what is owed: {', '.join(sorted(strange))}",
                "Configure what it needs again (see `callsteward doctor`), or install the"
                " version of callsteward that wrote the database, or a newer one.",
            )

    def tick(self, submit: Callable[[str, str], object]) -> int:
        """Hand out what is due. Returns how many that are."""
        with self.store.read() as tx:
            ready = {
                lane: Ledger(tx).runnable(self._kinds(lane), limit)
                for lane, limit in self.slots.items()
            }
        for lane, keys in ready.items():
            for key in keys:
                submit(lane, key)
        return sum(map(len, ready.values()))

    def perform(
        self, key: str, taken: Callable[[Claim], object] = unwatched
    ) -> Answered | Later | Failed | None:
        """Claim it and meet it. Nothing happens if somebody else holds it.

        `taken` is told the claim before anything is done with it.
        """
        with self.store.beside() as tx:
            claim, now = self._claim(tx, key), tx.now
        if claim is None:
            return None
        taken(claim)
        return self.carry_out(claim, now)

    def _claim(self, tx: Transaction, key: str) -> Claim | None:
        effect = self._effect(key)
        if effect.lane == "closing":
            return Ledger(tx).claim(key, effect.lease, LONGEST_ASKED_OF_A_CLOSING)
        return Ledger(tx).claim(key, effect.lease)

    def note_fault(self, claim: Claim, fault: str) -> None:
        """Keep what went wrong in an attempt that ended by a fault of ours."""
        with self.store.begin() as tx:
            Ledger(tx).note(claim, fault)

    def carry_out(self, claim: Claim, now: datetime) -> Answered | Later | Failed | None:
        """Meet what is claimed, and write what came of it if the claim is still ours."""
        effect = self._effect(claim.key)
        try:
            answer = self._ask(effect, claim, now)
        except Superseded:
            return None
        with self.store.begin() as tx:
            match answer:
                case Answered():
                    if Ledger(tx).finish(claim, "done", answer.result):
                        effect.record(tx, claim, answer)
                case Later(at, why, due):
                    Ledger(tx).postpone(claim, at, why, due=due)
                case Failed(error, asked):
                    again = self._again(effect, claim, asked, (now, tx.now))
                    Ledger(tx).retry(claim, again, error)
                case None:
                    Ledger(tx).finish(claim, "void")
        return answer

    def _ask(
        self, effect: Effect, claim: Claim, now: datetime
    ) -> Answered | Later | Failed | None:
        """Look before a repeat and before a withdrawal; act only on what is still owed."""
        try:
            if claim.fence > 1:
                match effect.look(claim), claim.state:
                    case Answered() as seen, _:
                        return seen
                    case Look.NOTHING_THERE, "withdrawn":
                        return None
                    case Look.CANNOT_TELL, "withdrawn":
                        return Answered("presumed done")
            return effect.act(claim, now)
        except (Superseded, StoreFailed):
            raise
        except TryAgain as err:
            hint = "" if err.hint == TryAgain.hint else f". {err.hint}"
            return Failed(f"{err}{hint}", err.after)
        except AgentError as err:
            return Failed(f"{err}. {err.hint}".strip(), None)

    def _again(
        self,
        effect: Effect,
        claim: Claim,
        asked: timedelta | None,
        took: tuple[datetime, datetime],
    ) -> datetime:
        """After what the outside asked for, or an ever longer pause. A closing never waits
        long, and its pause counts from the attempt's begin: a call that timed out was one."""
        began, now = took
        if effect.lane != "closing":
            return now + (pause_after(claim.failures) if asked is None else asked)
        if asked is not None:
            return now + min(asked, LONGEST_ASKED_OF_A_CLOSING)
        pause = min(pause_after(claim.failures), LONGEST_PAUSE_OF_A_CLOSING)
        return max(now, began + pause)

    def _effect(self, key: str) -> Effect:
        return self.effects[key.split("/")[0]]

    def _kinds(self, lane: str) -> tuple[str, ...]:
        return tuple(kind for kind, effect in self.effects.items() if effect.lane == lane)
