"""Which faults go where: the same for the same seed, each kind about as often as any other."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from connectors.sandbox.faults.catalogue import CATALOGUE, fit, hiding

PAIRS_PER_FIFTY = 6


@dataclass(frozen=True, slots=True)
class Place:
    """`device` is the number of a free iPad; None for a device that no register has."""

    fault: str
    device: int | None


def plan(seed: int, count: int, devices: int) -> list[Place]:
    """`count` faults on `devices` free iPads, some in pairs; fewer where there is no room.

    Half of the pairs, one more if odd, have a fault that hides: there the other is masked.
    """
    chance = random.Random(seed)
    names = _deal(chance, count)
    free = chance.sample(range(devices), min(devices, count))
    places: list[Place] = []
    for number in range(count * PAIRS_PER_FIFTY // 50):
        firsts = [name for name in names if (name in hiding()) == (number % 2 == 0)]
        pair = _pair(firsts, names)
        if pair is not None and free:
            device = free.pop()
            places += (Place(name, device) for name in pair)
            for name in pair:
                names.remove(name)
    return places + list(_singles(names, free))


def _deal(chance: random.Random, count: int) -> list[str]:
    """Every kind once in a shuffled order, and again, until there are enough."""
    names: list[str] = []
    while len(names) < count:
        names += chance.sample(sorted(CATALOGUE), len(CATALOGUE))
    return names[:count]


def _pair(firsts: list[str], names: list[str]) -> tuple[str, str] | None:
    for first in firsts:
        for second in names:
            if second not in hiding() and fit(CATALOGUE[first], CATALOGUE[second]):
                return first, second
    return None


def _singles(names: list[str], free: list[int]) -> Iterator[Place]:
    for name in names:
        if CATALOGUE[name].stranger:
            yield Place(name, None)
        elif free:
            yield Place(name, free.pop())
