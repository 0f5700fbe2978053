"""`register`, `contacts` and `staff` at the command line: shown first, applied when told."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from agent.cli import people, register
from agent.domain.contacts import COLUMNS
from agent.errors import BadInput
from tests.support.registers import a_row, as_file, contact_rows, register_rows, staff_file
from tests.support.stores import a_store

CODES = ("LEI", "MDI")
BY = ("--by", "INFOSEC-1")
APPS = {"register": register.app, "contacts": people.contacts, "staff": people.staff}
Run = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    a_store(tmp_path).close()
    rows = register_rows(CODES)
    (tmp_path / "register.csv").write_bytes(as_file(rows))
    (tmp_path / "bad.csv").write_bytes(as_file([rows[0] | {"serial": "?"}, *rows[1:]]))
    (tmp_path / "contacts.csv").write_bytes(as_file(contact_rows(CODES), COLUMNS))
    (tmp_path / "staff.csv").write_bytes(staff_file(CODES))
    return tmp_path


@pytest.fixture
def env(folder: Path) -> dict[str, str]:
    return {"CALLSTEWARD_DATABASE_URL": f"sqlite:///{folder / 'callsteward.db'}"}


@pytest.fixture
def run(folder: Path, env: dict[str, str]) -> Run:
    def call(words: str, *more: str) -> Result:
        name, *rest = words.split()
        args = [str(folder / word) if word.endswith(".csv") else word for word in rest]
        app: typer.Typer = APPS[name]
        return CliRunner().invoke(app, [*args, *more], env=env)

    return call


@pytest.fixture
def filled(run: Run) -> Run:
    assert run("staff import staff.csv --yes", *BY).exit_code == 0
    assert run("register import register.csv --yes", *BY).exit_code == 0
    return run


def test_an_import_shows_its_diff_and_then_applies_it(run: Run) -> None:
    told = run("staff import staff.csv --yes", *BY)
    assert "added: S-MDI-SPOC" in told.stdout
    assert "Imported: 3 added, 0 changed, 0 left." in told.stdout
    told = run("register import register.csv --yes", *BY)
    assert told.exit_code == 0
    assert "added: K10001 LEIBT001 DMPX000001" in told.stdout
    assert "note: establishment: 122 establishments have no device" in told.stdout
    assert (
        "Imported: 4 added, 0 changed, 0 moved, 0 unchanged, 0 not in the file." in told.stdout
    )


def test_importing_again_says_that_there_is_nothing_to_do(filled: Run) -> None:
    again = filled("register import register.csv", *BY)
    assert (again.exit_code, "the register is so already" in again.stdout) == (0, True)
    again = filled("staff import staff.csv", *BY)
    assert (again.exit_code, again.stdout) == (0, "Nothing to do: it is so already.\n")


def test_a_dry_run_needs_no_name_and_changes_nothing(filled: Run, folder: Path) -> None:
    moved = {"establishment": "BXI", "local_id": "BXIBT001", "sim_provider": ""}
    other = a_row("LEI", 2, 2, sim_provider="EE")
    (folder / "moved.csv").write_bytes(as_file([a_row("LEI", 1, 1, **moved), other]))
    told = filled("register import moved.csv --dry-run")
    assert told.exit_code == 0
    assert "moved: K10001 from LEI to BXI" in told.stdout
    assert "    sim_provider: O2 -> -" in told.stdout
    assert "changed: K10002 LEIBT002" in told.stdout
    assert "not in the file, stays: K10003" in told.stdout
    assert "Nothing was imported. It would be: 0 added, 1 changed, 1 moved" in told.stdout
    assert "LEIBT001" in filled("register show K10001").stdout


def test_bad_lines_are_shown_and_exit_1(filled: Run) -> None:
    told = filled("register import bad.csv --yes", *BY)
    assert told.exit_code == 1
    assert "wrong: line 2, serial, '?': letters and digits only" in told.stdout
    assert "Correct what is wrong, or add --skip-invalid." in told.stdout


def test_skip_invalid_names_what_it_left_out(run: Run) -> None:
    run("staff import staff.csv --yes", *BY)
    told = run("register import bad.csv --yes --skip-invalid", *BY)
    assert told.exit_code == 1
    assert "left out: line 2 K10001" in told.stdout
    assert "Imported: 3 added" in told.stdout


def test_json_has_everything_in_one_object(run: Run) -> None:
    run("staff import staff.csv --yes", *BY)
    told = json.loads(run("register import bad.csv --skip-invalid --yes --json", *BY).stdout)
    assert told["applied"] is True
    assert told["added"] == ["K10002", "K10003", "K10004"]
    assert told["left_out"] == [{"line": 2, "tag": "K10001"}]
    assert told["problems"][0]["value"] == "?"
    told = json.loads(run("contacts import contacts.csv --dry-run --json").stdout)
    assert (told["applied"], len(told["added"])) == (False, 16)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("register import register.csv --yes", "nobody said who"),
        ("register import register.csv --by INFOSEC-1", "no terminal"),
        ("contacts import contacts.csv --by INFOSEC-1", "no terminal"),
        ("register import nowhere.csv --dry-run", "cannot be read"),
        ("register import register.csv --yes --by S-NOBODY", "S-NOBODY"),
        ("register show K404", "K404"),
        ("register export --out /nowhere/x", "cannot be written"),
    ],
)
def test_what_could_not_run_says_why(run: Run, words: str, message: str) -> None:
    run("staff import staff.csv --yes", *BY)
    refused = run(words).exception
    assert isinstance(refused, BadInput)
    assert message in str(refused)
    assert refused.hint


def test_contacts_are_replaced_shown_and_missed(run: Run) -> None:
    run("staff import staff.csv --yes", *BY)
    missing = run("contacts missing")
    assert (missing.exit_code, "missing: national/infosec" in missing.stdout) == (1, True)
    told = run("contacts import contacts.csv --yes", *BY)
    assert "added: MDI/security" in told.stdout
    assert "Imported: 16 added, 0 changed, 0 removed." in told.stdout
    assert run("contacts missing").exit_code == 0
    bad = run("contacts import staff.csv --dry-run")
    assert (bad.exit_code, "wrong: line 1, scope" in bad.stdout) == (1, True)


def test_exports_are_files_that_import_again(filled: Run, folder: Path) -> None:
    filled("contacts import contacts.csv --yes", *BY)
    for name in APPS:
        out = folder / f"out-{name}.csv"
        assert filled(f"{name} export --out out-{name}.csv").stdout == f"Written: {out}\n"
        assert out.read_bytes() == filled(f"{name} export").stdout_bytes
        assert "already" in filled(f"{name} import out-{name}.csv --dry-run").stdout


def test_one_ipad_is_shown_with_its_history(filled: Run, folder: Path) -> None:
    changed = a_row("LEI", 1, 1, sim_provider="EE")
    (folder / "changed.csv").write_bytes(as_file([changed]))
    filled("register import changed.csv --yes", *BY)
    told = filled("register show K10001").stdout
    assert "added by INFOSEC-1" in told
    assert "changed by INFOSEC-1\n    sim_provider: O2 -> EE\n" in told


def test_late_receipts_exit_1(filled: Run, folder: Path) -> None:
    assert filled("register overdue").exit_code == 0
    none = {"received_by": "", "received_on": "", "storage_location": ""}
    (folder / "late.csv").write_bytes(as_file([a_row("LEI", 1, 1, **none)]))
    filled("register import late.csv --yes", *BY)
    late = filled("register overdue")
    assert late.exit_code == 1
    assert late.stdout == ("LEIBT001 K10001: distributed 2026-09-03, receipt due 2026-09-07\n")


def test_staff_who_left_are_marked(filled: Run, folder: Path) -> None:
    (folder / "fewer.csv").write_bytes(staff_file(["LEI"]))
    assert "left: S-MDI-SPOC" in filled("staff import fewer.csv --yes", *BY).stdout
    listed = filled("staff list").stdout
    assert "S-MDI-SPOC: Sam Pock, spoc MDI (has left)" in listed
    assert "INFOSEC-1: A Analyst, infosec\n" in listed


@pytest.mark.parametrize(("answer", "result"), [("y", "Imported: 4"), ("n", "Nothing was")])
def test_at_a_terminal_it_asks(
    filled: Run, folder: Path, env: dict[str, str], answer: str, result: str
) -> None:
    rows = [row | {"sim_provider": "EE"} for row in register_rows(CODES)]
    (folder / "new.csv").write_bytes(as_file(rows))
    words = ["register", "import", str(folder / "new.csv"), *BY]
    told = at_a_terminal(words, env, f"{answer}\n")
    assert result.replace("4", "0 added, 4 changed") in told


def at_a_terminal(words: Sequence[str], env: dict[str, str], keys: str) -> str:
    """What the real command prints when somebody types these keys."""
    ours, theirs = os.openpty()
    os.write(ours, keys.encode())
    command = [sys.executable, "-c", "from agent.cli.main import main; main()", *words]
    done = subprocess.run(
        command, stdin=theirs, capture_output=True, env=os.environ | env, timeout=60, check=True
    )
    os.close(ours)
    os.close(theirs)
    return done.stdout.decode()
