"""How long what is personal in a call is kept, and from when that is counted."""

from datetime import datetime, timedelta

from agent.domain.call import OVER, Call

KEEP = timedelta(days=90)  # unless the settings say otherwise
ENDS = ("close", "refuse", "cancel", "expire")
AFTERWARDS = timedelta(days=8)  # what a call left behind is found by the weekly look-back


def over_since(call: Call) -> datetime | None:
    """When it was written down that the call is over (UTC); None: it is not over."""
    if call.state not in OVER:
        return None
    return max((one.entered_at for one in call.entries if one.step in ENDS), default=None)
