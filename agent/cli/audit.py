"""`callsteward audit`: prove that no row of the chain was changed, and hand it out."""

import json
from typing import Annotated

import typer

from agent.cli.importing import hand_out
from agent.cli.options import JSON, OUT
from agent.errors import BadInput

HEAD = Annotated[
    str | None, typer.Option(help="SEQ:HASH noted before: the chain must contain it.")
]
MOST_DIGITS = 18  # what a database counts to
app = typer.Typer(help="The chain of every change.", no_args_is_help=True)


@app.command("verify")
def verify(head: HEAD = None, as_json: JSON = False) -> None:
    """Read the whole chain and prove it. Exit 1 if it does not hold."""
    from agent.services.audit import verify_chain
    from agent.wiring import open_configured_store

    with open_configured_store() as store:
        found = verify_chain(store, noted(head))
    if as_json:
        told = {"rows": found.rows, "ok": found.ok, "head": found.head, "why": found.broken}
        typer.echo(json.dumps(told))
    elif found.ok:
        typer.echo(f"The audit chain holds: {found.rows} rows, head {found.rows}:{found.head}.")
    else:
        typer.echo(f"The audit chain does NOT hold: {found.broken}.")
    raise typer.Exit(0 if found.ok else 1)


def noted(text: str | None) -> tuple[int, str] | None:
    """SEQ:HASH as number and hash. Raises BadInput."""
    if text is None:
        return None
    number, _, found = text.partition(":")
    is_number = number.isascii() and number.isdigit() and len(number) <= MOST_DIGITS
    if not is_number or len(found) != 64:
        raise BadInput("the head is none", "Give it as the command printed it: SEQ:HASH.")
    return int(number), found


@app.command("head")
def head(out: OUT = None) -> None:
    """Write the chain's last row's number and hash: note them away from this machine."""
    from agent.services.audit import head as told
    from agent.wiring import open_configured_store

    with open_configured_store() as store:
        hand_out(told(store), out)


@app.command("export")
def export(out: OUT = None) -> None:
    """Write the chain as JSON lines, for `verify_audit.py` and for a log store."""
    from agent.services.audit import lines
    from agent.wiring import open_configured_store

    with open_configured_store() as store:
        hand_out("".join(lines(store)), out)
