"""The command line starts light and says what it can do."""

import json
import os
import subprocess
import sys
import tomllib

import pytest

from agent.cli.checks import page
from agent.domain.checks import all_rules
from agent.policies import load_policy
from tests.support.commands import Cli
from tests.support.outside import ROOT

HEAVY = (
    "sqlalchemy", "alembic", "requests", "pydantic", "pydantic_settings", "fastapi",
    "apscheduler", "typst", "msgspec", "jwt", "cryptography", "stamina", "starlette", "uvicorn",
)  # fmt: skip


OF_TYPER = {"pydantic"}  # Typer itself reads the options of a command with it


@pytest.mark.parametrize(
    ("words", "fine"),
    [(["--help"], set()), (["sweep", "--help"], OF_TYPER), (["register", "--help"], OF_TYPER)],
)
def test_help_loads_no_heavy_module(words: list[str], fine: set[str]) -> None:
    script = (
        "import sys, json\n"
        "from agent.cli.main import main\n"
        "sys.argv[:] = ['callsteward', *json.loads(sys.argv[1])]\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))\n"
    )
    # not under coverage, whose start-up loads modules of its own
    environment = {k: v for k, v in os.environ.items() if not k.startswith("COV")}
    ran = subprocess.run(
        [sys.executable, "-c", script, json.dumps(words)],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    loaded = json.loads(ran.stdout.splitlines()[-1])
    assert "agent" in loaded
    assert set(HEAVY) & set(loaded) <= fine


def test_every_command_has_a_help_of_its_own(cli: Cli) -> None:
    code, out, _ = cli("--help")
    assert code == 0
    for name in (
        "demo", "sweep", "report", "serve", "sandbox", "checks", "settings", "register",
        "contacts", "staff", "audit", "database", "zoom", "doctor", "authorisation",
        "call", "today", "resident", "device", "contact", "verify",
    ):  # fmt: skip
        assert name in out
        assert cli(name, "--help")[0] == 0


def test_the_version_is_that_of_the_project(cli: Cli) -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    project = tomllib.loads(text)["project"]
    assert cli("--version") == (0, f"callsteward {project['version']}\n", "")


def test_without_a_word_the_help_is_shown(cli: Cli) -> None:
    _, out, err = cli()
    assert "Usage: callsteward" in out + err


def test_the_checks_are_listed_with_all_that_they_say_of_themselves(cli: Cli) -> None:
    code, out, _ = cli("checks", "--json")
    rows = json.loads(out)["checks"]
    assert code == 0
    assert [row["name"] for row in rows] == list(all_rules(load_policy().zoom))
    for row in rows:
        assert row["category"] in ("security", "loss", "upkeep")
        assert row["severity"] in ("LOW", "MEDIUM", "HIGH")
        assert row["requirement"]
        assert row["remedy"].endswith(".")
        assert 1 <= row["question"] <= 8


def test_what_needs_a_person_is_listed_beside_the_checks_and_is_none_of_them(cli: Cli) -> None:
    asked = load_policy().zoom.person
    rows = json.loads(cli("checks", "--json")[1])["needs_a_person"]
    assert [row["name"] for row in rows] == [line.name for line in asked] != []
    assert not {line.name for line in asked} & all_rules(load_policy().zoom).keys()
    out = cli("checks")[1]
    for line in asked:
        assert f"{line.name}: {line.says}\n    needs a person; {line.category.value}" in out
        assert f"{line.why}; Annex E question {line.question}\n" in out
        assert f"CIS Zoom Benchmark: {line.cis}\n    {line.remedy}\n" in out
        told = f"| {line.says} | {line.why} | {line.category.value} | {line.question}: "
        assert told in page()


def test_the_page_says_of_each_setting_where_it_differs_from_the_cis_benchmark() -> None:
    for line in load_policy().zoom.settings:
        [row] = [row for row in page().splitlines() if row.startswith(f"| `{line.path}` |")]
        assert row.endswith(f"| {line.why} | {line.category.value} | {line.cis} |")


def test_the_checks_are_listed_for_people_and_as_a_page(cli: Cli) -> None:
    _, out, _ = cli("checks")
    for name, rule in all_rules(load_policy().zoom).items():
        assert f"{name}: {rule.says}" in out
    assert cli("checks", "--markdown")[1] == page()


@pytest.mark.parametrize(
    "words",
    [
        ["fly"],
        ["sweep", "--fast"],
        ["demo", "--faults", "-1"],
        ["demo", "--establishments", "0"],
        ["demo", "--seed", "one"],
        ["sandbox", "--devices", "many"],
        ["audit", "verify", "more"],
    ],
)
def test_a_word_that_is_not_understood_is_exit_2_without_a_traceback(
    cli: Cli, words: list[str]
) -> None:
    code, _, err = cli(*words)
    assert code == 2
    assert "Traceback" not in err
    assert err
