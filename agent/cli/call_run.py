"""What the commands of a call share: options, questions, and what came of a step."""

import json
import sys
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.options import actor
from agent.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent.domain.call import Call
    from agent.domain.second_look import SecondLook
    from agent.domain.statement import Statement
    from agent.services.call_case import How
    from agent.services.call_office import Office
    from agent.services.calls import Recorded

CALL = Annotated[str, typer.Argument(help="The call: C-2026-00001.")]
AT = Annotated[
    str | None, typer.Option("--at", help="When it was done, UK time; left out: now.")
]
PAPER = Annotated[str, typer.Option("--on-paper-by", help="Staff id of who wrote it on paper.")]
OVERRIDE = Annotated[
    str, typer.Option("--override-by", help="Staff id of the Governor or Deputy who decides.")
]


@contextmanager
def office() -> "Iterator[Office]":
    """The store and the keys of the settings in force."""
    from agent.wiring import open_call_office

    with open_call_office() as found:
        yield found


def moment(text: str) -> datetime:
    """A time as people write it, as UTC. Raises BadInput."""
    from agent.domain.uk_time import uk_day, uk_moment
    from connectors.http import utc_now

    return uk_moment(text, uk_day(utc_now()))


def asked(question: str) -> str:
    """Personal data is asked for, never an option: a command line is seen and kept.

    Raises BadInput where nobody answers.
    """
    typer.echo(f"{question}: ", nl=False, err=True)
    line = sys.stdin.readline()
    if not line:
        raise BadInput("nothing was recorded: a question was not answered", "Answer each.")
    return line.strip()


def how(at: str | None, paper_by: str = "", override_by: str = "") -> "How":
    """When, from which paper, on whose decision."""
    from agent.services.call_case import How

    if paper_by and not at:
        raise BadInput("nobody said when it was done", "Add --at 03:10, as the paper says.")
    return How(
        at=moment(at) if at else None,
        paper_by=paper_by,
        override_by=override_by,
        why=asked("Why it is decided otherwise") if override_by else "",
    )


LOOK_SECONDS = 10.0


def read_again(here: "Office", call: str) -> "SecondLook | None":
    """What failed of the call's iPad, read anew; None where nothing did, or nothing answers."""
    from agent.services.call_machine import doubted

    doubt = doubted(here, call)
    if doubt is None:
        return None
    from agent.settings import load
    from agent.wiring import look_again_of
    from agent.worker import at_most

    typer.echo(f"{doubt.asset.local_id} is read again: at most ten seconds.", err=True)
    looks = look_again_of(load(), here.store)
    return at_most(LOOK_SECONDS, lambda: looks.at(doubt.asset, doubt.checks))


def step(
    call: str, said: "Statement", by: str | None, when: "How", as_json: bool
) -> "Recorded":
    """Take the step and tell what came of it."""
    from agent.services.calls import record

    who = actor(by)
    with office() as here:
        done = record(here, call, said, who, when)
    tell(done, as_json)
    return done


def tell(done: "Recorded", as_json: bool) -> None:
    """One line, and one for each thing that is worth knowing."""
    if as_json:
        typer.echo(json.dumps(outcome(done)))
        return
    again = "recorded" if done.new else "was recorded already"
    typer.echo(f"{done.call.id}: {done.entry.step} {again}. It is {done.call.state.value}.")
    for note in done.notes:
        typer.echo(f"note: {note}")


def outcome(done: "Recorded") -> dict[str, object]:
    """For programs."""
    return {
        "call": done.call.id,
        "step": done.entry.step,
        "number": done.entry.number,
        "recorded": done.new,
        "state": done.call.state.value,
        "version": done.call.version,
        "notes": list(done.notes),
    }


def spoken(when: datetime) -> str:
    """A time for people."""
    from agent.domain.uk_time import LONDON

    return f"{when.astimezone(LONDON):%Y-%m-%d %H:%M}"


def plain(call: "Call") -> dict[str, object]:
    """For programs; nothing personal."""
    from agent.domain.call import debts

    return {
        "id": call.id,
        "establishment": call.establishment,
        "device": call.device,
        "state": call.state.value,
        "version": call.version,
        "reason": call.reason,
        "at": call.at.isoformat(),
        "until": call.until.isoformat(),
        "room": call.room,
        "language": call.language,
        "asked_by": call.asked_by,
        "erased_at": call.erased_at.isoformat() if call.erased_at else None,
        "debts": list(debts(call)),
    }
