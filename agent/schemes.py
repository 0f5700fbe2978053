"""Scheme packs: the protocol's words and numbers, read from the `config` folder."""

import csv
import hashlib
import io
import re
import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import msgspec

import agent
from agent.domain.call_rules import CallRules, Stop, Text
from agent.domain.card import Card, Part
from agent.domain.check import Category, Rule, Severity
from agent.domain.establishments import Establishment
from agent.domain.incident import NO_LONGER_FOUND
from agent.domain.incident_rules import IncidentRules, Kind
from agent.domain.quiet import NoiseRules
from agent.domain.scheme import RegisterRules, Scheme
from agent.errors import Misconfigured

S = TypeVar("S")
Words = Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
Positive = Annotated[int, msgspec.Meta(ge=1)]
Word = Annotated[str, msgspec.Meta(pattern=r"^[a-z]+(-[a-z]+)*$")]
Sentence = Annotated[str, msgspec.Meta(min_length=1)]
LOCAL_ID_GROUPS = {"establishment", "mark", "number"}


class _Ids(msgspec.Struct, forbid_unknown_fields=True):
    local_id: str
    asset_tag: str
    serial: str
    iccid: str


class _Receipt(msgspec.Struct, forbid_unknown_fields=True):
    due_working_days: int
    storage_locations: tuple[str, ...]


class _Staff(msgspec.Struct, forbid_unknown_fields=True):
    local_roles: tuple[str, ...]
    wider_roles: tuple[str, ...]


class _Register(msgspec.Struct, forbid_unknown_fields=True):
    device_kind: str
    devices_per_establishment: int
    ids: _Ids
    receipt: _Receipt
    staff: _Staff


class _Stop(msgspec.Struct, forbid_unknown_fields=True):
    check: str
    says: str
    requirement: str


class _Calls(msgspec.Struct, forbid_unknown_fields=True):
    deciders: Words
    by_telephone: Words
    corrects: Words
    chaplaincy: Words
    confirm_hours: Positive
    machine_minutes: Positive
    linger_minutes: Positive
    remove_minutes: Positive
    invitations: Positive
    windows_a_day: Positive
    reasons: Words
    residential: Words
    concerns: Words
    ended: Words
    cancelled: Words
    departments: dict[str, str]
    stop: tuple[_Stop, ...]


class _Text(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    requirement: str
    since: date = msgspec.field(name="from")
    language: str
    owner: str
    words: str


class _Legal(msgspec.Struct, forbid_unknown_fields=True):
    text: Annotated[tuple[_Text, ...], msgspec.Meta(min_length=1)]


class _Part(msgspec.Struct, forbid_unknown_fields=True):
    heading: str
    says: tuple[str, ...] = ()
    write: tuple[str, ...] = ()
    step: str = ""
    page: bool = False


class _Card(msgspec.Struct, forbid_unknown_fields=True):
    title: str
    intro: tuple[str, ...]
    part: tuple[_Part, ...]


class _Silence(msgspec.Struct, forbid_unknown_fields=True):
    longest_days: Positive


class _Maintenance(msgspec.Struct, forbid_unknown_fields=True):
    longest_hours: Positive
    confirm: Words


class _Inhibit(msgspec.Struct, forbid_unknown_fields=True):
    open: str = msgspec.field(name="while")
    holds: Words


class _Noise(msgspec.Struct, forbid_unknown_fields=True):
    silence: _Silence
    maintenance: _Maintenance
    inhibit: tuple[_Inhibit, ...] = ()


class _Kind(msgspec.Struct, forbid_unknown_fields=True):
    name: Word
    category: Literal["security", "loss", "upkeep"]
    severity: Literal["LOW", "MEDIUM", "HIGH"]
    says: Sentence
    requirement: Sentence
    remedy: Sentence
    lost: bool = False


class _Incidents(msgspec.Struct, forbid_unknown_fields=True):
    without_phone: Words
    causes: dict[Word, Sentence]
    kind: Annotated[tuple[_Kind, ...], msgspec.Meta(min_length=1)]


def config_folder() -> Path:
    """`config`: inside the package where it is installed, beside it in a checkout."""
    package = Path(agent.__file__).parent
    installed = package / "config"
    return installed if installed.is_dir() else package.parent / "config"


def load_scheme(name: str = "ipad", folder: Path | None = None) -> Scheme:
    """The scheme of this name. Raises Misconfigured naming the file and the key."""
    folder = folder or config_folder()
    rules = _rules(folder / "schemes" / name / "register.toml")
    return Scheme(name, rules, _establishments(folder / "establishments.csv"))


def load_calls(scheme: str = "ipad", folder: Path | None = None) -> CallRules:
    """The scheme's rules and texts of calls. Raises Misconfigured naming file and key."""
    pack = (folder or config_folder()) / "schemes" / scheme
    told = _read(pack / "calls.toml", _Calls)
    _known_roles(pack, told)
    legal = _read(pack / "legal.toml", _Legal)
    return CallRules(
        deciders=frozenset(told.deciders),
        by_telephone=frozenset(told.by_telephone),
        corrects=frozenset(told.corrects),
        chaplaincy=frozenset(told.chaplaincy),
        confirm_within=timedelta(hours=told.confirm_hours),
        machine_fresh=timedelta(minutes=told.machine_minutes),
        linger=timedelta(minutes=told.linger_minutes),
        remove_within=timedelta(minutes=told.remove_minutes),
        invitations=told.invitations,
        windows_a_day=told.windows_a_day,
        reasons=told.reasons,
        residential=told.residential,
        concerns=told.concerns,
        ended=told.ended,
        cancelled=told.cancelled,
        departments=told.departments,
        stops=tuple(Stop(one.check, one.says, one.requirement) for one in told.stop),
        texts=tuple(
            Text(one.name, one.requirement, one.since, one.language, one.words)
            for one in legal.text
        ),
    )


def load_card(scheme: str = "ipad", folder: Path | None = None) -> Card:
    """The scheme's card for a call without us. Raises Misconfigured naming file and key."""
    told = _read((folder or config_folder()) / "schemes" / scheme / "card.toml", _Card)
    parts = (Part(one.heading, one.says, one.write, one.step, one.page) for one in told.part)
    return Card(told.title, told.intro, tuple(parts))


def load_noise(scheme: str = "ipad", folder: Path | None = None) -> NoiseRules:
    """The scheme's rules of when nobody is told. Raises Misconfigured naming file and key."""
    pack = (folder or config_folder()) / "schemes" / scheme
    told = _read(pack / "noise.toml", _Noise)
    rules = _rules(pack / "register.toml")
    for role in told.maintenance.confirm:
        if role not in (*rules.local_roles, *rules.wider_roles):
            raise _wrong(pack / "noise.toml", f"confirm names {role}, which is no role")
    return NoiseRules(
        longest_silence=timedelta(days=told.silence.longest_days),
        longest_maintenance=timedelta(hours=told.maintenance.longest_hours),
        confirms=frozenset(told.maintenance.confirm),
        inhibits={one.open: frozenset(one.holds) for one in told.inhibit},
    )


def load_incidents(scheme: str = "ipad", folder: Path | None = None) -> IncidentRules:
    """Causes and what staff report. Raises Misconfigured naming file and key."""
    pack = (folder or config_folder()) / "schemes" / scheme
    path = pack / "incidents.toml"
    told = _read(path, _Incidents)
    _all_roles(pack, told.without_phone)
    if NO_LONGER_FOUND not in told.causes:
        raise _wrong(path, f"causes lacks {NO_LONGER_FOUND}, which the machine uses")
    kinds = {one.name: Kind(one.name, _reported(one), one.lost) for one in told.kind}
    if len(kinds) < len(told.kind):
        raise _wrong(path, "kind: a name is there twice")
    return IncidentRules(
        causes=told.causes, without_phone=frozenset(told.without_phone), kinds=kinds
    )


def _reported(told: _Kind) -> Rule:
    return Rule(
        name=f"reported.{told.name}",
        says=told.says,
        requirement=told.requirement,
        question=8,
        category=Category(told.category),
        severity=Severity[told.severity],
        remedy=told.remedy,
    )


def _all_roles(pack: Path, named: tuple[str, ...]) -> None:
    rules = _rules(pack / "register.toml")
    for role in named:
        if role not in (*rules.local_roles, *rules.wider_roles):
            raise _wrong(
                pack / "incidents.toml", f"without_phone names {role}, which is no role"
            )


def pack_version(scheme: str = "ipad", folder: Path | None = None) -> str:
    """SHA-256 of every file of the scheme, its name before it, in the order of their names."""
    pack = (folder or config_folder()) / "schemes" / scheme
    found = hashlib.sha256()
    for path in sorted(pack.glob("*.toml")):
        found.update(f"{path.name}\n{_text(path)}".encode())
    return found.hexdigest()


def _known_roles(pack: Path, told: _Calls) -> None:
    roles = _rules(pack / "register.toml").local_roles
    for name in ("deciders", "by_telephone", "corrects", "chaplaincy"):
        for role in getattr(told, name):
            if role not in roles:
                raise _wrong(pack / "calls.toml", f"{name} names {role}, which is no role")


def _read(path: Path, form: type[S]) -> S:
    try:
        return msgspec.convert(tomllib.loads(_text(path)), form)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as err:
        raise _wrong(path, str(err)) from err


def _rules(path: Path) -> RegisterRules:
    told = _read(path, _Register)
    local_id = _pattern(path, "ids.local_id", told.ids.local_id)
    if set(local_id.groupindex) != LOCAL_ID_GROUPS:
        raise _wrong(path, "ids.local_id needs the groups establishment, mark and number")
    return RegisterRules(
        device_kind=told.device_kind,
        devices_per_establishment=told.devices_per_establishment,
        local_id=local_id,
        asset_tag=_pattern(path, "ids.asset_tag", told.ids.asset_tag),
        serial=_pattern(path, "ids.serial", told.ids.serial),
        iccid=_pattern(path, "ids.iccid", told.ids.iccid),
        receipt_due_working_days=told.receipt.due_working_days,
        storage_locations=told.receipt.storage_locations,
        local_roles=told.staff.local_roles,
        wider_roles=told.staff.wider_roles,
    )


def _pattern(path: Path, key: str, text: str) -> re.Pattern[str]:
    try:
        return re.compile(text, re.ASCII)
    except re.error as err:
        raise _wrong(path, f"{key} is not a regular expression: {err}") from err


def _establishments(path: Path) -> dict[str, Establishment]:
    rows = list(csv.DictReader(io.StringIO(_text(path))))
    for key in ("code", "name", "name_welsh"):
        if not rows or key not in rows[0]:
            raise _wrong(path, f"column {key} is missing, or there is no line")
    found: dict[str, Establishment] = {}
    for row in rows:
        if row["code"] in found:
            raise _wrong(path, f"code {row['code']} is there twice")
        found[row["code"]] = Establishment(row["code"], row["name"], row["name_welsh"])
    return found


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as err:
        raise _wrong(path, f"cannot be read: {getattr(err, 'strerror', None) or err}") from err


def _wrong(path: Path, what: str) -> Misconfigured:
    return Misconfigured(f"{path}: {what}", "Correct the file, or install callsteward again.")
