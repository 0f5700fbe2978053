"""What a life of calls came to: the figures, and what is wrong, for people."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import median, quantiles

from tests.support.killed.aftermath import Aftermath
from tests.support.killed.chain import chain_broken
from tests.support.visits.judge import Judge, ways
from tests.support.visits.life import Life
from tests.support.visits.truth import read_truth

WINDOWS = """select id, call, device, "group", mode, state, meeting, made_at
    from contact_window order by id"""
MANY = 100  # kills from which on it is judged how many struck in mid-work
LATE_S, CALLS = 5.0, 50


@dataclass(frozen=True, slots=True)
class Verdict:
    """Lists name what is wrong; times are seconds."""

    kills: int
    in_flight: int
    windows: int
    stories: Mapping[str, int]  # windows by the state that they came to
    acknowledged_lost: list[str]
    not_closed: list[str]
    wrongly_green: list[str]
    duplicates: list[str]
    foreign: list[str]
    changed: list[str]
    audit_bad: list[str]
    latest: list[str]  # windows
    late: list[float]
    late_served: list[float]  # counted from when an agent was there again, at the earliest
    late_unstated: list[float]
    alarms: list[float]
    baseline: list[float]
    downs: list[float]

    def wrong(self) -> list[str]:
        found = [
            *self.acknowledged_lost, *self.not_closed, *self.wrongly_green, *self.duplicates,
            *self.foreign, *self.changed, *self.audit_bad,
        ]  # fmt: skip
        if self.windows < self.kills:
            found.append(f"only {self.windows} windows for {self.kills} kills")
        if self.kills >= MANY and self.in_flight * 3 < self.kills:
            found.append(f"only {self.in_flight} of {self.kills} kills were in flight")
        return found

    def late_by_time(self) -> bool:
        return _of(self.late, 99) >= LATE_S

    def figures(self) -> dict[str, object]:
        return {
            "kills": self.kills,
            "kills_in_flight": self.in_flight,
            "windows": self.windows,
            "acknowledged_lost": len(self.acknowledged_lost),
            "not_closed": len(self.not_closed),
            "wrongly_green": len(self.wrongly_green),
            "duplicate_invites_unexplained": len(self.duplicates),
            "foreign_purges": len(self.foreign),
            "changed_during_live_call": len(self.changed),
            "audit_bad_rows": len(self.audit_bad),
            "late_p99_s": round(_of(self.late, 99), 2),
            "late_served_p99_s": round(_of(self.late_served, 99), 2),
            "late_unstated_max_s": round(max(self.late_unstated, default=0.0), 2),
            "alarm_p95_s": round(_of(self.alarms, 95), 2),
            "baseline_s": round(_of(self.baseline, 99), 2),
            "down_max_s": round(max(self.downs, default=0.0), 2),
        }

    def lines(self) -> Iterator[str]:
        ended = ", ".join(f"{count} {state}" for state, count in sorted(self.stories.items()))
        yield f"{self.kills} kills, {self.in_flight} in flight; {self.windows} windows: {ended}"
        yield (
            f"of {len(self.late)} windows, the 99th percentile was closed within"
            f" {_of(self.late, 99):.2f} s of when it had to be and could be; without kills"
            f" ({len(self.baseline)} windows) within {_of(self.baseline, 99):.2f} s;"
            f" the latest: {', '.join(self.latest)}"
        )
        if self.downs:
            yield (
                f"after a kill the agent served again within {max(self.downs):.1f} s, half the"
                f" times within {median(self.downs):.1f} s; lateness has this in it, and"
                f" without it the 99th percentile is {_of(self.late_served, 99):.2f} s"
            )
        if self.late_unstated:
            most = max(self.late_unstated)
            yield f"calls that nobody ended closed within {most:.1f} s of their last meeting"
        alarm = _of(self.alarms, 95)
        yield f"of {len(self.alarms)} letters, 95 % were taken within {alarm:.2f} s"
        yield from (f"WRONG: {line}" for line in self.wrong())


def verdict_of(life: Life) -> Verdict:
    """Look at everything that is left."""
    home, notes = life.house.home, life.notes
    tables = home.victims.tables
    audit = tables.audit()
    after = Aftermath(tables, audit)
    entries = frozenset(
        (row.call, row.number) for row in tables.rows("select call, number from call_entry")
    )
    found = ways(tables.rows(WINDOWS), audit)
    truth = read_truth(home.outside, life.house.assets)
    judge = Judge(found, entries, notes, truth, life.house.blind)
    mails = home.mailbox.read()
    unmet = [f"{key} is still owed" for key in life.unmet()]
    _, twice = after.duplicates(mails, home.excused)
    states, late = [one.state for one in found], judge.lateness(calm=False)
    return Verdict(
        kills=len(home.victims.kills),
        in_flight=sum(kill.in_flight for kill in home.victims.kills),
        windows=len(found),
        stories={state: states.count(state) for state in set(states)},
        acknowledged_lost=[
            *judge.lost(), *after.incidents_lost(), *after.mails_lost(mails), *twice, *unmet,
        ],
        not_closed=list(judge.not_closed()),
        wrongly_green=list(judge.wrongly_green()),
        duplicates=list(judge.duplicates()),
        foreign=list(judge.foreign()),
        changed=list(judge.changed()),
        audit_bad=chain_broken(home),
        latest=sorted(late, key=lambda one: -late[one])[:5],
        late=list(late.values()),
        late_served=list(judge.lateness(calm=False, served=True).values()),
        late_unstated=list(judge.lateness(calm=False, unstated=True).values()),
        alarms=after.lateness(),
        baseline=list(judge.lateness(calm=True).values()),
        downs=notes.downs,
    )  # fmt: skip


def _of(seconds: list[float], percent: int) -> float:
    """Of few the greatest: no percentile is read into them."""
    if len(seconds) < CALLS:
        return max(seconds, default=0.0)
    return quantiles(seconds, n=100)[percent - 1]
