"""`callsteward device`: what people report of an iPad."""

import json
from typing import Annotated

import typer

from agent.cli.call_run import office
from agent.cli.options import BY, JSON, actor

app = typer.Typer(help="What people report of an iPad.", no_args_is_help=True)
NAMED = Annotated[str, typer.Argument(help="Local ID or asset tag: MDIBT001.")]


@app.command("report-lost")
def report_lost(name: NAMED, by: BY = None, as_json: JSON = False) -> None:
    """Lost: Regional Silver, Security, Infosec and the provider are told at once (E5)."""
    from agent.services import devices
    from agent.services.consents import device_named

    who = actor(by)
    with office() as here:
        asset = device_named(here.store, name)
        new = devices.report_lost(here, asset, who)
    _reported(asset.local_id, "lost", new, as_json)


@app.command("report-found")
def report_found(name: NAMED, by: BY = None, as_json: JSON = False) -> None:
    """It is back."""
    from agent.services import devices
    from agent.services.consents import device_named

    who = actor(by)
    with office() as here:
        asset = device_named(here.store, name)
        new = devices.report_found(here, asset, who)
    _reported(asset.local_id, "found", new, as_json)


@app.command("not-in-use")
def not_in_use(
    name: NAMED,
    seen_by: Annotated[str, typer.Option("--seen-by", help="Staff id of the second person.")],
    by: BY = None,
    as_json: JSON = False,
) -> None:
    """Lost, and not the one in use, as two people confirm: what must end on it ends at once."""
    from agent.services import devices
    from agent.services.consents import device_named

    who = actor(by)
    with office() as here:
        asset = device_named(here.store, name)
        new = devices.confirm_not_in_use(here, asset, who, actor(seen_by))
    _reported(asset.local_id, "not in use", new, as_json)


def _reported(local_id: str, what: str, new: bool, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"device": local_id, "reported": what, "recorded": new}))
    else:
        typer.echo(
            f"{local_id}: reported {what}." if new else f"{local_id}: nothing to report."
        )
