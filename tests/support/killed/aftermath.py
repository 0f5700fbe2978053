"""What is left after many kills, judged from outside: the audit, the mailboxes, the truth.

Each method names what was lost, for people; the drill counts.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from tests.support.killed.look import Tables, message_id

OF_THE_SWEEP = ("evidence.missing", "sweep.partial")
Key = tuple[str, str]  # subject, check
LOW = 1
INCIDENTS = """
    select i.id, i.type, i.subject, i.revision, i.category, i.severity,
    (select min(v.severity) from finding f join verdict v
     on v.sweep = f.first_sweep and v.subject = f.subject and v.check_name = f.type
     where f.incident = i.id) as opened_as from incident i
"""
"""Each, and how grave it was when it was opened, where a check found it."""


@dataclass(frozen=True, slots=True)
class Told:
    """What was true outside, from this moment on; None while it was being changed.

    `at` is an aware UTC time, ISO 8601.
    """

    at: str
    failing: frozenset[Key] | None


def answers(truth: Mapping[str, Any], verdict: str) -> frozenset[Key]:
    """What the sandbox's truth has of this verdict."""
    rows = truth["rows"]
    return frozenset((r["subject"], r["check"]) for r in rows if r["verdict"] == verdict)


@dataclass(frozen=True, slots=True)
class Aftermath:
    """One installation after its last kill, at rest."""

    tables: Tables
    audit: Sequence[Mapping[str, Any]]

    def _of(self, *what: str) -> list[Mapping[str, Any]]:
        return [row for row in self.audit if row["what"] in what]

    def sweeps(self) -> list[str]:
        """Those that ended."""
        return [row["subjectId"] for row in self._of("SWEEP_ENDED")]

    def imports_lost(self, done: Iterable[str], known: Iterable[str]) -> list[str]:
        """Imports that said that they were done and left nothing; what nobody imported."""
        kept = Counter(row["details"]["sha256"] for row in self._of("REGISTER_IMPORTED"))
        lost = [f"the import {sha[:12]} is gone" for sha in done if kept[sha] != 1]
        return lost + [f"a strange import {sha[:12]}" for sha in kept.keys() - set(known)]

    def half_imports(self) -> list[str]:
        """Imports of which the audit holds fewer changes than they counted."""
        lost = []
        for row in self._of("REGISTER_IMPORTED"):
            why, about = row["correlationId"], row["details"]
            found = Counter(
                one["what"]
                for one in self._of("ASSET_ADDED", "ASSET_CHANGED", "ASSET_MOVED")
                if one["correlationId"] == why
            )
            counted = (about["added"], about["changed"], about["moved"])
            kinds = ("ASSET_ADDED", "ASSET_CHANGED", "ASSET_MOVED")
            if tuple(found[kind] for kind in kinds) != counted:
                lost.append(f"{why}: {dict(found)} of {counted}")
        return lost

    def last_import(self) -> str | None:
        """The file that the register must be like now."""
        rows = self._of("REGISTER_IMPORTED")
        return str(rows[-1]["details"]["sha256"]) if rows else None

    def findings_lost(self, history: Sequence[Told], places: int) -> list[str]:
        """Verdicts that a sweep owed by the truth of its whole time, and parts that it owed."""
        lost = []
        parts = Counter(row["correlationId"] for row in self._of("SWEPT"))
        for end in self._of("SWEEP_ENDED"):
            sweep = end["subjectId"]
            if parts[sweep] != places:
                lost.append(f"{sweep}: {parts[sweep]} parts of {places}")
            true = _true_throughout(history, self._began(sweep), end["when"])
            if true is not None:
                told = self._failed(sweep)
                lost += [f"{sweep}: {' '.join(key)} is missing" for key in sorted(true - told)]
                lost += [f"{sweep}: {' '.join(key)} is wrong" for key in sorted(told - true)]
        return lost

    def _began(self, sweep: str) -> str:
        return str(
            next(r["when"] for r in self._of("SWEEP_STARTED") if r["subjectId"] == sweep)
        )

    def _failed(self, sweep: str) -> frozenset[Key]:
        query = "select subject, check_name from verdict where sweep = :s and verdict = 'fail'"
        return frozenset((row[0], row[1]) for row in self.tables.rows(query, s=sweep))

    def standing_lost(self, failing: frozenset[Key], unknown: frozenset[Key]) -> list[str]:
        """Failures of this moment that are no open finding, and findings that are over."""
        rows = self.tables.rows("select subject, type from finding where cleared_at is null")
        found = {(row[0], row[1]) for row in rows if row[1] not in OF_THE_SWEEP}
        lost = [f"{' '.join(key)} is no finding" for key in sorted(failing - found)]
        over = found - failing - unknown  # not knowing ends nothing
        return lost + [f"{' '.join(key)} is still a finding" for key in sorted(over)]

    def incidents_lost(self) -> list[str]:
        """Findings whose incident is closed, two that are one, and some that nobody is told."""
        orphans = self.tables.rows(
            """select f.subject, f.type from finding f left join incident i
               on i.id = f.incident and i.state <> 'closed'
               where f.cleared_at is null and i.id is null"""
        )
        twins = self.tables.rows(
            """select type, subject from incident where state <> 'closed'
               group by type, subject having count(*) > 1"""
        )
        return [
            *(f"{row[0]} {row[1]} has no incident" for row in orphans),
            *(f"{row[0]} {row[1]} has two incidents" for row in twins),
            *self._untold(),
        ]

    def _untold(self) -> Iterator[str]:
        """Incidents with a revision that nobody was told of, though it calls for somebody."""
        told: dict[str, set[int]] = defaultdict(set)
        for incident, revision in self.tables.rows("select incident, revision from mail"):
            told[incident].add(revision)
        for row in self.tables.rows(INCIDENTS):
            revisions = range(1, row.revision + 1)
            if row.category == "upkeep" and row.opened_as == LOW:
                last = row.revision + (row.severity == LOW)  # upkeep is told from MEDIUM on
                revisions = range(min(told[row.id], default=last), row.revision + 1)
            if told[row.id] != set(revisions):
                yield f"{row.type} {row.subject}: nobody was told of each revision"

    def mails_lost(self, mails: Sequence[EmailMessage]) -> list[str]:
        """Letters written that no mailbox has, and audit rows of letters that none has."""
        there = {message_id(mail) for mail in mails}
        written = self.tables.rows('select "key", message_id, accepted_at from mail')
        lost = [f"{row.key} is in no mailbox" for row in written if row.message_id not in there]
        unsaid = [row.key for row in written if row.accepted_at is None]
        accepted = len(self._of("MAIL_ACCEPTED"))
        if accepted != len(written):
            lost.append(f"{accepted} letters accepted by the audit, {len(written)} written")
        return lost + [f"{key} is not known as accepted" for key in unsaid]

    def duplicates(
        self, mails: Sequence[EmailMessage], excused: Mapping[str, int]
    ) -> tuple[int, list[str]]:
        """How many letters came twice for a kill, and those that no kill explains.

        `excused` counts, by Message-ID, the kills that struck between the mail server's
        acceptance and our commit: the claim was held, and the letter was in the mailbox.
        """
        copies: dict[str, list[bytes]] = defaultdict(list)
        for mail in mails:
            copies[message_id(mail)].append(_as_sent(mail))
        known = {row[0] for row in self.tables.rows("select message_id from mail")}
        wrong = [f"{one} is a letter of nobody" for one in copies.keys() - known]
        for one, texts in copies.items():
            if len(set(texts)) > 1:
                wrong.append(f"{one} came with different bytes")
            elif len(texts) > 1 + excused.get(one, 0):
                wrong.append(f"{one} came {len(texts)} times")
        return sum(len(texts) - 1 for texts in copies.values()), wrong

    def lateness(self) -> list[float]:
        """Seconds from the writing of each letter to the mail server's acceptance."""
        query = "select written_at, accepted_at from mail where accepted_at is not null"
        return [(row[1] - row[0]) / 1e6 for row in self.tables.rows(query)]


def _as_sent(mail: EmailMessage) -> bytes:
    """Without what the mail server wrote on it: whom it came from."""
    del mail["X-Peer"]
    return mail.as_bytes()


def _true_throughout(history: Sequence[Told], began: str, ended: str) -> frozenset[Key] | None:
    """What was true from `began` to `ended`, or None where it changed in between."""
    during = [told for told in history if began <= told.at <= ended]
    before = [told for told in history if told.at < began]
    return before[-1].failing if before and not during else None
