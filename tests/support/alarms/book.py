"""What people asked for, and what they were answered before anything died."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.killed.victims import Victim

Asked = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Promise:
    """Somebody was told that this is done."""

    asked: Asked
    incident: str
    new: bool


@dataclass
class Clerk:
    """One process of `clerk.py`: what it was asked, and the file of its answers."""

    victim: Victim
    answers: Path
    asked: list[Asked] = field(default_factory=list)

    def ask(self, asked: Asked) -> None:
        """It may be dead already: then nobody was promised anything."""
        line = self.victim.process.stdin
        assert line is not None
        try:
            line.write(json.dumps(dict(asked)).encode() + b"\n")
            line.flush()
        except BrokenPipeError:
            return
        self.asked.append(asked)

    def is_idle(self) -> bool:
        return len(list(_lines(self.answers))) >= len(self.asked)

    def promises(self) -> Iterator[Promise]:
        for asked, told in zip(self.asked, _lines(self.answers), strict=False):
            if "incident" in told:
                yield Promise(asked, told["incident"], told["new"])


@dataclass(frozen=True, slots=True)
class Command:
    """One `callsteward incident` or `device` command, and the file of its answer."""

    victim: Victim
    answer: Path
    asked: Asked

    def promises(self) -> Iterator[Promise]:
        """Exit 0 is the promise."""
        if self.victim.process.poll() == 0:
            for told in _lines(self.answer):
                new = told.get("recorded", True)
                yield Promise(self.asked, told.get("id", ""), new)


@dataclass
class Book:
    clerks: list[Clerk] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)

    def promises(self) -> Iterator[Promise]:
        for clerk in self.clerks:
            yield from clerk.promises()
        for command in self.commands:
            yield from command.promises()


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    """A line without its end was cut off by a kill: nobody has read it."""
    for line in file.read_bytes().splitlines(keepends=True):
        if line.endswith(b"\n"):
            yield json.loads(line)
