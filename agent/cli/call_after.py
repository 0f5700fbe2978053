"""`callsteward call end | ir | review | close | late-entry | log`: once it is over."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent.cli.call import app
from agent.cli.call_run import AT, CALL, PAPER, how, moment, office, outcome, spoken, step, tell
from agent.cli.importing import contents
from agent.cli.options import BY, JSON, actor
from agent.errors import BadInput

if TYPE_CHECKING:
    from agent.domain.zoom_legs import Leg
    from agent.services.call_log import Log


@app.command("end")
def end(
    call: CALL,
    present: Annotated[
        list[str] | None,
        typer.Option(help="Staff id of who attests to have been there throughout; twice."),
    ] = None,
    reason: Annotated[
        str,
        typer.Option(help="finished, concern, family-left, resident-left or technical."),
    ] = "finished",
    security_issue: Annotated[
        bool, typer.Option("--security-issue", help="One was raised: an IR is due (D8).")
    ] = False,
    at: AT = None,
    paper: PAPER = "",
    by: BY = None,
    as_json: JSON = False,
) -> None:
    """Staff ended the call (E1), both attesting that they stayed (K11)."""
    from agent.domain.in_call import Ended

    there = tuple(sorted(present or ()))
    said = Ended(reason=reason, present=there, security_issue=security_issue)
    step(call, said, by, how(at, paper), as_json)


@app.command("ir")
def ir(
    call: CALL,
    reference: Annotated[str, typer.Option(help="The number of the IR, never its text.")],
    by: BY = None,
    as_json: JSON = False,
) -> None:
    """The IR of a security issue is submitted (D8)."""
    from agent.domain.in_call import Reported

    step(call, Reported(reference=reference), by, how(None), as_json)


@app.command("review")
def review(
    call: CALL,
    decided_by: Annotated[str, typer.Option(help="Staff id of the Governor or Deputy.")],
    by: BY = None,
    as_json: JSON = False,
) -> None:
    """An override of a machine's word was looked at again, within 24 hours."""
    from agent.domain.in_call import Reviewed

    step(call, Reviewed(decided_by=decided_by), by, how(None), as_json)


@app.command("close")
def close(call: CALL, by: BY = None, as_json: JSON = False) -> None:
    """The log is complete; not while a security issue has no IR (D8)."""
    from agent.domain.in_call import Closed

    step(call, Closed(), by, how(None), as_json)


@app.command("late-entry")
def late_entry(
    call: CALL,
    card: Annotated[Path, typer.Argument(help="JSON: written_by, steps with step and at.")],
    by: BY = None,
    as_json: JSON = False,
) -> None:
    """Enter a call from paper, in order. Doing it again enters only what is missing.

    `call card --json` gives the card to fill in. A line without a time did not happen.
    """
    from agent.domain.late_entry import statement
    from agent.services.call_case import How
    from agent.services.calls import record

    who, told = actor(by), _card(card)
    lines = [dict(line) for line in told["steps"] if line.get("at")]
    if left_out := [str(line.get("step")) for line in told["steps"] if not line.get("at")]:
        typer.echo(f"left out, without a time: {', '.join(left_out)}", err=True)
    steps = [
        (moment(str(line.pop("at", ""))), statement(str(line.pop("step", "")), line))
        for line in lines
    ]
    with office() as here:
        paper = str(told["written_by"])
        done = [record(here, call, s, who, How(at=at, paper_by=paper)) for at, s in steps]
    if as_json:
        typer.echo(json.dumps([outcome(one) for one in done]))
        return
    for one in done:
        tell(one, as_json)


@app.command("log")
def log(call: CALL, by: BY = None, as_json: JSON = False) -> None:
    """The log (D7) with the contact's name and address. That it was read is written down."""
    from agent.services.call_log import log as read

    who = actor(by)
    with office() as here:
        found = read(here, call, who)
    told = _log(found)
    if as_json:
        typer.echo(json.dumps(told))
        return
    shown = told | {"by_zoom": _spoken(told["by_zoom"])}
    for name, value in shown.items():
        typer.echo(f"{name.replace('_', ' '):<15} {value if value != '' else '-'}")


def _spoken(legs: list[dict[str, Any]]) -> str:
    """2 legs: 11:00 to 11:14, 2 people, 1 from outside; 11:16 to 11:27, not told yet"""
    told = [
        f"{one['leg']}, {one['people']} people, {one['outside']} from outside"
        + "".join(f", {person['name']}" for person in one["shown"])
        if one["told"]
        else f"{one['leg']}, not told yet"
        for one in legs
    ]
    many = "1 leg" if len(legs) == 1 else f"{len(legs)} legs"
    return f"{many}: {'; '.join(told)}" if legs else ""


def _card(file: Path) -> dict[str, Any]:
    try:
        told = json.loads(contents(file))
        good = isinstance(told["written_by"], str)
        good = good and all(isinstance(line, dict) for line in told["steps"])
    except (ValueError, KeyError, TypeError):
        good = False
    if not good:
        raise BadInput(
            "the card is not readable",
            'It is JSON: {"written_by": "S-1", "steps": [{"step": "start", "at": "03:10"}]}',
        )
    found: dict[str, Any] = told
    return found


def _log(found: "Log") -> dict[str, Any]:
    runs = [f"{spoken(a)} to {spoken(b) if b else 'now'}" for a, b in found.legs]
    return {
        "call": found.call.id,
        "state": found.call.state.value,
        "name": found.name,
        "email": found.email,
        "phone": found.phone,
        "legs": runs,
        "minutes": round(found.duration.total_seconds() / 60),
        "staff": list(found.staff),
        "text_version": found.text,
        "concerns": list(found.concerns),
        "ended": found.ended,
        "security_issue": found.security_issue,
        "ir": found.ir,
        "by_zoom": [_by_zoom(leg, found.people.get(leg.leg, [])) for leg in found.zoom.legs],
        "noticed": list(found.zoom.noticed),
        "gaps": list(found.zoom.gaps),
    }


def _by_zoom(leg: "Leg", people: list[dict[str, object]]) -> dict[str, object]:
    from agent.domain.call_facts import spoken_leg

    return {
        "leg": spoken_leg(leg),
        "told": leg.told_at is not None,
        "people": leg.people,
        "outside": leg.outside,
        "shown": people,
    }
