"""`callsteward incident`: what people do with an incident."""

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.call_run import asked
from agent.cli.incident_words import lines, on_a_line, shortly, whole
from agent.cli.options import BY, JSON, actor
from agent.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent.services.incident_desk import Desk, Done

app = typer.Typer(
    help="Incidents: seen, taken in hand, closed; and reported.", no_args_is_help=True
)
INCIDENT = Annotated[str, typer.Argument(help="The incident: INC-2026-00042.")]
NUMBER = Annotated[str, typer.Argument(help="The reference: a number, no name.")]
WORDS = Annotated[
    bool, typer.Option("--words", help="Ask for words to keep beside it, never mailed.")
]


@contextmanager
def desk() -> "Iterator[Desk]":
    """The store of the settings in force, and what the scheme says of incidents."""
    from agent.wiring import open_incident_desk

    with open_incident_desk() as found:
        yield found


@app.command("list")
def list_all(
    site: Annotated[str, typer.Option("--site", help="Only this establishment: MDI.")] = "",
    state: Annotated[
        str,
        typer.Option(help="open, acknowledged, in-hand, closed, all; left out: not closed."),
    ] = "",
    limit: Annotated[int, typer.Option(help="How many at most.")] = 50,
    after: Annotated[str, typer.Option(help="The last id of the page before.")] = "",
    as_json: JSON = False,
) -> None:
    """A page of incidents, the oldest first. Exit 1 where there is one."""
    from agent.services.incident_pages import Wanted, page

    with desk() as here:
        found = page(here, Wanted(site=site, state=state, limit=limit, after=after))
    if as_json:
        more = found[-1].id if len(found) == limit else None
        told = {"incidents": [shortly(one) for one in found], "after": more}
        typer.echo(json.dumps(told))
    else:
        for one in found:
            typer.echo(on_a_line(one))
        if len(found) == limit:
            typer.echo(f"There may be more: --after {found[-1].id}")
    raise typer.Exit(1 if found else 0)


@app.command("show")
def show(incident: INCIDENT, as_json: JSON = False) -> None:
    """One incident: its timeline, its references, who was told and what the channel said."""
    from agent.services import incident_pages

    with desk() as here:
        found = incident_pages.show(here, incident)
    if as_json:
        typer.echo(json.dumps(whole(found)))
    else:
        typer.echo("\n".join(lines(found)))


@app.command("acknowledge")
def acknowledge(incident: INCIDENT, by: BY = None, as_json: JSON = False) -> None:
    """You have seen it: nobody else is called out for it (W1)."""
    from agent.services import incidents

    who = actor(by)
    with desk() as here:
        done = incidents.acknowledge(here, incident, who)
    tell(done, "acknowledged", as_json, ring=here.policy.phone)


@app.command("take")
def take(incident: INCIDENT, by: BY = None, as_json: JSON = False) -> None:
    """You look after it from now on."""
    from agent.services import incidents

    who = actor(by)
    with desk() as here:
        done = incidents.take_in_hand(here, incident, who)
    tell(done, "taken in hand", as_json)


@app.command("note")
def note(incident: INCIDENT, by: BY = None, as_json: JSON = False) -> None:
    """Write something down. Asks for it; it is shown by `incident show` and nowhere else."""
    from agent.services import incidents

    who, words = actor(by), asked("Note")
    with desk() as here:
        done = incidents.note(here, incident, words, who)
    tell(done, "noted", as_json)


@app.command("phone")
def phone(incident: INCIDENT, reference: NUMBER, by: BY = None, as_json: JSON = False) -> None:
    """The reference that Infosec gave on the telephone (X9)."""
    from agent.services import incidents

    who = actor(by)
    with desk() as here:
        done = incidents.record_phone(here, incident, reference, who)
    tell(done, "telephone reference recorded", as_json)


@app.command("ir")
def ir(incident: INCIDENT, reference: NUMBER, by: BY = None, as_json: JSON = False) -> None:
    """The reference of the IR (D8); never what it says."""
    from agent.services import incidents

    who = actor(by)
    with desk() as here:
        done = incidents.record_ir(here, incident, reference, who)
    tell(done, "IR reference recorded", as_json)


@app.command("relate")
def relate(
    incident: INCIDENT,
    other: Annotated[str, typer.Argument(help="The other incident.")],
    by: BY = None,
    as_json: JSON = False,
) -> None:
    """Two incidents have to do with each other."""
    from agent.services import incidents

    who = actor(by)
    with desk() as here:
        done = incidents.relate(here, incident, other, who)
    tell(done, "related", as_json)


@app.command("close")
def close(
    incident: INCIDENT,
    cause: Annotated[str, typer.Option(help="Why; a wrong one lists them all.")] = "",
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Confirm what another person asked for.")
    ] = False,
    override_by: Annotated[
        str,
        typer.Option(help="Staff id of who decides that no call to Infosec is needed."),
    ] = "",
    words: WORDS = False,
    by: BY = None,
    as_json: JSON = False,
) -> None:
    """Close it, for a cause of the list. Another person confirms it where it is HIGH."""
    from agent.services import incidents

    if confirm and (cause or override_by):
        raise BadInput("--confirm takes what was asked for as it is", "Give it alone.")
    who = actor(by)
    said = incidents.Closing(
        cause=cause,
        override_by=override_by,
        why=asked("Why no call to Infosec is needed") if override_by else "",
        lesson=asked("Lesson") if words else "",
    )
    with desk() as here:
        done = (
            incidents.confirm_closing(here, incident, who)
            if confirm
            else incidents.close(here, incident, said, who)
        )
    tell(done, "closed" if done.incident.closed_at else "asked to be closed", as_json)


@app.command("reopen")
def reopen(
    incident: INCIDENT, words: WORDS = False, by: BY = None, as_json: JSON = False
) -> None:
    """It was closed too early: everybody is told again."""
    from agent.services import incidents

    who, why = actor(by), asked("Why") if words else ""
    with desk() as here:
        done = incidents.reopen(here, incident, why, who)
    tell(done, "opened again", as_json)


@app.command("report")
def report(
    kind: Annotated[str, typer.Argument(help="loss, damage, compromise, unexpected.")],
    device: Annotated[
        str, typer.Option(help="Local ID, asset tag, serial, or the mark on it.")
    ] = "",
    site: Annotated[str, typer.Option("--site", help="Left out: where you work.")] = "",
    words: WORDS = False,
    by: BY = None,
    as_json: JSON = False,
) -> None:
    """Report loss, damage, compromise or the unexpected; also of a device nobody knows."""
    from agent.services.incident_reports import Report
    from agent.services.incident_reports import report as reported

    who, seen = actor(by), asked("What was seen") if words else ""
    said = Report(kind=kind, site=site, device=device, words=seen)
    with desk() as here:
        done = reported(here, said, who)
    tell(done, "reported", as_json, ring=here.policy.phone)


def tell(done: "Done", what: str, as_json: bool, ring: str = "") -> None:
    """What came of it, and what is still to be done. `ring` is Infosec's number (X9)."""
    one = done.incident
    if as_json:
        told = {"recorded": done.new, "needs_confirming": _waits(done), **shortly(one)}
        typer.echo(json.dumps(told))
        return
    already = "" if done.new else " already"
    typer.echo(f"{one.id}: {what}{already}. It is {one.state.value}.")
    if ring and one.is_grave and one.phone is None:
        typer.echo(f"Ring Infosec, {ring}; then: callsteward incident phone {one.id} REFERENCE")
    if _waits(done):
        typer.echo(f"Another person confirms: callsteward incident close {one.id} --confirm")


def _waits(done: "Done") -> bool:
    return done.incident.closing_by is not None and done.incident.closed_at is None
