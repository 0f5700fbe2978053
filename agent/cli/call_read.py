"""`callsteward call show | erase`, `today`, `resident`: reading, erasing, withdrawing."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.call import app
from agent.cli.call_run import CALL, asked, office, plain, spoken
from agent.cli.importing import confirmed
from agent.cli.incident_words import on_a_line, shortly
from agent.cli.options import BY, JSON, YES, actor
from agent.errors import BadInput

if TYPE_CHECKING:
    from agent.domain.call import Call
    from agent.services.call_day import Today
    from agent.services.call_zoom import InZoom
    from agent.store.tasks import Task

resident = typer.Typer(help="A resident's access to calls (B2).", no_args_is_help=True)
REFERENCE = Annotated[str, typer.Option("--reference", help="Of the report or the decision.")]


@app.command("show")
def show(
    call: CALL,
    personal: Annotated[
        bool, typer.Option("--personal", help="Also what is sealed; that is written down.")
    ] = False,
    by: BY = None,
    as_json: JSON = False,
) -> None:
    """One call and all that was stated. Nothing personal unless it is asked for."""
    from agent.domain.call import State
    from agent.services import call_book, call_day
    from agent.services.call_erasure import keeping
    from agent.services.call_zoom import in_zoom

    who = actor(by) if personal else None
    with office() as here:
        found, asset, tasks = call_day.show(here, call)
        words = call_book.personal(here, call, who) if who else {}
        waits = found.state in (State.APPROVED, State.INTERRUPTED)
        missing = call_day.missing(here, found) if waits else ()
        zoom, kept = in_zoom(here, found), keeping(here, found)
    entries = [
        {
            "number": one.number,
            "step": one.step,
            "at": one.at.isoformat(),
            "entered_at": one.entered_at.isoformat(),
            "by": one.by,
            **one.said,
            **({"personal": words[one.number]} if one.number in words else {}),
        }
        for one in found.entries
    ]
    duties = [_task(one) for one in tasks]
    if as_json:
        told = {**plain(found), "local_id": asset.local_id, **_in_zoom(zoom)}
        told["keeping"] = list(kept.lines())
        typer.echo(
            json.dumps({**told, "entries": entries, "tasks": duties, "missing": list(missing)})
        )
        return
    typer.echo(f"{_line(found)}, {asset.local_id}")
    for entry in entries:
        head = {k: entry.pop(k) for k in ("number", "step", "at", "entered_at", "by")}
        entry.pop("slot", None)
        typer.echo(f"{head['number']:>3} {head['at']} {head['step']} by {head['by']}")
        typer.echo(
            "".join(f"      {name}: {value}\n" for name, value in entry.items()), nl=False
        )
    for gap in missing:
        typer.echo(f"before it starts: {gap}")
    for name, lines in _in_zoom(zoom).items():
        for line in lines:
            typer.echo(f"{name.replace('_', ' ')}: {line}")
    for debt in plain(found)["debts"]:  # type: ignore[attr-defined]
        typer.echo(f"debt: {debt}")
    for line in (*map(_duty, tasks), *kept.lines()):
        typer.echo(line)


def _in_zoom(found: "InZoom") -> dict[str, list[str]]:
    from agent.domain.call_facts import spoken_leg

    return {
        "noticed": list(found.noticed),
        "by_zoom": [spoken_leg(leg) for leg in found.legs],
        "gap": list(found.gaps),
    }


@app.command("erase")
def erase(
    call: CALL,
    second: Annotated[str, typer.Option("--with", help="Staff id of the second person.")],
    by: BY = None,
    yes: YES = False,
    as_json: JSON = False,
) -> None:
    """Destroy the key of a call that is over: what is personal in it can never be read."""
    from agent.services import call_erasure

    who = actor(by)
    if not confirmed(yes, "Erase it? It cannot be undone."):
        raise BadInput("nothing was erased")
    with office() as here:
        gone = call_erasure.erase(here, call, who, actor(second))
    if as_json:
        typer.echo(json.dumps(plain(gone)))
    else:
        typer.echo(f"{gone.id}: what was personal in it is erased.")


def today(
    site: Annotated[str, typer.Option("--site", help="The establishment: MDI.")],
    as_json: JSON = False,
) -> None:
    """An establishment's iPads, calls and tasks of the day. Exit 1 where a task is overdue."""
    from agent.services import call_day

    with office() as here:
        found = call_day.today(here, site)
    if as_json:
        typer.echo(json.dumps(_today(found)))
    else:
        _tell(found)
    raise typer.Exit(1 if found.overdue else 0)


@resident.command("withdraw")
def withdraw(reference: REFERENCE, by: BY = None, as_json: JSON = False) -> None:
    """No more calls (B2), unless the Governor decides. Asks for the resident's number."""
    from agent.services import residents

    who, number = actor(by), asked("Resident's number").upper()
    with office() as here:
        new = residents.withdraw(here, number, reference, who)
    _changed("withdrawn", new, as_json)


@resident.command("reinstate")
def reinstate(reference: REFERENCE, by: BY = None, as_json: JSON = False) -> None:
    """Calls again, by the Governor or Deputy. Asks for the resident's number."""
    from agent.services import residents

    who, number = actor(by), asked("Resident's number").upper()
    with office() as here:
        new = residents.reinstate(here, number, reference, who)
    _changed("reinstated", new, as_json)


def _changed(what: str, new: bool, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"access": what, "recorded": new}))
    else:
        typer.echo(f"Access {what}." if new else f"Access was {what} already.")


def _today(found: "Today") -> dict[str, object]:
    return {
        "establishment": found.establishment,
        "swept_at": found.swept_at.isoformat() if found.swept_at else None,
        "ipads": [
            {
                "local_id": one.asset.local_id, "tag": one.asset.tag, "wrong": one.wrong,
                "unknown": one.unknown, "reported_lost": one.lost,
            }
            for one in found.ipads
        ],
        "calls": [
            {**plain(one), "noticed": list(found.noticed.get(one.id, ()))}
            for one in found.calls
        ],
        "tasks": [_task(one) for one in found.tasks],
        "overdue": len(found.overdue),
        "authorisation": list(found.letter),
        "incidents": [shortly(one) for one in found.incidents],
    }  # fmt: skip


def _tell(found: "Today") -> None:
    swept = f"swept {spoken(found.swept_at)}" if found.swept_at else "no sweep has ended yet"
    typer.echo(f"Today at {found.establishment} ({swept})")
    for ipad in found.ipads:
        stands = f"{ipad.wrong} wrong, {ipad.unknown} not known" if found.swept_at else "?"
        stands = "REPORTED LOST: do not use" if ipad.lost else stands
        typer.echo(f"{ipad.asset.local_id} {ipad.asset.tag}: {stands}")
    for call in found.calls:
        typer.echo(_line(call))
        for says in found.noticed.get(call.id, ()):
            typer.echo(f"  {says}")
    for task in found.tasks:
        typer.echo(_duty(task) + (" OVERDUE" if task in found.overdue else ""))
    for finding in found.letter:
        typer.echo(f"authorisation: {finding}")
    for incident in found.incidents:
        typer.echo(on_a_line(incident))


def _line(call: "Call") -> str:
    return f"{call.id}: {spoken(call.at)}, {call.device}, {call.room}, {call.state.value}"


def _duty(task: "Task") -> str:
    done = f"done by {task.done_by}" if task.done_at else f"due {spoken(task.due)}"
    return f"task {task.subject}: {task.says}, {task.owner}, {done}"


def _task(task: "Task") -> dict[str, object]:
    return {
        "kind": task.kind,
        "call": task.subject,
        "owner": task.owner,
        "says": task.says,
        "due": task.due.isoformat(),
        "done_at": task.done_at.isoformat() if task.done_at else None,
        "done_by": task.done_by,
        "reference": task.reference,
    }
