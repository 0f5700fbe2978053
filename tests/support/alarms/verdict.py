"""What the life came to: the figures, and what is wrong, for people."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.support.alarms.judge import Judge
from tests.support.alarms.life import Life
from tests.support.alarms.reckoning import Inboxes
from tests.support.alarms.times import BARE
from tests.support.killed.aftermath import Aftermath
from tests.support.killed.chain import chain_broken

MANY = 100  # kills from which on it is judged how many struck a letter that was claimed


@dataclass(frozen=True, slots=True)
class Verdict:
    """Lists name what was lost."""

    kills: int
    with_letters: int  # kills while a letter was claimed
    incidents: int
    recipients: int
    promises: int
    sweeps: int
    twice: int  # letters that came twice because of a kill at the one moment that explains it
    recipients_missed: list[str]
    incidents_lost: list[str]
    steps_lost: list[str]
    unexplained: list[str]
    mails_lost: list[str]
    audit_bad: list[str]

    def wrong(self) -> list[str]:
        found = [
            *self.recipients_missed, *self.incidents_lost, *self.steps_lost,
            *self.unexplained, *self.mails_lost, *self.audit_bad,
        ]  # fmt: skip
        if self.kills >= MANY and self.with_letters * 3 < self.kills:
            found.append(f"only {self.with_letters} of {self.kills} kills struck a letter")
        return found

    def figures(self) -> dict[str, object]:
        return {
            "kills": self.kills,
            "kills_with_letters_claimed": self.with_letters,
            "incidents": self.incidents,
            "recipients": self.recipients,
            "recipients_missed": len(self.recipients_missed),
            "incidents_lost": len(self.incidents_lost),
            "promises": self.promises,
            "steps_lost": len(self.steps_lost),
            "explained_duplicates": self.twice,
            "unexplained_duplicates": len(self.unexplained),
            "mails_lost": len(self.mails_lost),
            "audit_bad_rows": len(self.audit_bad),
        }

    def lines(self) -> Iterator[str]:
        yield (
            f"{self.kills} kills, {self.with_letters} while a letter was claimed;"
            f" {self.incidents} incidents, {self.sweeps} sweeps, {self.promises} answers to"
            f" people, {self.recipients} letters that somebody must get, {self.twice} came"
            " twice for a kill between the mail server's answer and our commit"
        )
        yield from (f"WRONG: {line}" for line in self.wrong())


def verdict_of(life: Life) -> Verdict:
    """Look at everything that is left."""
    tables, home = life.victims.tables, life.home
    registered = {row["local_id"]: row["asset_tag"] for row in life.people.register}
    judge = Judge(tables, Inboxes(life.contacts), registered)
    after = Aftermath(tables, tables.audit())
    mails = [mail for mail in home.mailbox.read() if mail["Subject"] != BARE]
    recipients, missed = judge.recipients_missed(mails)
    twice, unexplained = after.duplicates(mails, home.excused)
    promises = list(life.book.promises())
    unmet = [f"{key} is still owed" for key in tables.unmet()]
    kills = life.victims.kills
    return Verdict(
        kills=len(kills),
        with_letters=sum(
            kill.in_flight and any(key.startswith("mail/") for key in kill.held)
            for kill in kills
        ),
        incidents=len(tables.rows("select id from incident")),
        recipients=recipients,
        promises=len(promises),
        sweeps=len(after.sweeps()),
        twice=twice,
        recipients_missed=missed,
        incidents_lost=[*judge.incidents_lost(promises), *after.incidents_lost()],
        steps_lost=[*judge.steps_lost(promises), *judge.untrue_states()],
        unexplained=unexplained,
        mails_lost=[*after.mails_lost(mails), *unmet],
        audit_bad=chain_broken(home),
    )
