"""The agent process: times from APScheduler, duties from the ledger, threads for the lanes.

APScheduler holds no duty: its jobs are in memory, and what a job does is idempotent. A night
is owed before it begins, so an agent that was down at 02:00 finds it due when it starts.
"""

import logging
import threading
from collections.abc import Collection
from contextlib import closing
from datetime import time
from time import monotonic

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from agent.domain.contacts import Place
from agent.domain.policy import Policy
from agent.domain.uk_time import LONDON
from agent.errors import StoreFailed
from agent.nightly import nightly
from agent.ports.outside import Monitor
from agent.pulse import Pulse
from agent.services.digests import owe_digests
from agent.services.lateness import tell_lateness
from agent.services.mail_route import owe_trials
from agent.services.sweep import owe_nights
from agent.settings import Settings
from agent.tick import Worker
from agent.worker import Lanes

log = logging.getLogger(__name__)
LOOK_SECONDS = 0.1  # how soon another process's commit is seen
MORNING = time(7)
JOB_DEFAULTS = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}


def tell_missing(missing: Collection[Place]) -> None:
    """A warning at the start: whom nobody could tell (Q10). Their letters go elsewhere."""
    if missing:
        cure = "See whom with: callsteward contacts missing"
        log.warning("contacts are missing", extra={"missing": len(missing), "cure": cure})


class Agent:
    """Serves until it is stopped. Times of the sweep are UK time."""

    def __init__(
        self,
        worker: Worker,
        settings: Settings,
        policy: Policy,
        monitor: Monitor | None = None,
        mail_pulse: Pulse | None = None,
        digest_at: time = MORNING,
    ) -> None:
        self._worker, self._settings, self._policy = worker, settings, policy
        self._at = time.fromisoformat(settings.sweep_at)
        self._digest_at = digest_at  # UK time
        self._stopping = threading.Event()
        self._pulses = (Pulse(monitor), mail_pulse or Pulse(None))
        self._lanes = Lanes(worker, self._ended)

    def stop(self) -> None:
        """Let what is in flight end; the rest stays owed."""
        self._stopping.set()

    def run(self) -> None:
        """Blocks until `stop`."""
        first, second = self._pulses
        with first.beating(), second.beating(), closing(self._lanes):
            self._tell_lateness()  # of a night that is about to be given up, too
            self._owe_nights()
            scheduler = self._scheduler()
            scheduler.start()
            try:
                self._wake_at_commits()
            finally:
                scheduler.shutdown(wait=True)

    def _scheduler(self) -> BackgroundScheduler:
        scheduler = BackgroundScheduler(timezone=LONDON, job_defaults=JOB_DEFAULTS)
        scheduler.add_job(self._owe_nights, nightly(self._at), id="nights")
        scheduler.add_job(self._tell_lateness, IntervalTrigger(minutes=1), id="lateness")
        return scheduler

    def _owe_nights(self) -> None:
        for day in owe_nights(self._worker.store, self._at):
            log.info("a night is in the ledger", extra={"night": day.isoformat()})
        owe_digests(self._worker.store, self._digest_at)
        if self._settings.mail_test_to is not None:
            owe_trials(self._worker.store, self._at)
        self._tick()

    def _ended(self, key: str) -> None:
        for pulse in self._pulses:
            pulse.ended(key)

    def _tell_lateness(self) -> None:
        for what in tell_lateness(self._worker.store, self._policy):
            log.warning("lateness began or ended", extra={"what": what})

    def _tick(self) -> None:
        """A database that fails for now does not end the agent: the next tick tries again."""
        try:
            if not self._stopping.is_set():
                self._lanes.tick()
                for pulse in self._pulses:
                    pulse.ticked()
        except StoreFailed as err:
            log.error("the database failed", extra={"why": str(err), "cure": err.hint})

    def _wake_at_commits(self) -> None:
        """What another process commits starts at once; a tick every few seconds is the net.

        The net's time is monotonic, so a machine's clock that jumps cannot still it.
        """
        seen: int | None = None
        due = 0.0
        with self._worker.store.watch() as version:
            while not self._stopping.wait(LOOK_SECONDS):
                now = version()
                if now != seen or monotonic() >= due:
                    seen, due = now, monotonic() + self._settings.tick_seconds
                    self._tick()
