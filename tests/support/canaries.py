"""Personal words that must be nowhere, looked for in each form that a file may hold."""

import base64
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

NUMBER, NAME = "Z9876YX", "Persephone Quillfeather"
EMAIL, PHONE = "quillfeather.p@canary.example", "07700 900987"
CANARIES = (NUMBER, NAME, EMAIL, PHONE)


def forms(word: str) -> Iterator[bytes]:
    """As text in several codings, as hexadecimal, in a URL, and in base64 at any offset."""
    for told in (word, word.lower(), word.upper(), word.replace(" ", "")):
        plain = told.encode()
        yield from (plain, told.encode("utf-16-le"), told.encode("utf-16-be"))
        yield from (plain.hex().encode(), plain.hex().upper().encode())
        yield from (quote(told).encode(), plain[::-1])
        for offset in range(3):
            coded = base64.b64encode(b" " * offset + plain)
            yield coded[4 if offset else 0 : -4]


def found(content: bytes, words: Iterable[str] = CANARIES) -> list[str]:
    """Which of them can be read in it."""
    return [word for word in words if any(form in content for form in forms(word))]


def contents(folder: Path) -> bytes:
    """Every file under this folder."""
    return b"\0".join(one.read_bytes() for one in sorted(folder.rglob("*")) if one.is_file())
