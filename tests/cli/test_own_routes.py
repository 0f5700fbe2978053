"""Routes of one's own are followed by what people report and declare, too."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.calls import INFOSEC, register, staff
from tests.support.commands import Cli

OWN = """[[route]]
name = "the Governor wants to know"
when = { category = ["loss", "operational"] }
tell = ["governor", "infosec-deputy"]
"""


@pytest.fixture
def own(cli: Cli, tmp_path: Path) -> Cli:
    (tmp_path / "routes.toml").write_text(OWN, encoding="utf-8")
    cli.set(CALLSTEWARD_ROUTES_FILE=str(tmp_path / "routes.toml"))
    for name, data in (("staff", staff()), ("register", register())):
        (tmp_path / name).write_bytes(data)
        assert cli(name, "import", str(tmp_path / name), "--by", INFOSEC.id, "--yes")[0] == 0
    return cli


def told(cli: Cli) -> set[str]:
    """The recipient of each letter."""
    with closing(sqlite3.connect(cli.home / "callsteward.db")) as sql:
        return {row[0].split("/")[3] for row in sql.execute('select "key" from mail')}


def test_what_staff_report_goes_where_our_own_routes_say(own: Cli) -> None:
    code, _, err = own("incident", "report", "damage", "--site", "MDI", "--by", INFOSEC.id)
    assert (code, err) == (0, "")
    assert {"governor.MDI", "infosec-deputy"} <= told(own)


def test_a_declared_maintenance_is_told_where_our_own_routes_say(own: Cli) -> None:
    declare = (
        "maintenance", "declare", "--type", "os.minimum", "--site", "MDI", "--until",
        "2099-01-01T10:00", "--from", "2098-12-31T10:00", "--reason", "works",
    )  # fmt: skip
    assert own(*declare, "--by", INFOSEC.id)[0] == 0
    name = own("maintenance", "list", "--json")[1].split('"id": "')[1].split('"')[0]
    code, _, err = own("maintenance", "confirm", name, "--by", "S-MDI-SEC")
    assert (code, err) == (0, "")
    assert "infosec-deputy" in told(own)
