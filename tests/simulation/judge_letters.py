"""Each incident that is not closed was told to each inbox that its routes name, where it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from agent.domain.check import Category, Severity
from agent.domain.problems import Problem
from agent.domain.routes import Place, Recipient, Revision, recipients
from agent.store.engine import EPOCH
from agent.store.people import People
from tests.simulation.world import POLICY, World

ROWS = (
    "select i.id, i.type, i.subject, i.revision, i.category, i.severity, i.establishment,"
    " f.severity, coalesce(a.establishment, ''), i.changed_at from incident i"
    " join finding f on f.incident = i.id"
    " left join sweep_asset a on a.tag = f.subject"
    " and a.sweep = (select id from sweep order by ended_at desc limit 1)"
    " where i.state <> 'closed' and f.cleared_at is null"
)
LETTERS = "select incident, revision, scope, code, role from mail where accepted_at is not null"


@dataclass(frozen=True, slots=True)
class Standing:
    """One finding that stands, and its incident. `place`: where its iPad was swept last."""

    incident: str
    type: str
    subject: str
    revision: int
    category: str
    severity: int
    establishment: str
    own_severity: int
    place: str
    changed_at: int  # as the database keeps it

    @property
    def is_shared(self) -> bool:
        return self.subject.startswith("platform/")

    def recipients(self, places: dict[str, Place]) -> tuple[Recipient, ...]:
        """Each is told to the place where its iPad is: another one may have had it before."""
        severity = self.own_severity if self.is_shared else self.severity
        problem = Problem(
            type=self.type,
            subject=self.subject,
            establishment=self.place,
            reason="",
            because="",
            value="",
            category=Category(self.category),
            severity=Severity(severity),
        )
        began = Revision(EPOCH + timedelta(microseconds=self.changed_at), self.is_shared)
        return recipients(problem, places.get(self.place, Place()), POLICY.routes, began)


def letters(world: World) -> Iterator[str]:
    """A cause of many is told to a place once at least; any other, of its last revision."""
    with world.store().read() as tx:
        regions, own = People(tx).regions(), People(tx).own_roles()
    places = {
        code: Place(code=code, region=region, own=own.get(code, frozenset()))
        for code, region in regions.items()
    }
    sent = {(row[0], row[1], Recipient(*row[2:])) for row in world.watch.ask(LETTERS)}
    told = {(incident, to) for incident, _, to in sent}
    for row in world.watch.ask(ROWS):
        standing = Standing(*row)
        if standing.establishment != ("" if standing.is_shared else standing.place):
            yield f"{standing.incident} is not where its iPad is"
        for to in standing.recipients(places):
            last = (standing.incident, standing.revision, to)
            if (standing.incident, to) not in told:
                yield f"{to} was never told of {standing.incident} ({standing.type})"
            elif not standing.is_shared and last not in sent:
                yield f"{to} was not told of {standing.incident} in its last revision"
