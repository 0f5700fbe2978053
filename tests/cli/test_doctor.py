"""`callsteward doctor` on a real installation: each thing when it is well, and when not."""

import json
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from agent.domain.uk_time import LONDON
from agent.store.ledger import Ledger
from agent.store.opening import open_store
from connectors.http import utc_now
from tests.support.commands import Cli
from tests.support.installed import CANARY, Installed, last_night, live_in
from tests.support.outside import Outside, run
from tests.support.sockets import Talk, saying, serving

HEARD = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
Break = Callable[["Installed"], object]


@pytest.fixture
def serve() -> Iterator[Callable[[Talk], int]]:
    with ExitStack() as stack:
        yield lambda talk: stack.enter_context(serving(talk))


@pytest.fixture(scope="module")
def made(running_sandbox: Outside, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database and its key: the estate, every consent, and a night that is done."""
    folder = tmp_path_factory.mktemp("made")
    live_in(running_sandbox, folder, folder)
    return folder


@pytest.fixture
def bare(cli: Cli, outside: Outside, made: Path) -> Installed:
    return Installed(cli, outside, made)


@pytest.fixture
def well(bare: Installed, serve: Callable[[Talk], int]) -> Installed:
    bare.heard_by(serve(saying(HEARD)))
    return bare


def _not_ok(found: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {about: one["outcome"] for about, one in found.items() if one["outcome"] != "ok"}


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_whole_installation_is_well_and_nothing_is_changed(
    well: Installed, outside: Outside
) -> None:
    before, mails = _files(well.home), len(outside.mails())
    code, found = well.doctor()
    assert _not_ok(found) == {}
    assert code == 0
    assert _files(well.home) == before
    assert len(outside.mails()) == mails
    assert set(found) >= {
        "settings", "settings.secrets", "machine.time-zone", "machine.names",
        "database.schema", "database.integrity", "database.journal", "database.wal",
        "database.mode", "database.disk", "database.clock", "database.audit", "database.key",
        "estate.register", "estate.spoc", "estate.receipts", "estate.contacts", "nights.next",
        "nights.last", "nights.late", "zoom.consents", "host.microsoft-entra-id",
        "host.microsoft-graph.clock", "host.zoom-s-sign-in.clock", "host.zoom-s-api",
        "mdm.certificate", "mdm.permissions", "mdm.read", "zoom.scopes", "zoom.read",
        "zoom.plan", "zoom.user-app", "mail", "mail.certificate", "heartbeat",
    }  # fmt: skip
    for one in found.values():
        assert set(one) == {"about", "outcome", "says", "cure"}
        assert one["says"].endswith(".")
        assert one["cure"] is None


def test_people_get_sentences_and_cures(bare: Installed) -> None:
    code, out, err = bare.cli("doctor")
    assert (code, err) == (1, "")
    assert "ok: mail: The mail server takes our login" in out
    lines = out.splitlines()
    told = lines.index(
        "warning: heartbeat: No heartbeat is configured: nobody notices if this machine is off."
    )
    assert lines[told + 1].startswith("    Set CALLSTEWARD_HEARTBEAT_URL_FILE")
    assert lines[-1] == "1 to look into."


def test_a_heartbeat_by_mail_is_one(bare: Installed) -> None:
    bare.set("heartbeat_mail", "monitor@outside.example")
    assert bare.doctor()[1]["heartbeat"]["outcome"] == "ok"


def test_the_last_line_is_that_all_is_well(well: Installed) -> None:
    code, out, _ = well.cli("doctor")
    assert (code, out.splitlines()[-1]) == (0, "All is well.")


def _unset(*names: str) -> Break:
    def unset(it: Installed) -> None:
        for name in names:
            it.set(name, "")

    return unset


def _set(name: str, value: str) -> Break:
    return lambda it: it.set(name, value)


def _empty_secret(it: Installed) -> None:
    it.set_secret("smtp_password_file", "")


def _open_secret(it: Installed) -> None:
    (it.home / "smtp-password").chmod(0o640)


def _no_key(it: Installed) -> None:
    (it.home / "zoom.key").unlink()


def _nothing_sealed(it: Installed) -> None:
    it.sql("DELETE FROM consent_token")
    it.sql("DELETE FROM consent")
    _no_key(it)


def _open_key(it: Installed) -> None:
    (it.home / "zoom.key").chmod(0o604)


def _open_database(it: Installed) -> None:
    (it.home / "callsteward.db").chmod(0o644)


def _no_wal(it: Installed) -> None:
    with closing(sqlite3.connect(it.home / "callsteward.db")) as sql:
        sql.execute("PRAGMA journal_mode=DELETE")


def _no_night(it: Installed) -> None:
    it.sql("DELETE FROM sweep")


def _partial_night(it: Installed) -> None:
    it.sql("UPDATE sweep SET state = 'PARTIAL'")


def _running_night(it: Installed) -> None:
    it.sql("UPDATE sweep SET state = 'RUNNING'")


def _night_given_up(it: Installed) -> None:
    it.sql("UPDATE sweep SET state = 'ABANDONED'")


def _owed(kind: str, subject: str, late: timedelta) -> Break:
    def owe(it: Installed) -> None:
        with closing(it.store()) as store, store.begin() as tx:
            Ledger(tx).owe(kind, subject, tx.now - late)

    return owe


def _night_owed(it: Installed) -> None:
    _no_night(it)
    _owed("sweep", last_night().isoformat(), timedelta(0))(it)


def _clock_behind(it: Installed) -> None:
    tomorrow = utc_now() + timedelta(days=1)
    url = f"sqlite:///{it.home / 'callsteward.db'}"
    with closing(open_store(url, lambda: tomorrow)) as store, store.begin():
        pass


def _app(app: str, **changed: object) -> Break:
    return lambda it: it.outside.control("PUT", "zoom-app", {"app": app, **changed})


def _roles(*roles: str) -> Break:
    def give(it: Installed) -> None:
        usual = ("ManagedDevices.Read.All", "Configuration.Read.All")
        told = [f"DeviceManagement{role}" for role in (*usual, *roles)]
        it.outside.control("PUT", "roles", {"roles": told[1:] if not roles else told})

    return give


def _failing(endpoint: str) -> Break:
    return lambda it: it.outside.fail(endpoint)


def _sql(statement: str) -> Break:
    return lambda it: it.sql(statement)


def _acting(**changed: object) -> Break:
    def act(it: Installed) -> None:
        told = it.outside.said["zoom"]["actor"]
        it.set("zoom_actor_client_id", told["client_id"])
        it.set_secret("zoom_actor_client_secret_file", told["client_secret"])
        it.outside.control("PUT", "zoom-app", {"app": "actor", **changed})

    return act


def _notify(sms: str = "sms_template_id", key: str = "") -> Break:
    def configure(it: Installed) -> None:
        told = it.outside.said["notify"]
        it.set("notify_url", told["base_url"])
        it.set("notify_sms_template_id", told[sms])
        it.set_secret("notify_api_key_file", key or told["api_key"])

    return configure


W, X, U = "warning", "wrong", "could not look"


def _mailbox(it: Installed) -> None:
    it.set_secret("imap_password_file", CANARY)
    for name, value in (("mail_test_to", f"{CANARY}@x.example"), ("imap_username", CANARY)):
        it.set(name, value)
    it.set("imap_host", "127.0.0.1")
    it.set("imap_port", 1)


FAULTS: dict[str, tuple[Break, dict[str, str]]] = {
    "empty secret": (_empty_secret, {"settings.secrets": X, "mail": X}),
    "open secret": (_open_secret, {"settings.secrets": W}),
    "secret gone": (_set("zoom_user_app_client_secret_file", "/none/x"),
                    {"settings.secrets": X}),
    "nothing sealed": (_nothing_sealed, {"zoom.consents": W}),
    "no password": (_set("smtp_password_file", "/none/x"), {"settings.secrets": X, "mail": X}),
    "key gone": (_no_key, {"database.key": X}),
    "open key": (_open_key, {"database.key": X}),
    "open database": (_open_database, {"database.mode": W}),
    "no WAL": (_no_wal, {"database.journal": W}),
    "audit cut": (_sql("DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)"),
                  {"database.audit": X}),
    "no night": (_no_night, {"nights.last": X}),
    "night owed": (_night_owed, {"nights.last": W}),
    "night partial": (_partial_night, {"nights.last": W}),
    "night running": (_running_night, {"nights.last": W}),
    "night given up": (_night_given_up, {"nights.last": X}),
    "late mail": (_owed("mail", "INC-1/x/y", timedelta(minutes=16)), {"nights.late": X}),
    "mail in time": (_owed("mail", "INC-1/x/y", timedelta(minutes=14)), {}),
    "no inbox": (_sql("DELETE FROM inbox WHERE role = 'security' AND scope = 'establishment'"),
                 {"estate.contacts": X}),
    "no SPOC": (_sql("UPDATE staff SET active = 0 WHERE role = 'spoc'"), {"estate.spoc": W}),
    "receipt overdue": (_sql("UPDATE asset SET received_on = NULL, received_by = NULL,"
                             " storage_location = '', distributed_on = '2026-01-05'"),
                        {"estate.receipts": W}),
    "no consent": (_sql("UPDATE consent SET lapsed_at = 1"), {"zoom.consents": W}),
    "no MDM": (_unset("mdm"), {"mdm": X}),
    "no certificate": (_unset("intune_certificate_file"), {"mdm": X}),
    "role missing": (_roles(), {"mdm.permissions.missing": X}),
    "role too many": (_roles("ManagedDevices.PrivilegedOperations.All"),
                      {"mdm.permissions.excess": W}),
    "wrong client": (_set("intune_client_id", "nobody"),
                     {"mdm.permissions": U, "mdm.read": X}),
    "no answer of Graph": (_failing("managedDevices"), {"mdm.read": X}),
    "no Zoom": (_unset("zoom_account_id"), {"zoom": W}),
    "no reader": (_unset("zoom_reader_client_id"), {"zoom": X}),
    "no user app": (_unset("zoom_redirect_uri"), {"zoom.user-app": X}),
    "scope missing": (_app("reader", without=["report:read:user_activities:admin"]),
                      {"zoom.scopes.missing": X}),
    "actor may too much": (_acting(), {"zoom.actor.excess": W}),
    "actor lacks": (_acting(without=["meeting:update:in_meeting_controls:admin"]),
                    {"zoom.actor.missing": X, "zoom.actor.excess": W}),
    "actor off": (_acting(enabled=False), {"zoom.actor": U}),
    "half an actor": (_set("zoom_actor_client_id", "x"), {"zoom.actor": X}),
    "reader off": (_app("reader", enabled=False), {"zoom.scopes": U, "zoom.read": X}),
    "plan too small": (_set("zoom_plan", "pro"), {"zoom.plan": W}),
    "no mail server": (_unset("smtp_host"), {"mail": X}),
    "mail server away": (_set("smtp_port", "1"), {"mail": X}),
    "mail CA": (_unset("smtp_ca_file"), {"mail": X}),
    "no mailbox": (_mailbox, {"mail.mailbox": X}),
    "telephones": (_unset("notify_sms_template_id", "notify_api_key_file"),
                   {"channel.sms": X}),
    "template of another kind": (_notify(sms="email_template_id"), {"channel.sms": X}),
    "key of Notify": (_notify(key="x-" + "0" * 8 + "-0000" * 3 + "-" + "0" * 12 + "-" +
                              "0" * 8 + "-0000" * 3 + "-" + "0" * 12), {"channel.sms": X}),
    "Notify without a key": (_unset("notify_api_key_file"), {"channel.sms": X}),
    "chat that is none": (lambda it: it.set_secret("apprise_urls_file", f"{CANARY}://x"),
                          {"channel.chat": X}),
    "no chat": (lambda it: it.set_secret("apprise_urls_file", "# none yet"),
                {"channel.chat": X}),
    "no folder for a SIEM": (_set("siem_file", "/none/siem.jsonl"), {"channel.siem": X}),
    "Graph by half": (_set("mail_channel", "graph"), {"mail": X}),
    "no heartbeat": (_unset("heartbeat_url_file"), {"heartbeat": W}),
    "heartbeat without TLS": (lambda it: it.set_secret("heartbeat_url_file",
                              f"http://{CANARY}.example/x"), {"heartbeat": X}),
    "Zoom's address": (_set("zoom_oauth_url", "http://zoom.example"),
                       {"host.zoom-s-sign-in": X, "zoom": X}),
    "nobody at Zoom": (_set("zoom_api_url", "http://127.0.0.1:1"),
                       {"host.zoom-s-api": X, "zoom.read": X}),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_told_with_its_cure_and_hides_nothing_else(
    well: Installed, name: str
) -> None:
    breaks, bad = FAULTS[name]
    breaks(well)
    code, found = well.doctor()
    assert _not_ok(found) == bad
    assert code == (1 if bad else 0)
    assert all(found[about]["cure"] for about in bad)


def test_each_channel_that_is_configured_is_tried_and_tells_nobody(
    well: Installed, outside: Outside
) -> None:
    _notify()(well)
    well.set_secret("apprise_urls_file", f"json://127.0.0.1:1/{CANARY}")
    well.set("siem_file", well.home / "siem.jsonl")
    graph, notify = outside.said["graph"], outside.control("GET", "notify")["kept"]
    for name in ("tenant_id", "certificate_file", "private_key_file"):
        well.set(f"mail_graph_{name}", graph[name])
    well.set("mail_graph_client_id", graph["mail_client_id"])
    well.set("mail_channel", "graph")
    code, found = well.doctor()
    assert _not_ok(found) == {}
    assert code == 0
    assert set(found) >= {
        "channel.sms", "channel.chat", "channel.siem", "host.gov-uk-notify",
        "host.gov-uk-notify.clock",
    }  # fmt: skip
    assert found["mail"]["says"] == "Microsoft Graph lets our app send mail."
    assert "for mail" in found["mail.certificate"]["says"]
    assert CANARY not in str(found)
    assert outside.control("GET", "notify")["kept"] == notify
    assert not (well.home / "siem.jsonl").exists()


def test_a_register_without_an_ipad_is_told(well: Installed) -> None:
    well.sql("DELETE FROM asset")
    _, found = well.doctor()
    assert found["estate.register"]["outcome"] == "wrong"
    assert "callsteward register import" in found["estate.register"]["cure"]


def test_a_clock_that_is_behind_is_named_and_the_rest_waits_for_it(well: Installed) -> None:
    _clock_behind(well)
    _, found = well.doctor()
    assert found["database.clock"]["outcome"] == "wrong"
    assert "NTP" in found["database.clock"]["cure"]
    assert found["nights.last"]["outcome"] == "could not look"
    assert found["mdm.read"]["outcome"] == found["mail"]["outcome"] == "ok"


def test_a_clock_that_differs_from_an_upstreams_is_told(
    well: Installed, serve: Callable[[Talk], int]
) -> None:
    then = utc_now() - timedelta(minutes=6)
    date = f"{then:%a, %d %b %Y %H:%M:%S} GMT"
    head = f"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nDate: {date}\r\n\r\n".encode()
    well.set("login_url", f"http://127.0.0.1:{serve(saying(head))}")
    _, found = well.doctor()
    told = found["host.microsoft-entra-id.clock"]
    assert told["outcome"] == "wrong"
    assert "s ahead of Microsoft Entra ID's" in told["says"]


def test_without_a_database_none_is_made_and_the_outside_is_looked_at(
    well: Installed,
) -> None:
    for path in well.home.glob("callsteward.db*"):
        path.unlink()
    code, found = well.doctor()
    assert code == 1
    assert found["database.file"]["says"] == "There is no database yet."
    assert found["estate.register"]["outcome"] == "could not look"
    assert found["mdm.read"]["outcome"] == found["mail"]["outcome"] == "ok"
    assert not list(well.home.glob("callsteward.db*"))


@pytest.mark.parametrize("content", [b"minutes of a meeting\n" * 100, b""])
def test_a_file_that_is_no_database_of_ours_is_told(well: Installed, content: bytes) -> None:
    (well.home / "callsteward.db").write_bytes(content)
    _, found = well.doctor()
    wrong = {about for about, one in found.items() if one["outcome"] == "wrong"}
    assert wrong & {"database.file", "database.schema"}
    assert "database.disk" in found  # what may be the cause is told all the same
    assert found["mdm.read"]["outcome"] == "ok"


def test_a_database_that_is_not_upgraded_is_told_and_left_alone(well: Installed) -> None:
    well.sql("UPDATE alembic_version SET version_num = '0001'")
    before = _files(well.home)
    _, found = well.doctor()
    assert "callsteward database upgrade" in found["database.schema"]["cure"]
    assert found["nights.last"]["outcome"] == "could not look"
    assert _files(well.home) == before


def test_a_test_mail_is_sent_only_when_it_is_asked_for(
    well: Installed, outside: Outside
) -> None:
    before = len(outside.mails())
    code, found = well.doctor("--mail", "infosec@justice.example")
    assert (code, found["mail.test"]["outcome"]) == (0, "ok")
    (mail,) = outside.mails()[before:]
    assert (mail["To"], mail["Subject"]) == (
        "infosec@justice.example", "callsteward: test mail"
    )  # fmt: skip
    assert "there is nothing to do" in mail.get_content()


def test_an_address_that_is_none_is_refused(well: Installed) -> None:
    code, out, err = well.cli("doctor", "--mail", CANARY)
    assert (code, out) == (2, "")
    assert "--mail is no plain address" in err
    assert CANARY not in err


def test_wrong_settings_are_exit_2_and_named_without_their_value(cli: Cli) -> None:
    cli.set(CALLSTEWARD_SMTP_PORT=CANARY)
    code, out, err = cli("doctor", "--json")
    found = {one["about"]: one for one in json.loads(out)["diagnoses"]}
    assert (code, err) == (2, "")
    assert "CALLSTEWARD_SMTP_PORT" in found["settings"]["says"]
    assert found["machine.names"]["outcome"] == "ok"
    assert CANARY not in out


def test_a_host_that_never_answers_costs_no_more_than_the_deadline(
    well: Installed, serve: Callable[[Talk], int]
) -> None:
    def talk(peer: socket.socket, over: threading.Event) -> None:
        over.wait(30)

    port = serve(talk)
    well.set("deadline_seconds", 1)
    well.set("graph_url", f"http://127.0.0.1:{port}")
    well.set("smtp_port", port)
    well.heard_by(port)
    code, found = well.doctor()
    assert code == 1
    silent = ("host.microsoft-graph", "mdm.read", "mail", "heartbeat")
    assert [
        about for about in silent if about in found and found[about]["outcome"] == "ok"
    ] == []
    assert "no answer in time" in found["host.microsoft-graph"]["says"]


def test_no_secret_and_no_address_is_shown(well: Installed, outside: Outside) -> None:
    """Each secret is wrong and is a canary, and each server says what it heard."""
    for name in (
        "smtp_password_file", "zoom_reader_client_secret_file",
        "zoom_user_app_client_secret_file",
    ):  # fmt: skip
        well.set_secret(name, CANARY)
    well.set("smtp_username", f"{CANARY}@justice.example")
    well.set_secret("heartbeat_url_file", f"http://127.0.0.1:1/{CANARY}")
    for words in ((), ("--json",), ("--mail", f"{CANARY}@justice.example")):
        _, out, err = well.cli("doctor", *words)
        assert CANARY not in out + err
        assert "@" not in out + err


def test_a_real_command_says_so_too(home: Path) -> None:
    """In a process of its own, with no setting at all."""
    code, out, err = run("doctor", settings={"CALLSTEWARD_DATA_DIR": str(home)})
    assert (code, err) == (1, "")
    assert "wrong: mdm: No MDM is configured" in out
    assert not list(home.iterdir())


@pytest.mark.parametrize("name", ["x" * 300, "."])
def test_a_path_that_can_hold_no_database_is_no_traceback(well: Installed, name: str) -> None:
    well.set("database_url", f"sqlite:///{well.home / name}")
    _, found = well.doctor()
    assert found["database.file"]["outcome"] == "wrong"
    assert found["estate.register"]["outcome"] == "could not look"


def test_the_next_night_is_told_in_uk_time(well: Installed) -> None:
    well.set("sweep_at", "03:15")
    _, found = well.doctor()
    assert "03:15 on " in found["nights.next"]["says"]
    assert str(datetime.now(LONDON).year)[:2] in found["nights.next"]["says"]
