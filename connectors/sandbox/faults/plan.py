"""Which faults go where: the same for the same seed, each kind about as often as any other."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from connectors.sandbox.faults.catalogue import CATALOGUE, MDM, Halves, fit, hiding, planned

PAIRS_PER_FIFTY = 6


@dataclass(frozen=True, slots=True)
class Place:
    """`device` is the number of a free iPad; None for a device that no register has."""

    fault: str
    device: int | None


def plan(seed: int, count: int, devices: int, halves: Halves = Halves.MDM) -> list[Place]:
    """`count` faults on `devices` free iPads, some in pairs; fewer where there is no room.

    Half of the pairs, one more if odd, have a fault that hides: there the other is of the same
    half, and so may be masked. The other pairs are across the halves wherever there are two.
    """
    chance = random.Random(seed)
    names = _deal(chance, count, halves)
    free = chance.sample(range(devices), min(devices, count))
    places: list[Place] = []
    for number in range(count * PAIRS_PER_FIFTY // 50):
        hides = number % 2 == 0
        firsts = [name for name in names if (name in hiding()) == hides]
        across = halves is Halves.BOTH and not hides
        pair = _pair(firsts, names, across=across)
        if pair is not None and free:
            device = free.pop()
            places += (Place(name, device) for name in pair)
            for name in pair:
                names.remove(name)
    return places + list(_singles(names, free))


def _deal(chance: random.Random, count: int, halves: Halves) -> list[str]:
    """Every kind once in a shuffled order, and again, until there are enough."""
    names: list[str] = []
    kinds = sorted(planned(halves))
    while len(names) < count:
        names += chance.sample(kinds, len(kinds))
    return names[:count]


def _pair(firsts: list[str], names: list[str], *, across: bool) -> tuple[str, str] | None:
    for first in firsts:
        for second in names:
            apart = (first in MDM) != (second in MDM)
            if second not in hiding() and apart == across and _fit(first, second):
                return first, second
    return None


def _fit(first: str, second: str) -> bool:
    return fit(CATALOGUE[first], CATALOGUE[second])


def _singles(names: list[str], free: list[int]) -> Iterator[Place]:
    for name in names:
        if CATALOGUE[name].stranger:
            yield Place(name, None)
        elif free:
            yield Place(name, free.pop())
