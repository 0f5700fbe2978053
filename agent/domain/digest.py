"""The morning's digests. Pure, and counts and ids alone: no names, no free text.

A digest repeats what nobody has acknowledged (facts 5.2); it acknowledges nothing itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from textwrap import fill

from agent.domain.incident import Incident, State
from agent.domain.mail import MESSAGE_ID_HOST, WIDTH, Letter, plain
from agent.domain.routes import Recipient
from agent.domain.uk_time import LONDON

A_DAY = timedelta(days=1)
WORST = 3  # establishments that a region's page names first


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """A task of people that is open. `due` is UTC."""

    subject: str
    says: str
    owner: str
    establishment: str
    due: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """One establishment in a region's page."""

    establishment: str
    ipads: int
    lost: int
    open: int  # incidents that are not closed
    old: int  # of them, those opened more than a day ago
    unanswered: int  # of them, those that nobody has acknowledged
    overdue: int  # tasks
    calls: int  # made in the week before


def of_spoc(
    to: Recipient,
    day: date,
    now: datetime,
    incidents: Sequence[Incident],
    duties: Sequence[Duty],
) -> Letter | None:
    """What nobody has acknowledged at this place, and what is owed. None: nothing is."""
    unanswered = [one for one in incidents if one.state is State.OPEN]
    owed = [one for one in duties if one.due <= now + A_DAY]
    if not unanswered and not owed:
        return None
    lines = [f"{to.code}: {spoken(day)}", ""]
    lines += _incidents("Nobody has acknowledged", unanswered)
    lines += _duties(owed, now)
    others = len(incidents) - len(unanswered)
    if others:
        lines.append(f"{others} more are open and acknowledged: callsteward incident list")
    lines.append("To acknowledge: callsteward incident acknowledge INC-... --by YOUR-ID")
    return _letter("digest", to, day, f"{to.code} digest", lines)


def of_infosec(
    to: Recipient,
    day: date,
    incidents: Sequence[Incident],
    held: Iterable[str],
    head: tuple[int, str],
) -> Letter:
    """The country's: sent also where nothing is open, since it carries the audit's head."""
    unanswered = [one for one in incidents if one.state is State.OPEN and one.is_grave]
    lines = [spoken(day), ""]
    lines += [f"{number:>4} {words}" for words, number in _by_kind(incidents).items()]
    lines += ["" if incidents else "No incident is open.\n"]
    lines += _incidents("Nobody has acknowledged, security and loss", unanswered)
    told = list(held)
    lines += ["Held back just now:", *(f"  {one}" for one in told), ""] if told else []
    lines += [
        f"Head of the audit chain: row {head[0]},",
        f"  {head[1]}",
        "Keep this mail: callsteward audit verify proves with it that no row was cut off.",
    ]
    return _letter("digest", to, day, "digest", lines)


def of_region(to: Recipient, day: date, counts: Sequence[Counts]) -> Letter:
    """Counts only, the establishments with most that is open first."""
    total = {
        name: sum(getattr(one, name) for one in counts)
        for name in ("ipads", "lost", "open", "old", "unanswered", "overdue", "calls")
    }
    lines = [
        f"{to.code}: {spoken(day)}, {len(counts)} establishments", "",
        f"iPads {total['ipads']}, reported lost {total['lost']}",
        f"Calls made in the last seven days {total['calls']}",
        f"Incidents open {total['open']}, for more than a day {total['old']}, not acknowledged"
        f" {total['unanswered']}",
        f"Tasks overdue {total['overdue']}", "",
    ]  # fmt: skip
    worst = sorted(counts, key=lambda one: (-one.open - one.overdue, one.establishment))
    worst = [one for one in worst if one.open or one.overdue]
    if worst:
        lines.append("Where most is open:")
    lines += [
        f"  {one.establishment}: {one.open} open, {one.unanswered} not acknowledged,"
        f" {one.overdue} tasks overdue"
        for one in worst[:WORST]
    ]
    silent = sum(one.calls == 0 for one in counts)
    lines.append(f"No call in seven days: {silent} of {len(counts)} establishments")
    return _letter("region", to, day, "weekly page", lines)


def of_task(to: Recipient, duty: Duty, name: str, number: int) -> Letter:
    """What somebody owes, when it is due and once more."""
    due = f"{duty.due.astimezone(LONDON):%d %B %Y %H:%M}, UK time"
    lines = [
        f"Establishment: {duty.establishment}",
        f"Owed: {duty.says}",
        f"By: {duty.owner}, for {duty.subject}",
        f"Due: {due}",
        *(["It is still not done."] if number > 1 else []),
        "See: callsteward today",
    ]
    return Letter(
        message_id=f"<{name}.{number}.{plain(to)}@{MESSAGE_ID_HOST}>",
        subject=f"TASK {duty.establishment} {duty.subject}",
        body=_body(lines),
    )


def spoken(day: date) -> str:
    """Sunday 22 November 2026"""
    return f"{day:%A %d %B %Y}"


def _by_kind(incidents: Iterable[Incident]) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for one in incidents:
        words = f"{one.category.value}, {one.severity.name}, {one.state.value}"
        found[words] = found.get(words, 0) + 1
    return dict(sorted(found.items()))


def _incidents(heading: str, incidents: Sequence[Incident]) -> list[str]:
    if not incidents:
        return []
    told = [
        f"  {one.id} {one.severity.name} {one.type}"
        f"{f' {one.establishment}' if one.establishment else ''}, since"
        f" {one.changed_at.astimezone(LONDON):%d %b %H:%M}"
        for one in incidents
    ]
    return [f"{heading} ({len(incidents)}):", *told, ""]


def _duties(duties: Sequence[Duty], now: datetime) -> list[str]:
    if not duties:
        return []
    told = [
        f"  {one.owner}: {one.says}, {one.subject},"
        f" {'OVERDUE since' if one.due <= now else 'due'}"
        f" {one.due.astimezone(LONDON):%d %b %H:%M}"
        for one in duties
    ]
    return [f"Owed by people ({len(duties)}):", *told, ""]


def _letter(word: str, to: Recipient, day: date, title: str, lines: Sequence[str]) -> Letter:
    return Letter(
        message_id=f"<{word}.{day.isoformat()}.{plain(to)}@{MESSAGE_ID_HOST}>",
        subject=f"callsteward {title} {day.isoformat()}",
        body=_body(lines),
    )


def _body(lines: Iterable[str]) -> str:
    return "".join(
        fill(line, WIDTH, break_long_words=False, subsequent_indent="    ") + "\n"
        for line in lines
    )
