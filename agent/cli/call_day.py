"""`callsteward call text | precall | start | staff-change | concern | drop`: while it runs."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.call import app
from agent.cli.call_run import (
    AT,
    CALL,
    OVERRIDE,
    PAPER,
    asked,
    how,
    office,
    read_again,
    step,
    tell,
)
from agent.cli.options import BY, JSON, actor

if TYPE_CHECKING:
    from agent.domain.call_rules import Text

SUPERVISOR = Annotated[str, typer.Option(help="Staff id of the supervising member.")]
CHAPLAINCY = Annotated[str, typer.Option(help="Staff id of the Chaplaincy's member.")]
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
    from agent.services.calls import record

    who, when = actor(by), how(at, paper, override)
    said = Started(
        supervisor=supervisor,
        chaplaincy=chaplaincy,
        not_residential=not_residential,
        no_rec=no_rec,
        admitted_by=admitted_by,
        name_matches=name_matches,
    )
    with office() as here:
        again = None if paper else read_again(here, call)
        done = record(here, call, said, who, when, again)
    tell(done, as_json)


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


def _text(language: str) -> "Text":
    from agent.domain.uk_time import uk_day
    from agent.schemes import load_calls
    from connectors.http import utc_now

    return load_calls().text("section-170", uk_day(utc_now()), language)
