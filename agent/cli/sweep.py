"""`callsteward sweep`: the main job, by hand."""

import json
from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.options import BY, JSON, actor_if_named
from agent.errors import TryAgain

if TYPE_CHECKING:
    from agent.domain.people import Actor
    from agent.ports.mdm import Mdm
    from agent.services.report import Report
    from agent.settings import Settings
    from agent.store.engine import Store

WAITS = "The agent carries it out; where none serves, run it again."
NOBODY = "note: contacts.csv lacks {} of whom we must tell: callsteward contacts missing"
DRAIN_SECONDS = 120.0  # then letters that wait stay owed, for `serve` or the next sweep


def sweep(by: BY = None, as_json: JSON = False) -> None:
    """Check every iPad of the register now. Exit 0 clean, 1 findings, 2 not run or PARTIAL."""
    from agent.cli import report_files, show
    from agent.policies import load_policy
    from agent.schemes import load_scheme
    from agent.services.people import missing_contacts
    from agent.settings import load
    from agent.store.integrity import THOROUGHLY
    from agent.wiring import mdm_of, open_store_of

    settings = load()
    routes = load_policy(routes_file=settings.routes_file).routes
    mdm = mdm_of(settings)
    with open_store_of(settings, THOROUGHLY) as store:
        found = run(settings, store, mdm, actor_if_named(by), quiet=as_json)
        files = report_files.write(found, settings.data_dir / "reports")
        missing = missing_contacts(store, load_scheme(), routes)
    if missing:
        typer.echo(NOBODY.format(len(missing)), err=True)
    if as_json:
        typer.echo(json.dumps(report_files.plain(found)))
    else:
        show.summary(found, files)
    raise typer.Exit(exit_code(found))


def report(
    sweep_id: Annotated[
        str | None, typer.Argument(help="A night (2026-11-22) or another sweep's id.")
    ] = None,
    as_json: JSON = False,
) -> None:
    """Show the report of a sweep again, the last one's unless one is named; write its files."""
    from agent.cli import report_files, show
    from agent.domain.checks import all_rules
    from agent.policies import load_policy
    from agent.services import report as reports
    from agent.settings import load
    from agent.wiring import open_store_of

    settings = load()
    with open_store_of(settings) as store:
        last = sweep_id or reports.last_sweep(store)
        zoom = load_policy().zoom
        found = reports.report(store, last, all_rules(zoom), zoom.person)
        files = report_files.write(found, settings.data_dir / "reports")
    if as_json:
        typer.echo(json.dumps(report_files.plain(found)))
    else:
        show.summary(found, files)
    raise typer.Exit(exit_code(found))


def run(
    settings: "Settings", store: "Store", mdm: "Mdm", by: "Actor", *, quiet: bool
) -> "Report":
    """One sweep of its own id, then the mail it caused. Raises where it could not run."""
    from agent.cli.progress import shown
    from agent.domain.checks import all_rules
    from agent.effects.base import Answered, Later
    from agent.policies import load_policy
    from agent.services.report import report
    from agent.services.sweep import sweep_by_hand
    from agent.tick import Failed
    from agent.wiring import MAIL_SLOTS, worker_of
    from agent.worker import READS_AT_ONCE, Lanes, threaded

    with shown(quiet=quiet) as watch:
        reads = threaded(READS_AT_ONCE)
        worker = worker_of(settings, store, mdm, MAIL_SLOTS, watch, reads)
        begun = sweep_by_hand(store, by, worker.effects["sweep"].lease)
        answer = worker.carry_out(begun.claim, begun.now)
        if isinstance(answer, Failed):
            raise TryAgain(f"the sweep did not end: {answer.error}")
        if isinstance(answer, Later):
            raise TryAgain(f"{answer.why}; this one waits for it", hint=WAITS)
        if not isinstance(answer, Answered):
            raise TryAgain("another worker has taken over this sweep")
        with closing(Lanes(worker)) as lanes:
            lanes.drain(DRAIN_SECONDS)
    zoom = load_policy().zoom
    return report(store, begun.id, all_rules(zoom), zoom.person)


def exit_code(found: "Report") -> int:
    """0 clean, 1 findings (UNKNOWN too), 2 PARTIAL."""
    from agent.domain.check import Verdict

    if found.sweep.state != "COMPLETE":
        return 2
    return 1 if found.counts[Verdict.FAIL] or found.counts[Verdict.UNKNOWN] else 0
