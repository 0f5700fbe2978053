"""What the import commands share: the file, is it confirmed, what is wrong, what came of it."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from agent.errors import BadInput

if TYPE_CHECKING:
    from agent.domain.sheet import Problem


def contents(file: Path) -> bytes:
    """The file as it is. Raises BadInput."""
    try:
        return file.read_bytes()
    except OSError as err:
        raise BadInput(f"{file} cannot be read: {err.strerror}", "Check its path.") from err


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
