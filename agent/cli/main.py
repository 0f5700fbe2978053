"""callsteward at the command line. One line on stderr for any error raised on purpose."""

import sys
from typing import Annotated

import typer

from agent.cli import (
    audit,
    authorisation,
    call_read,
    calls,
    checks,
    contact,
    database,
    demo,
    device,
    doctor,
    incident,
    people,
    proof,
    quiet,
    receive,
    register,
    routes,
    sandbox,
    serve,
    settings,
    zoom,
)
from agent.cli import sweep as sweeps
from agent.errors import AgentError
from agent.logs import place, to_stderr

app = typer.Typer(
    name="callsteward",
    help="Looks after supervised video calls and the iPads they are made on.",
    no_args_is_help=True,
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    add_completion=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("demo")(demo.demo)
app.command("sweep")(sweeps.sweep)
app.command("report")(sweeps.report)
app.command("serve")(serve.serve)
app.command("receive")(receive.receive)
app.command("doctor")(doctor.doctor)
app.command("sandbox")(sandbox.sandbox)
app.command("checks")(checks.checks)
app.command("settings")(settings.settings)
app.command("verify")(proof.verify)
app.command("today")(call_read.today)
app.add_typer(calls.app, name="call")
app.add_typer(contact.app, name="contact")
app.add_typer(call_read.resident, name="resident")
app.add_typer(device.app, name="device")
app.add_typer(incident.app, name="incident")
app.add_typer(register.app, name="register")
app.add_typer(quiet.silences, name="silence")
app.add_typer(quiet.maintenance, name="maintenance")
app.add_typer(people.contacts, name="contacts")
app.add_typer(people.staff, name="staff")
app.add_typer(routes.app, name="routes")
app.add_typer(authorisation.app, name="authorisation")
app.add_typer(audit.app, name="audit")
app.add_typer(zoom.app, name="zoom")
app.add_typer(database.app, name="database")


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Looks after supervised video calls and the iPads they are made on."""
    if version:
        from importlib.metadata import version as installed

        typer.echo(f"callsteward {installed('callsteward')}")
        raise typer.Exit


def main() -> None:
    """Exit 0: clean; 1: findings or problems; 2: could not run, or PARTIAL."""
    to_stderr()
    try:
        app()
    except AgentError as err:
        typer.echo(f"callsteward: {one_line(err)}", err=True)
        sys.exit(2)
    except OSError as err:
        why = err.strerror or type(err).__name__
        typer.echo(f"callsteward: {why}. Check the disk and the address.", err=True)
        sys.exit(2)
    except KeyboardInterrupt:
        typer.echo("callsteward: stopped; what is owed stays owed.", err=True)
        sys.exit(130)
    except Exception as err:  # noqa: BLE001  the edge: no traceback reaches a user
        typer.echo(
            f"callsteward: a fault of its own: {place(err)}. Please report it.", err=True
        )
        sys.exit(2)


def one_line(err: AgentError) -> str:
    """What is wrong, and the cure."""
    text = str(err).strip()
    text = text if text.endswith((".", "?", "!")) else f"{text}."
    return " ".join(f"{text} {err.hint}".split())
