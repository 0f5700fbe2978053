"""`callsteward zoom`: the consents that let us see whom a device user has as a contact."""

import json
import secrets
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.importing import confirmed
from agent.cli.options import BY, JSON, YES, actor
from agent.errors import BadInput

if TYPE_CHECKING:
    from agent.services.consents import ConsentOf

app = typer.Typer(help="Consents of the iPads' Zoom users.", no_args_is_help=True)
DEVICE = Annotated[str | None, typer.Option("--device", help="Local ID or asset tag.")]
PASTE = Annotated[
    bool, typer.Option("--paste", help="Ask for the address that the browser ends at.")
]
CODE = Annotated[
    str | None, typer.Option("--code", help="The code alone, from an answer just now.")
]
ALL = Annotated[bool, typer.Option("--all", help="Of every user.")]


@app.command("consent")
def consent(
    device: DEVICE = None, by: BY = None, paste: PASTE = False, code: CODE = None
) -> None:
    """Collect one device user's consent, once: sign in as that user in a browser."""
    from agent.cli.consent_answer import is_here
    from agent.services.consents import device_named, give_consent, may_collect
    from agent.settings import load
    from agent.vault import Taken
    from agent.wiring import open_store_of
    from agent.zoom_wiring import asking_of, tokens_of

    settings, who = load(), actor(by)
    if code is not None and is_here(settings.zoom_redirect_uri or ""):
        raise BadInput(
            "a code alone is not enough with a redirect address on this machine: it is bound to"
            " the command that asked for it",
            "Leave --code out; where the browser is elsewhere, use --paste.",
        )
    with open_store_of(settings) as store:
        taken = Taken()
        zoom = asking_of(settings, store, taken)
        may_collect(store, who)
        wanted = device_named(store, _named(device))
        tokens = tokens_of(settings, store)
        tokens.seal()  # a key that does not fit must not cost a consent
        if code is None:
            state = secrets.token_urlsafe(24)
            begin = f"Sign in to Zoom as the user of {wanted.local_id} and allow it at:"
            begin = f"{begin}\n{zoom.authorise_url(state)}"
            code = _answer(settings.zoom_redirect_uri or "", state, begin, paste=paste)
        account = wanted.m365_user_id.lower()
        zoom.accept(account, code)
        give_consent(tokens, wanted, account, taken.token(account), who)
    typer.echo(f"The user of {wanted.local_id} has consented.")


@app.command("consents")
def consents(as_json: JSON = False) -> None:
    """Who has consented and until when. Exit 1 where a consent is missing or lapsed."""
    from agent.services.consents import Standing
    from agent.services.consents import consents as all_of
    from agent.wiring import open_configured_store

    with open_configured_store() as store:
        found = all_of(store)
    if as_json:
        typer.echo(json.dumps([_plain(one) for one in found], indent=2))
    else:
        for one in found:
            typer.echo(_line(one))
        good = sum(one.standing is Standing.GIVEN for one in found)
        typer.echo(f"{good} of {len(found)} iPads' users have consented.")
    raise typer.Exit(1 if any(one.standing is not Standing.GIVEN for one in found) else 0)


@app.command("forget")
def forget(device: DEVICE = None, every: ALL = False, by: BY = None, yes: YES = False) -> None:
    """Destroy the consent of one device's user, or all of them."""
    from agent.services.consents import device_named, forget_all_consents, forget_consent
    from agent.wiring import open_configured_store

    who = actor(by)
    if every == (device is not None):
        raise BadInput("nobody said whose consent", "Give --device MDIBT001, or --all.")
    with open_configured_store() as store:
        if not confirmed(yes, "Destroy it? It can only be given anew."):
            typer.echo("Nothing was destroyed.")
        elif every:
            typer.echo(f"Consents destroyed: {forget_all_consents(store, who)}")
        else:
            forget_consent(store, device_named(store, _named(device)), who)
            typer.echo("Consents destroyed: 1")


def _named(device: str | None) -> str:
    if not device:
        raise BadInput("nobody said which device", "Add --device, for example MDIBT001.")
    return device


def _answer(redirect_uri: str, state: str, begin: str, *, paste: bool) -> str:
    """The code, from the browser itself where it can reach us, else from whoever sits there."""
    from agent.cli.consent_answer import is_here, listen, read

    if is_here(redirect_uri) and not paste:
        waiting = f"{begin}\nWaiting for the browser; Ctrl-C stops."
        return listen(redirect_uri, state, ready=lambda: typer.echo(waiting))
    typer.echo(begin)
    address = typer.prompt("Then paste the whole address that the browser ends at", err=True)
    return read(address, state)


def _plain(one: "ConsentOf") -> dict[str, str | None]:
    return {
        "device": one.asset.local_id,
        "tag": one.asset.tag,
        "establishment": one.asset.establishment,
        "consent": one.standing.value,
        "until": None if one.until is None else one.until.isoformat(),
        "collected_by": one.given_by or None,
    }


def _line(one: "ConsentOf") -> str:
    until = "" if one.until is None else f", until {one.until:%Y-%m-%d} unless renewed"
    return f"{one.asset.local_id} {one.asset.tag}: {one.standing.value}{until}"
