"""On which line of a TOML file a key stands: the parser of Python does not tell."""

import re
from collections import Counter

HEADER = re.compile(r"\s*(\[\[?)\s*([\w.\"' -]+?)\s*\]")
KEY = re.compile(r"\s*([\w.\"' -]+?)\s*=(.*)")
INLINE = re.compile(r"[{,]\s*[\"']?([\w-]+)[\"']?\s*=")


class Lines:
    """The lines of one file of valid TOML. A text of many lines may mislead it."""

    def __init__(self, text: str) -> None:
        self._found: dict[tuple[str, int, str], int] = {}
        self._counts: Counter[str] = Counter()
        self._table, self._prefix = "", ""
        for number, line in enumerate(text.splitlines(), 1):
            if header := HEADER.match(line):
                self._begin(header[1], _plain(header[2]), number)
            elif key := KEY.match(line):
                self._keep(_plain(key[1]), key[2], number)

    def of(self, table: str, index: int = 0, key: str = "") -> int:
        """The line of this key, or of what it is in. `index` counts [[table]] from 0."""
        while key and (table, index, key) not in self._found:
            key = key.rpartition(".")[0]
        return self._found.get((table, index, key), 1)

    def _begin(self, bracket: str, name: str, number: int) -> None:
        """[[route]] begins the next one; [route.when] goes on with the last."""
        self._table, _, rest = name.partition(".")
        if bracket == "[[" and not rest:
            self._counts[self._table] += 1
        self._prefix = f"{rest}." if rest else ""
        self._note(rest, number)

    def _keep(self, key: str, value: str, number: int) -> None:
        table = self._table or key  # before the first header a key is a table of its own
        whole = self._prefix + key if self._table else ""
        self._note(whole, number, table)
        for inner in INLINE.findall(value):
            self._note(f"{whole}.{inner}".lstrip("."), number, table)

    def _note(self, key: str, number: int, table: str = "") -> None:
        name = table or self._table
        self._found.setdefault((name, max(0, self._counts[name] - 1), key), number)


def _plain(key: str) -> str:
    return "".join(letter for letter in key if letter not in "\"' ")
