"""A receiver that ends, without a word, between storing an event and answering it.

`python -m tests.support.dies_receiving`: its settings are those of the environment.
"""

import os
import signal
import sys

from agent.cli.main import main
from agent.domain.policy import Policy
from agent.domain.zoom_events import ZoomEvent
from agent.services import zoom_events
from agent.store.engine import Store

stored = zoom_events.take


def take(store: Store, policy: Policy, event: ZoomEvent, key: str) -> bool:
    stored(store, policy, event, key)
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


if __name__ == "__main__":
    zoom_events.take = take
    sys.argv = ["callsteward", "receive", "--port", "0"]
    main()
