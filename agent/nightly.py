"""When the nightly sweep is due, in UK time."""

from datetime import time

from apscheduler.triggers.cron import CronTrigger

from agent.domain.uk_time import LONDON


def nightly(at: time) -> CronTrigger:
    """Each night at this time; 02:00 or later, since 01:30 comes twice or never."""
    return CronTrigger(hour=at.hour, minute=at.minute, timezone=LONDON)
