"""Our real processes: started, stopped in mid-step, looked at, and killed with kill -9."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import IO

from tests.support.killed.look import Tables
from tests.support.outside import ROOT, SECONDS, clean_environment

CLAIMING = ("serve", "sweep")  # no other command of ours claims anything
COMMAND = [sys.executable, "-c", "from agent.cli.main import main; main()"]


@dataclass(frozen=True, slots=True)
class Victim:
    """One process of ours. `known` are the fences that there were before it began."""

    words: tuple[str, ...]
    process: "subprocess.Popen[bytes]"
    known: Mapping[str, int]

    @property
    def alive(self) -> bool:
        return self.process.poll() is None


@dataclass(frozen=True, slots=True)
class Kill:
    """One process that died. `held` is all that it may have been at work on."""

    words: tuple[str, ...]
    held: frozenset[str]
    in_flight: bool  # it surely was at work on some of it


@dataclass
class Victims:
    """Starts processes and kills them. What they write goes into one log file."""

    environment: Mapping[str, str]
    tables: Tables
    log: IO[bytes]
    kills: list[Kill] = field(default_factory=list)

    def start(self, *words: str, out: IO[bytes] | None = None) -> Victim:
        """`out`: where its answer goes, if not into the log."""
        known = self.tables.fences()
        process = subprocess.Popen(
            [*COMMAND, *words],
            env=clean_environment() | {"PYTHONPATH": str(ROOT)} | dict(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=self.log if out is None else out,
            stderr=self.log,
        )
        return Victim(words, process, known)

    def held_since(self, victims: Iterable[Victim]) -> Mapping[str, int]:
        """What was claimed since all of these began, by whomever, and its fence."""
        started = list(victims)
        return {
            key: fence
            for key, fence in self.tables.held().items()
            if all(fence > victim.known.get(key, 0) for victim in started)
        }

    def kill(
        self, dying: Iterable[Victim], others: Iterable[Victim], *, at_work: bool = False
    ) -> frozenset[str]:
        """Stop them where they are, look at what is held, kill them. What they may have held.

        `at_work`: they go on where none of them surely holds a claim. A claim that a survivor
        may hold is nobody's, and of two that die together only one can have a claim: so the
        figures say at least so many in flight.
        """
        stopped = [victim for victim in dying if victim.alive]
        for victim in stopped:
            os.kill(victim.process.pid, signal.SIGSTOP)
        beside = [one for one in others if one.alive]
        held = self.held_since(stopped)
        holder = self.holder(held, [*stopped, *beside])
        if holder is None and held and stopped and not beside:
            holder = stopped[0]
        if at_work and holder not in stopped:
            for victim in stopped:
                os.kill(victim.process.pid, signal.SIGCONT)
            return frozenset()
        known = self.tables.held()
        for victim in stopped:
            victim.process.kill()
            if victim.process.wait(SECONDS) == -signal.SIGKILL:
                kept = frozenset(
                    k for k, fence in known.items() if fence > victim.known.get(k, 0)
                )
                self.kills.append(Kill(victim.words, kept, victim is holder))
        return frozenset(known)

    def holder(self, held: Mapping[str, int], alive: Iterable[Victim]) -> Victim | None:
        """Who surely has a claim, of those that are alive; None where nobody can say.

        Most commands claim nothing. A sweep by hand is claimed first by the command that asked
        for it. Of all else, whoever is alone must be the one; where both die, either stands
        for both.
        """
        able = [victim for victim in alive if victim.words[0] in CLAIMING]
        asked = any(key.startswith("sweep/hand-") and fence == 1 for key, fence in held.items())
        if asked:
            return next((victim for victim in able if "sweep" in victim.words), None)
        return able[0] if held and len(able) == 1 else None
