"""Chance that is the same for the same seed, on every machine and Python version."""

import hashlib
import string
import uuid
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

BASE64 = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
ZOOM_IDS = 1 << 126


class Dice:
    """A row of throws that depends on nothing but its key."""

    def __init__(self, *key: object) -> None:
        text = "/".join(str(part) for part in key)
        self._number = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=48).digest())

    def roll(self, sides: int) -> int:
        """0 up to `sides` - 1. About 300 bits in all: some forty throws of a small die."""
        self._number, face = divmod(self._number, sides)
        return face

    def pick(self, items: Sequence[T]) -> T:
        return items[self.roll(len(items))]


def guid(*key: object) -> str:
    """A GUID in the form of version 4, always the same for this key."""
    return as_guid(Dice(*key).roll(1 << 122))


def as_guid(bits: int) -> str:
    """122 bits as a GUID of version 4."""
    high, low = divmod(bits, 1 << 62)
    head, middle = divmod(high, 1 << 12)
    return str(uuid.UUID(int=head << 80 | 4 << 76 | middle << 64 | 2 << 62 | low))


def from_guid(text: str) -> int | None:
    """The 122 bits of a GUID of version 4, None where it is no such thing."""
    try:
        value = uuid.UUID(text).int
    except ValueError:
        return None
    return value >> 80 << 74 | (value >> 64 & 0xFFF) << 62 | value & (1 << 62) - 1


def zoom_id(first: str, bits: int) -> str:
    """126 bits as an id of 22 letters, as Zoom gives to users and groups."""
    letters = [BASE64[bits >> place & 63] for place in range(120, -6, -6)]
    return first + "".join(letters)


def from_zoom_id(first: str, text: str) -> int | None:
    """The bits of such an id, None where it is no such thing."""
    if len(text) != 22 or text[0] != first or set(text) - set(BASE64):
        return None
    bits = 0
    for letter in text[1:]:
        bits = bits << 6 | BASE64.index(letter)
    return bits


class Shuffle:
    """Every number below `size` turned into another one, and back, with nothing stored."""

    def __init__(self, size: int, *key: object) -> None:
        dice = Dice(*key)
        self._size, self._shift = size, dice.roll(size)
        self._factor = self._coprime(dice.roll(size))
        self._inverse = pow(self._factor, -1, size)

    def _coprime(self, factor: int) -> int:
        while True:
            try:
                pow(factor, -1, self._size)
            except ValueError:
                factor += 1
            else:
                return factor

    def there(self, number: int) -> int:
        return (number * self._factor + self._shift) % self._size

    def back(self, number: int) -> int:
        return (number - self._shift) * self._inverse % self._size


def luhn(digits: str) -> str:
    """The digits with their check digit (ISO/IEC 7812-1), as IMEI and ICCID carry it."""
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(digits))]
    total = sum(digit // 10 + digit % 10 for digit in doubled)
    return f"{digits}{-total % 10}"
