"""What the import commands share: who does it, which file, is it confirmed, what is wrong."""

import getpass
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.errors import BadInput

if TYPE_CHECKING:
    from agent.domain.people import Actor
    from agent.domain.sheet import Problem

FILE = Annotated[Path, typer.Argument(help="A CSV file, UTF-8, with commas.")]
OUT = Annotated[Path | None, typer.Option("--out", help="Write here, not to the screen.")]
BY = Annotated[str | None, typer.Option("--by", help="Your staff id, for the audit.")]
YES = Annotated[bool, typer.Option("--yes", help="Do not ask: apply what is shown.")]
DRY_RUN = Annotated[bool, typer.Option("--dry-run", help="Only show what it would do.")]
JSON = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def contents(file: Path) -> bytes:
    """The file as it is. Raises BadInput."""
    try:
        return file.read_bytes()
    except OSError as err:
        raise BadInput(f"{file} cannot be read: {err.strerror}", "Check its path.") from err


def actor(staff_id: str | None) -> "Actor":
    """Who says that they do this. Raises BadInput where nobody does."""
    from agent.domain.people import at_the_command_line

    if not staff_id:
        raise BadInput("nobody said who does this", "Add --by with your staff id.")
    return at_the_command_line(staff_id, os_user())


def os_user() -> str:
    """The user's name; in a container without one, the number."""
    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):
        return f"uid {os.getuid()}"


def confirmed(yes: bool, question: str) -> bool:
    """Said beforehand or at the terminal. Raises BadInput where nobody can be asked."""
    if yes:
        return True
    if not sys.stdin.isatty():
        raise BadInput(
            "nothing was changed: there is no terminal to ask at", "Look at it, then add --yes."
        )
    return typer.confirm(question, err=True)


def tell(problems: Iterable["Problem"], word: str) -> None:
    """One line each: where, what is there, what to do."""
    for problem in problems:
        where = [f"line {problem.line}"] if problem.line else []
        where += [problem.column] if problem.column else []
        where += [repr(problem.value)] if problem.value else []
        typer.echo(f"{word}: {', '.join(where) or 'all'}: {problem.cure}")


def plain(problems: Iterable["Problem"]) -> list[dict[str, object]]:
    """For --json."""
    return [
        {"line": one.line, "column": one.column, "value": one.value, "cure": one.cure}
        for one in problems
    ]


def hand_out(text: str, out: Path | None) -> None:
    """To a file or to the screen. Raises BadInput."""
    if out is None:
        typer.echo(text.encode(), nl=False)
        return
    try:
        out.write_bytes(text.encode())
    except OSError as err:
        raise BadInput(f"{out} cannot be written: {err.strerror}", "Check its folder.") from err
    typer.echo(f"Written: {out}")
