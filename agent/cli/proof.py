"""`callsteward contact proof | proof-key` and `callsteward verify`: what an auditor gets."""

from pathlib import Path
from typing import Annotated

import typer

from agent.cli.contact import app
from agent.cli.importing import contents, hand_out
from agent.cli.options import BY, OUT, actor
from agent.errors import BadInput

WHAT = Annotated[str, typer.Argument(help="The call, or one of its contact windows.")]


@app.command("proof")
def proof(what: WHAT, out: OUT = None, by: BY = None) -> None:
    """Write the signed purge proof. Exit 1 unless all of it is proven."""
    from agent.domain.proof import PROVEN, open_points
    from agent.services.proofs import make
    from agent.wiring import open_notary

    who = actor(by)
    with open_notary() as notary:
        made = make(notary, what, who)
    hand_out(made.content.decode(), out)
    typer.echo(f"{made.told['id']}: {made.told['result']}", err=True)
    for point in open_points(made.told):
        typer.echo(f"to come: {point}", err=True)
    raise typer.Exit(0 if made.told["result"] == PROVEN else 1)


@app.command("proof-key")
def proof_key(
    pem: Annotated[bool, typer.Option("--pem", help="As OpenSSL reads it.")] = False,
    new: Annotated[
        bool, typer.Option("--new", help="In place of one that was lost for good.")
    ] = False,
    out: OUT = None,
    by: BY = None,
) -> None:
    """Show the public key that proofs are signed with, for who wants to note it."""
    from agent.services.proofs import new_key
    from agent.wiring import open_notary

    with open_notary() as notary:
        signer = new_key(notary, actor(by)) if new else notary.signer()
    hand_out(signer.pem if pem else f"{signer.public}\n", out)


def verify(
    file: Annotated[Path, typer.Argument(help="What `callsteward contact proof` wrote.")],
    key: Annotated[
        str | None, typer.Option(help="The public key that you noted, or a file with it.")
    ] = None,
    head: Annotated[
        Path | None, typer.Option(help="What `callsteward audit head` wrote before.")
    ] = None,
) -> None:
    """Prove a purge proof, offline. Exit 1: it was changed; 2: it cannot be read."""
    from agent.domain.proof_file import head_of, looked_at, said
    from agent.store.signing import holds

    content = contents(file)
    noted = head_of(contents(head)) if head else None
    lines = looked_at(content, holds, _pinned(key) if key else None, noted)
    for line in lines:
        typer.echo(f"{'holds' if line.ok else 'DOES NOT HOLD'}: {line.says}")
    if not all(line.ok for line in lines):
        raise typer.Exit(1)
    told = said(content)
    device = told["device"]
    typer.echo(
        f"It says of {told['window']} on {device['local_id']} ({device['tag']}):"
        f" {told['result']}"
    )


def _pinned(text: str) -> str:
    """A key, or the file that it is in. Raises BadInput."""
    from agent.domain.proof_file import KEY

    found = text if KEY.fullmatch(text) else contents(Path(text)).decode("ascii", "replace")
    if not KEY.fullmatch(found.strip()):
        raise BadInput("the key is none", "Give what this shows: callsteward contact proof-key")
    return found.strip()
