"""A sweep by hand in a process that ends, without a word, once N places are judged.

`python -m tests.support.dies N`: its settings are those of the environment.
"""

import os
import sys

from agent.domain.people import nobody_named
from agent.effects.sweep import LEASE
from agent.services.sweep import sweep_by_hand
from agent.settings import load
from agent.wiring import AGENT_SLOTS, mdm_of, open_store_of, worker_of

POWER_CUT = 86


def main(places: int) -> None:
    settings = load()

    def watch(what: str, done: int, of: int) -> None:
        if (what, done) == ("judging establishments", places):
            os._exit(POWER_CUT)

    with open_store_of(settings) as store:
        worker = worker_of(settings, store, mdm_of(settings), AGENT_SLOTS, watch)
        begun = sweep_by_hand(store, nobody_named("nobody"), LEASE)
        worker.carry_out(begun.claim, begun.now)


if __name__ == "__main__":
    main(int(sys.argv[1]))
