"""`callsteward serve`: the agent. Nightly sweeps, and a tick that meets whatever is due."""

import fcntl
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from agent.errors import Misconfigured

if TYPE_CHECKING:
    from agent.settings import Settings


def serve() -> None:
    """Run until stopped: the sweep at 02:00 UK time, and all that is owed, as it falls due."""
    from agent.channel_wiring import carrier_of
    from agent.clocks import load_clock
    from agent.doctor_wiring import monitor_of
    from agent.logs import tell_progress
    from agent.policies import load_policy
    from agent.schemes import load_scheme
    from agent.serve import Agent, tell_missing
    from agent.services.people import missing_contacts
    from agent.settings import load
    from agent.store.integrity import THOROUGHLY
    from agent.trial_wiring import mail_pulse_of
    from agent.wiring import AGENT_SLOTS, mdm_of, open_store_of, worker_of
    from agent.worker import READS_AT_ONCE, threaded

    tell_progress()
    settings = load()
    policy = load_policy(routes_file=settings.routes_file)
    mdm = mdm_of(settings)
    with open_store_of(settings, THOROUGHLY) as store, only_one(settings):
        tell_missing(missing_contacts(store, load_scheme(), policy.routes))
        reads = threaded(READS_AT_ONCE)
        worker = worker_of(settings, store, mdm, AGENT_SLOTS, together=reads)
        at = load_clock().digest_at
        pulse = mail_pulse_of(settings, carrier_of(settings))
        agent = Agent(worker, settings, policy, monitor_of(settings), pulse, at)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: agent.stop())
        typer.echo(f"callsteward serves; the nightly sweep is at {settings.sweep_at} UK time.")
        agent.run()


@contextmanager
def only_one(settings: "Settings") -> Iterator[None]:
    """One agent for one database file. The lock goes with the process, however it ends.

    Any number of agents may serve one PostgreSQL: the ledger tells who does what.
    """
    from agent.store.opening import database_file, is_embedded

    if not is_embedded(settings.database):
        yield
        return
    database = database_file(settings.database)
    with database.with_name(f"{database.name}.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as err:
            raise Misconfigured(
                "another agent serves this database already", "Stop it first, or leave it be."
            ) from err
        yield
