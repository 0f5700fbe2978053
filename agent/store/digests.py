"""What the morning's digests tell, read from our own memory."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from agent.domain.asset import Asset
from agent.domain.call import State as CallState
from agent.domain.digest import A_DAY, Counts, Duty, of_infosec, of_region, of_spoc
from agent.domain.incident import Incident, State
from agent.domain.mail import Letter
from agent.domain.routes import Place, Recipient
from agent.store.audit import Audit
from agent.store.calls import Calls, c
from agent.store.device_reports import DeviceReports
from agent.store.engine import Transaction
from agent.store.incidents import Incidents
from agent.store.people import People
from agent.store.quiets import Quiets
from agent.store.register import Register
from agent.store.tasks import Task, Tasks

DIGEST = "digest"
WEEK = timedelta(days=7)
MADE = (CallState.ENDED, CallState.CLOSED)


@dataclass(frozen=True, slots=True)
class Digests:
    tx: Transaction

    def of_places(self, day: date) -> Iterator[tuple[Recipient, Letter]]:
        """One for each establishment where something is owed or not acknowledged."""
        incidents = Incidents(self.tx).open()
        duties = [duty_of(one) for one in Tasks(self.tx).all_open()]
        here = {one.establishment for one in incidents} | {one.establishment for one in duties}
        for code in sorted(here - {""}):
            to = Recipient("establishment", code, "spoc")
            letter = of_spoc(
                to, day, self.tx.now,
                [one for one in incidents if one.establishment == code],
                [one for one in duties if one.establishment == code],
            )  # fmt: skip
            if letter is not None:
                yield to, letter

    def of_the_country(self, day: date) -> tuple[Recipient, Letter]:
        """Infosec's, with the head of the audit chain."""
        to = Recipient("national", "", "infosec")
        held = [
            f"{one.id}, {one.type}, {one.subject or one.establishment or 'everywhere'}"
            for one in Quiets(self.tx).current()
        ]
        every = Incidents(self.tx).open()
        return to, of_infosec(to, day, every, held, Audit(self.tx).head())

    def of_regions(self, day: date) -> Iterator[tuple[Recipient, Letter]]:
        """Counts only, for each Regional Silver."""
        assets, regions = Register(self.tx).all(), People(self.tx).regions()
        incidents, tasks = Incidents(self.tx).open(), Tasks(self.tx).all_open()
        codes = {one.establishment for one in assets}
        for region in sorted({regions[code] for code in codes if regions.get(code)}):
            to = Place(region=region).inbox("region", "regional-silver")
            counts = [
                self._counts(code, assets, incidents, tasks)
                for code in sorted(codes)
                if regions.get(code) == region
            ]
            if to is not None:
                yield to, of_region(to, day, counts)

    def _counts(
        self, code: str, assets: list[Asset], incidents: list[Incident], tasks: list[Task]
    ) -> Counts:
        now = self.tx.now
        mine = [one for one in assets if one.establishment == code]
        here = [one for one in incidents if one.establishment == code]
        calls = Calls(self.tx).select(c.establishment == code, c.at > now - WEEK)
        made = Counter(one.state in MADE for one in calls)[True]
        reports = DeviceReports(self.tx)
        return Counts(
            establishment=code,
            ipads=len(mine),
            lost=sum(reports.lost_since(one.tag) is not None for one in mine),
            open=len(here),
            old=sum(one.opened_at < now - A_DAY for one in here),
            unanswered=sum(one.state is State.OPEN for one in here),
            overdue=sum(one.establishment == code and one.due <= now for one in tasks),
            calls=made,
        )


def duty_of(one: Task) -> Duty:
    return Duty(
        subject=one.subject, says=one.says, owner=one.owner, establishment=one.establishment,
        due=one.due,
    )  # fmt: skip
