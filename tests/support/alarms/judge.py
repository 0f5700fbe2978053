"""What is left after many kills, held against what people were promised and the protocol."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from tests.support.alarms.book import Promise
from tests.support.alarms.reckoning import SEVERITIES, Inboxes, Revision
from tests.support.killed.look import Tables, message_id

ANEW = ("open", "worsen", "find-again", "reopen")
EVENTS = {"close": ("close", "ask-close"), "confirm": ("close",)}


@dataclass(frozen=True)
class Judge:
    tables: Tables
    inboxes: Inboxes
    registered: Mapping[str, str]  # local ID -> asset tag

    def revisions(self) -> Iterator[Revision]:
        """Each one that was ever told, from the timelines."""
        incidents = {row.id: row for row in self.tables.rows("select * from incident")}
        query = """select incident, revision, at, what, details from incident_event
            order by incident, number"""
        for row in self.tables.rows(query):
            if row.what in ANEW:
                one = incidents[row.incident]
                yield Revision(
                    incident=row.incident,
                    number=row.revision,
                    at=row.at,
                    category=one.category,
                    severity=SEVERITIES[json.loads(row.details)["severity"]],
                    site=one.establishment,
                    shared=one.subject.startswith("platform/"),
                )

    def recipients_missed(self, mails: Sequence[EmailMessage]) -> tuple[int, list[str]]:
        """How many letters somebody must have got, and those that nobody got."""
        owed = [one for told in self.revisions() for one in self.inboxes.owed(told)]
        came: dict[str, set[str]] = defaultdict(set)
        for mail in mails:
            came[message_id(mail)].add(str(mail["To"]))
        missed = [
            f"{one.message_id} never came to the inbox that must have it"
            for one in owed
            if one.address not in came[one.message_id]
        ]
        return len(owed), [*missed, *self._places_missed(came)]

    def _places_missed(self, came: Mapping[str, set[str]]) -> Iterator[str]:
        """One cause of many iPads: Security, or the SPOC, of each place of it was told."""
        query = """select distinct i.id, i.category, f.establishment from incident i
            join finding f on f.incident = i.id
            where i.establishment = '' and f.establishment <> ''
            and i.category in ('security', 'loss')"""
        for row in self.tables.rows(query):
            word, address = self.inboxes.inbox("security", row.establishment) or ("", "")
            told = (
                to
                for sent, to in came.items()
                if sent.startswith(f"<{row.id}.") and f".{word}" in sent
            )
            if not any(address in to for to in told):
                yield f"{row.id}: nobody at {row.establishment} was told"

    def incidents_lost(self, promises: Iterable[Promise]) -> list[str]:
        """Reports that somebody was told are recorded, and that left no incident."""
        rows = self.tables.rows("select id, type, subject from incident")
        there = {(row.type, row.subject): row.id for row in rows}
        return [
            f"{one.asked['kind']} of {one.asked['device']} is no incident"
            for one in promises
            if one.asked["verb"] == "report" and self._reported(one.asked) not in there
        ]

    def _reported(self, asked: Mapping[str, str]) -> tuple[str, str]:
        tag = self.registered.get(asked["device"])
        if asked["kind"] == "loss" and tag:
            return "device.reported-lost", tag
        unknown = f"device/{asked['site']}-{asked['device']}"
        return f"reported.{asked['kind']}", tag or unknown

    def steps_lost(self, promises: Iterable[Promise]) -> list[str]:
        """Steps that somebody was told are recorded, and that no timeline has."""
        events = {
            (row.incident, row.what, row.by): row
            for row in self.tables.rows('select incident, what, "by" from incident_event')
        }
        lost = []
        for one in promises:
            verb = one.asked["verb"]
            wanted = EVENTS.get(verb, (verb,))
            by = one.asked["by"]
            if verb == "report" or not one.new:
                continue
            if not any((one.incident, what, by) in events for what in wanted):
                lost.append(f"{one.incident}: {verb} by {by} is gone")
        return lost

    def untrue_states(self) -> list[str]:
        """Incidents whose state is not what their timeline came to."""
        enters = {
            **dict.fromkeys(ANEW, "open"), "acknowledge": "acknowledged", "take": "in-hand",
            "close": "closed", "no-longer-found": "closed",
        }  # fmt: skip
        state: dict[str, str] = {}
        query = "select incident, what from incident_event order by incident, number"
        for row in self.tables.rows(query):
            state[row.incident] = enters.get(row.what, state.get(row.incident, ""))
        rows: Sequence[Any] = self.tables.rows("select id, state from incident")
        return [f"{r.id} is {r.state}" for r in rows if state.get(r.id) != r.state]
