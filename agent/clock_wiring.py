"""What runs by the clock alone: reminders, digests, the ends of silences and maintenance."""

from agent.clocks import load_clock
from agent.effects.base import Effect
from agent.effects.digests import WriteDigests
from agent.effects.incident_clock import RunClock
from agent.effects.quiet_end import EndQuiet
from agent.effects.task_remind import RemindOfTask
from agent.store.engine import Store


def clock_effects(store: Store) -> tuple[Effect, ...]:
    """All of them, by the scheme's clock."""
    rules = load_clock()
    return (
        EndQuiet(store),
        RunClock(store, rules),
        RemindOfTask(store, rules),
        WriteDigests(store, rules),
    )
