"""Does it take longer when 10,000 incidents are open? Acknowledging one, and listing a page."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

from sqlalchemy import Table, insert, select

from agent.services.incident_pages import Wanted, page
from agent.services.incidents import acknowledge
from agent.store.incident_events import incident_event
from agent.store.incident_table import incident
from agent.store.incidents import mail
from agent.store.ledger import obligation
from tests.support.alarms.mailing import SITES, Mailing
from tests.support.estates import BY

FEW, MANY = 10, 10_000
TRIES = 9
MOST = 5.0
PAGES = {
    "all": Wanted(limit=FEW),
    "one place": Wanted(site=SITES[0], limit=FEW),
    "open": Wanted(state="open", limit=FEW),
    "acknowledged": Wanted(state="acknowledged", limit=FEW),
    "closed": Wanted(state="closed", limit=FEW),
    "one place, acknowledged": Wanted(site=SITES[0], state="acknowledged", limit=FEW),
}


@dataclass(frozen=True, slots=True)
class Ratios:
    """How many times as long each takes with so many as with ten, by what it is."""

    acknowledge: float
    pages: dict[str, float]

    def wrong(self) -> list[str]:
        told = {"acknowledging one": self.acknowledge}
        told |= {f"a page ({name})": ratio for name, ratio in self.pages.items()}
        return [f"{what} takes {r:.1f} times as long" for what, r in told.items() if r > MOST]

    def figures(self) -> dict[str, object]:
        return {
            "ack_ratio": round(self.acknowledge, 2),
            "list_ratio": round(max(self.pages.values()), 2),
        }


def ratios(folder: Path, many: int = MANY) -> Ratios:
    """By turns on two databases, so that both meet the same noise."""
    with Mailing.of(folder / "few") as few, Mailing.of(folder / "many") as lots:
        for one in (few, lots):
            one.raise_incidents(FEW)
        _multiply(lots, many)
        pages = {
            name: _ratio(partial(_listing, wanted), few, lots) for name, wanted in PAGES.items()
        }
        ids = {id(one): iter(_open(one)) for one in (few, lots)}
        taken = _ratio(lambda m: acknowledge(m.desk, next(ids[id(m)]), BY), few, lots)
        return Ratios(taken, pages)


def _listing(wanted: Wanted, here: Mailing) -> object:
    return page(here.desk, wanted)


def _ratio(act: Callable[[Mailing], object], few: Mailing, lots: Mailing) -> float:
    """Of the fastest of each: what else runs on the machine makes them slower only."""
    pairs = [(_seconds(act, few), _seconds(act, lots)) for _ in range(TRIES)]
    return min(many for _, many in pairs) / min(ten for ten, _ in pairs)


def _seconds(act: Callable[[Mailing], object], here: Mailing) -> float:
    begun = perf_counter()
    act(here)
    return perf_counter() - begun


def _open(here: Mailing) -> list[str]:
    with here.store.read() as tx:
        rows = select(incident.c.id).where(incident.c.state == "open")
        return list(tx.sql.scalars(rows.order_by(incident.c.number.desc())))


def _multiply(here: Mailing, many: int) -> None:
    """The first incident and all that hangs on it, again and again under other names."""
    with here.store.begin() as tx:
        first = _open(here)[-1]

        def rows(table: Table, column: str) -> list[dict[str, Any]]:
            found = select(table).where(table.c[column].like(f"%{first}%"))
            return [dict(row._mapping) for row in tx.sql.execute(found)]

        for table, column in (
            (incident, "id"), (incident_event, "incident"), (obligation, "key"), (mail, "key"),
        ):  # fmt: skip
            copied = list(_copies(rows(table, column), first, many))
            tx.sql.execute(insert(table), copied)


def _copies(rows: list[dict[str, Any]], first: str, many: int) -> Iterator[dict[str, Any]]:
    for number in range(FEW + 1, many + 1):
        name = f"{first[:9]}{number:05}"
        for row in rows:
            new = {
                k: v.replace(first, name) if isinstance(v, str) else v for k, v in row.items()
            }
            if "opened_at" in row:
                site = SITES[number % 2]
                new |= {"number": number, "subject": f"device/{site}-M{number}"}
                new["establishment"] = site
            yield new
