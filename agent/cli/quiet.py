"""`callsteward silence` and `callsteward maintenance`: nobody is told for a while."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.options import BY, JSON, actor
from agent.errors import BadInput

if TYPE_CHECKING:
    from agent.domain.quiet import Quiet
    from agent.services.quiets import QuietOffice, Wanted

silences = typer.Typer(
    help="One kind of problem is not told for a while; never security or loss.",
    no_args_is_help=True,
)
maintenance = typer.Typer(
    help="What is expected for a time, declared by one person and confirmed by another.",
    no_args_is_help=True,
)
TYPE = Annotated[str, typer.Option("--type", help="The type of problem: device.checked-in.")]
UNTIL = Annotated[str, typer.Option("--until", help="UK time: 2026-11-23T18:00.")]
SINCE = Annotated[str, typer.Option("--from", help="UK time; none: now.")]
REASON = Annotated[str, typer.Option("--reason", help="Why; it stays in the database.")]
SITE = Annotated[str, typer.Option("--site", help="Of this establishment alone: MDI.")]
DEVICE = Annotated[str, typer.Option("--device", help="Of this iPad alone: MDIBT001.")]
NAMED = Annotated[str, typer.Argument(help="SIL-2026-0001 or MNT-2026-0001.")]
ALL = Annotated[bool, typer.Option("--all", help="Also those that are over.")]


@silences.command("add")
def add(
    type_: TYPE, until: UNTIL, reason: REASON, site: SITE = "", device: DEVICE = "",
    by: BY = None, as_json: JSON = False,
) -> None:  # fmt: skip
    """Hold the letters of one kind of problem. Its incidents stay open and are shown."""
    from agent.services import quiets

    who = actor(by)
    with _office() as here:
        wanted = _wanted(here, type_, until, "", reason, site, device)
        _show(quiets.silence(here, wanted, who), as_json)


@maintenance.command("declare")
def declare(
    type_: TYPE, until: UNTIL, reason: REASON, since: SINCE = "", site: SITE = "",
    device: DEVICE = "", by: BY = None, as_json: JSON = False,
) -> None:  # fmt: skip
    """Say what maintenance will bring about. It holds nothing until another confirms it."""
    from agent.services import quiets

    who = actor(by)
    with _office() as here:
        wanted = _wanted(here, type_, until, since, reason, site, device)
        _show(quiets.declare(here, wanted, who), as_json)


@maintenance.command("confirm")
def confirm(named: NAMED, by: BY = None, as_json: JSON = False) -> None:
    """The second person. Infosec is told that it is declared."""
    from agent.services import quiets

    who = actor(by)
    with _office() as here:
        _show(quiets.confirm(here, named.strip().upper(), who), as_json)


@silences.command("end")
@maintenance.command("end")
def end(named: NAMED, by: BY = None, as_json: JSON = False) -> None:
    """It is over now: what it held and still stands is told at once."""
    from agent.services import quiets

    who = actor(by)
    with _office() as here:
        _show(quiets.end(here, named.strip().upper(), who), as_json, ended=True)


@silences.command("list")
@maintenance.command("list")
def list_all(every: ALL = False, as_json: JSON = False) -> None:
    """Silences and maintenance that are not over."""
    from agent.services import quiets

    with _office() as here:
        found = quiets.listed(here.store, all_of_them=every)
    if as_json:
        typer.echo(json.dumps({"quiet": [_plain(one) for one in found]}))
        return
    for one in found:
        typer.echo(_line(one))
    if not found:
        typer.echo("Nothing is silenced, and no maintenance is declared.")


@contextmanager
def _office() -> "Iterator[QuietOffice]":
    from agent.domain.quiet_types import problem_types
    from agent.policies import load_policy
    from agent.schemes import load_noise
    from agent.services.quiets import QuietOffice
    from agent.settings import load
    from agent.wiring import open_store_of

    settings = load()
    policy = load_policy(routes_file=settings.routes_file)
    with open_store_of(settings) as store:
        yield QuietOffice(store, policy, load_noise(), problem_types(policy.zoom))


def _wanted(
    here: "QuietOffice", type_: str, until: str, since: str, reason: str, site: str, device: str
) -> "Wanted":
    from agent.services.consents import device_named
    from agent.services.quiets import Wanted

    code, tag = site.strip().upper(), ""
    if device:
        asset = device_named(here.store, device)
        if code not in ("", asset.establishment):
            raise BadInput(f"{asset.local_id} is not at {code}", "Leave --site out.")
        code, tag = asset.establishment, asset.tag
    return Wanted(
        type=type_.strip(), until=_moment("--until", until), reason=reason, subject=tag,
        establishment=code, since=_moment("--from", since) if since else None,
    )  # fmt: skip


def _moment(option: str, text: str) -> datetime:
    """UK time, unless it names another zone."""
    from agent.domain.uk_time import LONDON

    try:
        told = datetime.fromisoformat(text.strip())
    except ValueError as err:
        raise BadInput(f"{option} is no time: {text}", "Write it as 2026-11-23T18:00.") from err
    return (told if told.tzinfo else told.replace(tzinfo=LONDON)).astimezone(UTC)


def _show(one: "Quiet", as_json: bool, *, ended: bool = False) -> None:
    if as_json:
        typer.echo(json.dumps(_plain(one) | {"ended": ended}))
    else:
        typer.echo(f"{one.id} is over." if ended else _line(one))


def _plain(one: "Quiet") -> dict[str, object]:
    return {
        "id": one.id, "kind": one.kind.value, "type": one.type, "subject": one.subject,
        "establishment": one.establishment, "since": one.since.isoformat(),
        "until": one.until.isoformat(), "owner": one.owner, "reason": one.reason,
        "confirmed_by": one.confirmed_by,
    }  # fmt: skip


def _line(one: "Quiet") -> str:
    from agent.domain.quiet import Kind
    from agent.domain.uk_time import LONDON

    where = one.subject or one.establishment or "everywhere"
    until = f"{one.until.astimezone(LONDON):%d %b %Y %H:%M}"
    waits = one.kind is Kind.MAINTENANCE and one.confirmed_by is None
    note = "; NOT confirmed yet, so it holds nothing" if waits else ""
    return f"{one.id} {one.type}, {where}, until {until} UK time, by {one.owner}{note}"
