"""`callsteward authorisation`: Annex C, the written authorisation under section 40E."""

import json
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.options import BY, JSON, actor
from agent.errors import BadInput

if TYPE_CHECKING:
    from agent.domain.authorisation import Authorisation
    from agent.services.authorisations import Standing

app = typer.Typer(help="Authorisations under section 40E (Annex C).", no_args_is_help=True)
SITE = Annotated[str, typer.Option("--site", help="Only this establishment: MDI.")]


@app.command("record")
def record(
    site: Annotated[str, typer.Option("--site", help="The establishment: MDI.")],
    grantor: Annotated[
        str, typer.Option(help="secretary-of-state, governor, or delegate: authorised by one.")
    ],
    dated: Annotated[str, typer.Option(help="Date of the letter: 2026-11-20.")],
    review: Annotated[str, typer.Option(help="When it is looked at again: 2027-02-20.")],
    reference: Annotated[str, typer.Option(help="Where the signed letter is kept.")],
    tag: Annotated[list[str], typer.Option(help="An asset tag it lists; once for each.")],
    granted_by: Annotated[str, typer.Option(help="Staff id of who signed it.")] = "",
    delegated_by: Annotated[
        str, typer.Option(help="Staff id of the governor who let a delegate grant it.")
    ] = "",
    to_whom: Annotated[
        str, typer.Option(help="generally, specified, or description.")
    ] = "generally",
    persons: Annotated[
        str, typer.Option(help="Staff ids, or the description; no names of residents.")
    ] = "",
    terms: Annotated[str, typer.Option(help="The terms that it was given on.")] = "",
    by: BY = None,
    as_json: JSON = False,
) -> None:
    """Record a signed letter. The one of an establishment that is dated last is in force."""
    from agent.domain.authorisation import Letter
    from agent.schemes import load_calls
    from agent.services import authorisations
    from agent.wiring import open_configured_store

    letter = Letter(
        establishment=site.strip().upper(),
        grantor=grantor,
        granted_by=granted_by,
        delegated_by=delegated_by,
        to_whom=to_whom,
        persons=persons.strip(),
        terms=terms.strip(),
        dated=_day("--dated", dated),
        review_on=_day("--review", review),
        reference=reference.strip(),
        tags=tuple(sorted(one.strip().upper() for one in tag)),
    )
    who = actor(by)
    with open_configured_store() as store:
        kept = authorisations.record(store, load_calls(), letter, who)
        [stands] = authorisations.standings(store, letter.establishment)
    if as_json:
        typer.echo(json.dumps(plain(kept) | {"findings": list(stands.findings)}))
        return
    typer.echo(f"Recorded: {kept.id}.")
    for finding in stands.findings:
        typer.echo(f"note: {finding}")


@app.command("list")
def list_all(
    site: SITE = "",
    every: Annotated[
        bool, typer.Option("--all", help="Also letters that are replaced.")
    ] = False,
    as_json: JSON = False,
) -> None:
    """Each establishment's letter in force. Exit 1 where one is missing or does not fit."""
    from agent.services import authorisations
    from agent.wiring import open_configured_store

    code = site.strip().upper()
    with open_configured_store() as store:
        found = authorisations.standings(store, code)
        letters = authorisations.history(store, code) if every else []
    if as_json:
        told = {"establishments": [_plain(one) for one in found]}
        typer.echo(
            json.dumps(told | ({"letters": [plain(x) for x in letters]} if every else {}))
        )
    else:
        for one in found:
            _tell(one)
        for old in letters:
            typer.echo(_line(old))
    raise typer.Exit(1 if any(one.findings for one in found) else 0)


@app.command("show")
def show(
    authorisation: Annotated[str, typer.Argument(help="40E-MDI-1")], as_json: JSON = False
) -> None:
    """One letter, as it was recorded."""
    from agent.services import authorisations
    from agent.wiring import open_configured_store

    with open_configured_store() as store:
        one = plain(authorisations.show(store, authorisation))
    if as_json:
        typer.echo(json.dumps(one))
        return
    for name, value in one.items():
        told = ", ".join(value) if isinstance(value, list) else value
        typer.echo(f"{name.replace('_', ' '):<14} {told or '-'}")


def plain(one: "Authorisation") -> dict[str, object]:
    """For programs."""
    letter = one.letter
    return {
        "id": one.id,
        "establishment": letter.establishment,
        "grantor": letter.grantor,
        "granted_by": letter.granted_by,
        "delegated_by": letter.delegated_by,
        "to_whom": letter.to_whom,
        "persons": letter.persons,
        "terms": letter.terms,
        "dated": letter.dated.isoformat(),
        "review_on": letter.review_on.isoformat(),
        "reference": letter.reference,
        "tags": list(letter.tags),
        "recorded_by": one.recorded_by,
    }


def _plain(one: "Standing") -> dict[str, object]:
    letter = plain(one.found) if one.found else None
    return {
        "establishment": one.establishment,
        "in_force": letter,
        "findings": list(one.findings),
    }


def _tell(one: "Standing") -> None:
    typer.echo(_line(one.found) if one.found else f"{one.establishment}: none")
    for finding in one.findings:
        typer.echo(f"    wrong: {finding}")


def _line(one: "Authorisation") -> str:
    letter = one.letter
    return (
        f"{letter.establishment}: {one.id}, dated {letter.dated}, review {letter.review_on},"
        f" {letter.reference}, {' '.join(letter.tags)}"
    )


def _day(option: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as err:
        raise BadInput(f"{option} is no date", "Write it as 2026-11-20.") from err
