"""`callsteward routes`: who is told of what, why, and whether it arrives."""

import json
from contextlib import closing
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli import show_routes
from agent.cli.options import BY, JSON, actor
from agent.errors import BadInput

if TYPE_CHECKING:
    from datetime import datetime

    from agent.domain.policy import Policy
    from agent.domain.problems import Problem
    from agent.settings import Settings
    from agent.store.engine import Store
    from agent.store.letters import Sent

app = typer.Typer(help="Who is told of what (Q9, Q10), and why.", no_args_is_help=True)
LOOK_SECONDS = 0.5
INCIDENT = Annotated[str | None, typer.Argument(help="INC-2026-00042; or none, with --type.")]
TYPE = Annotated[
    str | None, typer.Option("--type", help="Think one up: a check of callsteward checks.")
]
SITE = Annotated[str, typer.Option("--site", help="Where: three letters. Unset: not known.")]
SEVERITY = Annotated[str | None, typer.Option("--severity", help="Unset: as the check has it.")]
CATEGORY = Annotated[str | None, typer.Option("--category", help="Unset: as the check has it.")]
REASON = Annotated[str, typer.Option("--reason", help="A word of the report.")]
AT = Annotated[str | None, typer.Option("--at", help='UK time: "2026-11-22 02:00".')]
SHARED = Annotated[bool, typer.Option("--shared", help="One cause of many iPads.")]
ADDRESSES = Annotated[bool, typer.Option("--addresses", help="Show the addresses too.")]
TO = Annotated[list[str], typer.Option("--to", help="ROLE or ROLE.PLACE: local-security.MDI.")]
WAIT = Annotated[int, typer.Option("--wait", min=0, max=600, help="Seconds for the answer.")]


@app.command("list")
def every(as_json: JSON = False) -> None:
    """Every route, the scheme's and your own: when it applies, and whom it tells."""
    from agent.policies import load_policy
    from agent.settings import load

    routes = load_policy(routes_file=load().routes_file).routes
    if as_json:
        typer.echo(json.dumps([show_routes.plain_route(route) for route in routes]))
    else:
        show_routes.routes(routes)


@app.command("explain")
def explain(
    incident: INCIDENT = None,
    type_: TYPE = None,
    site: SITE = "",
    severity: SEVERITY = None,
    category: CATEGORY = None,
    reason: REASON = "none",
    at: AT = None,
    shared: SHARED = False,
    addresses: ADDRESSES = False,
    as_json: JSON = False,
) -> None:
    """Who would be told of an incident, and why. Exit 1 where somebody cannot be told."""
    from agent.channel_wiring import sends_texts
    from agent.domain.routes import Revision
    from agent.policies import load_policy
    from agent.services.routes import explain as of_incident
    from agent.services.routes import imagine
    from agent.settings import load
    from agent.wiring import open_store_of

    if (incident is None) == (type_ is None):
        raise BadInput("say what to explain", "Give an incident's id, or --type for any other.")
    settings = load()
    policy, texts = load_policy(routes_file=settings.routes_file), sends_texts(settings)
    with open_store_of(settings) as store:
        if incident is not None:
            found = of_incident(store, policy, incident, texts=texts)
        else:
            problem = _thought_up(policy, type_ or "", site, severity, category, reason)
            revision = Revision(_moment(store, at), shared)
            found = imagine(store, policy, problem, revision, texts=texts)
    if as_json:
        typer.echo(json.dumps(show_routes.plain(found, addresses=addresses)))
    else:
        show_routes.explained(incident or type_ or "", found, addresses=addresses)
    raise typer.Exit(0 if all(one.reached for one in found.told) else 1)


@app.command("test")
def test(to: TO, by: BY = None, wait: WAIT = 30, as_json: JSON = False) -> None:
    """Send a marked test letter to these, as any letter goes. Exit 1 where one stays owed."""
    from agent.schemes import load_scheme
    from agent.services.routes import owe_trial
    from agent.settings import load
    from agent.wiring import open_store_of

    who, settings = actor(by), load()
    with open_store_of(settings) as store:
        trial, keys = owe_trial(store, load_scheme(), to, who)
        letters = _answers(settings, store, keys, wait)
    if as_json:
        rows = [show_routes.plain_letter(one) for one in letters]
        typer.echo(json.dumps({"id": trial, "letters": rows}))
    else:
        typer.echo(f"{trial}: {len(letters)} owed.")
        show_routes.letters(letters)
    raise typer.Exit(0 if all(one.accepted_at for one in letters) else 1)


def _answers(
    settings: "Settings", store: "Store", keys: list[str], seconds: int
) -> "list[Sent]":
    """Hand over what is due, and wait; the agent may do it as well."""
    from agent.services.routes import sent
    from agent.wiring import mail_worker_of
    from agent.worker import Lanes

    end = monotonic() + seconds
    with closing(Lanes(mail_worker_of(settings, store))) as lanes:
        while True:
            lanes.drain(max(0.0, end - monotonic()))
            found = sent(store, keys)
            if all(one.accepted_at for one in found) or monotonic() >= end:
                return found
            Event().wait(LOOK_SECONDS)


def _thought_up(
    policy: "Policy",
    type_: str,
    site: str,
    severity: str | None,
    category: str | None,
    reason: str,
) -> "Problem":
    from agent.domain.check import Category, Severity
    from agent.domain.checks import all_rules
    from agent.domain.problems import Problem
    from agent.schemes import load_scheme

    rule = all_rules(policy.zoom).get(type_)
    grave = (severity or (rule.severity.name if rule else "")).upper()
    kind = category or (rule.category.value if rule else "")
    if grave not in Severity.__members__:
        known = ", ".join(Severity.__members__)
        raise BadInput("how grave is it?", f"Add --severity: {known}.")
    if kind not in {one.value for one in Category}:
        known = ", ".join(one.value for one in Category)
        raise BadInput(f"{type_}: of which category?", f"Add --category: {known}.")
    if site and site not in load_scheme().establishments:
        raise BadInput(f"there is no establishment {site}", "Write its three letters.")
    return Problem(
        type=type_,
        subject="",
        establishment=site,
        reason=reason,
        because="",
        value="",
        category=Category(kind),
        severity=Severity[grave],
    )


def _moment(store: "Store", at: str | None) -> "datetime":
    from agent.domain.uk_time import uk_day, uk_moment

    with store.read() as tx:
        return uk_moment(at, uk_day(tx.now)) if at else tx.now
