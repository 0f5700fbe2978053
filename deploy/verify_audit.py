#!/usr/bin/env python3
"""Prove a callsteward audit chain without callsteward: Python's own library is enough.

    python3 verify_audit.py audit.jsonl        what `callsteward audit export` wrote
    python3 verify_audit.py callsteward.db     the SQLite database itself, read only
    ... --head SEQ:HASH                        the chain must contain this row, noted before

Each row is a JSON text that holds its own number (`seq`) and the SHA-256 (`previous`) of the
text before it; the first names 64 zeros. A row that was changed, taken out, put in or moved
breaks the chain at that place. What was cut off at the end is seen by the head: the export's
own, and any that was noted elsewhere (`--head`).

Exit 0: the chain holds. 1: it does not. 2: it could not be read.
"""

import argparse
import hashlib
import json
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

Row = tuple[str, str]  # text, hash
Head = tuple[int, str]  # number, hash
START = "0" * 64


class Broken(Exception):
    """The chain does not hold, and why."""


def from_sqlite(path: Path) -> tuple[Iterator[Row], Head | None]:
    """The rows in order and the head as the database has them."""
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    connection.text_factory = lambda content: content.decode("utf-8", "replace")
    head = connection.execute("select seq, hash from audit_head").fetchone()
    rows = connection.execute('select "row", hash from audit order by seq')
    return ((text, found) for text, found in rows), head or (0, START)


def from_lines(path: Path) -> tuple[Iterator[Row], Head | None]:
    """The rows in order and the head that the last line names."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
    heads = [line["head"] for line in lines if "head" in line]
    if len(heads) != 1 or "head" not in lines[-1]:
        raise Broken("the export does not end with its head: it was cut off")
    rows = ((line["row"], line["hash"]) for line in lines[:-1])
    return rows, (heads[0]["seq"], heads[0]["hash"])


def prove(rows: Iterator[Row], head: Head | None, noted: Head | None) -> Head:
    """The number and hash of the last row. Raises Broken."""
    last, previous, seen = 0, START, noted in (None, (0, START))  # as every chain began
    for text, found in rows:
        if hashlib.sha256(text.encode()).hexdigest() != found:
            raise Broken(f"row {last + 1} was changed")
        told = json.loads(text)
        if told["seq"] != last + 1:
            raise Broken(f"row {last + 1} is missing")
        if told["previous"] != previous:
            raise Broken(f"row {last + 1} does not follow row {last}")
        last, previous = last + 1, found
        seen = seen or (last, previous) == noted
    if head != (last, previous):
        raise Broken(f"the chain ends at row {last}, which is not the head")
    if not seen:
        raise Broken("the head that was noted before is not in the chain")
    return last, previous


def noted_head(text: str) -> Head:
    """SEQ:HASH as numbers and text."""
    seq, _, found = text.partition(":")
    return int(seq), found


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--head", type=noted_head, help="SEQ:HASH noted before")
    asked = parser.parse_args()
    try:
        with asked.file.open("rb") as file:
            is_sqlite = file.read(16) == b"SQLite format 3\0"
        rows, head = (from_sqlite if is_sqlite else from_lines)(asked.file)
        last, found = prove(rows, head, asked.head)
    except Broken as err:
        print(f"the chain does NOT hold: {err}")
        return 1
    except (OSError, UnicodeDecodeError, sqlite3.Error) as err:
        print(f"{asked.file} cannot be read: {err}", file=sys.stderr)
        return 2
    except (json.JSONDecodeError, KeyError, TypeError, RecursionError) as err:
        print(f"the chain does NOT hold: a row is no row of an audit ({err})")
        return 1
    print(f"the chain holds: {last} rows, head {last}:{found}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
