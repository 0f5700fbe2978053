"""Settings: each wrong one is named with its cure, no value is echoed, secrets stay secret."""

import json
from pathlib import Path

import pytest

from agent.errors import Misconfigured
from agent.settings import load, read_file
from agent.store.condition import condition_of, only_read
from agent.store.opening import database_file
from tests.support.commands import Cli

SECRET = "hunter2-s3cret"


def _refusal(cli: Cli) -> str:
    code, out, err = cli("settings")
    assert (code, out) == (2, "")
    assert err.startswith("callsteward: ")
    assert err.count("\n") == 1
    assert SECRET not in err
    return err


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("CALLSTEWARD_MDMM", "Did you mean CALLSTEWARD_MDM?"),
        ("CALLSTEWARD_SMTP_HOTS", "Did you mean CALLSTEWARD_SMTP_HOST?"),
        ("callsteward_sweeps_at", "Did you mean CALLSTEWARD_SWEEP_AT?"),
        ("CALLSTEWARD_INTUNE_TENANT", "Did you mean CALLSTEWARD_INTUNE_TENANT_ID?"),
        ("CALLSTEWARD_XYZZY", "See `callsteward settings`."),
    ],
)
def test_a_variable_that_is_no_setting_is_named_with_the_nearest(
    cli: Cli, name: str, suggestion: str
) -> None:
    cli.set(**{name: SECRET})
    refusal = _refusal(cli)
    assert f"{name} is no setting" in refusal
    assert suggestion in refusal


@pytest.mark.parametrize(
    "name",
    [
        "MDM", "SMTP_PORT", "SWEEP_AT", "TICK_SECONDS", "DEADLINE_SECONDS",
        "INTUNE_ENROLMENT_PROFILES",
    ],
)  # fmt: skip
def test_a_wrong_value_is_not_echoed_but_its_variable_is_named(cli: Cli, name: str) -> None:
    cli.set(**{f"CALLSTEWARD_{name}": SECRET})
    assert f"CALLSTEWARD_{name}" in _refusal(cli)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SWEEP_AT", "01:30"),  # comes twice or never when the clocks change
        ("SWEEP_AT", "24:00"),
        ("SWEEP_AT", "2:00"),
        ("TICK_SECONDS", "0"),
        ("TICK_SECONDS", "6"),
        ("DEADLINE_SECONDS", "nan"),
        ("SMTP_PORT", "0"),
        ("SMTP_PORT", "65536"),
        ("MDM", "jamf"),
        ("INTUNE_ENROLMENT_PROFILES", "{}"),
    ],
)
def test_a_value_out_of_bounds_is_refused(cli: Cli, name: str, value: str) -> None:
    cli.set(**{f"CALLSTEWARD_{name}": value})
    assert f"CALLSTEWARD_{name}" in _refusal(cli)


def test_an_empty_variable_is_one_that_is_not_set(cli: Cli) -> None:
    """A service file or a container names each, and leaves empty what it does not need."""
    unset = load().model_dump()
    for name in set(unset) - {"data_dir"}:
        cli.set(**{f"CALLSTEWARD_{name.upper()}": ""})
    cli.set(CALLSTEWARD_SETTINGS_FILE="")
    assert load().model_dump() == unset
    assert cli("settings")[0] == 0


def test_an_empty_variable_leaves_what_the_file_says(cli: Cli) -> None:
    _file(cli, "smtp_port = 65535\n")
    cli.set(CALLSTEWARD_SMTP_PORT="")
    assert load().smtp_port == 65535


def test_all_wrong_values_are_named_at_once(cli: Cli) -> None:
    cli.set(CALLSTEWARD_MDM="x", CALLSTEWARD_SMTP_PORT="x")
    refusal = _refusal(cli)
    assert "CALLSTEWARD_MDM" in refusal
    assert "CALLSTEWARD_SMTP_PORT" in refusal


def _file(cli: Cli, text: str) -> Path:
    path = cli.home / "callsteward.toml"
    path.write_text(text, encoding="utf-8")
    cli.set(CALLSTEWARD_SETTINGS_FILE=str(path))
    return path


def test_a_variable_is_stronger_than_the_file_and_the_file_than_the_default(cli: Cli) -> None:
    _file(cli, 'sweep_at = "03:00"\nsmtp_port = 2525\nintune_enrolment_profiles = ["A", "B"]\n')
    cli.set(CALLSTEWARD_SMTP_PORT="2526")
    now = load()
    assert (now.sweep_at, now.smtp_port, now.tick_seconds) == ("03:00", 2526, 2)
    assert now.intune_enrolment_profiles == ("A", "B")
    assert load(smtp_port=2527).smtp_port == 2527


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f'smtp_host = "{SECRET}', "settings file"),
        (f'smtp_hots = "{SECRET}"', "SMTP_HOTS"),
        (f'smtp_port = "{SECRET}"', "CALLSTEWARD_SMTP_PORT"),
        (f'[smtp]\nhost = "{SECRET}"', "SMTP"),
    ],
)
def test_a_settings_file_with_a_fault_is_refused(cli: Cli, text: str, says: str) -> None:
    _file(cli, text)
    assert says in _refusal(cli)


def test_a_settings_file_that_cannot_be_read_is_named(cli: Cli) -> None:
    cli.set(CALLSTEWARD_SETTINGS_FILE=str(cli.home / "none.toml"))
    assert "none.toml, which cannot be read: No such file" in _refusal(cli)
    cli.set(CALLSTEWARD_SETTINGS_FILE=str(cli.home))
    assert "CALLSTEWARD_SETTINGS_FILE" in _refusal(cli)
    (cli.home / "latin").write_bytes(b'mdm = "\xe9"')
    cli.set(CALLSTEWARD_SETTINGS_FILE=str(cli.home / "latin"))
    assert "it is not text" in _refusal(cli)


def test_a_secret_comes_from_its_file_and_shows_nowhere(cli: Cli) -> None:
    file = cli.home / "password"
    file.write_text(f"{SECRET}\n", encoding="utf-8")
    cli.set(CALLSTEWARD_SMTP_USERNAME="agent", CALLSTEWARD_SMTP_PASSWORD_FILE=str(file))
    now = load()
    password = now.smtp_password()
    assert password is not None
    assert password.get_secret_value() == SECRET
    _, out, err = cli("settings")
    assert SECRET not in f"{now!r} {now} {password!r} {password} {out} {err}"
    assert str(file) in out


def test_no_password_file_is_no_password(cli: Cli) -> None:
    assert load().smtp_password() is None


def test_a_secret_file_that_cannot_be_read_is_named_with_its_setting(cli: Cli) -> None:
    with pytest.raises(Misconfigured, match=r"CALLSTEWARD_SMTP_PASSWORD_FILE names .*No such"):
        read_file("smtp_password_file", cli.home / "none")


def test_every_setting_is_listed_with_its_sentence_and_its_value(cli: Cli) -> None:
    cli.set(CALLSTEWARD_SMTP_HOST="mail.example")
    code, out, _ = cli("settings")
    assert code == 0
    assert "CALLSTEWARD_SMTP_HOST = mail.example\n    Mail server." in out
    told = json.loads(cli("settings", "--json")[1])
    assert told["CALLSTEWARD_MDM"] is None
    assert told["CALLSTEWARD_DATA_DIR"] == str(cli.home)
    for name in told:
        assert f"{name} = " in out


@pytest.mark.parametrize(
    "url", ["http://agent:{}@proxy.example:3128", "agent:{}@proxy.example"]
)
def test_a_proxy_with_a_password_is_refused_with_the_cure(cli: Cli, url: str) -> None:
    cli.set(CALLSTEWARD_HTTP_PROXY=url.format(SECRET))
    refusal = _refusal(cli)
    assert "CALLSTEWARD_HTTP_PROXY: a proxy with a password is not supported" in refusal
    assert "name one that needs none" in refusal
    cli.set(CALLSTEWARD_HTTP_PROXY="http://proxy.example:3128")
    assert "CALLSTEWARD_HTTP_PROXY = http://proxy.example:3128\n" in cli("settings")[1]


@pytest.mark.parametrize("name", ["GRAPH_URL", "LOGIN_URL"])
def test_no_url_holds_a_password(cli: Cli, name: str) -> None:
    """`settings` prints them as they stand."""
    cli.set(**{f"CALLSTEWARD_{name}": f"https://agent:{SECRET}@there.example/x"})
    assert f"CALLSTEWARD_{name}: a URL with a user or a password" in _refusal(cli)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://agent:{}@db.example/x", "postgresql://agent:a/{}@db.example/x",
        "postgresql://agent:a@{}@db.example/x", "postgresql://agent:#{}@db.example/x",
        "postgresql://agent@db.example/x?password={}", "postgresql:///x?sslPassword={}",
        "postgres://agent:{}@db.example/x", "agent:{}@db.example",
    ],
)  # fmt: skip
def test_the_password_of_a_database_is_in_a_file_alone(cli: Cli, url: str) -> None:
    cli.set(CALLSTEWARD_DATABASE_URL=url.format(SECRET))
    refusal = _refusal(cli)
    assert "CALLSTEWARD_DATABASE_URL: a URL with a password is not supported" in refusal
    assert "CALLSTEWARD_DATABASE_PASSWORD_FILE" in refusal
    good = "postgresql://agent@db.example:5433/x?sslmode=verify-full"
    cli.set(CALLSTEWARD_DATABASE_URL=good)
    assert load().database == good
    assert load().database_password() is None
    (cli.home / "password").write_text(f"{SECRET}\n")
    cli.set(CALLSTEWARD_DATABASE_PASSWORD_FILE=str(cli.home / "password"))
    assert load().database_password() == SECRET
    assert SECRET not in cli("settings")[1]


@pytest.mark.parametrize("name", ["REQUIRE_ALL", "TEST_PG_URL"])
def test_what_is_there_for_the_tests_is_known_and_no_setting(cli: Cli, name: str) -> None:
    cli.set(**{f"CALLSTEWARD_{name}": "1"})
    code, out, _ = cli("settings")
    assert (code, name in out) == (0, False)


def test_the_path_of_a_database_may_hold_any_character(cli: Cli) -> None:
    cli.set(CALLSTEWARD_DATABASE_URL="sqlite:////home/a@b.example/x.db")
    assert load().database == "sqlite:////home/a@b.example/x.db"


@pytest.mark.parametrize(
    "sender",
    [
        " ", SECRET, f"Call steward <{SECRET}@justice.example>", f"<{SECRET}@justice.example>",
        f"{SECRET}@justice.example, b@justice.example", f"{SECRET}@justice.example\nBcc: b",
        f"{SECRET}@", f"{SECRET}@justice", f"{SECRET}@büro.example",
    ],
)  # fmt: skip
def test_the_sender_is_one_plain_address(cli: Cli, sender: str) -> None:
    cli.set(CALLSTEWARD_MAIL_FROM=sender)
    assert "CALLSTEWARD_MAIL_FROM: must be one plain address" in _refusal(cli)
    cli.set(CALLSTEWARD_MAIL_FROM="callsteward@justice.example")
    assert load().mail_from == "callsteward@justice.example"


def test_a_login_has_both_its_halves(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    cli.set(CALLSTEWARD_SMTP_USERNAME=SECRET)
    missing = "CALLSTEWARD_SMTP_USERNAME is set, but CALLSTEWARD_SMTP_PASSWORD_FILE is not"
    assert missing in _refusal(cli)
    monkeypatch.delenv("CALLSTEWARD_SMTP_USERNAME")
    cli.set(CALLSTEWARD_SMTP_PASSWORD_FILE="/etc/callsteward/password")
    missing = "CALLSTEWARD_SMTP_PASSWORD_FILE is set, but CALLSTEWARD_SMTP_USERNAME is not"
    assert missing in _refusal(cli)


@pytest.mark.parametrize("name", ["what?", "mode=ro?x=1", "50% #1", "100%25", "é", "a+b c"])
def test_a_data_folder_of_any_name_holds_its_database(cli: Cli, name: str) -> None:
    """Marks that a URL has another use for are not cut off."""
    folder = cli.home / name
    cli.set(CALLSTEWARD_DATA_DIR=str(folder))
    assert cli("audit", "verify")[0] == 0
    assert {path.name for path in folder.glob("*.db")} == {"callsteward.db"}
    assert list(cli.home.iterdir()) == [folder]
    with only_read(load().database) as store, store.read():
        pass
    assert condition_of(load().database).schema


def test_a_question_mark_in_the_url_of_a_file_is_refused_unless_it_is_quoted(
    cli: Cli,
) -> None:
    cli.set(CALLSTEWARD_DATABASE_URL=f"sqlite:///{cli.home}/what?/x.db")
    code, _, err = cli("audit", "verify")
    assert (code, "CALLSTEWARD_DATABASE_URL" in err) == (2, True)
    cli.set(CALLSTEWARD_DATABASE_URL=f"sqlite:///{cli.home}/what%3F/x.db")
    assert cli("audit", "verify")[0] == 0
    assert [path.name for path in (cli.home / "what?").glob("*.db")] == ["x.db"]


def test_the_database_lies_in_the_data_folder_unless_it_is_named(cli: Cli) -> None:
    assert database_file(load().database) == cli.home / "callsteward.db"
    cli.set(CALLSTEWARD_DATABASE_URL="sqlite:////var/lib/x.db")
    assert load().database == "sqlite:////var/lib/x.db"


def test_without_any_setting_the_data_lie_below_the_users_home(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CALLSTEWARD_DATA_DIR")
    monkeypatch.setenv("HOME", str(cli.home))
    assert load().data_dir == cli.home / ".local" / "share" / "callsteward"
