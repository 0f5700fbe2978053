"""`callsteward doctor`: is all as it must be, and if not, what to do."""

import json
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from time import monotonic
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.options import JSON
from agent.errors import AgentError, BadInput, Misconfigured

if TYPE_CHECKING:
    from agent.domain.diagnosis import Diagnosis
    from agent.looks.base import Installation, Look
    from agent.settings import Settings

MARGIN = 2.0  # seconds that a look may take over the deadline of its calls
MAIL = Annotated[
    str | None, typer.Option("--mail", help="Send a real test mail to this address.")
]
SUMMARY = {"wrong": "wrong", "warning": "to look into", "could not look": "not looked at"}


def doctor(as_json: JSON = False, mail: MAIL = None) -> None:
    """Look at all that callsteward needs; change nothing. Exit 0 all well, 1 not, 2 not run."""
    from agent.domain.diagnosis import all_well, sentence, wrong
    from agent.looks.machine import machine
    from agent.policies import load_policy
    from agent.settings import load
    from connectors.http import utc_now

    _prove_address(mail)
    try:
        settings = load()
        load_policy(routes_file=settings.routes_file)
    except Misconfigured as err:
        found = [wrong("settings", sentence(str(err)), err.hint), *machine(utc_now())]
        _tell(found, as_json)
        raise typer.Exit(2) from err
    with _installation(settings, mail) as it:
        found = _every(it)
    _tell(found, as_json)
    raise typer.Exit(0 if all_well(found) else 1)


def _prove_address(mail: str | None) -> None:
    from agent.domain.cells import Bad, address

    if mail is not None and isinstance(address(mail), Bad):
        raise BadInput("--mail is no plain address", "Give it as name@organisation.example.")


@contextmanager
def _installation(settings: "Settings", mail: str | None) -> Iterator["Installation"]:
    from agent.doctor_wiring import ConfiguredOutside
    from agent.looks.base import Installation
    from agent.store.condition import only_read
    from agent.zoom_wiring import key_file_of
    from connectors.http import utc_now

    with ExitStack() as stack:
        store = None
        with suppress(AgentError):  # a look of its own tells it
            password = settings.database_password()
            store = stack.enter_context(only_read(settings.database, password=password))
        outside = ConfiguredOutside(settings)
        yield Installation(settings, store, outside, utc_now, key_file_of(settings), mail)


def _every(it: "Installation") -> "list[Diagnosis]":
    """What is here is looked at while the outside answers."""
    from agent.domain.diagnosis import ok
    from agent.looks import channels, database, estate, machine, outside

    seconds = it.settings.deadline_seconds + MARGIN
    away = (*outside.host_looks(it), *outside.LOOKS, *channels.LOOKS)
    asked = [Asked(look, it) for look in away]
    end = monotonic() + seconds
    found = [ok("settings", "The settings are valid.")]
    for look in (*machine.LOOKS, *database.LOOKS, *estate.LOOKS):
        found += looked(look, it)
    for one in asked:
        found += one.found(end - monotonic(), seconds)
    return found


def looked(look: "Look", it: "Installation") -> "list[Diagnosis]":
    """What this look found; what stopped it is the last of it."""
    found: list[Diagnosis] = []
    _look(look, it, found)
    return found


def _look(look: "Look", it: "Installation", found: "list[Diagnosis]") -> None:
    from agent.domain.diagnosis import unseen
    from agent.logs import place
    from agent.looks.base import prevented

    try:
        for one in look.ask(it):
            found.append(one)
    except AgentError as err:
        found.append(prevented(look.about, err))
    except Exception as err:  # noqa: BLE001  the edge: one fault does not stop the others
        says = f"A fault of callsteward's own: {place(err)}."
        found.append(unseen(look.about, says, "Please report it."))


class Asked:
    """A look in a thread of its own, which cannot keep the process from ending."""

    def __init__(self, look: "Look", it: "Installation") -> None:
        self._look, self._found = look, list["Diagnosis"]()
        self._thread = threading.Thread(
            target=_look, args=(look, it, self._found), name=look.about, daemon=True
        )
        self._thread.start()

    def found(self, left: float, seconds: float) -> "list[Diagnosis]":
        """What it found in the time that was left."""
        from agent.domain.diagnosis import unseen

        self._thread.join(max(0.0, left))
        found = list(self._found)
        if self._thread.is_alive():
            says = f"Not done within {seconds:.0f} seconds."
            cure = "See whether the network and its DNS answer; then run it again."
            found.append(unseen(self._look.about, says, cure))
        return found


def _tell(found: "Sequence[Diagnosis]", as_json: bool) -> None:
    from agent.domain.diagnosis import all_well

    if as_json:
        rows = [
            {"about": one.about, "outcome": one.outcome.value, "says": one.says,
             "cure": one.cure or None}
            for one in found
        ]  # fmt: skip
        typer.echo(json.dumps({"ok": all_well(found), "diagnoses": rows}, indent=2))
        return
    for one in found:
        typer.echo(f"{one.outcome.value}: {one.about}: {one.says}")
        if one.cure:
            typer.echo(f"    {one.cure}")
    counts = Counter(one.outcome.value for one in found)
    told = [f"{counts[word]} {words}" for word, words in SUMMARY.items() if counts[word]]
    typer.echo(f"{', '.join(told).capitalize()}." if told else "All is well.")
