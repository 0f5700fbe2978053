"""The paperwork of a made-up estate: who has which iPad. The same for the same seed and day.

Nothing is stored per iPad: each is worked out from its number when asked for, so an estate
of 100,000 costs no more memory than one of two.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path

from agent.errors import BadInput
from connectors.sandbox.chance import (
    ZOOM_IDS,
    Dice,
    Shuffle,
    as_guid,
    from_guid,
    from_zoom_id,
    guid,
    luhn,
    zoom_id,
)

REGIONS = (
    "Northern Dales",
    "Mersey and Fells",
    "Wolds and Humber",
    "Middle Shires",
    "Eastern Levels",
    "Thames and Downs",
    "Western Combes",
    "Severn and Cymru",
)
SAFES = ("Governor's safe", "Deputy Governor's safe", "Head of Security's safe")
LETTERS = "0123456789CDFGHJKLMNPQRTVWXY"
ACCOUNT = re.compile(r"([a-z]+)bt(\d{3,6})@ipads\.example")
PAIR = 2  # iPads of an establishment


@dataclass(frozen=True, slots=True)
class Establishment:
    code: str
    name: str
    region: str
    contracted: bool


@dataclass(frozen=True, slots=True)
class Ipad:
    """One row of the register, and the ids that Intune and Zoom gave. Times are UTC."""

    index: int
    establishment: str
    local_id: str
    asset_tag: str
    serial: str
    dom1_address: str
    m365_user_id: str
    apple_user_id: str
    sim_provider: str
    iccid: str
    imei: str
    enrolled_at: datetime
    distributed_on: date
    received_by: str
    received_on: date
    storage_location: str
    device_id: str
    zoom_user: str
    zoom_group: str


def read_establishments(path: Path, first: int | None = None) -> tuple[Establishment, ...]:
    """The first establishments of the list (all by default), each given a region."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))[:first]
    if not rows:
        raise BadInput(f"{path.name} names no establishment")
    return tuple(
        Establishment(
            row["code"],
            row["name"],
            REGIONS[place % len(REGIONS)],
            row["contracted"] == "true",
        )
        for place, row in enumerate(rows)
    )


@dataclass(frozen=True)
class Estate:
    """`now` is the moment that all its times are counted from."""

    seed: int
    now: datetime
    establishments: Sequence[Establishment]
    devices: int

    def __iter__(self) -> Iterator[Ipad]:
        return map(self.ipad, range(self.devices))

    def ipad(self, index: int) -> Ipad:
        """The iPad of this number. From `devices` on: iPads that no register has."""
        place = index * len(self.establishments) // self.devices % len(self.establishments)
        code = self.establishments[place].code
        first = -(-place * self.devices // len(self.establishments))
        local_id = f"{code}BT{index - first + 1:03d}"
        dice = Dice(self.seed, "ipad", index)
        enrolled = self._enrolled(dice)
        received = enrolled.date() + timedelta(days=6 + dice.roll(10))
        return Ipad(
            index=index,
            establishment=code,
            local_id=local_id,
            asset_tag=f"K{10_001 + index}",
            serial=self._serial(index),
            dom1_address=f"{local_id.lower()}@dom1.example",
            m365_user_id=f"{local_id.lower()}@ipads.example",
            apple_user_id=f"{local_id.lower()}@apple.example",
            sim_provider="O2",
            iccid=luhn(f"894411{self._line(index):012d}"),
            imei=luhn(f"35{self._line(index):012d}"),
            enrolled_at=enrolled,
            distributed_on=received - timedelta(days=1 + dice.roll(3)),
            received_by=f"S-{code}-SPOC",
            received_on=received,
            storage_location=dice.pick(SAFES),
            device_id=self.id_at(index),
            zoom_user=zoom_id("U", self._users.there(index)),
            zoom_group=zoom_id("G", self._groups.there(index)),
        )

    def id_at(self, index: int) -> str:
        """The id that Intune gave to the enrolment of this iPad."""
        return as_guid(self._ids.there(index))

    def index_of_serial(self, serial: str) -> int | None:
        """The number of the iPad on the register with this serial."""
        letters = serial.upper()
        if len(letters) != 12 or not letters.startswith("DMPX") or set(letters) - set(LETTERS):
            return None
        value = 0
        for letter in letters[4:]:
            value = value * len(LETTERS) + LETTERS.index(letter)
        return self._on_register(self._serials.back(value))

    def index_of_id(self, device_id: str) -> int | None:
        """The number of the iPad on the register that Intune knows under this id."""
        bits = from_guid(device_id)
        if bits is None:
            return None
        index = self._on_register(self._ids.back(bits))
        return index if index is not None and as_guid(bits) == device_id.lower() else None

    def index_of_tag(self, tag: str) -> int | None:
        number = tag.upper().removeprefix("K")
        return self._on_register(int(number) - 10_001) if number.isdecimal() else None

    def index_of_zoom_user(self, user: str) -> int | None:
        """The number of the iPad on the register whose user Zoom knows under this id."""
        bits = from_zoom_id("U", user)
        return None if bits is None else self._on_register(self._users.back(bits))

    def index_of_zoom_group(self, group: str) -> int | None:
        """The number of the iPad on the register that this Zoom group is for."""
        bits = from_zoom_id("G", group)
        return None if bits is None else self._on_register(self._groups.back(bits))

    def index_of_account(self, email: str) -> int | None:
        """The number of the iPad on the register whose M365 user has this address."""
        told = ACCOUNT.fullmatch(email.lower())
        place = None if told is None else self._places.get(told[1].upper())
        if told is None or place is None:
            return None
        first = -(-place * self.devices // len(self.establishments))
        index = self._on_register(first + int(told[2]) - 1)
        known = index is not None and self.ipad(index).m365_user_id == email.lower()
        return index if known else None

    def another_id(self, *key: object) -> str:
        """An id that Intune gives to one more enrolment."""
        return guid(self.seed, "another", *key)

    def _enrolled(self, dice: Dice) -> datetime:
        day = self.now.date() - timedelta(days=60 + dice.roll(240))
        minutes = timedelta(hours=8, minutes=dice.roll(600), seconds=dice.roll(60))
        return datetime(day.year, day.month, day.day, tzinfo=UTC) + minutes

    def _serial(self, index: int) -> str:
        value, letters = self._serials.there(index), ""
        for _ in range(8):
            value, letter = divmod(value, len(LETTERS))
            letters = LETTERS[letter] + letters
        return f"DMPX{letters}"

    def _line(self, index: int) -> int:
        return self._lines.there(index)

    def _on_register(self, index: int) -> int | None:
        return index if 0 <= index < self.devices else None

    @cached_property
    def _serials(self) -> Shuffle:
        return Shuffle(len(LETTERS) ** 8, self.seed, "serials")

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {one.code: place for place, one in enumerate(self.establishments)}

    @cached_property
    def _users(self) -> Shuffle:
        return Shuffle(ZOOM_IDS, self.seed, "zoom users")

    @cached_property
    def _groups(self) -> Shuffle:
        return Shuffle(ZOOM_IDS, self.seed, "zoom groups")

    @cached_property
    def _ids(self) -> Shuffle:
        return Shuffle(1 << 122, self.seed, "ids")

    @cached_property
    def _lines(self) -> Shuffle:
        return Shuffle(10**12, self.seed, "lines")
