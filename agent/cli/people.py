"""`callsteward contacts` and `callsteward staff`: who is told, and who does things."""

import json
from typing import TYPE_CHECKING

import typer

from agent.cli.importing import confirmed, contents, hand_out, plain, tell
from agent.cli.options import BY, DRY_RUN, FILE, JSON, OUT, YES, actor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agent.domain.contacts import ContactsPlan
    from agent.domain.sheet import Problem
    from agent.domain.staff import StaffPlan

contacts = typer.Typer(help="Who reads which inbox (Q9, Q10).", no_args_is_help=True)
staff = typer.Typer(help="Who works with the iPads.", no_args_is_help=True)


@contacts.command("import")
def import_contacts_file(
    file: FILE, by: BY = None, dry_run: DRY_RUN = False, yes: YES = False, as_json: JSON = False
) -> None:
    """Replace all inboxes by those of a file, after showing what that changes."""
    from agent.schemes import load_scheme
    from agent.services.people import import_contacts, plan_contacts
    from agent.wiring import open_configured_store

    data, scheme = contents(file), load_scheme()
    who = None if dry_run else actor(by)
    with open_configured_store() as store:
        plan = plan_contacts(store, scheme, data)
        changes = _contact_changes(plan)
        _show(changes, plan.problems, plan.warnings, as_json)
        wanted = who and not plan.problems and not plan.nothing
        applied = bool(wanted) and confirmed(yes, "Replace the inboxes by these?")
        if who and applied:
            import_contacts(store, scheme, data, who)
    _end(changes, plan.problems, plan.warnings, applied, as_json)


@contacts.command("export")
def export_contacts_file(out: OUT = None) -> None:
    """The inboxes as a file that imports again without a change."""
    from agent.services.people import export_contacts
    from agent.wiring import open_configured_store

    with open_configured_store() as store:
        hand_out(export_contacts(store), out)


@contacts.command("missing")
def missing() -> None:
    """Who could not be told, for want of an address. Exit 1 where there is any."""
    from agent.policies import load_policy
    from agent.schemes import load_scheme
    from agent.services.people import missing_contacts, spoken
    from agent.settings import load
    from agent.wiring import open_store_of

    settings = load()
    routes = load_policy(routes_file=settings.routes_file).routes
    with open_store_of(settings) as store:
        gaps = missing_contacts(store, load_scheme(), routes)
    for place in gaps:
        typer.echo(f"missing: {spoken(place)}")
    if not gaps:
        typer.echo("Everybody who must be told has an address.")
    raise typer.Exit(1 if gaps else 0)


@staff.command("import")
def import_staff_file(
    file: FILE, by: BY = None, dry_run: DRY_RUN = False, yes: YES = False, as_json: JSON = False
) -> None:
    """Import the staff list; who is no longer in it is marked as having left."""
    from agent.schemes import load_scheme
    from agent.services.people import import_staff, plan_staff
    from agent.wiring import open_configured_store

    data, scheme = contents(file), load_scheme()
    who = None if dry_run else actor(by)
    with open_configured_store() as store:
        plan = plan_staff(store, scheme, data)
        changes = _staff_changes(plan)
        _show(changes, plan.problems, (), as_json)
        wanted = who and not plan.problems and not plan.nothing
        applied = bool(wanted) and confirmed(yes, "Apply this to the staff list?")
        if who and applied:
            import_staff(store, scheme, data, who)
    _end(changes, plan.problems, (), applied, as_json)


@staff.command("list")
def list_everybody() -> None:
    """Id, role and establishment of everybody; those who left are marked."""
    from agent.services.people import list_staff
    from agent.wiring import open_configured_store

    with open_configured_store() as store:
        for person in list_staff(store):
            left = "" if person.active else " (has left)"
            place = f" {person.establishment}" if person.establishment else ""
            typer.echo(f"{person.id}: {person.name}, {person.role}{place}{left}")


@staff.command("export")
def export_staff_file(out: OUT = None) -> None:
    """Those who work here now, as a file that imports again without a change."""
    from agent.services.people import export_staff
    from agent.wiring import open_configured_store

    with open_configured_store() as store:
        hand_out(export_staff(store), out)


def _contact_changes(plan: "ContactsPlan") -> dict[str, list[str]]:
    from agent.services.people import spoken

    return {
        "added": [spoken(place) for place in plan.added],
        "changed": [spoken(place) for place in plan.changed],
        "removed": [spoken(place) for place in plan.removed],
    }


def _staff_changes(plan: "StaffPlan") -> dict[str, list[str]]:
    return {
        "added": [person.id for person in plan.added],
        "changed": [person.id for person in plan.changed],
        "left": list(plan.left),
    }


def _show(
    changes: dict[str, list[str]],
    problems: "Sequence[Problem]",
    warnings: "Sequence[Problem]",
    as_json: bool,
) -> None:
    if as_json:
        return
    tell(problems, "wrong")
    tell(warnings, "note")
    for word, names in changes.items() if not problems else ():
        for name in names:
            typer.echo(f"{word}: {name}")


def _end(
    changes: dict[str, list[str]],
    problems: "Sequence[Problem]",
    warnings: "Sequence[Problem]",
    applied: bool,
    as_json: bool,
) -> None:
    counts = ", ".join(f"{len(names)} {word}" for word, names in changes.items())
    if as_json:
        found = {"problems": plain(problems), "warnings": plain(warnings)}
        typer.echo(json.dumps({"applied": applied, **changes, **found}))
    elif applied:
        typer.echo(f"Imported: {counts}.")
    elif not problems and not any(changes.values()):
        typer.echo("Nothing to do: it is so already.")
    else:
        typer.echo(f"Nothing was imported. It would be: {counts}.")
    raise typer.Exit(1 if problems else 0)
