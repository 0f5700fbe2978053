"""`callsteward authorisation`: recorded, listed against the register, shown."""

import json
from pathlib import Path

import pytest

from tests.support.calls import INFOSEC, register, staff
from tests.support.commands import Cli

RECORD = (
    "authorisation", "record", "--site", "mdi", "--grantor", "governor", "--granted-by",
    "S-MDI-GOV", "--dated", "2026-11-01", "--review", "2099-02-01", "--reference", "40E/7",
    "--tag", "K10004", "--tag", "k10003",
)  # fmt: skip
BY = ("--by", "S-MDI-SPOC")


@pytest.fixture
def site(cli: Cli, tmp_path: Path) -> Cli:
    """Staff and register are imported."""
    for name, data in (("staff", staff()), ("register", register())):
        (tmp_path / name).write_bytes(data)
        words = (name, "import", str(tmp_path / name), "--by", INFOSEC.id, "--yes")
        assert cli(*words)[0] == 0
    return cli


def listed(cli: Cli, *words: str) -> tuple[int, dict[str, object]]:
    code, out, _ = cli("authorisation", "list", "--json", *words)
    return code, json.loads(out)


def test_without_a_letter_each_establishment_with_ipads_is_a_finding(site: Cli) -> None:
    code, told = listed(site)
    missing = ["no authorisation under s.40E is on file (C1)"]
    assert code == 1
    assert told["establishments"] == [
        {"establishment": code, "in_force": None, "findings": missing}
        for code in ("LEI", "MDI")
    ]
    assert "MDI: none\n    wrong: no auth" in site("authorisation", "list")[1]


def test_a_recorded_letter_is_in_force_and_shown(site: Cli) -> None:
    code, out, err = site(*RECORD, *BY, "--json")
    assert (code, err) == (0, "")
    kept = json.loads(out)
    assert (kept["id"], kept["tags"], kept["findings"]) == (
        "40E-MDI-1", ["K10003", "K10004"], [],
    )  # fmt: skip
    assert kept["recorded_by"] == "S-MDI-SPOC"
    code, told = listed(site, "--site", "MDI", "--all")
    assert code == 0
    assert told["letters"] == [{k: v for k, v in kept.items() if k != "findings"}]
    assert "governor" in site("authorisation", "show", "40e-mdi-1")[1]
    assert (
        json.loads(site("authorisation", "show", "40E-MDI-1", "--json")[1])["id"] == kept["id"]
    )
    assert "40E-MDI-1, dated 2026-11-01" in site("authorisation", "list", "--all")[1]


def test_the_same_letter_twice_is_one_and_another_one_replaces_it(site: Cli) -> None:
    site(*RECORD, *BY)
    assert "40E-MDI-1" in site(*RECORD, *BY)[1]
    code, out, _ = site(*RECORD[:-2], "--dated", "2026-11-02", *BY)
    assert code == 0
    assert "Recorded: 40E-MDI-2.\nnote: it does not list MDIBT001 K10003 (C2)" in out
    assert listed(site, "--site", "MDI")[0] == 1


def test_who_does_not_work_here_records_nothing_and_a_bad_date_is_named(site: Cli) -> None:
    code, _, err = site(*RECORD, "--by", "S-NOBODY")
    assert (code, "S-NOBODY" in err) == (2, True)
    code, _, err = site(*RECORD, "--dated", "first of May", *BY)
    assert (code, "--dated is no date. Write it as" in err) == (2, True)
    code, _, err = site("authorisation", "show", "40E-MDI-1")
    assert (code, "no authorisation with this id" in err) == (2, True)


def test_the_audit_has_the_letter(site: Cli) -> None:
    site(*RECORD, *BY)
    told = site("audit", "export")[1].splitlines()[-2]
    for word in ("AUTHORISATION_RECORDED", "S-MDI-SPOC", "K10003", "40E/7"):
        assert word in told
