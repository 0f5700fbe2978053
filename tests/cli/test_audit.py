"""`callsteward audit`: one changed byte is seen, here and by the verifier that needs nobody."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from agent.domain.audit import START
from agent.store.audit import Audit
from connectors.http import utc_now
from tests.support.commands import Cli
from tests.support.outside import ROOT
from tests.support.stores import a_store

VERIFIER = ROOT / "deploy" / "verify_audit.py"
ROWS = 5


@pytest.fixture
def database(cli: Cli) -> Path:
    """A chain of five rows, the last page of the log written back."""
    store = a_store(cli.home, utc_now)
    for number in range(ROWS):
        with store.begin() as tx:
            Audit(tx).add("STAFF_ADDED", "STAFF", f"S-{number}", details={"büro": "Ŵ"})
    store.close()
    return cli.home / "callsteward.db"


def _verifier(path: Path, *words: str) -> tuple[int, str]:
    command = [sys.executable, str(VERIFIER), str(path), *words]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert "Traceback" not in ran.stderr
    return ran.returncode, ran.stdout + ran.stderr


def _export(cli: Cli) -> Path:
    path = cli.home / "audit.jsonl"
    assert cli("audit", "export", "--out", str(path))[0] == 0
    return path


def test_a_chain_that_was_not_touched_holds(cli: Cli, database: Path) -> None:
    code, out, _ = cli("audit", "verify", "--json")
    told = json.loads(out)
    assert (code, told["rows"], told["ok"], told["why"]) == (0, ROWS, True, None)
    head = f"{ROWS}:{told['head']}"
    assert cli("audit", "verify") == (
        0, f"The audit chain holds: {ROWS} rows, head {head}.\n", ""
    )  # fmt: skip
    for file in (database, _export(cli)):
        assert _verifier(file) == (
            0, f"the chain holds: {ROWS} rows, head {head}\n"
        )  # fmt: skip
        assert _verifier(file, "--head", head)[0] == 0


def _hashes(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as sql:
        return [found for (found,) in sql.execute("select hash from audit order by seq")]


def test_a_chain_holds_every_head_that_was_ever_noted_of_it(cli: Cli, database: Path) -> None:
    for number, found in enumerate([START, *_hashes(database)]):
        noted = f"{number}:{found}"
        assert cli("audit", "verify", "--head", noted)[0] == 0
        assert _verifier(database, "--head", noted)[0] == 0


def test_a_head_that_the_chain_lacks_is_exit_1(cli: Cli, database: Path) -> None:
    last = _hashes(database)[-1]
    for noted in (f"{ROWS - 1}:{last}", f"{ROWS + 1}:{last}", f"0:{last}", f"{ROWS}:{START}"):
        code, out, err = cli("audit", "verify", "--head", noted)
        assert (code, err) == (1, "")
        assert "does NOT hold: the head that was noted before is not in it." in out
        told = json.loads(cli("audit", "verify", "--json", "--head", noted)[1])
        assert (told["ok"], told["why"]) == (
            False,
            "the head that was noted before is not in it",
        )
        assert _verifier(database, "--head", noted)[0] == 1


@pytest.mark.parametrize(
    "noted",
    [
        "", "5", f"{START}", f":{START}", f"-1:{START}", f"five:{START}", f"5:{START}0",
        f"5:{START[1:]}", f"\u0665:{START}", f"{'9' * 30}:{START}", f"{'9' * 5000}:{START}",
    ],
)  # fmt: skip
def test_a_head_that_is_none_is_exit_2_with_the_cure(
    cli: Cli, database: Path, noted: str
) -> None:
    code, out, err = cli("audit", "verify", "--head", noted)
    assert (code, out) == (2, "")
    assert err == (
        "callsteward: the head is none. Give it as the command printed it: SEQ:HASH.\n"
    )


def test_a_row_has_its_number_its_text_and_its_hash_and_no_more(database: Path) -> None:
    """What the hash is not of could be changed unseen."""
    with closing(sqlite3.connect(database)) as sql:
        columns = [row[1] for row in sql.execute("pragma table_info(audit)")]
    assert columns == ["seq", "row", "hash"]


def test_a_new_database_has_an_empty_chain_that_holds(cli: Cli) -> None:
    assert cli("audit", "verify")[:1] == (0,)
    assert _verifier(_export(cli))[0] == 0
    assert _verifier(cli.home / "callsteward.db")[0] == 0


def test_the_export_to_the_screen_is_that_to_a_file(cli: Cli, database: Path) -> None:
    assert cli("audit", "export")[1] == _export(cli).read_text(encoding="utf-8")


def _sql(statement: str) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        with closing(sqlite3.connect(path)) as sql:
            sql.execute(statement)
            sql.commit()

    return change


def _byte(old: bytes, new: bytes) -> Callable[[Path], None]:
    """One byte of the file itself, as a hand with an editor changes it."""

    def change(path: Path) -> None:
        content = path.read_bytes()
        assert content.count(old) >= 1
        assert sum(a != b for a, b in zip(old, new, strict=True)) == 1
        path.write_bytes(content.replace(old, new, 1))

    return change


CHANGES = {
    "a word of a row": _byte(b'"subjectId":"S-2"', b'"subjectId":"S-3"'),
    "a byte that is no text": _byte(b'"subjectId":"S-2"', b'"subjectId":"S-\xff"'),
    "a row and its hash": _sql("update audit set row = '{}', hash = 'x' where seq = 2"),
    "a row gone": _sql("delete from audit where seq = 3"),
    "the last row gone": _sql(f"delete from audit where seq = {ROWS}"),
    "the head": _sql("update audit_head set seq = 4"),
    "no head": _sql("delete from audit_head"),
    "all gone": _sql("delete from audit"),
    "a row that is no row": _sql(
        # its hash is right: only what it says is not
        "update audit set row = '[1]', hash ="
        " '080a9ed428559ef602668b4c00f114f1a11c3f6b02a435f0bdc154578e4d7f22' where seq = 1"
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_chain_that_was_touched_does_not_hold(cli: Cli, database: Path, what: str) -> None:
    CHANGES[what](database)
    code, out, err = cli("audit", "verify")
    assert (code, err) == (1, "")
    assert "does NOT hold: " in out
    assert json.loads(cli("audit", "verify", "--json")[1])["ok"] is False
    assert _verifier(database)[0] == 1
    assert _verifier(_export(cli))[0] == 1


@pytest.mark.parametrize("place", range(ROWS))
def test_one_changed_letter_of_the_export_is_seen(cli: Cli, database: Path, place: int) -> None:
    path = _export(cli)
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    lines[place] = lines[place].replace("S-", "T-", 1)
    path.write_text("".join(lines), encoding="utf-8")
    code, said = _verifier(path)
    assert (code, f"row {place + 1} was changed" in said) == (1, True)


def test_an_export_cut_off_at_its_end_does_not_hold(cli: Cli, database: Path) -> None:
    path = _export(cli)
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:-1]), encoding="utf-8")
    assert _verifier(path)[0] == 1


def test_a_chain_written_anew_lacks_the_head_that_was_noted(cli: Cli, database: Path) -> None:
    noted = json.loads(cli("audit", "verify", "--json")[1])
    for suffix in ("", "-wal", "-shm"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)
    store = a_store(cli.home, utc_now)
    for number in range(ROWS):
        with store.begin() as tx:
            Audit(tx).add("STAFF_ADDED", "STAFF", f"S-{number}")
    store.close()
    assert cli("audit", "verify")[0] == 0
    head = f"{ROWS}:{noted['head']}"
    assert cli("audit", "verify", "--head", head)[0] == 1
    assert _verifier(database, "--head", head)[0] == 1


def test_the_verifier_is_short_and_needs_nothing_of_ours(tmp_path: Path) -> None:
    text = VERIFIER.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 150
    copy = tmp_path / "verify_audit.py"
    copy.write_text(text, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-I", "-S", str(copy), str(tmp_path / "none")],
        capture_output=True,
        text=True,
        cwd="/",
    )
    assert (ran.returncode, "Traceback" in ran.stderr) == (2, False)


def test_an_export_that_cannot_be_written_says_so(cli: Cli, database: Path) -> None:
    code, _, err = cli("audit", "export", "--out", str(cli.home / "none" / "audit.jsonl"))
    assert code == 2
    assert "cannot be written" in err
