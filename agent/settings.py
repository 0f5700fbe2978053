"""CALLSTEWARD_* variables, a settings file, secret files: the environment is read here only."""

import os
import re
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote

from pydantic import (
    Field,
    NonNegativeFloat,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from agent.domain.cells import Bad, address
from agent.errors import Misconfigured

PREFIX = "CALLSTEWARD_"
SETTINGS_FILE = PREFIX + "SETTINGS_FILE"
OF_THE_TESTS = frozenset({"TEST_PG_URL", "REQUIRE_ALL"})  # known, and no settings
POSTGRESQL = re.compile(r"postgresql://([^@:/?#]+@)?[^@]*")  # a user and no password


def _default_data_dir() -> Path:
    return Path.home() / ".local" / "share" / "callsteward"


class Settings(BaseSettings):
    """Each has a type, a sentence, and a default only where a wrong guess is harmless."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="forbid", frozen=True, env_ignore_empty=True
    )

    data_dir: Path = Field(
        default_factory=_default_data_dir,
        description="Folder for the database and the reports.",
    )
    database_url: str | None = Field(
        default=None,
        description="sqlite:////path (? in it as %3F), or postgresql://user@host/name for"
        " several machines (extra postgres); unset: callsteward.db in data_dir.",
    )
    database_password_file: Path | None = Field(
        default=None,
        description="File that holds the password for PostgreSQL, and nothing else; mode 0600."
        " Unset: none, or that of ~/.pgpass.",
    )

    call_keys_dir: Path | None = Field(
        default=None,
        description="Folder of the calls' keys, one file each; back it up apart from the"
        " database, or a restore undoes an erasure. Unset: call-keys in data_dir.",
    )
    call_keep_days: Annotated[int, Field(ge=1, le=400)] = Field(
        default=90,
        description="Days that the names, addresses and numbers of a call are kept after it is"
        " over; then its key is destroyed. Longer while an IR or an incident of it is open.",
    )

    proof_key_file: Path | None = Field(
        default=None,
        description="Key that signs purge proofs; mode 0600, made at first need; back it up"
        " apart from the database. Unset: proof.key in data_dir.",
    )

    mdm: Literal["intune"] | None = Field(
        default=None, description="Which MDM to ask. Unset, a sweep refuses."
    )
    intune_tenant_id: str | None = Field(default=None, description="Entra tenant id.")
    intune_client_id: str | None = Field(
        default=None, description="Client id of the read-only app registration."
    )
    intune_certificate_file: Path | None = Field(
        default=None, description="PEM of the certificate registered for the app."
    )
    intune_private_key_file: Path | None = Field(
        default=None, description="PEM of its private key; mode 0600."
    )
    intune_enrolment_profiles: tuple[str, ...] = Field(
        default=(),
        description="JSON list: only iPads of these enrolment profiles belong to the scheme;"
        " empty: every iPad of the tenant must be on the register.",
    )
    graph_url: str = Field(
        default="https://graph.microsoft.com", description="Microsoft Graph, without a version."
    )
    login_url: str = Field(
        default="https://login.microsoftonline.com", description="Entra ID's token service."
    )
    http_proxy: str | None = Field(
        default=None, description="Proxy for all HTTP; the system's variables are not read."
    )
    http_ca_file: Path | None = Field(
        default=None, description="CA bundle for HTTPS; unset: the usual public ones."
    )

    zoom_account_id: str | None = Field(
        default=None, description="Zoom account id. Unset, nothing of Zoom is asked."
    )
    zoom_reader_client_id: str | None = Field(
        default=None, description="Client id of the server-to-server app that only reads."
    )
    zoom_reader_client_secret_file: Path | None = Field(
        default=None, description="File that holds its client secret, and nothing else."
    )
    zoom_actor_client_id: str | None = Field(
        default=None,
        description="Client id of another server-to-server app, which acts. Unset, nothing"
        " acts in Zoom.",
    )
    zoom_actor_client_secret_file: Path | None = Field(
        default=None, description="File that holds its client secret, and nothing else."
    )
    zoom_user_app_client_id: str | None = Field(
        default=None, description="Client id of the app that the iPads' users consent to."
    )
    zoom_user_app_client_secret_file: Path | None = Field(
        default=None, description="File that holds its client secret, and nothing else."
    )
    zoom_redirect_uri: str | None = Field(
        default=None,
        description="Redirect address as registered with that app. On loopback"
        " (http://127.0.0.1:8765/zoom) the answer is caught; any other one is pasted.",
    )
    zoom_key_file: Path | None = Field(
        default=None,
        description="Master key that seals the consents; mode 0600, made at first need; back it"
        " up apart from the database. Unset: zoom.key in data_dir.",
    )
    zoom_plan: Literal["pro", "business"] = Field(
        default="pro",
        description="Plan of the account, for its rate limits; business: Business and above.",
    )
    zoom_share: Annotated[float, Field(gt=0, le=1)] = Field(
        default=1, description="Part of the account's rate limits that is ours."
    )
    zoom_api_url: str | None = Field(
        default=None,
        description="Zoom's API, without a version. Unset: as Zoom names it beside a token.",
    )
    zoom_oauth_url: str = Field(
        default="https://zoom.us",
        description="Zoom's sign-in and token service, without /oauth.",
    )

    zoom_events_secret_file: Path | None = Field(
        default=None,
        description="File that holds the secret token of the app's event subscription, and"
        " nothing else; mode 0600. `receive` needs it.",
    )

    smtp_host: str | None = Field(
        default=None, description="Mail server. Unset, every mail stays owed."
    )
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = Field(
        default=587, description="Its port; STARTTLS is required."
    )
    smtp_username: str | None = Field(default=None, description="User for AUTH; unset: none.")
    smtp_password_file: Path | None = Field(
        default=None, description="File that holds the password, and nothing else; mode 0600."
    )
    smtp_ca_file: Path | None = Field(
        default=None, description="CA that signed the mail server's certificate."
    )
    mail_from: str | None = Field(default=None, description="Sender address of every mail.")

    mail_channel: Literal["smtp", "graph", "notify"] = Field(
        default="smtp",
        description="What carries mail: a mail server, Microsoft Graph (sendMail), or GOV.UK"
        " Notify (extra notify).",
    )
    mail_graph_tenant_id: str | None = Field(
        default=None, description="Entra tenant id of the app that sends mail by Graph."
    )
    mail_graph_client_id: str | None = Field(
        default=None,
        description="Client id of that app, one of its own: application permission Mail.Send"
        " and nothing else, which Exchange should restrict to the mailbox MAIL_FROM.",
    )
    mail_graph_certificate_file: Path | None = Field(
        default=None, description="PEM of the certificate registered for that app."
    )
    mail_graph_private_key_file: Path | None = Field(
        default=None, description="PEM of its private key; mode 0600."
    )
    notify_api_key_file: Path | None = Field(
        default=None,
        description="File that holds a live API key of GOV.UK Notify, and nothing else; mode"
        " 0600. Text messages to duty phones need it (extra notify).",
    )
    notify_email_template_id: str | None = Field(
        default=None,
        description="Notify's template for mail: subject ((subject)), message ((body)).",
    )
    notify_sms_template_id: str | None = Field(
        default=None,
        description="Notify's template for text messages: ((text)) alone. Switch off the name"
        " that Notify writes before each, or a message may take two.",
    )
    notify_url: str = Field(
        default="https://api.notifications.service.gov.uk", description="GOV.UK Notify's API."
    )
    notify_receipts_token_file: Path | None = Field(
        default=None,
        description="File that holds the bearer token that Notify sends with its delivery"
        " receipts, 32 characters or more, and nothing else; mode 0600. `receive` takes them.",
    )
    apprise_urls_file: Path | None = Field(
        default=None,
        description="File of Apprise URLs, one a line: Teams, Slack and others that routes tell"
        " as chat. They hold secrets; mode 0600 (extra apprise).",
    )
    siem_file: Path | None = Field(
        default=None,
        description="File that a line of JSON is added to for each letter that routes send to"
        " siem; rotate it by renaming.",
    )

    mail_test_to: str | None = Field(
        default=None,
        description="Address that a test mail goes to every night, which proves the way of all"
        " mails: best a mailbox of its own that the CALLSTEWARD_IMAP_* settings read.",
    )
    imap_host: str | None = Field(
        default=None,
        description="Server of that mailbox. Unset, the mail server's answer has to do.",
    )
    imap_port: Annotated[int, Field(ge=1, le=65535)] = Field(
        default=993, description="Its port."
    )
    imap_tls: Literal["implicit", "starttls"] = Field(
        default="implicit", description="Whether TLS comes first there, or with STARTTLS."
    )
    imap_username: str | None = Field(default=None, description="User of that mailbox.")
    imap_password_file: Path | None = Field(
        default=None, description="File that holds its password, and nothing else; mode 0600."
    )
    imap_ca_file: Path | None = Field(
        default=None, description="CA that signed that server's certificate."
    )

    heartbeat_mail: str | None = Field(
        default=None,
        description="Address of an outside monitor that expects a mail: after each sweep, and"
        " at least each hour while `serve` lives.",
    )
    routes_file: Path | None = Field(
        default=None,
        description="TOML file with [[route]]s of your own, in the words of the scheme's"
        " routes.toml: who else is told of what. It adds to the scheme's and takes none away.",
    )

    heartbeat_url_file: Path | None = Field(
        default=None,
        description="File that holds the URL of an outside monitor; mode 0600. `serve` calls it"
        " each minute, and the monitor tells people when it no longer does.",
    )

    sweep_at: Annotated[str, Field(pattern=r"^(0[2-9]|1\d|2[0-3]):[0-5]\d$")] = Field(
        default="02:00",
        description="UK time of the nightly sweep, 02:00 or later: 01:30 comes twice or never"
        " when the clocks change.",
    )
    tick_seconds: Annotated[float, Field(ge=1, le=5)] = Field(
        default=2, description="How often serve looks for what is due, beside being woken."
    )
    deadline_seconds: Annotated[NonNegativeFloat, Field(ge=1, le=60)] = Field(
        default=30, description="Total time that one call to the outside may take."
    )
    retry_seconds: Annotated[NonNegativeFloat, Field(ge=1, le=60)] = Field(
        default=60, description="How long a read is tried again, where it may go well later."
    )

    @field_validator("mail_from", "mail_test_to", "heartbeat_mail")
    @classmethod
    def _one_plain_address(cls, value: str | None) -> str | None:
        if value is not None and isinstance(address(value), Bad):
            raise ValueError("must be one plain address, such as name@organisation.example")
        return value

    @field_validator("http_proxy")
    @classmethod
    def _no_password_for_a_proxy(cls, value: str | None) -> str | None:
        if value is not None and "@" in value:
            raise ValueError(
                "a proxy with a password is not supported by this version: name one that needs"
                " none, as http://host:port"
            )
        return value

    @field_validator("graph_url", "login_url", "notify_url")
    @classmethod
    def _no_password_in_a_url(cls, value: str) -> str:
        if "@" in value:
            raise ValueError("a URL with a user or a password is not supported: take them out")
        return value

    @field_validator("database_url")
    @classmethod
    def _no_password_for_a_database(cls, value: str | None) -> str | None:
        if value is None or value.startswith("sqlite:///"):
            return value
        if "password=" in value.lower() or ("@" in value and not POSTGRESQL.fullmatch(value)):
            raise ValueError(
                "a URL with a password is not supported: take it out, and name a file that"
                f" holds it in {PREFIX}DATABASE_PASSWORD_FILE"
            )
        return value

    @model_validator(mode="after")
    def _a_login_is_whole(self) -> "Settings":
        user, password = PREFIX + "SMTP_USERNAME", PREFIX + "SMTP_PASSWORD_FILE"
        if self.smtp_username is not None and self.smtp_password_file is None:
            raise ValueError(f"{user} is set, but {password} is not")
        if self.smtp_password_file is not None and self.smtp_username is None:
            raise ValueError(f"{password} is set, but {user} is not")
        return self

    @model_validator(mode="after")
    def _a_mailbox_is_whole(self) -> "Settings":
        needed = (self.mail_test_to, self.imap_username, self.imap_password_file)
        if self.imap_host is not None and None in needed:
            raise ValueError(
                f"{PREFIX}IMAP_HOST is set; it needs {PREFIX}MAIL_TEST_TO,"
                f" {PREFIX}IMAP_USERNAME and {PREFIX}IMAP_PASSWORD_FILE"
            )
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        file = os.environ.get(SETTINGS_FILE)
        if not file:
            return init_settings, env_settings
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, Path(file))

    @property
    def database(self) -> str:
        """Where the database is. A folder may have any name, so its path is quoted."""
        file = self.data_dir.absolute() / "callsteward.db"
        return self.database_url or f"sqlite:///{quote(os.fsencode(file))}"

    def smtp_password(self) -> SecretStr | None:
        """Raises Misconfigured if the file cannot be read."""
        return _secret("smtp_password_file", self.smtp_password_file)

    def imap_password(self) -> SecretStr | None:
        """Raises Misconfigured if the file cannot be read."""
        return _secret("imap_password_file", self.imap_password_file)

    def database_password(self) -> str | None:
        """Raises Misconfigured if the file cannot be read."""
        found = _secret("database_password_file", self.database_password_file)
        return None if found is None else found.get_secret_value()

    def heartbeat_url(self) -> SecretStr | None:
        """Raises Misconfigured if the file cannot be read."""
        return _secret("heartbeat_url_file", self.heartbeat_url_file)


def _secret(setting: str, path: Path | None) -> SecretStr | None:
    return None if path is None else SecretStr(read_file(setting, path).strip())


def read_file(setting: str, path: Path) -> str:
    """The text of a file that a setting names. Raises Misconfigured with the cure."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as err:
        reason = err.strerror if isinstance(err, OSError) else "it is not text"
        raise Misconfigured(
            f"{PREFIX}{setting.upper()} names {path}, which cannot be read: {reason}",
            "Name a file that this user may read.",
        ) from err


def load(**given: Any) -> Settings:
    """The settings as they are now. Raises Misconfigured naming each wrong one and its cure."""
    _refuse_unknown(os.environ)
    file = os.environ.get(SETTINGS_FILE)
    if file:
        read_file("settings_file", Path(file))
    try:
        return Settings(**given)
    except ValidationError as err:
        raise Misconfigured(
            _plain(err), "See `callsteward settings` for each setting."
        ) from err
    except SettingsError as err:  # a list that is no JSON; pydantic names the field in quotes
        named = [name for name in Settings.model_fields if f'"{name}"' in str(err)]
        raise Misconfigured(
            f"{PREFIX}{''.join(named[:1]).upper()}: not the JSON that it must be",
            "See `callsteward settings` for each setting.",
        ) from err
    except ValueError as err:  # a settings file that is no TOML
        raise Misconfigured(f"the settings file cannot be read: {err}") from err


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    known = {name.upper() for name in Settings.model_fields} | {
        SETTINGS_FILE.removeprefix(PREFIX),
        *OF_THE_TESTS,
    }
    for name in sorted(environment):
        word = name.upper().removeprefix(PREFIX)
        if name.upper().startswith(PREFIX) and word not in known:
            close = get_close_matches(word, sorted(known), n=1)
            cure = (
                f"Did you mean {PREFIX}{close[0]}?" if close else "See `callsteward settings`."
            )
            raise Misconfigured(f"{name} is no setting of callsteward.", cure)


def _plain(err: ValidationError) -> str:
    """Which settings are wrong and how; never their values."""
    lines = []
    for problem in err.errors(include_url=False, include_input=False, include_context=False):
        where = f"{PREFIX}{str(problem['loc'][0]).upper()}: " if problem["loc"] else ""
        lines.append(where + problem["msg"].removeprefix("Value error, "))
    return "; ".join(lines)
