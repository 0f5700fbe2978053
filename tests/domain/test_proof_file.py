"""The file of a purge proof: any other byte, form, row, key or head is refused."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from agent.domain.audit import START, Entry, canonical, digest
from agent.domain.proof import FORM
from agent.domain.proof_file import (
    MADE,
    details,
    head_of,
    looked_at,
    said,
    signed,
    written,
)
from agent.domain.proof_file import canonical as one_form
from agent.errors import BadInput
from agent.store.signing import Signer, holds
from tests.support.cases import NOW

SIGNER, OTHER = Signer(Ed25519PrivateKey.generate()), Signer(Ed25519PrivateKey.generate())
PROOF = {
    "form": FORM, "id": "W1-P1", "window": "W1", "result": "proven",
    "device": {"local_id": "MDIBT001", "tag": "K10003"}, "office": "Büro Ŵ",
}  # fmt: skip
FIRST = 7


def a_row(seq: int, previous: str, what: str, subject: str, **told: Any) -> str:
    entry = Entry(
        what=what, when=NOW, subject_type="PROOF", subject_id=subject, who="S-1",
        operation_id="op", correlation_id="W1", details=told,
    )  # fmt: skip
    return canonical(seq, entry, previous)


def chain(own: str) -> list[str]:
    """The proof's own row and two after it."""
    rows = [own]
    for seq in (FIRST + 1, FIRST + 2):
        rows.append(a_row(seq, digest(rows[-1]), "SWEPT", "x"))
    return rows


OWN = a_row(FIRST, "ab" * 32, MADE, "W1-P1", how="by hand", **details(PROOF, SIGNER.public))
ROWS = chain(OWN)
HEAD = (FIRST + 2, digest(ROWS[-1]))


def a_file(
    rows: list[str] = ROWS,
    head: tuple[int, str] = HEAD,
    proof: object = PROOF,
    by: Signer = SIGNER,
    key: str = SIGNER.public,
) -> bytes:
    body = written(proof, rows, head, key)
    return signed(body, by.sign(one_form(body)))


def wrong(content: bytes, **more: Any) -> list[str]:
    return [line.says for line in looked_at(content, holds, **more) if not line.ok]


def test_a_proof_as_it_was_made_holds() -> None:
    content = a_file()
    lines = looked_at(content, holds, SIGNER.public, HEAD)
    assert [line.says for line in lines] == [
        "the file is in its one form",
        "the signature is by the key in the file",
        "the key is the one given",
        "row 7 of the audit names this proof",
        "rows 7 to 9 follow one another up to the head",
        "row 9 is the head given",
    ]
    assert all(line.ok for line in lines)
    assert said(content) == PROOF
    assert content.endswith(b"}\n")
    assert "Büro Ŵ".encode() in content


def test_without_a_noted_key_the_reader_is_asked_to_compare_it() -> None:
    lines = looked_at(a_file(), holds)
    assert all(line.ok for line in lines)
    assert f"the key is {SIGNER.public}: compare it" in lines[2].says


def again(content: bytes, change: Callable[[Any], Any]) -> bytes:
    """The same file, changed and not signed again."""
    return one_form(change(json.loads(content))) + b"\n"


FORMS: dict[str, Callable[[bytes], bytes]] = {
    "no line feed": lambda c: c[:-1],
    "two line feeds": lambda c: c + b"\n",
    "a space": lambda c: c.replace(b",", b", ", 1),
    "a space before": lambda c: b" " + c,
    "other keys first": lambda c: json.dumps(
        dict(reversed(json.loads(c).items())), ensure_ascii=False, separators=(",", ":")
    ).encode() + b"\n",
    "a key twice": lambda c: c.replace(b'{"chain"', b'{"key":"x","chain"', 1),
    "letters escaped": lambda c: c.replace("Ŵ".encode(), b"\\u0174", 1),
    "a slash escaped": lambda c: c.replace(b"MDIBT", b"\\u004dDIBT", 1),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_another_way_to_write_the_same_is_refused(form: str) -> None:
    changed = FORMS[form](a_file())
    assert changed != a_file()
    assert wrong(changed) == ["the file is not as written"]


def test_a_signature_of_something_else_is_refused() -> None:
    content = again(a_file(), lambda told: told | {"proof": PROOF | {"result": "not yet"}})
    assert wrong(content) == [
        "the signature is of something else", "row 7 of the audit names another proof",
    ]  # fmt: skip
    more = again(a_file(), lambda told: told | {"more": "x"})
    assert wrong(more) == ["the signature is of something else"]


def test_another_key_is_refused_where_one_was_noted_and_by_the_audits_row_anyway() -> None:
    forged = a_file(by=OTHER, key=OTHER.public)
    assert wrong(forged) == ["row 7 of the audit names another proof"]
    own = a_row(FIRST, "ab" * 32, MADE, "W1-P1", **details(PROOF, OTHER.public))
    whole = a_file([own], (FIRST, digest(own)), by=OTHER, key=OTHER.public)
    assert wrong(whole) == []
    assert wrong(whole, pinned=SIGNER.public) == ["the key is another one"]
    assert wrong(whole, noted=(FIRST, digest(OWN))) == ["row 7 is another than the head given"]


def test_a_key_that_is_no_point_signs_nothing() -> None:
    assert "the signature is of something else" in wrong(a_file(key="ff" * 32))


@pytest.mark.parametrize(
    ("own", "why"),
    [
        (a_row(FIRST, "ab" * 32, "SWEPT", "W1-P1"), "row 7 of the audit names another proof"),
        (
            a_row(FIRST, "ab" * 32, MADE, "W1-P2", **details(PROOF, SIGNER.public)),
            "row 7 of the audit names another proof",
        ),
        ("{}", "the first row is no row of an audit"),
        ("[" * 9999, "the first row is no row of an audit"),
        ("no JSON", "the first row is no row of an audit"),
        ('{"seq":"7"}', "the first row is no row of an audit"),
    ],
)
def test_the_first_row_is_that_of_this_proof(own: str, why: str) -> None:
    """Also where somebody signed it."""
    assert wrong(a_file([own], (FIRST, digest(own)))) == [why]


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        (ROWS[:2], "the chain ends at row 8, but its head names row 9"),
        ([ROWS[0], ROWS[2]], "row 8 does not follow row 7"),
        ([ROWS[0], ROWS[2], ROWS[1]], "row 8 does not follow row 7"),
        ([*ROWS, ROWS[2]], "row 10 does not follow row 9"),
        ([*ROWS[:2], ROWS[2].replace("PT", "ET")], "row 9 is another than its head names"),
    ],
)  # fmt: skip
def test_a_segment_that_is_not_whole_is_refused(rows: list[str], why: str) -> None:
    """Also where somebody signed it."""
    assert wrong(a_file(rows)) == [why]


@pytest.mark.parametrize("place", range(3))
def test_any_head_from_its_own_row_on_is_found_in_it(place: int) -> None:
    assert wrong(a_file(), noted=(FIRST + place, digest(ROWS[place]))) == []
    other = wrong(a_file(), noted=(FIRST + place, START))
    assert other == [f"row {FIRST + place} is another than the head given"]


@pytest.mark.parametrize("seq", [FIRST - 1, FIRST + 3, 0, -1])
def test_a_head_beside_the_segment_proves_nothing(seq: int) -> None:
    [why] = wrong(a_file(), noted=(seq, START))
    assert why == f"the head is of row {seq}, and the rows are 7 to 9: ask anew"


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told | {"key": "short"},
        lambda told: told | {"signature": told["signature"].upper()},
        lambda told: told | {"signature": told["signature"] + "0"},
        lambda told: told | {"proof": "x"},
        lambda told: told | {"proof": PROOF | {"form": "another 2"}},
        lambda told: told | {"chain": {"rows": [], "head": told["chain"]["head"]}},
        lambda told: told | {"chain": {"rows": [OWN, 1], "head": told["chain"]["head"]}},
        lambda told: {name: told[name] for name in ("proof", "key")},
        lambda told: [told],
    ],
)
def test_what_is_no_proof_cannot_be_read(change: Callable[[Any], Any]) -> None:
    for ask in (said, wrong):
        with pytest.raises(BadInput) as refused:
            ask(again(a_file(), change))
        assert refused.value.hint


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff", b"{", b"[" * 9999, b'{"proof":"\\ud800"}', b"1" * 5000, b"null"],
)
def test_what_is_no_json_cannot_be_read(content: bytes) -> None:
    for ask in (said, head_of):
        with pytest.raises(BadInput):
            ask(content)


def test_a_head_is_read_as_it_was_exported() -> None:
    assert head_of(b'{"head": {"seq": 7, "hash": "ab"}}\n') == (7, "ab")
