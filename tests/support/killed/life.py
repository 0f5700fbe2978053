"""One installation that lives dangerously: what happens in each round, as the seed says."""

import csv
import hashlib
import io
import random
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.support.estates import BY
from tests.support.killed.aftermath import Told, answers
from tests.support.killed.installation import Installation, until
from tests.support.killed.victims import Victim, Victims
from tests.support.outside import SECONDS

ESTABLISHMENTS = 4
QUICK = {"CALLSTEWARD_DEADLINE_SECONDS": "2", "CALLSTEWARD_RETRY_SECONDS": "2"}
"""A lease is as long as an attempt may take: with these, a dead one's ends within seconds."""
FAULTS_AT_MOST = 6
AIMED = 0.8  # how many of the kills wait for a claim
POWER_CUT = 0.1  # how many take everything of ours at once
REST_SECONDS = 120


@dataclass
class Life:
    """What runs, and what an observer writes down of it."""

    random: random.Random
    home: Installation
    register: list[dict[str, str]]
    history: list[Told] = field(default_factory=list)
    imports: dict[str, Victim] = field(default_factory=dict)  # by the file's hash
    agent: Victim | None = None
    command: Victim | None = None
    calm_letters: int = 0
    first_import: str = ""

    @staticmethod
    @contextmanager
    def of(folder: Path, url: str, seed: int) -> Iterator["Life"]:
        """A sandbox, a database with its estate imported, and nothing running yet."""
        with Installation.of(folder, url, seed, ESTABLISHMENTS, QUICK) as home:
            outside = home.outside
            text = Path(outside.said["files"]["register"]).read_text(encoding="utf-8")
            rows = list(csv.DictReader(io.StringIO(text)))
            life = Life(random.Random(seed), home, rows)
            life.first_import = hashlib.sha256(text.encode()).hexdigest()
            with closing(life):
                life.change()
                yield life

    @property
    def folder(self) -> Path:
        return self.home.folder

    @property
    def victims(self) -> Victims:
        return self.home.victims

    def close(self) -> None:
        """Nothing of ours stays behind."""
        for victim in self.alive():
            victim.process.kill()
            victim.process.wait(SECONDS)

    # -- what happens ---------------------------------------------------------------------

    def calm_round(self) -> None:
        """One round in which nobody dies."""
        self.change()
        self.ensure_agent()
        self.ask()
        self.command_ends()

    def end_calm(self) -> None:
        """From here on letters count as those of a life with kills."""
        until(self.nothing_owed)
        self.calm_letters = len(self.victims.tables.rows('select "key" from mail'))

    def round(self, left: int) -> None:
        """Something changes, something is asked for, and somebody dies; at most `left`."""
        if self.random.random() < 0.4:
            self.change()
        if self.random.random() < 0.8:
            self.ensure_agent()
        if self.command is None or not self.command.alive:
            self.ask()
        aimed = self.random.random() < AIMED
        if aimed and not self.somebody_works():
            return
        time.sleep(self.random.uniform(0, 0.2 if aimed else 3))
        dying = self.who_dies(aimed=aimed)[:left]
        others = [victim for victim in self.alive() if victim not in dying]
        self.home.note_unproven(self.victims.kill(dying, others, at_work=aimed))

    def who_dies(self, *, aimed: bool) -> list[Victim]:
        """Whoever has a claim, or all who may have it; else anybody, or everybody."""
        alive = self.alive()
        if not aimed:
            one_dies = alive and self.random.random() > POWER_CUT
            return [self.random.choice(alive)] if one_dies else alive
        holder = self.victims.holder(self.victims.held_since(alive), alive)
        return alive if holder is None else [holder]

    def change(self) -> None:
        """The iPads go wrong, or become well again."""
        self.history.append(Told(_now(), None))
        count, seed = self.random.randint(1, FAULTS_AT_MOST), self.random.randrange(10**6)
        self.home.outside.control("POST", "clear", {})
        self.home.outside.control("POST", "plant", {"count": count, "seed": seed})
        self.history.append(Told(_now(), self.truth("fail")))

    def truth(self, verdict: str) -> frozenset[tuple[str, str]]:
        return answers(self.home.outside.control("GET", "truth"), verdict)

    def ensure_agent(self) -> None:
        if self.agent is None or not self.agent.alive:
            self.agent = self.victims.start("serve")

    def ask(self) -> None:
        """A person imports a register, or wants a sweep now."""
        if self.random.random() < 0.3:
            self.command = self.import_register()
        else:
            self.command = self.victims.start("sweep", "--json")

    def import_register(self) -> Victim:
        """A file that nobody imported before: two iPads have another Apple account."""
        for row in self.random.sample(self.register, 2):
            row["apple_user_id"] = f"ipad{self.random.randrange(10**9)}@apple.example"
        out = io.StringIO()
        writer = csv.DictWriter(out, self.register[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.register)
        data = out.getvalue().encode()
        sha256 = hashlib.sha256(data).hexdigest()
        file = self.folder / f"register-{sha256[:12]}.csv"
        file.write_bytes(data)
        words = ("register", "import", str(file), "--yes", "--by", BY.id)
        self.imports[sha256] = self.victims.start(*words)
        return self.imports[sha256]

    def somebody_works(self) -> bool:
        """Wait until one of ours is at work on something, often on a letter."""
        alive = self.alive()
        kind = self.random.choice(("mail/", "", ""))

        def works() -> bool:
            return any(key.startswith(kind) for key in self.victims.held_since(alive))

        until(lambda: works() or not all(victim.alive for victim in alive), seconds=8)
        return works()

    def alive(self) -> list[Victim]:
        return [one for one in (self.agent, self.command) if one is not None and one.alive]

    def command_ends(self) -> None:
        if self.command is not None:
            self.command.process.wait(SECONDS)

    def rest(self) -> None:
        """Nobody dies any more: all that is owed is done, and one last sweep sees it all."""
        self.command_ends()
        self.ensure_agent()
        until(self.nothing_owed, seconds=REST_SECONDS)
        self.command = self.victims.start("sweep", "--json")
        self.command_ends()
        if self.command.process.returncode not in (0, 1):
            raise ChildProcessError("the last sweep did not read everything: see the log")
        until(self.nothing_owed, seconds=REST_SECONDS)

    def nothing_owed(self) -> bool:
        return not self.victims.tables.unmet()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
