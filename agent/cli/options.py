"""What the commands share: their options, and who it is that runs one."""

import getpass
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.errors import BadInput

if TYPE_CHECKING:
    from agent.domain.people import Actor

FILE = Annotated[Path, typer.Argument(help="A CSV file, UTF-8, with commas.")]
OUT = Annotated[Path | None, typer.Option("--out", help="Write here, not to the screen.")]
BY = Annotated[str | None, typer.Option("--by", help="Your staff id, for the audit.")]
YES = Annotated[bool, typer.Option("--yes", help="Do not ask: apply what is shown.")]
DRY_RUN = Annotated[bool, typer.Option("--dry-run", help="Only show what it would do.")]
JSON = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def actor(staff_id: str | None) -> "Actor":
    """Who says that they do this. Raises BadInput where nobody does."""
    if not staff_id:
        raise BadInput("nobody said who does this", "Add --by with your staff id.")
    return actor_if_named(staff_id)


def actor_if_named(staff_id: str | None) -> "Actor":
    """A member of staff who says so, or only the operating system's user."""
    from agent.domain.people import at_the_command_line, nobody_named

    if staff_id is None:
        return nobody_named(_os_user())
    return at_the_command_line(staff_id, _os_user())


def _os_user() -> str:
    """The user's name; in a container without one, the number."""
    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):
        return f"uid {os.getuid()}"
