"""Faults put on iPads and taken off again, singly or by a plan; and the truth about them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from agent.errors import BadInput
from connectors.sandbox.chance import Dice
from connectors.sandbox.estate import Ipad
from connectors.sandbox.faults.catalogue import CATALOGUE, Halves, fit
from connectors.sandbox.faults.fault import Fault, Target
from connectors.sandbox.faults.plan import Place, plan
from connectors.sandbox.faults.truth import Planted, faults, rows
from connectors.sandbox.records import Edit, Records
from connectors.sandbox.wire import Json

MOST = 2  # faults on one iPad
EVERYWHERE = "account"  # the subject of what strikes all iPads


@dataclass
class Planting:
    """Each subject's faults are one layer of edits."""

    records: Records

    def __post_init__(self) -> None:
        self._planted: dict[str, list[Planted]] = {}
        self._strangers = 0

    def plant(self, name: str, subject: str | None = None) -> Json:
        """On this iPad (asset tag or serial), or on any free one. Raises BadInput."""
        fault = _named(name)
        if fault.stranger:
            return self._add_stranger(fault)
        if fault.everywhere:
            return self._add_everywhere(fault)
        ipad = self._free() if subject is None else self._ipad(subject)
        return self._add(fault, ipad)

    def plant_many(self, count: int, seed: int, halves: Halves = Halves.MDM) -> list[Json]:
        """By the plan of this seed, on iPads that have no fault yet."""
        estate = self.records.estate
        free = [ipad.index for ipad in estate if ipad.asset_tag not in self._planted]
        return [self._plant_at(place, free) for place in plan(seed, count, len(free), halves)]

    def clear(self, name: str | None = None, subject: str | None = None) -> int:
        """Take faults off: of this name, on this subject, or all. Says how many."""
        if name is not None:
            _named(name)
        wanted = None if subject is None else self._key(subject)
        before = sum(len(found) for found in self._planted.values())
        for key, found in list(self._planted.items()):
            if wanted in (None, key):
                self._keep(key, [one for one in found if name not in (None, one.fault.name)])
        return before - sum(len(found) for found in self._planted.values())

    def truth(self) -> Json:
        """Every finding that a perfect sweep makes, and every fault behind them."""
        planted = [self._planted[key] for key in sorted(self._planted)]
        wide = self._planted.get(EVERYWHERE, [])
        own = [found for found in planted if found is not wide]
        return {
            "rows": [row for found in own for row in rows(found, self._wide(found, wide))]
            + [row for ipad in self._well(wide) for row in rows(self._upon(ipad, wide))],
            "faults": [fault for found in planted for fault in faults(found)],
        }

    def _plant_at(self, place: Place, free: Sequence[int]) -> Json:
        fault = CATALOGUE[place.fault]
        if place.device is None:
            return self._add_stranger(fault)
        return self._add(fault, self.records.estate.ipad(free[place.device]))

    def _add(self, fault: Fault, ipad: Ipad) -> Json:
        found = self._planted.get(ipad.asset_tag, [])
        if len(found) == MOST:
            raise BadInput(f"{ipad.asset_tag} has {MOST} faults already")
        for other in found:
            if not fit(fault, other.fault):
                raise BadInput(f"{fault.name} does not go with {other.fault.name}")
        one = Planted(fault, ipad.asset_tag, ipad.serial, ipad.establishment, ipad.device_id)
        self._keep(ipad.asset_tag, [*found, one])
        return self._said(fault, ipad.asset_tag)

    def _add_stranger(self, fault: Fault) -> Json:
        ipad = self.records.estate.ipad(self.records.estate.devices + self._strangers)
        self._strangers += 1
        subject = f"serial/{ipad.serial}"
        self._keep(subject, [Planted(fault, subject, ipad.serial, "", ipad.device_id)])
        return self._said(fault, subject)

    def _add_everywhere(self, fault: Fault) -> Json:
        found = [one for one in self._planted.get(EVERYWHERE, []) if one.fault is not fault]
        self._keep(EVERYWHERE, [*found, Planted(fault, EVERYWHERE, "", "", "")])
        return self._said(fault, EVERYWHERE)

    def _wide(self, found: Sequence[Planted], wide: Sequence[Planted]) -> Sequence[Planted]:
        """What strikes all iPads strikes no stranger."""
        return () if found[0].fault.stranger else wide

    def _well(self, wide: Sequence[Planted]) -> Iterator[Ipad]:
        """The iPads with no fault of their own, where something strikes all of them."""
        estate = self.records.estate if wide else ()
        return (ipad for ipad in estate if ipad.asset_tag not in self._planted)

    def _upon(self, ipad: Ipad, wide: Sequence[Planted]) -> list[Planted]:
        names = ipad.asset_tag, ipad.serial, ipad.establishment, ipad.device_id
        return [Planted(one.fault, *names) for one in wide]

    def _said(self, fault: Fault, subject: str) -> Json:
        told = faults(self._planted[subject])
        return next(one for one in told if one["name"] == fault.name)

    def _keep(self, key: str, found: list[Planted]) -> None:
        """These faults and no others are on this subject: its edits are made anew."""
        self._planted.pop(key, None)
        if found:
            self._planted[key] = found
        self.records.lay(key, list(self._edits(found)))

    def _edits(self, found: Sequence[Planted]) -> Iterator[Edit]:
        if not found:
            return
        if found[0].subject == EVERYWHERE:
            anyone = self.records.estate.ipad(0)
            target = Target(self.records, anyone, anyone.device_id)
            for one in found:
                yield from one.fault.edits(target)
            return
        target = Target(self.records, self._struck(found[0]), found[0].device_id)
        if any(one.fault.moves for one in found):
            target = replace(target, device_id=target.next_id)
        for one in sorted(found, key=lambda one: "enrolment" not in one.fault.slots):
            yield from one.fault.edits(target)

    def _struck(self, one: Planted) -> Ipad:
        estate = self.records.estate
        index = estate.index_of_tag(one.subject)
        if index is not None:
            return estate.ipad(index)
        strangers = (estate.ipad(estate.devices + more) for more in range(self._strangers))
        return next(ipad for ipad in strangers if ipad.serial == one.serial)

    def _free(self) -> Ipad:
        estate = self.records.estate
        start = Dice(estate.seed, "next", len(self._planted)).roll(estate.devices)
        for step in range(estate.devices):
            ipad = estate.ipad((start + step) % estate.devices)
            if ipad.asset_tag not in self._planted:
                return ipad
        raise BadInput("every iPad has a fault already: name the one to strike")

    def _ipad(self, subject: str) -> Ipad:
        estate = self.records.estate
        index = estate.index_of_tag(subject)
        index = estate.index_of_serial(subject) if index is None else index
        if index is None:
            raise BadInput(f"no iPad on the register is {subject}")
        return estate.ipad(index)

    def _key(self, subject: str) -> str:
        if subject in self._planted:
            return subject
        stranger = f"serial/{subject}"
        return stranger if stranger in self._planted else self._ipad(subject).asset_tag


def _named(name: str) -> Fault:
    if name not in CATALOGUE:
        raise BadInput(f"no fault is called {name}")
    return CATALOGUE[name]
