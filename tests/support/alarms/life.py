"""An installation in which people report and handle incidents while everything of ours dies."""

import csv
import io
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.alarms.book import Book, Clerk, Command
from tests.support.alarms.people import People, command
from tests.support.killed.installation import Installation, until
from tests.support.killed.look import message_id
from tests.support.killed.victims import Victim, Victims
from tests.support.outside import ROOT, SECONDS, clean_environment

ESTABLISHMENTS = 6
QUICK = {
    "CALLSTEWARD_DEADLINE_SECONDS": "4",
    "CALLSTEWARD_RETRY_SECONDS": "2",
    "CALLSTEWARD_TICK_SECONDS": "1",
}
"""A lease is as long as an attempt may take: with these, a dead one's ends within seconds."""
FAULTS = ("unsupervised", "extra-app", "changed-sim", "not-enrolled", "old-os")
AIMED = 0.75  # how many of the kills wait for a letter that is claimed
POWER_CUT = 0.15  # how many of the others take everything of ours at once
BY_COMMAND, BY_SWEEP = 0.25, 0.08
PATIENCE = 20  # seconds
REST_SECONDS = 400
ARRIVING = 1.5  # seconds in which a letter in the mail server's hands gets into the mailbox


@dataclass
class Life:
    random: random.Random
    home: Installation
    people: People
    contacts: list[dict[str, str]]
    book: Book = field(default_factory=Book)
    agent: Victim | None = None
    clerk: Clerk | None = None
    sweep: Victim | None = None
    command: Command | None = None
    sweeps: int = 0

    @staticmethod
    @contextmanager
    def of(folder: Path, url: str, seed: int) -> Iterator["Life"]:
        """A sandbox, a database with its estate imported, and nothing running yet."""
        with Installation.of(folder, url, seed, ESTABLISHMENTS, QUICK) as home:
            files = home.outside.said["files"]
            register, contacts = _rows(files["register"]), _rows(files["contacts"])
            home.outside.control("PUT", "latency", {"ms": 10})
            dice = random.Random(seed)
            site = register[-1]["establishment"]
            ours = {one["asset_tag"] for one in register if one["establishment"] == site}
            life = Life(dice, home, People(dice, register, frozenset(ours)), contacts)
            with closing(life):
                yield life

    @property
    def victims(self) -> Victims:
        return self.home.victims

    def close(self) -> None:
        """Nothing of ours stays behind."""
        for victim in self.alive():
            victim.process.kill()
            victim.process.wait(SECONDS)

    def alive(self) -> list[Victim]:
        others = [one.victim for one in (self.clerk, self.command) if one is not None]
        found = (self.agent, self.sweep, *others)
        return [one for one in found if one is not None and one.alive]

    def round(self, left: int) -> None:
        """People do something, and somebody dies; at most `left`."""
        self.ensure()
        self.do()
        aimed = self.random.random() < AIMED
        if aimed and not until(self.letters_are_claimed, PATIENCE):
            return
        time.sleep(self.random.uniform(0, 0.06 if aimed else 3))
        dying = self.who_dies(aimed=aimed)[:left]
        others = [one for one in self.alive() if one not in dying]
        held = self.victims.kill(dying, others, at_work=aimed)
        self.ensure()
        self.note(held)

    def ensure(self) -> None:
        if self.agent is None or not self.agent.alive:
            self.agent = self.victims.start("serve")
        if self.clerk is None or not self.clerk.victim.alive:
            self.clerk = self._new_clerk()

    def do(self) -> None:
        """Several at once by the clerk; now and then a command, or a sweep of ill iPads."""
        assert self.clerk is not None
        for _ in range(self.random.randint(2, 5)):
            self.clerk.ask(self.people.deed(self.victims.tables))
        free = self.command is None or not self.command.victim.alive
        if free and self.random.random() < BY_COMMAND:
            self.command = self._new_command()
        rests = self.sweep is None or not self.sweep.alive
        if rests and self.random.random() < BY_SWEEP:
            self.start_sweep()

    def start_sweep(self) -> None:
        """iPads of the other establishments go wrong, or become well."""
        self.sweeps += 1
        self.home.outside.control("POST", "clear", {})
        rest = [r for r in self.people.register if r["asset_tag"] not in self.people.ours]
        for row in self.random.sample(rest, 2):
            name = self.random.choice(FAULTS)
            told = {"name": name, "subject": row["asset_tag"]}
            self.home.outside.control("POST", "plant", told)
        self.sweep = self.victims.start("sweep", "--json")

    def letters_are_claimed(self) -> bool:
        working = [one for one in (self.agent, self.sweep) if one is not None and one.alive]
        held = self.victims.held_since(working)
        return any(key.startswith("mail/") for key in held)

    def who_dies(self, *, aimed: bool) -> list[Victim]:
        """Whoever has the claim, or all who may have it; else anybody, or everybody."""
        alive = self.alive()
        if aimed:
            working = [one for one in alive if one in (self.agent, self.sweep)]
            holder = self.victims.holder(self.victims.held_since(working), working)
            return working if holder is None else [holder]
        if self.random.random() < POWER_CUT:
            return alive
        return [self.random.choice(alive)] if alive else []

    def note(self, held: frozenset[str]) -> None:
        """Which letters the mail server may have taken from the dead."""
        keys = {key for key in held if key.startswith("mail/")}
        if not keys:
            return
        rows = self.victims.tables.rows('select "key", message_id from mail')
        ours = {row.message_id for row in rows if row.key in keys}
        until(lambda: ours <= self._arrived(), ARRIVING)
        self.home.excused.update(ours & self._arrived())

    def _arrived(self) -> set[str]:
        return {message_id(mail) for mail in self.home.mailbox.read()}

    def rest(self) -> None:
        """Nobody dies any more: all that was asked for is answered, all that is owed done."""
        self.ensure()
        assert self.clerk is not None
        until(self.clerk.is_idle, SECONDS)
        for child in self.alive():
            if child not in (self.agent, self.clerk.victim):
                child.process.wait(SECONDS)
        until(self.owes_nothing, REST_SECONDS)

    def owes_nothing(self) -> bool:
        return not self.victims.tables.unmet()

    def _new_clerk(self) -> Clerk:
        answers = self.home.folder / f"clerk-{len(self.book.clerks)}"
        known = self.victims.tables.fences()
        with answers.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.alarms.clerk"],
                env=clean_environment() | {"PYTHONPATH": str(ROOT)} | dict(self.home.settings),
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=self.victims.log,
            )
        self.book.clerks.append(Clerk(Victim(("clerk",), process, known), answers))
        return self.book.clerks[-1]

    def _new_command(self) -> Command:
        asked = self.people.deed(self.victims.tables)
        answer = self.home.folder / f"answer-{len(self.book.commands)}"
        with answer.open("wb") as out:
            victim = self.victims.start(*command(asked), out=out)
        self.book.commands.append(Command(victim, answer, asked))
        return self.book.commands[-1]


def _rows(file: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(Path(file).read_text(encoding="utf-8"))))
