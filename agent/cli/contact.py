"""`callsteward contact`: somebody is invited for one call, and gone after it."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.call_run import AT, CALL, PAPER, asked, how, office, spoken, step
from agent.cli.options import BY, JSON, actor

if TYPE_CHECKING:
    from agent.services.contacts import Told

app = typer.Typer(help="The contact of one call: invited, and removed.", no_args_is_help=True)
STAFF = "Staff id of who "


@app.command("confirm")
def confirm(
    call: CALL,
    confirmed_by: Annotated[str, typer.Option(help=f"{STAFF}confirms it.")],
    non_contact: Annotated[
        bool, typer.Option("--non-contact/--not-non-contact", help="Listed or not (P3).")
    ],
    read_back: Annotated[
        bool, typer.Option("--read-back", help="The address, by telephone.")
    ] = False,
    correction: Annotated[
        str, typer.Option(help="Offender Management's reference of a correction.")
    ] = "",
    at: AT = None,
    paper: PAPER = "",
    by: BY = None,
    as_json: JSON = False,
) -> None:
    """A named person says that the contact is no non-contact person, or is one (P3)."""
    from agent.domain.application import ContactConfirmed

    said = ContactConfirmed(
        confirmed_by=confirmed_by,
        non_contact=non_contact,
        read_back=read_back,
        correction=correction,
    )
    step(call, said, by, how(at, paper), as_json)


@app.command("invite")
def invite(
    call: CALL,
    despite: Annotated[
        bool, typer.Option("--despite", help="Beyond the usual number; asks why.")
    ] = False,
    by: BY = None,
    as_json: JSON = False,
) -> None:
    """Zoom asks the contact by mail (K3). Said again, the invitation is sent again."""
    from agent.domain.contact_words import Invite

    said = Invite(despite=asked("Why more than is usual") if despite else "")
    step(call, said, by, how(None), as_json)


@app.command("meeting")
def meeting(
    call: CALL,
    despite: Annotated[
        bool, typer.Option("--despite", help="Beyond the usual number; asks why.")
    ] = False,
    by: BY = None,
    as_json: JSON = False,
) -> None:
    """A meeting for this call alone instead of a contact: link and passcode are read out."""
    from agent.domain.contact import Mode
    from agent.domain.contact_words import Invite

    why = asked("Why more than is usual") if despite else ""
    step(call, Invite(mode=Mode.MEETING.value, despite=why), by, how(None), as_json)


@app.command("show")
def show(
    call: CALL,
    link: Annotated[
        bool, typer.Option("--link", help="Also link and passcode; that is written down.")
    ] = False,
    by: BY = None,
    as_json: JSON = False,
) -> None:
    """How the invitation stands, and what is owed. Exit 1 where something went wrong."""
    from agent.services import contacts

    who = actor(by) if link else None
    with office() as here:
        found = contacts.windows(here, call)
        words = {one.window.id: contacts.link(here, one.window, who) for one in found if who}
    if as_json:
        typer.echo(json.dumps([_plain(one) | words.get(one.window.id, {}) for one in found]))
    else:
        for one in found:
            _tell(one)
            for name, value in words.get(one.window.id, {}).items():
                typer.echo(f"  {name}: {value}")
        if not found:
            typer.echo("nobody was invited for this call")
    raise typer.Exit(1 if any(owed.failures for one in found for owed in one.owed) else 0)


@app.command("attest-removal")
def attest_removal(
    call: CALL,
    removed_by: Annotated[str, typer.Option(help=f"{STAFF}removed it.")],
    seen_by: Annotated[str, typer.Option(help=f"{STAFF}saw it done.")],
    contact: Annotated[bool, typer.Option("--contact", help="The contact is gone.")] = False,
    call_history: Annotated[
        bool, typer.Option("--call-history", help="It is not in the call history.")
    ] = False,
    chat: Annotated[bool, typer.Option("--chat", help="No chat with it is left.")] = False,
    mailbox: Annotated[
        bool, typer.Option("--mailbox", help="The invitation is not in the iPad's mailbox.")
    ] = False,
    at: AT = None,
    paper: PAPER = "",
    by: BY = None,
    as_json: JSON = False,
) -> None:
    """Two people removed what is left on the iPad and looked at each place (E2)."""
    from agent.domain.contact_words import Removed

    said = Removed(
        removed_by=removed_by,
        seen_by=seen_by,
        contact=contact,
        call_history=call_history,
        chat=chat,
        mailbox=mailbox,
    )
    step(call, said, by, how(at, paper), as_json)


def _plain(one: "Told") -> dict[str, object]:
    window = one.window
    return {
        "window": window.id,
        "device": window.device,
        "way": window.mode.value,
        "state": window.state.value,
        "reason": window.reason,
        "sent": window.sent,
        "until": window.until.isoformat(),
        "evidence": [
            {"at": row.at.isoformat(), "surface": row.surface, "what": row.what,
             "result": row.result, "request": row.request, "by": row.by}
            for row in window.evidence
        ],
        "owed": [
            {"what": owed.kind, "due": owed.due.isoformat(), "why": owed.error,
             "failures": owed.failures}
            for owed in one.owed
        ],
    }  # fmt: skip


def _tell(one: "Told") -> None:
    window = one.window
    why = f" ({window.reason})" if window.reason else ""
    typer.echo(f"{window.id}: {window.state.value}{why}, by {window.mode.value}")
    for row in window.evidence:
        by = f" by {row.by}" if row.by else ""
        typer.echo(f"  {spoken(row.at)} {row.surface}: {row.what}, {row.result}{by}")
    for owed in one.owed:
        why = f": {owed.error}" if owed.error else ""
        typer.echo(f"  owed: {owed.kind}, due {spoken(owed.due)}{why}")
