"""The file of a purge proof: the proof, its row of the audit and those after it, a signature.

One form only: JSON, keys sorted, no spaces, UTF-8 as it is, one line feed at the end. Whatever
else says the same is refused, so that no byte can be changed unseen.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from agent.domain.audit import digest, first_broken
from agent.domain.proof import FORM
from agent.errors import BadInput

MADE = "PURGE_PROOF_MADE"
KEY, SIGNATURE = re.compile("[0-9a-f]{64}"), re.compile("[0-9a-f]{128}")
AGAIN = "Ask for it again; it is made by: callsteward contact proof"
NEWER = "Use the version of callsteward that made it."
Head: TypeAlias = tuple[int, str]
Holds: TypeAlias = Callable[[str, bytes, str], bool]
"""Whether this key, in hexadecimal, made this signature, in hexadecimal, of these bytes."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was looked at."""

    ok: bool
    says: str


def canonical(told: object) -> bytes:
    """The one form in which it is hashed and signed."""
    text = json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def written(proof: object, rows: Sequence[str], head: Head, key: str) -> dict[str, Any]:
    """All of the file but its signature. `rows` begin with the proof's own."""
    chain = {"rows": list(rows), "head": {"seq": head[0], "hash": head[1]}}
    return {"proof": proof, "chain": chain, "key": key}


def signed(told: Mapping[str, Any], signature: str) -> bytes:
    """The whole file."""
    return canonical({**told, "signature": signature}) + b"\n"


def head_of(content: bytes) -> Head:
    """The number and hash of `callsteward audit head`. Raises BadInput."""
    told = _read(content)
    match told:
        case {"head": {"seq": int(seq), "hash": str(found)}}:
            return seq, found
    raise BadInput("the file holds no head of an audit", "Make it by: callsteward audit head")


def looked_at(
    content: bytes, holds: Holds, pinned: str | None = None, noted: Head | None = None
) -> list[Line]:
    """Everything that must hold, one line each. Raises BadInput."""
    told = _proof(_read(content))
    plain = content == canonical(told) + b"\n"
    return [
        Line(plain, "the file is in its one form" if plain else "the file is not as written"),
        *_signature(told, holds),
        *_key(told["key"], pinned),
        *_chain(told),
        *_noted(told["chain"], noted),
    ]


def said(content: bytes) -> dict[str, Any]:
    """What the proof says. Raises BadInput."""
    found: dict[str, Any] = _proof(_read(content))["proof"]
    return found


def _read(content: bytes) -> Any:
    try:
        told = json.loads(content.decode())
        canonical(told)  # half of a character pair is no text
    except (ValueError, RecursionError) as err:
        raise BadInput("the file is no JSON", AGAIN) from err
    return told


def _proof(told: Any) -> dict[str, Any]:
    match told:
        case {
            "proof": {
                "form": form,
                "id": str(),
                "window": str(),
                "result": str(),
                "device": {"local_id": str(), "tag": str()},
            },
            "chain": {"rows": [str(), *_] as rows, "head": {"seq": int(), "hash": str()}},
            "key": str(key),
            "signature": str(signature),
        } if all(isinstance(row, str) for row in rows):
            if form != FORM:
                raise BadInput(f"the file's form is not “{FORM}”", NEWER)
            if KEY.fullmatch(key) and SIGNATURE.fullmatch(signature):
                return dict(told)
    raise BadInput("the file is no purge proof", AGAIN)


def _signature(told: Mapping[str, Any], holds: Holds) -> list[Line]:
    body = {name: value for name, value in told.items() if name != "signature"}
    good = holds(told["key"], canonical(body), told["signature"])
    says = "the signature is by the key in the file"
    return [Line(good, says if good else "the signature is of something else")]


def _key(key: str, pinned: str | None) -> list[Line]:
    if pinned is None:
        return [Line(ok=True, says=f"the key is {key}: compare it with the one that you noted")]
    same = key == pinned
    return [Line(same, "the key is the one given" if same else "the key is another one")]


def _chain(told: Mapping[str, Any]) -> list[Line]:
    rows, head = told["chain"]["rows"], told["chain"]["head"]
    match _row(rows[0]):
        case {
            "seq": int(first), "previous": str(before), "what": what, "subjectId": subject,
            "details": dict(kept),
        }:  # fmt: skip
            proof = told["proof"]
            wanted = details(proof, told["key"])
            mine = (what, subject) == (MADE, proof["id"]) and wanted.items() <= kept.items()
        case _:
            return [Line(ok=False, says="the first row is no row of an audit")]
    numbered = [(first + place, row, digest(row)) for place, row in enumerate(rows)]
    why = first_broken(numbered, (head["seq"], head["hash"]), (first - 1, before))
    last = first + len(rows) - 1
    return [
        Line(mine, f"row {first} of the audit names {'this' if mine else 'another'} proof"),
        Line(why is None, why or f"rows {first} to {last} follow one another up to the head"),
    ]


def _row(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def details(proof: object, key: str) -> dict[str, str]:
    """What the audit keeps of a proof."""
    return {"sha256": digest(canonical(proof).decode()), "key": key}


def _noted(chain: Mapping[str, Any], noted: Head | None) -> list[Line]:
    """The head that was noted elsewhere must be one of the rows."""
    if noted is None:
        return []
    last = chain["head"]["seq"]
    first, seq = last - len(chain["rows"]) + 1, noted[0]
    if not first <= seq <= last:
        says = f"the head is of row {seq}, and the rows are {first} to {last}: ask anew"
        return [Line(ok=False, says=says)]
    same = digest(chain["rows"][seq - first]) == noted[1]
    return [Line(same, f"row {seq} is {'the head' if same else 'another than the head'} given")]
