"""Threads for the worker: a bounded pool for each lane, so that no lane waits for another."""

import logging
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from threading import RLock, Thread
from time import monotonic
from typing import TypeVar

from agent.effects.base import Answered
from agent.errors import AgentError, StoreFailed
from agent.logs import place
from agent.ports.together import Together
from agent.store.ledger import Claim
from agent.tick import Failed, Worker

T = TypeVar("T")
READS_AT_ONCE = 16
log = logging.getLogger(__name__)


class Lanes:
    """Runs what a tick hands out; a key that is in flight here is not taken twice.

    `ended` is told the key of what was done, in the lane's own thread: it must not block.
    """

    def __init__(self, worker: Worker, ended: Callable[[str], None] = lambda _: None) -> None:
        self._worker, self._ended = worker, ended
        self._pools = {
            lane: ThreadPoolExecutor(slots, thread_name_prefix=lane)
            for lane, slots in worker.slots.items()
        }
        self._in_flight: dict[str, Future[None]] = {}
        self._lock = RLock()  # a future that is done already calls back at once, from here

    def tick(self) -> None:
        """Hand out what is due and is not in flight already."""
        self._worker.tick(self._submit)

    def drain(self, seconds: float) -> None:
        """Try once each thing that is due now; begin nothing more after so many seconds."""
        tried: set[str] = set()
        end = monotonic() + seconds

        def submit(lane: str, key: str) -> None:
            if key not in tried and monotonic() < end:
                tried.add(key)
                self._submit(lane, key)

        while True:
            before = len(tried)
            self._worker.tick(submit)
            with self._lock:
                running = list(self._in_flight.values())
            if not running and len(tried) == before:
                return
            wait(running)

    def close(self) -> None:
        """Let what is in flight end; what is not begun stays owed."""
        for pool in self._pools.values():
            pool.shutdown(wait=True, cancel_futures=True)

    def _submit(self, lane: str, key: str) -> None:
        with self._lock:
            if key in self._in_flight:
                return
            self._in_flight[key] = self._pools[lane].submit(self._perform, key)
            self._in_flight[key].add_done_callback(lambda _: self._forget(key))

    def _forget(self, key: str) -> None:
        with self._lock:
            self._in_flight.pop(key, None)

    def _perform(self, key: str) -> None:
        taken: list[Claim] = []
        try:
            match self._worker.perform(key, taken.append):
                case Answered(result):
                    log.info("done", extra={"key": key, "result": result})
                    self._ended(key)
                case Failed(error):
                    log.warning("tried in vain", extra={"key": key, "why": error})
        except StoreFailed as err:
            log.error("the obligation stays owed", extra={"key": key, "why": str(err)})
        except Exception as err:  # noqa: BLE001  a fault of ours: it stays owed
            log.error("a fault of ours", extra={"key": key, "error": place(err)})
            with suppress(StoreFailed):
                for claim in taken:
                    self._worker.note_fault(claim, f"a fault of callsteward: {place(err)}")


def at_most(seconds: float, task: Callable[[], T]) -> T | None:
    """What it gives, if it does within so many seconds; it is not waited for any longer.

    Only for reads: it may go on by itself until this process ends. What is wrong outside or
    in the settings is no answer either.
    """
    found: list[T] = []

    def ask() -> None:
        with suppress(AgentError):
            found.append(task())

    reader = Thread(target=ask, name="at-most", daemon=True)
    reader.start()
    reader.join(seconds)
    return found[0] if found else None


def threaded(threads: int) -> Together:
    """Many reads at once, at most so many; their results come in order."""

    def together(tasks: Iterable[Callable[[], T]]) -> Iterator[T]:
        with ThreadPoolExecutor(threads, thread_name_prefix="reads") as pool:
            yield from pool.map(lambda task: task(), tasks)

    return together
