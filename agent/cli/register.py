"""`callsteward register`: which iPads there must be."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.importing import confirmed, contents, hand_out, plain, tell
from agent.cli.options import BY, DRY_RUN, FILE, JSON, OUT, YES, actor

if TYPE_CHECKING:
    from agent.domain.register_plan import Change, Plan

SKIP = Annotated[
    bool,
    typer.Option("--skip-invalid", help="Leave bad lines out; their iPads stay as they are."),
]
TAG = Annotated[str, typer.Argument(help="The asset tag, such as K10471.")]

app = typer.Typer(help="Which iPads there must be (A1-A12).", no_args_is_help=True)


@app.command("import")
def import_file(
    file: FILE,
    by: BY = None,
    dry_run: DRY_RUN = False,
    yes: YES = False,
    skip_invalid: SKIP = False,
    as_json: JSON = False,
) -> None:
    """Show what a file would change, then apply it. Exit 1 where a line is not usable."""
    from agent.schemes import load_scheme
    from agent.services.register import import_register, plan_import
    from agent.wiring import open_configured_store

    data, scheme = contents(file), load_scheme()
    who = None if dry_run else actor(by)
    with open_configured_store() as store:
        plan = plan_import(store, scheme, data, skip_invalid=skip_invalid)
        if not as_json:
            _show(plan, skip_invalid)
        applied = False
        if who and plan.may_apply(skip_invalid=skip_invalid) and not plan.diff.nothing:
            applied = confirmed(yes, "Apply this to the register?")
        if who and applied:
            plan = import_register(store, scheme, data, who, skip_invalid=skip_invalid).plan
    typer.echo(json.dumps(_as_json(plan, applied)) if as_json else _ending(plan, applied))
    raise typer.Exit(1 if plan.problems else 0)


@app.command("export")
def export(out: OUT = None) -> None:
    """The register as a file that imports again without a change."""
    from agent.services.register import export_register
    from agent.wiring import open_configured_store

    with open_configured_store() as store:
        hand_out(export_register(store), out)


@app.command("show")
def show(tag: TAG) -> None:
    """One iPad, and every change that it went through."""
    from agent.domain.register import cells_of
    from agent.services.register import show_asset
    from agent.wiring import open_configured_store

    with open_configured_store() as store:
        asset, history = show_asset(store, tag)
    for name, value in cells_of(asset).items():
        typer.echo(f"{name:<17} {value or '-'}")
    for past in history:
        typer.echo(f"{past.at:%Y-%m-%d %H:%M} UTC, {past.what} by {past.by}")
        if past.what != "added":
            _fields(past.changes)


@app.command("overdue")
def overdue() -> None:
    """iPads whose receipt (Annex A) is late (A9). Exit 1 where there are any."""
    from agent.domain.uk_time import uk_day
    from agent.schemes import load_scheme
    from agent.services.register import overdue_receipts
    from agent.wiring import open_configured_store

    with open_configured_store() as store:
        late = overdue_receipts(store, load_scheme(), uk_day(store.clock()))
    for one in late:
        sent = f"distributed {one.asset.distributed_on}, receipt due {one.due}"
        typer.echo(f"{one.asset.local_id} {one.asset.tag}: {sent}")
    if not late:
        typer.echo("No receipt is overdue.")
    raise typer.Exit(1 if late else 0)


def _show(plan: "Plan", skip_invalid: bool) -> None:
    diff = plan.diff
    tell(plan.problems, "wrong")
    tell(plan.warnings, "note")
    for asset in diff.added:
        typer.echo(f"added: {asset.tag} {asset.local_id} {asset.serial}")
    for change in diff.changed:
        typer.echo(f"changed: {change.tag} {change.after.local_id}")
        _fields(change.fields())
    for change in diff.moved:
        typer.echo(f"moved: {change.tag} {_move(change)}")
        _fields(change.fields())
    for tag in diff.kept:
        typer.echo(f"not in the file, stays: {tag}")
    for out in plan.left_out if skip_invalid else ():
        typer.echo(f"left out: line {out.line} {out.tag}".rstrip())


def _move(change: "Change") -> str:
    return f"from {change.before.establishment} to {change.after.establishment}"


def _fields(changes: dict[str, tuple[str, str]]) -> None:
    for name, (old, new) in changes.items():
        typer.echo(f"    {name}: {old or '-'} -> {new or '-'}")


def _ending(plan: "Plan", applied: bool) -> str:
    diff = plan.diff
    counts = (
        f"{len(diff.added)} added, {len(diff.changed)} changed, {len(diff.moved)} moved,"
        f" {len(diff.unchanged)} unchanged, {len(diff.kept)} not in the file"
    )
    if applied:
        return f"Imported: {counts}."
    if diff.nothing and not plan.problems:
        return f"Nothing to do, the register is so already: {counts}."
    other = ", or add --skip-invalid" if plan.usable else ""
    wrong = f" Correct what is wrong{other}." if plan.problems else ""
    return f"Nothing was imported. It would be: {counts}.{wrong}"


def _as_json(plan: "Plan", applied: bool) -> dict[str, object]:
    diff = plan.diff
    return {
        "applied": applied,
        "added": [asset.tag for asset in diff.added],
        "changed": {change.tag: change.fields() for change in diff.changed},
        "moved": {change.tag: change.fields() for change in diff.moved},
        "unchanged": len(diff.unchanged),
        "not_in_file": list(diff.kept),
        "left_out": [{"line": out.line, "tag": out.tag} for out in plan.left_out],
        "problems": plain(plan.problems),
        "warnings": plain(plan.warnings),
    }
