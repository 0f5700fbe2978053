"""The rules of doctor: from what was read to what is said of it."""

from datetime import datetime, timedelta

from agent.domain.diagnosis import Diagnosis, listed, ok, sentence, unseen, warning, wrong
from agent.domain.facts import Fact, Known
from agent.domain.zoom import Scopes

SKEW_TOLD, SKEW_WRONG = timedelta(seconds=30), timedelta(minutes=5)
ENDS_SOON = timedelta(days=30)
GIB = 1024**3
SPACE_WRONG, SPACE_TOLD, SPACE_PART = GIB // 10, GIB, 0.05
SET_CLOCK = "Correct the machine's clock; let a time service keep it (NTP)."


def clock_skew(about: str, whose: str, ours: datetime, theirs: datetime | None) -> Diagnosis:
    """Our clock against the one of an upstream, which is told to the second."""
    if theirs is None:
        cure = "Nothing to do, if another upstream tells it."
        return unseen(about, f"{whose} does not tell the time.", cure)
    apart = abs(ours - theirs)
    seconds = round(apart.total_seconds())
    way = "ahead of" if ours > theirs else "behind"
    says = f"Our clock is {seconds} s {way} {whose}'s."
    if apart > SKEW_WRONG:
        return wrong(about, f"{says} Signed requests are refused so.", SET_CLOCK)
    if apart > SKEW_TOLD:
        return warning(about, says, SET_CLOCK)
    return ok(about, f"Our clock agrees with {whose}'s.")


def certificate_end(
    about: str, which: str, ends: datetime, now: datetime, cure: str
) -> Diagnosis:
    """A certificate that ends takes all down with it, quietly."""
    day = f"{ends:%d %b %Y}"
    if ends <= now:
        return wrong(about, f"{which} ended on {day}.", cure)
    if ends - now <= ENDS_SOON:
        return warning(about, f"{which} ends on {day}.", cure)
    return ok(about, f"{which} is good until {day}.")


def disk_space(free: int, total: int) -> Diagnosis:
    """Bytes on the disk of the database."""
    about, says = "database.disk", f"{free / GIB:.1f} GiB of the disk are free."
    cure = "Make room on the disk that holds the database, or give it a larger one."
    if free < SPACE_WRONG:
        return wrong(about, says, cure)
    if free < SPACE_TOLD or free < total * SPACE_PART:
        return warning(about, says, cure)
    return ok(about, says)


def permissions(about: str, whose: str, told: Fact[Scopes], cure: str) -> list[Diagnosis]:
    """What an app was given, against what it needs."""
    if not isinstance(told, Known):
        says = sentence(f"what {whose} may do is not known: {told.why}")
        return [unseen(about, says, cure)]
    found = []
    if told.value.missing:
        says = sentence(f"{whose} lacks {listed(told.value.missing)}")
        found.append(wrong(f"{about}.missing", says, f"Grant it. {cure}"))
    if told.value.excess:
        says = sentence(f"{whose} may do more than it needs: {listed(told.value.excess)}")
        found.append(warning(f"{about}.excess", says, f"Take it away. {cure}"))
    return found or [ok(about, sentence(f"{whose} has what it needs and no more"))]


def plan(about: str, configured: str, rate: int, told: int | None) -> Diagnosis:
    """The rate limit that we keep (calls a second) against the one that Zoom tells, if any."""
    says = f"Zoom's rate limits are kept as those of the plan {configured}"
    if told is None:
        return ok(about, f"{says}; no call tells the account's plan.")
    if told < rate:
        cure = "Set CALLSTEWARD_ZOOM_PLAN to the account's plan."
        return wrong(about, f"{says}: {rate} a second, but Zoom allows {told}.", cure)
    if told > rate:
        cure = "Set CALLSTEWARD_ZOOM_PLAN to the account's plan, for faster sweeps."
        return warning(about, f"{says}: {rate} a second, and Zoom allows {told}.", cure)
    return ok(about, f"{says}, and Zoom tells the same.")
