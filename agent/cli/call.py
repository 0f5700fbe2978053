"""`callsteward call`: an application, its comments, the decision, the compact, the contact."""

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.call_run import AT, CALL, OVERRIDE, PAPER, asked, how, moment, office, step, tell
from agent.cli.options import BY, JSON, actor
from agent.errors import BadInput

if TYPE_CHECKING:
    from agent.services.call_book import Booking
    from agent.services.call_office import Office

app = typer.Typer(help="A resident's call, from the application on.", no_args_is_help=True)
DEVICE = Annotated[str, typer.Option("--device", help="Local ID or asset tag: MDIBT001.")]
ROOM = Annotated[str, typer.Option("--room", help="The room; never on a residential unit.")]
MINUTES = Annotated[int, typer.Option("--minutes", help="How long it is booked.")]
FORM = Annotated[str, typer.Option("--form", help="The form that it is transcribed from.")]


@app.command("new")
def new(
    device: DEVICE,
    at: Annotated[str, typer.Option("--at", help="When, UK time: 2026-11-22 11:00.")],
    room: ROOM,
    reason: Annotated[
        str,
        typer.Option(help="dying-relative, funeral-before, funeral-after, or other."),
    ],
    minutes: MINUTES = 60,
    language: Annotated[str, typer.Option(help="The resident's language.")] = "English",
    by: BY = None,
    as_json: JSON = False,
) -> None:
    """An application (P1). Asks for the resident's number, and for what "other" is."""
    from agent.domain.application import Asked
    from agent.services.call_book import ask

    who = actor(by)
    resident = asked("Resident's number").upper()
    other = asked("What the Governor calls the need") if reason == "other" else ""
    said = Asked(reason=reason, resident=resident, other=other)
    with office() as here:
        done = ask(here, _booking(here, device, at, minutes, room, language), said, who)
    tell(done, as_json)


@app.command("move")
def move(
    call: CALL, device: DEVICE, at: Annotated[str, typer.Option("--at", help="When.")],
    room: ROOM, minutes: MINUTES = 60, by: BY = None, as_json: JSON = False,
) -> None:  # fmt: skip
    """Another iPad, time or room for the same call."""
    from agent.services.call_book import move as to

    who = actor(by)
    with office() as here:
        booking = _booking(here, device, at, minutes, room)
        tell(to(here, call, booking, who), as_json)


@app.command("comment")
def comment(
    call: CALL,
    department: Annotated[
        str,
        typer.Option(help="chaplaincy, security, police-liaison or offender-management."),
    ],
    outcome: Annotated[str, typer.Option(help="no-concern, concern or unreachable.")],
    given_by: Annotated[
        str, typer.Option(help="Staff id of who gave it; left out: the name is asked for.")
    ] = "",
    asked_by: Annotated[str, typer.Option(help="Unreachable: staff id of who tried.")] = "",
    governor_told: Annotated[
        bool, typer.Option("--governor-told", help="Unreachable: the Governor knows.")
    ] = False,
    reference: Annotated[str, typer.Option(help="Where the comment is.")] = "",
    at: AT = None,
    paper: PAPER = "",
    by: BY = None,
    as_json: JSON = False,
) -> None:
    """A department's comment (P2, P3). Never what it knows: only that it was asked."""
    from agent.domain.application import Comment

    given = bool(given_by) or outcome == "unreachable"
    said = Comment(
        department=department,
        outcome=outcome,
        given_by=given_by,
        person="" if given else asked("Who gave the comment"),
        asked_by=asked_by,
        governor_told=governor_told,
        reference=reference,
    )
    step(call, said, by, how(at, paper), as_json)


@app.command("decide")
def decide(
    call: CALL,
    granted: Annotated[bool, typer.Option("--approve/--refuse", help="The decision.")],
    decided_by: Annotated[str, typer.Option(help="Staff id of the Governor or Deputy.")],
    form: FORM = "",
    verbal: Annotated[
        bool, typer.Option("--by-telephone", help="To be confirmed within 24 hours.")
    ] = False,
    at: AT = None,
    paper: PAPER = "",
    override: OVERRIDE = "",
    by: BY = None,
    as_json: JSON = False,
) -> None:
    """The decision (P4): here by the decider, from a form, or by telephone at night."""
    from agent.domain.application import Decision

    said = Decision(granted=granted, decided_by=decided_by, form=form, verbal=verbal)
    step(call, said, by, how(at, paper, override), as_json)


@app.command("confirm-decision")
def confirm_decision(
    call: CALL,
    confirmed_by: Annotated[str, typer.Option(help="Staff id of who decided.")],
    form: FORM = "",
    by: BY = None,
    as_json: JSON = False,
) -> None:
    """Who decided by telephone confirms it (Q27)."""
    from agent.domain.application import DecisionConfirmed

    said = DecisionConfirmed(confirmed_by=confirmed_by, form=form)
    step(call, said, by, how(None), as_json)


@app.command("compact")
def compact(
    call: CALL,
    explained_by: Annotated[str, typer.Option(help="Staff id of who explained it.")],
    language: Annotated[str, typer.Option(help="In which language.")] = "English",
    interpreter: Annotated[bool, typer.Option("--interpreter", help="With one.")] = False,
    signed: Annotated[
        bool, typer.Option("--signed/--cannot-sign", help="Two witnesses where not.")
    ] = True,
    witness: Annotated[list[str] | None, typer.Option(help="Staff id; twice.")] = None,
    at: AT = None,
    paper: PAPER = "",
    by: BY = None,
    as_json: JSON = False,
) -> None:
    """The compact (Annex B, P6): explained, and signed or witnessed by two."""
    from agent.domain.application import Compact

    said = Compact(
        explained_by=explained_by,
        language=language,
        interpreter=interpreter,
        signed=signed,
        witnesses=tuple(sorted(witness or ())),
    )
    step(call, said, by, how(at, paper), as_json)


@app.command("inform")
def inform(
    call: CALL,
    informed_by: Annotated[str, typer.Option(help="Staff id of who rang the relative.")],
    told_of_call: Annotated[bool, typer.Option("--told-of-call")] = False,
    told_to_install: Annotated[
        bool, typer.Option("--told-to-install", help="Zoom, from an app store.")
    ] = False,
    at: AT = None,
    paper: PAPER = "",
    by: BY = None,
    as_json: JSON = False,
) -> None:
    """The relative who will be present is told (K1). Asks for name, address and number."""
    from agent.domain.application import Informed

    name = asked("Contact's name")
    email, again = asked("Contact's e-mail address"), asked("The address again")
    if email != again:
        raise BadInput("the two addresses differ (K2)", "Type it twice as the family says it.")
    said = Informed(
        informed_by=informed_by,
        told_of_call=told_of_call,
        told_to_install=told_to_install,
        name_of_contact=name,
        email=email.lower(),
        phone=asked("Contact's telephone number"),
    )
    step(call, said, by, how(at, paper), as_json)


@app.command("cancel")
def cancel(
    call: CALL,
    reason: Annotated[
        str,
        typer.Option(
            help="not-needed, resident-declined, contact-declined, transferred, no-show."
        ),
    ],
    by: BY = None,
    as_json: JSON = False,
) -> None:
    """It will not be made."""
    from agent.domain.application import Cancelled

    step(call, Cancelled(reason=reason), by, how(None), as_json)


@app.command("expire")
def expire(call: CALL, by: BY = None, as_json: JSON = False) -> None:
    """Its time passed without a call. `call move` brings it back with its decision."""
    from agent.domain.application import Expired

    step(call, Expired(), by, how(None), as_json)


def _booking(
    here: "Office", device: str, at: str, minutes: int, room: str, language: str = "English"
) -> "Booking":
    from agent.services.call_book import Booking
    from agent.services.consents import device_named

    begin = moment(at)
    return Booking(
        device=device_named(here.store, device),
        at=begin,
        until=begin + timedelta(minutes=minutes),
        room=room.strip(),
        language=language.strip(),
    )
