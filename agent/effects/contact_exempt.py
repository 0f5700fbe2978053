"""A lost iPad that is not the one in use: nothing that must end waits for a meeting on it."""

from datetime import timedelta

from agent.store.calls import Calls, c
from agent.store.device_reports import DeviceReports
from agent.store.engine import Transaction

A_DAY = timedelta(days=1)


def exempt(tx: Transaction, tag: str) -> bool:
    """Whether two people confirmed it, and no call was started on this iPad since: staff who
    start one know better."""
    said = DeviceReports(tx).not_in_use_since(tag)
    if said is None:
        return False
    calls = Calls(tx).select(c.device == tag, c.at > said - A_DAY)
    return not any(entry.at > said for call in calls for entry in call.of("start"))
