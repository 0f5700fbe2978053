"""Routes, recipients and letters as people and programs read them. Addresses only on demand."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from agent.domain.routes import Route
    from agent.services.routes import Explained, Told
    from agent.store.letters import Sent


def routes(every: "Iterable[Route]") -> None:
    for route in every:
        when = "; ".join(f"{key} {words}" for key, words in route.when.words().items())
        typer.echo(f"{route.name} ({route.origin})")
        typer.echo(f"    when {when or 'anything happens'}")
        typer.echo(f"    tells {', '.join(route.tell)}")


def plain_route(route: "Route") -> dict[str, object]:
    return {
        "name": route.name,
        "when": route.when.words(),
        "tell": list(route.tell),
        "file": route.origin,
    }


def explained(what: str, found: "Explained", *, addresses: bool) -> None:
    typer.echo(f"{what}: {_head(found)}")
    for one in sorted(found.routes, key=lambda one: one.why_not is not None):
        tells = f"it tells {', '.join(one.route.tell)}"
        typer.echo(f"{'not' if one.why_not else 'follows'}: {one.route.name}")
        typer.echo(f"    {one.why_not or tells}")
    for told in found.told:
        typer.echo(f"would be told: {told.to}{_where(told, addresses=addresses)}")
    if not found.told:
        typer.echo("Nobody would be told.")
    letters(found.letters)


def plain(found: "Explained", *, addresses: bool) -> dict[str, object]:
    return {
        "type": found.problem.type,
        "category": found.problem.category.value,
        "severity": found.problem.severity.name,
        "establishment": found.problem.establishment,
        "reason": found.problem.reason,
        "at": found.revision.at.isoformat(),
        "shared": found.revision.shared,
        "routes": [
            plain_route(one.route) | {"follows": one.why_not is None, "why_not": one.why_not}
            for one in found.routes
        ],
        "told": [_plain_told(one, addresses=addresses) for one in found.told],
        "letters": [plain_letter(one) for one in found.letters],
    }


def letters(sent: "Sequence[Sent]") -> None:
    for one in sent:
        went = f", {one.went_to} stood in" if one.went_to else ""
        if one.accepted_at:
            at = f"{one.accepted_at:%Y-%m-%dT%H:%M:%SZ}"
            typer.echo(f"accepted: {one.to}, message {one.revision}{went}, {at}: {one.answer}")
        else:
            why = one.waits or "not tried yet"
            typer.echo(f"still owed: {one.to}, message {one.revision}: {why}")


def plain_letter(one: "Sent") -> dict[str, object]:
    return {
        "to": str(one.to),
        "revision": one.revision,
        "written_at": one.written_at.isoformat(),
        "accepted_at": one.accepted_at.isoformat() if one.accepted_at else None,
        "answer": one.answer,
        "went_to": one.went_to,
        "waits": None if one.accepted_at else one.waits,
    }


def _head(found: "Explained") -> str:
    from agent.domain.uk_time import LONDON

    problem, here = found.problem, found.revision.at.astimezone(LONDON)
    place = f" at {problem.establishment}" if problem.establishment else ""
    many = ", one cause of many" if found.revision.shared else ""
    words = f"{problem.severity.name} {problem.category.value}, {problem.type}{place}{many}"
    return f"{words}, {here:%a %d %b %Y %H:%M} UK time"


def _where(told: "Told", *, addresses: bool) -> str:
    reached = told.reached
    if reached is None:
        return ", but neither it nor a fallback has an address: the letter would wait"
    words = f": {reached.to} stands in for it, {reached.because}" if reached.because else ""
    return words + (f" <{reached.address}>" if addresses else "")


def _plain_told(told: "Told", *, addresses: bool) -> dict[str, object]:
    reached = told.reached
    found: dict[str, object] = {
        "to": str(told.to),
        "name": told.to.name,
        "goes_to": str(reached.to) if reached else None,
        "because": reached.because if reached else "neither it nor a fallback has an address",
    }
    if addresses:
        found["address"] = reached.address if reached else None
    return found
