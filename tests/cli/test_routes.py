"""`callsteward routes`: who is told and why, and a test letter that really goes."""

import json
import socket
from contextlib import closing
from pathlib import Path

import pytest

from agent.cli.show import ROLES
from agent.domain.routes import PLACES
from agent.schemes import load_scheme
from agent.services.audit import verify_chain
from agent.services.people import export_contacts, import_contacts
from agent.store.audit import Audit
from agent.store.opening import open_store
from connectors.http import utc_now
from tests.support.commands import Cli
from tests.support.estates import BY
from tests.support.outside import Outside

OWN = """
[[route]]
name = "our governor hears of every loss"
when = { category = "loss", establishment = "ACI" }
tell = ["governor"]
"""
ASKED = ("--type", "zoom.no-recordings", "--site", "ACI", "--at", "2026-11-23 02:00")
YEAR = utc_now().year
FIRST, TRIAL = f"INC-{YEAR}-00001", f"TEST-{YEAR}-00001"
BY_INFOSEC = ("--by", "S-INFOSEC")


@pytest.fixture
def ready(cli: Cli, outside: Outside) -> Cli:
    outside.filled_store(cli.home).close()
    cli.take(outside.environment(cli.home))
    return cli


def own_routes(cli: Cli, text: str = OWN) -> Path:
    path = cli.home / "own.toml"
    path.write_text(text, encoding="utf-8")
    cli.set(CALLSTEWARD_ROUTES_FILE=str(path))
    return path


def _nobodys_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port: int = door.getsockname()[1]
    return port


def refused(told: tuple[int, str, str]) -> str:
    code, out, err = told
    assert (code, out) == (2, "")
    assert err.startswith("callsteward: ")
    assert err.count("\n") == 1
    return err


def test_every_route_is_listed_with_when_and_whom_and_its_file(ready: Cli) -> None:
    own_routes(ready)
    code, out, _ = ready("routes", "list")
    assert code == 0
    assert "loss, damage or operational compromise (E5) (routes.toml)" in out
    assert "    when category loss\n    tells regional-silver, local-security" in out
    assert "our governor hears of every loss (own.toml)" in out
    rows = json.loads(ready("routes", "list", "--json")[1])
    assert rows[-1] == {
        "name": "our governor hears of every loss",
        "when": {"category": "loss", "establishment": "ACI"},
        "tell": ["governor"],
        "file": "own.toml",
    }


def test_what_might_happen_is_explained_route_by_route(ready: Cli) -> None:
    code, out, _ = ready("routes", "explain", *ASKED)
    assert code == 0
    assert "HIGH security, zoom.no-recordings at ACI, Mon 23 Nov 2026 02:00 UK time" in out
    assert "follows: security issue (Annex E: X9)" in out
    assert "not: loss, damage or operational compromise (E5)\n    its category is" in out
    assert "would be told: security.ACI\n" in out
    assert "regional-silver.Northern Dales stands in for it, to whom nothing here" in out
    assert "@" not in out
    assert "+44" not in out
    _, out, _ = ready("routes", "explain", *ASKED, "--addresses")
    assert "would be told: security.ACI <security.aci@justice.example>" in out


def test_the_same_by_day_rings_nobody_and_json_has_it_all(ready: Cli) -> None:
    words = ("--type", "zoom.no-recordings", "--site", "ACI", "--at", "2026-11-23 12:00")
    found = json.loads(ready("routes", "explain", *words, "--json")[1])
    assert [one["to"] for one in found["told"]] == [
        "provider-management.ACI", "security.ACI", "infosec",
    ]  # fmt: skip
    assert {one["name"] for one in found["routes"] if one["follows"]} == {
        "security issue (Annex E: X9)"
    }
    night = json.loads(ready("routes", "explain", *ASKED, "--json")[1])
    assert "duty-phone.ACI" in [one["to"] for one in night["told"]]
    assert night["at"] == "2026-11-23T02:00:00+00:00"
    assert "address" not in night["told"][0]


def test_an_incident_is_explained_with_what_was_told_of_it(
    ready: Cli, outside: Outside
) -> None:
    own_routes(ready)
    outside.edit("K10001", jailBroken="True")
    assert ready("sweep")[::2] == (1, "")
    code, out, _ = ready("routes", "explain", FIRST)
    assert code == 0
    assert "follows: our governor hears of every loss" in out
    assert "would be told: governor.ACI" in out
    assert "accepted: governor.ACI, message 1, 20" in out
    assert "not: security issue (Annex E: X9)\n    its category is loss, not security" in out
    assert "@" not in out
    found = json.loads(ready("routes", "explain", FIRST, "--json")[1])
    assert all(one["accepted_at"] and one["answer"] for one in found["letters"])


def test_one_cause_of_many_is_explained_for_each_place_of_it(
    ready: Cli, outside: Outside
) -> None:
    there = OWN.replace('"loss"', '"security"').replace("ACI", "AGI")
    own_routes(ready, there)  # not at the first of the places
    for tag in ("K10001", "K10003", "K10005"):
        outside.edit(tag, isSupervised=False)
    assert ready("sweep")[::2] == (1, "")
    found = json.loads(ready("routes", "explain", FIRST, "--json")[1])
    assert found["shared"] is True
    assert found["routes"][-1]["follows"] is True
    told = {one["to"] for one in found["told"]}
    assert "governor.AGI" in told
    assert {"security.ACI", "security.AGI", "security.ASI", "infosec"} <= told
    assert not {one for one in told if one.startswith("duty-phone")}
    assert {one["to"] for one in found["letters"]} == told


def test_who_cannot_be_told_is_exit_1(ready: Cli) -> None:
    with closing(open_store(f"sqlite:///{ready.home / 'callsteward.db'}", utc_now)) as store:
        contacts = export_contacts(store)
        for address in ("infosec@justice.example", "silver.northern-dales@justice.example"):
            contacts = contacts.replace(f",{address}", ",")
        import_contacts(store, load_scheme(), contacts.encode(), BY)
    code, out, _ = ready("routes", "explain", *ASKED)
    assert code == 1
    assert "infosec, but neither it nor a fallback has an address: the letter would wait" in out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("explain", "INC-2026-00404"), "there is no incident INC-2026-00404"),
        (("explain",), "say what to explain"),
        (("explain", "INC-2026-00001", "--type", "sim.registered"), "say what to explain"),
        (("explain", "--type", "strange.one"), "how grave is it"),
        (("explain", "--type", "strange.one", "--severity", "HIGH"), "of which category"),
        (("explain", "--type", "sim.registered", "--site", "XXX"), "no establishment XXX"),
        (("explain", "--type", "sim.registered", "--at", "soon"), "a time is not readable"),
        (("test", "--to", "infosec"), "nobody said who does this"),
        (("test", "--to", "cook", *BY_INFOSEC), "nobody is called cook"),
        (("test", "--to", "spoc", *BY_INFOSEC), "spoc is of a place"),
        (("test", "--to", "spoc.XXX", *BY_INFOSEC), "XXX is no establishment and no region"),
        (("test", "--to", "infosec", "--by", "S-NOBODY"), "has the id S-NOBODY"),
    ],
)
def test_what_cannot_be_done_says_why_in_one_line(
    ready: Cli, words: tuple[str, ...], says: str
) -> None:
    assert says in refused(ready("routes", *words))


@pytest.mark.parametrize("command", [("serve",), ("sweep",), ("routes", "list"), ("receive",)])
def test_a_fault_in_a_file_of_routes_stops_it_at_the_start(
    ready: Cli, command: tuple[str, ...]
) -> None:
    path = own_routes(ready, OWN.replace('"loss"', '"lost"').replace("governor", "cook"))
    err = refused(ready(*command))
    assert f"{path}: line 4: when.category: lost is none of" in err
    assert "; line 5: tell: cook, which is nobody" in err


def test_doctor_stops_at_it_too(ready: Cli) -> None:
    own_routes(ready, OWN.replace('"loss"', '"lost"'))
    code, out, _ = ready("doctor")
    assert code == 2
    assert "line 4: when.category: lost is none of" in out


def test_a_test_letter_really_goes_and_is_marked(ready: Cli, outside: Outside) -> None:
    before = len(outside.mails())
    to = ("--to", "local-security.ACI", "--to", "regional-silver.Northern Dales",
          "--to", "regional-deputy.ACI", "--to", "infosec", "--to", "infosec")  # fmt: skip
    code, out, _ = ready("routes", "test", *to, *BY_INFOSEC)
    assert code == 0
    assert f"{TRIAL}: 4 owed." in out
    assert "accepted: security.ACI, message 1, 20" in out
    assert "@" not in out
    mails = outside.mails()[before:]
    assert sorted(str(mail["To"]) for mail in mails) == [
        "deputy.silver.northern-dales@justice.example", "infosec@justice.example",
        "security.aci@justice.example", "silver.northern-dales@justice.example",
    ]  # fmt: skip
    assert {mail["Subject"] for mail in mails} == {f"TEST {YEAR}-00001: nothing has happened"}
    assert len({mail["Message-ID"] for mail in mails}) == 4
    assert all("nothing has happened" in mail.get_content() for mail in mails)
    with closing(open_store(f"sqlite:///{ready.home / 'callsteward.db'}", utc_now)) as store:
        assert verify_chain(store).ok
        with store.read() as tx:
            rows = [json.loads(row) for _, row, _ in Audit(tx).rows()]
    ours = [row for row in rows if row["subjectId"] == TRIAL]
    assert [row["what"] for row in ours] == ["TEST_LETTERS_OWED"] + 4 * ["MAIL_ACCEPTED"]
    assert ours[0]["who"] == "S-INFOSEC"
    assert {row["subjectType"] for row in ours} == {"LETTER"}


def test_each_test_has_an_id_of_its_own_and_opens_no_incident(ready: Cli) -> None:
    for number in (1, 2):
        told = json.loads(ready("routes", "test", "--to", "infosec", *BY_INFOSEC, "--json")[1])
        assert told["id"] == f"TEST-{YEAR}-{number:05}"
        assert [one["to"] for one in told["letters"]] == ["infosec"]
    found = json.loads(ready("sweep", "--json")[1])
    assert found["incidents"] == []


def test_a_test_of_a_telephone_says_who_stood_in(ready: Cli) -> None:
    code, out, _ = ready("routes", "test", "--to", "duty-phone.ACI", *BY_INFOSEC)
    assert code == 0
    assert "accepted: duty-phone.ACI, message 1, regional-silver.Northern Dales stood in" in out


def test_where_the_mail_server_is_away_the_letter_stays_owed_and_says_so(ready: Cli) -> None:
    ready.set(CALLSTEWARD_SMTP_PORT=str(_nobodys_port()))
    code, out, _ = ready("routes", "test", "--to", "infosec", *BY_INFOSEC, "--wait", "0")
    assert code == 1
    assert "still owed: infosec, message 1:" in out
    code, out, _ = ready("routes", "test", "--to", "infosec", *BY_INFOSEC, "--wait", "1")
    assert code == 1
    assert f"TEST-{YEAR}-00002" in out


def test_who_is_missing_is_told_at_the_start_of_a_sweep(ready: Cli) -> None:
    assert ready("sweep")[2] == ""
    own_routes(ready, OWN.replace('"governor"', '"deputy", "infosec-deputy"'))
    with closing(open_store(f"sqlite:///{ready.home / 'callsteward.db'}", utc_now)) as store:
        contacts = export_contacts(store).replace(",deputy.aci@justice.example", ",")
        import_contacts(store, load_scheme(), contacts.encode(), BY)
    code, _, err = ready("sweep")
    assert code == 0
    assert err == (
        "note: contacts.csv lacks 1 of whom we must tell: callsteward contacts missing\n"
    )
    assert ready("contacts", "missing")[:2] == (1, "missing: ACI/deputy\n")


def test_every_role_that_a_letter_may_have_is_shown_by_a_sweep() -> None:
    assert {role for _, role in PLACES.values()} <= ROLES.keys()


def test_a_route_of_ones_own_is_followed_outside_of_a_sweep_too(ready: Cli) -> None:
    own_routes(ready)
    assert ready("device", "report-lost", "K10001", "--by", "S-ACI-SPOC")[0] == 0
    found = json.loads(ready("routes", "explain", FIRST, "--json")[1])
    assert (found["type"], found["shared"]) == ("device.reported-lost", False)
    told = {one["to"] for one in found["told"]}
    assert {"governor.ACI", "regional-silver.Northern Dales"} <= told
    assert {one["to"] for one in found["letters"]} == told
