"""`callsteward sweep` against a real sandbox: exit codes, the report, refusals in one line."""

import json
import re
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from agent.domain.checks import RULES
from agent.services.people import export_staff
from agent.services.report import report
from agent.services.sweep import sweep_by_hand
from agent.store.audit import Audit
from agent.store.ledger import Ledger
from agent.store.opening import open_store
from agent.store.register import Register
from agent.store.sweeps import Sweeps
from connectors.http import utc_now
from tests.support.commands import Cli
from tests.support.estates import BY
from tests.support.outside import Outside, run

ANNEX_E = [str(question) for question in range(1, 9)]


@pytest.fixture
def ready(cli: Cli, outside: Outside) -> Cli:
    """All is configured and imported."""
    outside.filled_store(cli.home).close()
    cli.take(outside.environment(cli.home))
    return cli


def _one_line(err: str) -> str:
    assert err.startswith("callsteward: ")
    assert err.count("\n") == 1
    return err


def test_a_clean_estate_is_exit_0_and_nobody_is_told(ready: Cli, outside: Outside) -> None:
    before = len(outside.mails())
    code, out, _ = ready("sweep")
    assert code == 0
    assert "6 iPads of 3 establishments checked" in out
    assert "Nothing failed and nothing is unknown." in out
    assert "Nobody had to be told anything new." in out
    assert len(outside.mails()) == before


def test_findings_are_exit_1_and_the_right_inboxes_are_told(
    ready: Cli, outside: Outside
) -> None:
    outside.edit("K10001", isSupervised=False)
    before = len(outside.mails())
    code, out, _ = ready("sweep", "--json")
    found = json.loads(out)
    assert code == 1
    assert found["sweep"]["state"] == "COMPLETE"
    assert (found["sweep"]["fail"], found["sweep"]["unknown"]) == (1, 0)
    assert [i["subject"] for i in found["incidents"]] == ["K10001"]
    assert sum(told["accepted"] for told in found["told"]) == 3
    new = outside.mails()[before:]
    assert sorted(str(mail["To"]) for mail in new) == [
        "infosec@justice.example", "management.aci@provider.example",
        "security.aci@justice.example",
    ]  # fmt: skip
    bad = next(device for device in found["devices"] if device["findings"])
    assert list(bad["annex_e"]) == ANNEX_E
    assert (bad["annex_e"]["2"], bad["annex_e"]["3"]) == ("FAIL", "needs a person")
    assert re.fullmatch(r"hand-\d{4}-.*Z", found["sweep"]["id"])


def test_not_knowing_is_exit_1_too(ready: Cli, outside: Outside) -> None:
    outside.edit("K10001", isSupervised=None)
    code, out, _ = ready("sweep", "--json")
    assert (code, json.loads(out)["sweep"]["unknown"]) == (1, 1)


def test_what_could_not_be_read_is_exit_2_and_named(ready: Cli, outside: Outside) -> None:
    outside.fail("detectedApps")
    code, out, _ = ready("sweep")
    assert code == 2
    assert "sweep PARTIAL" in " ".join(out.split())
    assert "Not read: Microsoft Graph" in " ".join(out.split())


def test_the_report_lies_where_it_says(ready: Cli, outside: Outside) -> None:
    outside.edit("K10001", osVersion="<b>15</b>")
    _, out, _ = ready("sweep")
    html, told = (
        Path(path) for path in re.findall(r"^Report \(\w+\): (.+)$", out, re.MULTILINE)
    )
    page = html.read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert "K10001" in page
    assert "<b>15" not in page
    assert len(json.loads(told.read_text(encoding="utf-8"))["devices"]) == 6
    assert ready.home in html.parents
    assert not list(ready.home.rglob("*.draft"))


def test_who_asked_for_it_is_in_the_audit(ready: Cli) -> None:
    store = open_store(f"sqlite:///{ready.home / 'callsteward.db'}", utc_now)
    somebody = export_staff(store).splitlines()[1].partition(",")[0]
    assert ready("sweep", "--by", somebody)[0] == 0
    assert ready("sweep")[0] == 0
    with store.read() as tx:
        rows = [json.loads(row) for _, row, _ in Audit(tx).rows()]
    store.close()
    asked = [row for row in rows if row["what"] == "SWEEP_ASKED"]
    assert [row["who"] for row in asked] == [somebody, "os-user"]
    assert asked[0]["details"]["how"] == "asserted at the command line"
    assert asked[0]["details"]["osUser"]


def test_only_staff_may_be_named(ready: Cli) -> None:
    code, _, err = ready("sweep", "--by", "S-NOBODY")
    assert code == 2
    assert "S-NOBODY" in _one_line(err)


def test_mail_without_a_server_waits_and_the_summary_says_so(
    ready: Cli, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CALLSTEWARD_SMTP_HOST")
    outside.edit("K10001", isSupervised=False)
    code, out, _ = ready("sweep")
    assert code == 1
    assert out.count("1 still waiting") == 3
    assert [why[: len(NO_SERVER)] for why in _waiting(out)] == [NO_SERVER]


NO_SERVER = "3 letters wait: no mail server is configured"


def _waiting(out: str) -> list[str]:
    """The lines of what is not yet told, whatever the width of the screen."""
    words = " ".join(out.split()).partition(" Report (")[0]
    return [told.strip() for told in words.split("Not yet told: ")[1:]]


def test_what_another_sweep_wrote_is_not_forgotten_while_it_waits(
    ready: Cli, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CALLSTEWARD_SMTP_HOST")
    outside.edit("K10001", isSupervised=False)
    ready("sweep")
    again = ready("sweep")[1]
    assert "Nobody had to be told anything new." in again
    assert [why[: len(NO_SERVER)] for why in _waiting(again)] == [NO_SERVER]
    outside.reset()
    assert ready("sweep")[0] == 0
    assert [why[: len(NO_SERVER)] for why in _waiting(ready("report")[1])] == [NO_SERVER]


def test_each_reason_why_letters_wait_is_told_with_their_number(
    ready: Cli, outside: Outside
) -> None:
    store = open_store(f"sqlite:///{ready.home / 'callsteward.db'}", utc_now)
    with store.begin() as tx:
        for number in range(4):
            Ledger(tx).owe("mail", str(number), tx.now)
        claim = Ledger(tx).claim("mail/0", timedelta(minutes=1))
        assert claim is not None
        assert Ledger(tx).note(claim, "the inbox [bold]is full")
        Ledger(tx).owe("sweep", "of-another-kind", tx.now)
        Sweeps(tx).start("2026-11-22", ())
    shown = report(store, "2026-11-22", RULES).waiting
    store.close()
    assert shown == (("not tried yet", 3), ("the inbox [bold]is full", 1))
    assert _waiting(ready("report", "2026-11-22")[1]) == [
        "3 letters wait: not tried yet", "1 letter waits: the inbox [bold]is full"
    ]  # fmt: skip


def test_the_report_of_any_sweep_is_shown_again(ready: Cli, outside: Outside) -> None:
    outside.edit("K10001", isSupervised=False)
    code, out, _ = ready("sweep", "--json")
    first = json.loads(out)
    outside.reset()
    assert (code, ready("sweep")[0]) == (1, 0)
    shutil.rmtree(ready.home / "reports")
    assert ready("report")[0] == 0  # the last one's: all is well
    night = first["sweep"]["id"]
    code, out, err = ready("report", night, "--json")
    assert (code, err) == (1, "")
    told = json.loads(out)
    assert told["sweep"] == first["sweep"]
    assert told["devices"][0]["findings"] == first["devices"][0]["findings"] != []
    assert {path.parent.name for path in ready.home.rglob("report.html")} >= {night}
    code, out, _ = ready("report", night)
    assert code == 1
    assert "1 fail, 0 not known" in " ".join(out.split())
    assert str(ready.home / "reports" / night / "report.json") in out


def test_the_report_of_a_partial_sweep_is_exit_2(ready: Cli, outside: Outside) -> None:
    outside.fail("detectedApps")
    assert ready("sweep")[0] == ready("report")[0] == 2


def test_a_report_that_there_is_not_is_one_line_with_exit_2(ready: Cli) -> None:
    code, out, err = ready("report")
    assert (code, out) == (2, "")
    assert "no sweep has ended yet. Run: callsteward sweep" in _one_line(err)
    code, out, err = ready("report", "2026-11-22")
    assert (code, out) == (2, "")
    assert "there is no sweep 2026-11-22" in _one_line(err)


def test_without_an_mdm_it_refuses_in_one_line_that_names_the_setting(cli: Cli) -> None:
    code, out, err = cli("sweep")
    assert (code, out) == (2, "")
    assert "CALLSTEWARD_MDM" in _one_line(err)
    assert not (cli.home / "callsteward.db").exists()


def test_the_real_command_refuses_so_too(home: Path) -> None:
    code, out, err = run("sweep", settings={"CALLSTEWARD_DATA_DIR": str(home)})
    assert (code, out) == (2, "")
    assert "CALLSTEWARD_MDM" in _one_line(err)


def test_an_empty_register_is_refused_with_the_cure(cli: Cli, outside: Outside) -> None:
    cli.take(outside.environment(cli.home))
    code, _, err = cli("sweep")
    assert code == 2
    assert "callsteward register import" in _one_line(err)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("INTUNE_CLIENT_ID", None),
        ("INTUNE_TENANT_ID", None),
        ("INTUNE_CERTIFICATE_FILE", None),
        ("INTUNE_PRIVATE_KEY_FILE", "/none/key.pem"),
        ("INTUNE_CERTIFICATE_FILE", "/dev/null"),
        ("GRAPH_URL", "http://graph.example"),
        ("GRAPH_URL", "graph"),
        ("GRAPH_URL", "https://[::1"),
        ("HTTP_CA_FILE", "/none/ca.pem"),
        ("HTTP_PROXY", "::::"),
        ("SMTP_CA_FILE", "/none/ca.pem"),
        ("SMTP_PASSWORD_FILE", "/none/password"),
        ("SMTP_USERNAME", "järvi"),
        ("DATABASE_URL", "postgresql://agent:hunter2@db/x"),
        ("DATA_DIR", "/dev/null/x"),
        ("DATABASE_URL", "sqlite:////dev/null/x.db"),
    ],
)
def test_a_wrong_setting_is_one_line_and_exit_2_or_a_partial_sweep(
    ready: Cli, monkeypatch: pytest.MonkeyPatch, name: str, value: str | None
) -> None:
    if value is None:
        monkeypatch.delenv(f"CALLSTEWARD_{name}")
    else:
        ready.set(**{f"CALLSTEWARD_{name}": value})
    code, out, err = ready("sweep")
    assert code == 2
    assert "fault of its own" not in err
    assert "Traceback" not in out + err
    assert "hunter2" not in out + err
    assert "PARTIAL" in out or _one_line(err)


def test_a_file_that_is_no_database_is_one_line(ready: Cli) -> None:
    (ready.home / "callsteward.db").write_text("minutes of a meeting\n" * 100)
    code, _, err = ready("sweep")
    assert code == 2
    assert "restore a backup" in _one_line(err)


def test_the_database_is_brought_up_to_date_by_hand(cli: Cli) -> None:
    assert cli("database", "upgrade") == (0, "The database has schema 0010.\n", "")
    cli.set(CALLSTEWARD_DATABASE_URL=f"sqlite:///{cli.home / 'none' / 'x.db'}")
    code, _, err = cli("database", "upgrade")
    assert code == 2
    assert "unable to open" in _one_line(err)


def test_a_clock_that_is_behind_is_one_line_with_the_cure(ready: Cli) -> None:
    """A night with a time that stands still would never be due."""
    tomorrow = utc_now() + timedelta(days=1)
    store = open_store(f"sqlite:///{ready.home / 'callsteward.db'}", lambda: tomorrow)
    with store.begin():
        pass
    store.close()
    code, _, err = ready("sweep")
    assert code == 2
    assert "correct the machine's clock" in _one_line(err)


def test_a_sweep_beside_a_running_one_says_that_it_waits(ready: Cli) -> None:
    store = open_store(f"sqlite:///{ready.home / 'callsteward.db'}", utc_now)
    running = sweep_by_hand(store, BY, timedelta(minutes=5)).id
    with store.begin() as tx:
        Sweeps(tx).start(running, Register(tx).all())
    store.close()
    code, out, err = ready("sweep")
    assert (code, out) == (2, "")
    assert "another sweep is running; this one waits for it" in _one_line(err)


def test_how_long_a_read_is_tried_again_is_a_setting(ready: Cli, outside: Outside) -> None:
    ready.set(CALLSTEWARD_RETRY_SECONDS="1")
    outside.fail("deviceManagement", 503)
    outside.control("DELETE", "counters")
    code, _, _ = ready("sweep")
    tried = outside.control("GET", "counters")["calls"]["deviceManagement"]
    assert code == 2
    assert 1 <= tried["503"] <= 2  # half a second and one second more would be too long


@pytest.mark.parametrize("seconds", ["0", "61", "soon"])
def test_patience_that_would_outlast_a_lease_is_refused(ready: Cli, seconds: str) -> None:
    ready.set(CALLSTEWARD_RETRY_SECONDS=seconds)
    code, _, err = ready("sweep")
    assert (code, "CALLSTEWARD_RETRY_SECONDS" in _one_line(err)) == (2, True)
