"""Whose leg a meeting is that runs on an iPad: two calls may be booked on one."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from agent.domain.call import Call, State, legs

BEFORE, AFTER = timedelta(hours=1), timedelta(hours=2)
CAN_RUN = (State.APPROVED, State.IN_CALL, State.INTERRUPTED, State.ENDED, State.EXPIRED)


def may_run(call: Call, at: datetime) -> bool:
    """Whether a meeting at this time may be this call's."""
    near = call.at - BEFORE <= at <= call.until + AFTER
    return (call.state in CAN_RUN and near) or stated(call, at)


def stated(call: Call, at: datetime) -> bool:
    """Whether staff say that it ran, or was interrupted, at this time."""
    runs = legs(call)
    last = call.last("end")
    return bool(runs) and runs[0][0] <= at and (last is None or at <= last.at)


def whose(calls: Iterable[Call], at: datetime) -> Call | None:
    """Of the calls of one iPad: the one that staff started, else the nearest in time."""
    fit = [call for call in calls if may_run(call, at)]
    return min(fit, key=lambda call: (not stated(call, at), _away(call, at)), default=None)


def _away(call: Call, at: datetime) -> timedelta:
    return max(call.at - at, at - call.until, timedelta(0))
