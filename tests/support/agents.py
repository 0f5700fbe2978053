"""An agent beside a sandbox process, for whole nights over real HTTP, whatever day it is."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from agent.cli.demo import settings_for
from agent.domain.check import Finding
from agent.domain.incident import Incident
from agent.services.consents import device_named, give_consent
from agent.settings import Settings
from agent.store.engine import Store
from agent.store.incidents import Incidents
from agent.store.ledger import Ledger
from agent.store.sweeps import Sweep, Sweeps
from agent.tick import Worker
from agent.wiring import AGENT_SLOTS, mdm_of, worker_of
from agent.worker import READS_AT_ONCE, Lanes, threaded
from agent.zoom_wiring import tokens_of
from tests.support.estates import BY
from tests.support.outside import Outside

LONGEST = 3600.0  # seconds that one night may take


@dataclass(frozen=True)
class Agent:
    """Wired as `callsteward serve` wires it."""

    outside: Outside
    settings: Settings
    store: Store

    def consent(self) -> None:
        """Each user that the sandbox lets us have a consent of gives it."""
        tokens = tokens_of(self.settings, self.store)
        for one in self.outside.control("POST", "consents", {})["consents"]:
            device = device_named(self.store, one["asset_tag"])
            give_consent(tokens, device, one["email"], one["refresh_token"], BY)

    def worker(self) -> Worker:
        reads = threaded(READS_AT_ONCE)
        mdm = mdm_of(self.settings)
        return worker_of(self.settings, self.store, mdm, AGENT_SLOTS, together=reads)

    def night(self, day: str, worker: Worker | None = None) -> Sweep:
        """The sweep of this night, by the ledger and the lanes, with the mail it causes."""
        with self.store.begin() as tx:
            Ledger(tx).owe("sweep", day, tx.now)
        with closing(Lanes(worker or self.worker())) as lanes:
            lanes.drain(LONGEST)
        with self.store.read() as tx:
            found = Sweeps(tx).get(day)
            owed = [one.error for one in Ledger(tx).open("sweep")]
        if found is None or found.ended_at is None:
            raise RuntimeError(f"the night did not end: {owed}")
        return found

    def verdicts(self, day: str) -> list[Finding]:
        with self.store.read() as tx:
            return Sweeps(tx).verdicts(day)

    def incidents(self) -> list[Incident]:
        """Those that are not closed."""
        with self.store.read() as tx:
            return Incidents(tx).open()


@contextmanager
def agent(outside: Outside, folder: Path) -> Iterator[Agent]:
    """One with a database of its own, the register imported, every consent given."""
    (folder / "sandbox").mkdir(parents=True, exist_ok=True)
    settings = settings_for(folder, outside.said)
    with closing(outside.filled_store(folder)) as store:
        made = Agent(outside, settings, store)
        made.consent()
        yield made
