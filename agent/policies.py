"""The baseline and the routes of a scheme, read from the `config` folder."""

import tomllib
from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, TypeVar, get_args

import msgspec

from agent.domain.baseline import Baseline, Days, version
from agent.domain.check import Category, Severity
from agent.domain.policy import Policy
from agent.domain.problems import Limits
from agent.domain.route_file import RouteFile
from agent.domain.routes import Route
from agent.domain.toml_lines import Lines
from agent.domain.zoom_baseline import PersonLine, SettingLine, ZoomBaseline
from agent.errors import Misconfigured
from agent.schemes import config_folder, load_scheme

T = TypeVar("T")
CategoryName = Literal["security", "loss", "upkeep", "operational"]
Weekday = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
WEEKDAYS = get_args(Weekday)
SeverityName = Literal["LOW", "MEDIUM", "HIGH"]
Number = Annotated[int, msgspec.Meta(ge=1)]
Many = Annotated[int, msgspec.Meta(ge=2)]
Share = Annotated[float, msgspec.Meta(gt=0, le=1)]
Text = Annotated[str, msgspec.Meta(min_length=1)]
Cis = Annotated[str, msgspec.Meta(pattern=r"^(agrees: .|differs: .|silent$)")]
Why = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]+[0-9]+: .")]  # the requirement comes first
Word = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9-]+$")]


class _Days(msgspec.Struct, forbid_unknown_fields=True):
    low_days: Number
    medium_days: Number
    high_days: Number


class _Evidence(msgspec.Struct, forbid_unknown_fields=True):
    fresh_days: Number


class _SingleApp(msgspec.Struct, forbid_unknown_fields=True):
    profile: Text


class _Zoom(msgspec.Struct, forbid_unknown_fields=True):
    bundle: str
    minimum_version: str
    names: tuple[str, ...]
    other_bundles: dict[str, tuple[str, ...]]


class _Apps(msgspec.Struct, forbid_unknown_fields=True):
    allowed: tuple[str, ...]


class _Baseline(msgspec.Struct, forbid_unknown_fields=True):
    minimum_os: str
    check_in: _Days
    evidence: _Evidence
    certificate: _Days
    single_app: _SingleApp
    zoom: _Zoom
    apps: _Apps


class _Setting(msgspec.Struct, forbid_unknown_fields=True):
    path: Text
    says: Text
    why: Why
    category: CategoryName
    severity: SeverityName
    question: Literal[2, 5, 6, 7]
    cis: Cis
    value: bool | str | None = None
    lock: bool = False


class _Person(msgspec.Struct, forbid_unknown_fields=True):
    name: Word
    says: Text
    why: Why
    category: CategoryName
    remedy: Text
    cis: Cis
    question: Literal[2, 5, 6, 7] | None = None


class _Client(msgspec.Struct, forbid_unknown_fields=True):
    minimum_version: Text


class _Search(msgspec.Struct, forbid_unknown_fields=True):
    days: Annotated[int, msgspec.Meta(ge=1, le=180)]
    all_on: Weekday


class _ZoomFile(msgspec.Struct, forbid_unknown_fields=True):
    setting: tuple[_Setting, ...]
    person: tuple[_Person, ...]
    search: _Search
    client: _Client


class _Collapse(msgspec.Struct, forbid_unknown_fields=True):
    same_value: Many
    share: Share
    at_least: Many


class _Phone(msgspec.Struct, forbid_unknown_fields=True):
    infosec: Text


class _Rest(msgspec.Struct, forbid_unknown_fields=True):
    """What else is in routes.toml, beside its routes and the fallback."""

    collapse: _Collapse
    phone: _Phone


def load_policy(
    scheme: str = "ipad", folder: Path | None = None, routes_file: Path | None = None
) -> Policy:
    """The scheme's baseline and routes; `routes_file` adds routes, and takes none away.

    Raises Misconfigured naming the file and the key; of routes every fault, with its line.
    """
    folder = folder or config_folder()
    path = folder / "schemes" / scheme / "routes.toml"
    file = _route_file(path, load_scheme(scheme, folder).establishments)
    routes, fallback = file.routes(), file.fallback()
    _refuse(path, file)
    told = _convert(path, _others(file.tables), _Rest)
    return Policy(
        baseline=_baseline(folder / "baselines" / f"{scheme}.toml"),
        zoom=_zoom(folder / "baselines" / "zoom.toml"),
        routes=routes + _added(routes_file, routes, file.establishments),
        fallback=fallback,
        limits=Limits(told.collapse.same_value, told.collapse.share, told.collapse.at_least),
        phone=told.phone.infosec,
    )


def _baseline(path: Path) -> Baseline:
    told = _read(path, _Baseline)
    versions = {
        "minimum_os": told.minimum_os,
        "zoom.minimum_version": told.zoom.minimum_version,
    }
    for key, text in versions.items():
        if version(text) is None:
            raise Misconfigured(f"{path}: {key} is no version", "Write it as 17.7.1.")
    if not told.check_in.low_days <= told.check_in.medium_days <= told.check_in.high_days:
        raise Misconfigured(f"{path}: the days of check_in fall", "They grow with severity.")
    left = told.certificate
    if not left.low_days >= left.medium_days >= left.high_days:
        raise Misconfigured(f"{path}: the days of certificate grow", "They are days left.")
    bundles = {told.zoom.bundle: told.zoom.names, **told.zoom.other_bundles}
    names = {n.lower(): bundle for bundle, known in bundles.items() for n in (*known, bundle)}
    return Baseline(
        minimum_os=told.minimum_os,
        check_in=_days(told.check_in),
        certificate=_days(told.certificate),
        fresh=timedelta(days=told.evidence.fresh_days),
        single_app_profile=told.single_app.profile,
        zoom_bundle=told.zoom.bundle,
        zoom_minimum=told.zoom.minimum_version,
        zoom_names=names,
        allowed_apps=frozenset(name.lower() for name in told.apps.allowed),
    )


def _zoom(path: Path) -> ZoomBaseline:
    told = _read(path, _ZoomFile)
    if version(told.client.minimum_version) is None:
        raise Misconfigured(
            f"{path}: client.minimum_version is no version", "Write it as 6.4.0."
        )
    for line in told.setting:
        if line.value is None and not line.lock:
            raise Misconfigured(
                f"{path}: {line.path} has neither a value nor a lock", "Give it one of them."
            )
    return ZoomBaseline(
        settings=tuple(map(_setting, told.setting)),
        person=tuple(map(_person, told.person)),
        minimum_client=told.client.minimum_version,
        search_days=told.search.days,
        search_all_on=WEEKDAYS.index(told.search.all_on),
    )


def _setting(told: _Setting) -> SettingLine:
    return SettingLine(
        path=told.path,
        has_value=told.value is not None,
        value=told.value,
        lock=told.lock,
        says=told.says,
        why=told.why,
        category=Category(told.category),
        severity=Severity[told.severity],
        question=told.question,
        cis=told.cis,
    )


def _person(told: _Person) -> PersonLine:
    return PersonLine(
        name=f"zoom.person.{told.name}",
        says=told.says,
        why=told.why,
        category=Category(told.category),
        question=told.question,
        remedy=told.remedy,
        cis=told.cis,
    )


def _days(told: _Days) -> Days:
    return Days(told.low_days, told.medium_days, told.high_days)


def _added(
    path: Path | None, routes: Iterable[Route], establishments: Collection[str]
) -> tuple[Route, ...]:
    """The operator's own routes."""
    if path is None:
        return ()
    file = _route_file(path, establishments)
    found = file.routes(frozenset(route.name for route in routes))
    file.only_routes()
    _refuse(path, file)
    return found


def _route_file(path: Path, establishments: Collection[str]) -> RouteFile:
    text, tables = _toml(path)
    return RouteFile(tables, Lines(text), path.name, establishments)


def _refuse(path: Path, file: RouteFile) -> None:
    if file.flaws:
        every = "; ".join(map(str, sorted(file.flaws)))
        raise Misconfigured(f"{path}: {every}", "Correct each, then start again.")


def _others(tables: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in tables.items() if key not in ("route", "fallback")}


def _read(path: Path, form: type[T]) -> T:
    return _convert(path, _toml(path)[1], form)


def _convert(path: Path, tables: Mapping[str, object], form: type[T]) -> T:
    try:
        return msgspec.convert(tables, form)
    except msgspec.ValidationError as err:
        raise Misconfigured(f"{path}: {err}", _REINSTALL) from err


def _toml(path: Path) -> tuple[str, dict[str, object]]:
    """A file's text, and what it says."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as err:
        raise Misconfigured(f"{path} cannot be read: {err.strerror}", _REINSTALL) from err
    except UnicodeDecodeError as err:
        raise Misconfigured(f"{path}: {err}", _REINSTALL) from err
    try:
        return text, tomllib.loads(text)
    except tomllib.TOMLDecodeError as err:
        last = f"at line {len(text.splitlines())}, the last"
        says = str(err).replace("at end of document", last)
        raise Misconfigured(f"{path}: {says}", _REINSTALL) from err


_REINSTALL = "Correct the file, or install callsteward again."
