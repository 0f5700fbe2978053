"""`callsteward call precall | start | ... | end`: the day of a call; and `device`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent.cli.call import app
from agent.cli.call_run import (
    AT,
    CALL,
    OVERRIDE,
    PAPER,
    asked,
    how,
    moment,
    office,
    outcome,
    spoken,
    step,
    tell,
)
from agent.cli.importing import contents
from agent.cli.options import BY, JSON, actor
from agent.errors import BadInput

if TYPE_CHECKING:
    from agent.domain.call_rules import Text
    from agent.services.call_log import Log

device = typer.Typer(help="What people report of an iPad.", no_args_is_help=True)
SUPERVISOR = Annotated[str, typer.Option(help="Staff id of the supervising member.")]
CHAPLAINCY = Annotated[str, typer.Option(help="Staff id of the Chaplaincy's member.")]
NAMED = Annotated[str, typer.Argument(help="Local ID or asset tag: MDIBT001.")]
MUST_END = "The protocol says end the call (D3): callsteward call end"
LANGUAGE = Annotated[str, typer.Option("--text-language", help="Of the legal text.")]


@app.command("text")
def text(language: LANGUAGE = "English", as_json: JSON = False) -> None:
    """The legal text (K9), word for word as it is to be read."""
    found = _text(language)
    if as_json:
        told = {"words": found.words, "version": found.version, "language": found.language}
        typer.echo(json.dumps(told))
    else:
        typer.echo(found.words)


@app.command("precall")
def precall(
    call: CALL,
    phoned_by: Annotated[str, typer.Option(help="Staff id of who rang the family.")] = "",
    told_no_recording: Annotated[bool, typer.Option("--told-no-recording")] = False,
    told_language: Annotated[bool, typer.Option("--told-language")] = False,
    told_no_filming: Annotated[bool, typer.Option("--told-no-filming")] = False,
    absence_confirmed: Annotated[
        bool, typer.Option("--absence-confirmed", help="Of non-contact persons.")
    ] = False,
    signed_in: Annotated[bool, typer.Option("--signed-in", help="Zoom, on the iPad.")] = False,
    camera: Annotated[bool, typer.Option("--camera")] = False,
    microphone: Annotated[bool, typer.Option("--microphone")] = False,
    read_by: Annotated[str, typer.Option(help="Staff id of who read the legal text.")] = "",
    read_to_acceptor: Annotated[
        bool, typer.Option("--read-to-acceptor", help="To who accepts the call.")
    ] = False,
    language: LANGUAGE = "English",
    at: AT = None,
    paper: PAPER = "",
    by: BY = None,
    as_json: JSON = False,
) -> None:
    """The telephone call before (K7, K8) and the legal text (K9), which is shown here."""
    from agent.domain.in_call import Precall

    found = _text(language)
    typer.echo(found.words, err=True)
    said = Precall(
        phoned_by=phoned_by,
        told_no_recording=told_no_recording,
        told_language=told_language,
        told_no_filming=told_no_filming,
        absence_confirmed=absence_confirmed,
        signed_in=signed_in,
        camera=camera,
        microphone=microphone,
        text=found.version if read_by else "",
        read_by=read_by,
        read_to_acceptor=read_to_acceptor,
    )
    step(call, said, by, how(at, paper), as_json)


@app.command("start")
def start(
    call: CALL,
    supervisor: SUPERVISOR,
    chaplaincy: CHAPLAINCY,
    not_residential: Annotated[
        bool, typer.Option("--room-not-residential", help="The room (K10).")
    ] = False,
    no_rec: Annotated[bool, typer.Option("--no-rec-sign", help="None is shown (D4).")] = False,
    admitted_by: Annotated[str, typer.Option(help="Staff id of who admitted (K12).")] = "",
    name_matches: Annotated[
        bool, typer.Option("--name-matches/--name-differs", help="The name shown.")
    ] = False,
    at: AT = None,
    paper: PAPER = "",
    override: OVERRIDE = "",
    by: BY = None,
    as_json: JSON = False,
) -> None:
    """The call runs, or runs again after it dropped. Then pass the iPad over (D1)."""
    from agent.domain.in_call import Started

    said = Started(
        supervisor=supervisor,
        chaplaincy=chaplaincy,
        not_residential=not_residential,
        no_rec=no_rec,
        admitted_by=admitted_by,
        name_matches=name_matches,
    )
    step(call, said, by, how(at, paper, override), as_json)


@app.command("staff-change")
def staff_change(
    call: CALL,
    supervisor: SUPERVISOR,
    chaplaincy: CHAPLAINCY,
    at: AT = None,
    paper: PAPER = "",
    by: BY = None,
    as_json: JSON = False,
) -> None:
    """Somebody took over in the room (K11)."""
    from agent.domain.in_call import StaffChanged

    said = StaffChanged(supervisor=supervisor, chaplaincy=chaplaincy)
    step(call, said, by, how(at, paper), as_json)


@app.command("concern")
def concern(
    call: CALL,
    kind: Annotated[
        str, typer.Option(help="recording, non-contact-person, security or behaviour.")
    ],
    going_on: Annotated[str, typer.Option(help="Staff id of who goes on all the same.")] = "",
    at: AT = None,
    paper: PAPER = "",
    by: BY = None,
    as_json: JSON = False,
) -> None:
    """What staff saw (D2). The protocol says end the call."""
    from agent.domain.in_call import Concern

    why = asked("Why the call goes on") if going_on else ""
    typer.echo(MUST_END, err=True)
    said = Concern(kind=kind, going_on=going_on, why=why)
    step(call, said, by, how(at, paper), as_json)


@app.command("drop")
def drop(
    call: CALL, at: AT = None, paper: PAPER = "", by: BY = None, as_json: JSON = False
) -> None:
    """The connection broke. `call start` begins the next leg of the same call."""
    from agent.domain.in_call import Dropped

    step(call, Dropped(), by, how(at, paper), as_json)


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
    """Enter a call from paper, in order. Doing it again enters only what is missing."""
    from agent.domain.late_entry import statement
    from agent.services.call_case import How
    from agent.services.calls import record

    who, told = actor(by), _card(card)
    lines = [dict(line) for line in told["steps"]]
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
    for name, value in told.items():
        typer.echo(f"{name.replace('_', ' '):<15} {value if value != '' else '-'}")


@device.command("report-lost")
def report_lost(name: NAMED, by: BY = None, as_json: JSON = False) -> None:
    """Lost: Regional Silver, Security, Infosec and the provider are told at once (E5)."""
    from agent.services import devices
    from agent.services.consents import device_named

    who = actor(by)
    with office() as here:
        asset = device_named(here.store, name)
        new = devices.report_lost(here, asset, who)
    _reported(asset.local_id, "lost", new, as_json)


@device.command("report-found")
def report_found(name: NAMED, by: BY = None, as_json: JSON = False) -> None:
    """It is back."""
    from agent.services import devices
    from agent.services.consents import device_named

    who = actor(by)
    with office() as here:
        asset = device_named(here.store, name)
        new = devices.report_found(here, asset, who)
    _reported(asset.local_id, "found", new, as_json)


def _reported(local_id: str, what: str, new: bool, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"device": local_id, "reported": what, "recorded": new}))
    else:
        typer.echo(
            f"{local_id}: reported {what}." if new else f"{local_id}: nothing to report."
        )


def _text(language: str) -> "Text":
    from agent.domain.uk_time import uk_day
    from agent.schemes import load_calls
    from connectors.http import utc_now

    return load_calls().text("section-170", uk_day(utc_now()), language)


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
    }
