"""`callsteward contact proof`, `verify`, `audit head`: from a call to an auditor's desk."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.http import utc_now
from tests.support.calls import PERSONAL
from tests.support.commands import Cli
from tests.support.estates import Clock
from tests.support.families import a_family
from tests.support.outside import ROOT, clean_environment

BY = ("--by", "S-MDI-SPOC")
HEAVY = {"sqlalchemy", "alembic", "requests", "pydantic_settings", "msgspec", "jwt", "stamina"}


@pytest.fixture(scope="module")
def yesterday(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A data folder with a call of yesterday, whose contact was read to be gone."""
    folder = tmp_path_factory.mktemp("yesterday")
    family = a_family(folder, clock=Clock(utc_now() - timedelta(days=1)))
    made = family.started()
    family.ends(made)
    family.later(seconds=30)
    family.attested(made)
    family.later(seconds=5)
    family.store.close()
    return folder, made


@pytest.fixture
def call(cli: Cli, yesterday: tuple[Path, str]) -> str:
    shutil.copytree(yesterday[0], cli.home, dirs_exist_ok=True)
    return yesterday[1]


@pytest.fixture
def file(cli: Cli, call: str) -> Path:
    path = cli.home / "proof.json"
    code, out, err = cli("contact", "proof", call, "--out", str(path), *BY)
    assert (code, out) == (0, f"Written: {path}\n"), err
    assert err.startswith(f"{call}-W1-P1: proven\nto come: recordings: ")
    return path


def test_a_proof_is_written_and_proven_with_a_key_and_a_head_of_ones_own(
    cli: Cli, call: str, file: Path
) -> None:
    key = cli("contact", "proof-key")[1].strip()
    noted, head = cli.home / "key.txt", cli.home / "head.json"
    assert cli("contact", "proof-key", "--out", str(noted))[0] == 0
    assert cli("audit", "head", "--out", str(head))[0] == 0
    for pinned in (key, str(noted)):
        code, out, err = cli("verify", str(file), "--key", pinned, "--head", str(head))
        assert (code, err) == (0, "")
        lines = out.splitlines()
        assert [line.partition(":")[0] for line in lines[:-1]] == ["holds"] * 6
        assert lines[-1] == f"It says of {call}-W1 on MDIBT001 (K10003): proven"


def test_another_key_or_the_head_of_another_chain_is_exit_1(
    cli: Cli, file: Path, tmp_path: Path
) -> None:
    code, out, _ = cli("verify", str(file), "--key", "ab" * 32)
    assert (code, "DOES NOT HOLD: the key is another one" in out) == (1, True)
    head = json.loads(cli("audit", "head")[1])["head"]
    other = tmp_path / "head.json"
    other.write_text(json.dumps({"head": head | {"hash": "ab" * 32}}))
    code, out, _ = cli("verify", str(file), "--head", str(other))
    assert (code, "another than the head given" in out) == (1, True)
    assert "It says" not in out


def _changed(text: str) -> str:
    return text.replace('"result":"proven"', '"result":"failed"')


def _reordered(text: str) -> str:
    return json.dumps(dict(reversed(json.loads(text).items())), separators=(",", ":"))


def _shorter(text: str) -> str:
    told = json.loads(text)
    told["chain"]["rows"] = [*told["chain"]["rows"][:-1], "{}"]
    return json.dumps(told, sort_keys=True, separators=(",", ":")) + "\n"


CHANGES: dict[str, tuple[Callable[[str], str], int]] = {
    "a word": (_changed, 1),
    "the order": (_reordered, 1),
    "a space": (lambda text: text.replace(":", ": ", 1), 1),
    "a row": (_shorter, 1),
    "cut off": (lambda text: text[:-9], 2),
    "no proof": (lambda text: "{}", 2),
    "empty": (lambda text: "", 2),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_was_changed_is_exit_1_and_what_is_no_proof_exit_2(
    cli: Cli, file: Path, what: str
) -> None:
    change, expected = CHANGES[what]
    file.write_text(change(file.read_text()))
    code, out, err = cli("verify", str(file))
    assert code == expected
    assert ("DOES NOT HOLD" in out) == (expected == 1)
    assert err.startswith("callsteward: ") == (expected == 2)
    assert "It says" not in out


@pytest.mark.parametrize("option", ["--key", "--head"])
def test_a_key_or_a_head_that_is_none_is_exit_2(cli: Cli, file: Path, option: str) -> None:
    nonsense = cli.home / "nonsense"
    nonsense.write_bytes(b"\xff nonsense")
    for name in (nonsense, cli.home / "none"):
        code, out, err = cli("verify", str(file), option, str(name))
        assert (code, out) == (2, "")
        assert "fault of its own" not in err
    assert cli("verify", str(cli.home / "none"))[0] == 2


def test_whoever_proves_it_needs_no_settings_no_database_and_no_network(
    file: Path, tmp_path: Path
) -> None:
    script = (
        "import sys, socket\n"
        "def refuse(*words): raise AssertionError('network')\n"
        "socket.socket.connect = refuse\n"
        "from agent.cli.main import main\n"
        "sys.argv[:] = ['callsteward', 'verify', sys.argv[1]]\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "print(' '.join(sorted({name.partition('.')[0] for name in sys.modules})))\n"
    )
    environment = clean_environment() | {
        "PYTHONPATH": str(ROOT), "CALLSTEWARD_DATABASE_URL": "nonsense", "HOME": "/none",
    }  # fmt: skip
    ran = subprocess.run(
        [sys.executable, "-c", script, str(file)],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "holds: the signature" in ran.stdout
    assert not HEAVY & set(ran.stdout.splitlines()[-1].split())


def _of_the_page(language: str) -> str:
    """The one example in this language."""
    page = (ROOT / "docs" / "proof.md").read_text()
    [found] = re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)
    return str(found)


def test_the_page_tells_how_to_prove_it_by_hand(cli: Cli, file: Path, tmp_path: Path) -> None:
    assert cli("contact", "proof-key", "--pem", "--out", str(tmp_path / "key.pem"))[0] == 0
    shutil.copy(file, tmp_path / "proof.json")
    python = [sys.executable, "-I", "-S", "-c", _of_the_page("python")]
    sh = ["sh", "-c", _of_the_page("sh")]

    def proves(command: list[str]) -> bool:
        ran = subprocess.run(
            command, cwd=tmp_path, env={"PATH": os.environ["PATH"]}, capture_output=True
        )
        return ran.returncode == 0

    assert proves(python)
    assert proves(sh)
    with (tmp_path / "signed").open("ab") as signed:
        signed.write(b"x")
    assert not proves(sh)
    text = file.read_text().replace('"result":"proven"', '"result":"failed"')
    (tmp_path / "proof.json").write_text(text)
    assert not proves(python)


def test_nobody_of_the_family_is_in_what_is_written_or_said(
    cli: Cli, call: str, file: Path
) -> None:
    said = [
        file.read_text(),
        *cli("contact", "proof", call, *BY)[1:],
        cli("audit", "export")[1],
    ]
    said += cli("verify", str(file))[1:]
    for word in PERSONAL:
        assert word not in "".join(said)


def test_the_same_again_is_the_same_file(cli: Cli, call: str, file: Path) -> None:
    code, out, _ = cli("contact", "proof", f"{call}-W1", *BY)
    assert (code, out) == (0, file.read_text())
    assert (cli.home / "proof.key").stat().st_mode & 0o777 == 0o600


def test_what_is_not_proven_yet_is_exit_1_and_a_proof_nevertheless(cli: Cli) -> None:
    family = a_family(cli.home, clock=Clock(utc_now() - timedelta(days=1)))
    made = family.invited()
    family.store.close()
    out = cli.home / "proof.json"
    code, _, err = cli("contact", "proof", made, "--out", str(out), *BY)
    assert (code, err) == (1, f"{made}-W1-P1: not yet\nto come: {_sweep(out)}\n")
    assert cli("verify", str(out))[0] == 0


def _sweep(file: Path) -> str:
    kept: dict[str, Any] = json.loads(file.read_text())["proof"]["surfaces"][-1]
    return f"recordings: a sweep after {kept['not_before']} tells"


def test_who_makes_a_proof_says_who_they_are(cli: Cli, call: str) -> None:
    code, out, err = cli("contact", "proof", call)
    assert (code, out) == (2, "")
    assert "Add --by" in err
    assert cli("contact", "proof", call, "--by", "NOBODY")[0] == 2
    assert cli("contact", "proof-key", "--new")[0] == 2


def test_the_key_is_where_the_setting_names_it(cli: Cli, call: str) -> None:
    key = cli.home / "elsewhere" / "proof.key"
    cli.set(CALLSTEWARD_PROOF_KEY_FILE=str(key))
    told = cli("contact", "proof-key")[1].strip()
    assert key.stat().st_mode & 0o777 == 0o600
    assert told in cli("contact", "proof", call, *BY)[1]
    assert cli("contact", "proof-key", "--pem")[1].startswith("-----BEGIN PUBLIC KEY-----")
    key.unlink()
    assert "contact proof-key --new" in cli("contact", "proof", call, *BY)[2]
    assert cli("contact", "proof-key", "--new", *BY)[1].strip() != told
