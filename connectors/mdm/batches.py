"""Many reads in batches of 20: one answer for each, also where the upstream is away."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from agent.domain.facts import Unknown
from agent.errors import ConnectorError, TryAgain
from agent.ports.mdm import Beat
from connectors.http import parsed
from connectors.mdm.graph import BATCH, Ask, Graph, Told

R = TypeVar("R")

GIVE_UP = 3  # batches in a row without any answer


@dataclass(frozen=True, slots=True)
class Batches:
    graph: Graph

    def told(self, asks: Sequence[Ask], what: str, beat: Beat) -> Iterator[Told]:
        """An answer for each ask, in order. Once the upstream is away, no more is asked."""
        silent = 0
        for start in range(0, len(asks), BATCH):
            batch = asks[start : start + BATCH]
            if silent == GIVE_UP:
                away = TryAgain(f"given up: no answer to {GIVE_UP} batches in a row")
                yield from [away] * len(batch)
                continue
            answers = self.graph.batch(batch)
            silent = silent + 1 if all(isinstance(told, TryAgain) for told in answers) else 0
            beat(what, start + len(batch), len(asks))
            yield from answers

    def rows(self, ask: Ask, told: Told, form: type[R], beat: Beat) -> list[R]:
        """Every row that one ask is answered with, further pages included.

        Raises ConnectorError: there is no part of a list.
        """
        if isinstance(told, ConnectorError):
            raise told
        found: list[R] = []
        for n, page in enumerate(self.graph.rest(ask.shown, told, ask.label)):
            found += [parsed(ask.shown, row, form) for row in page.value]
            if n:
                beat("further pages", len(found), 0)
        return found


def not_read(err: ConnectorError) -> Unknown:
    """The fact that an error hides."""
    return Unknown("not-read", str(err))
