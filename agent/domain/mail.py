"""The text that people get. Pure: the same incident and recipient give the same bytes.

A subject carries id, severity, establishment code and device tag only. Nothing that somebody
typed and nothing personal is in a mail: an app's name, an account or a number stays in the
report.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache
from hashlib import sha256
from textwrap import fill

from agent.domain.annex_e import QUESTIONS
from agent.domain.check import Category, Rule
from agent.domain.checks.letter import LETTER
from agent.domain.checks.tenant import TENANT
from agent.domain.delivery import UNDELIVERED, where
from agent.domain.incident import Incident
from agent.domain.problems import NOT_KNOWN, SWEEP_PARTIAL
from agent.domain.routes import Recipient
from agent.domain.uk_time import LONDON
from agent.domain.zoom_events import ACCOUNT

WIDTH = 72
STRANGE = ("serial/", "device/")
STRANGER = re.compile(r"(serial|device)/[A-Za-z0-9-]{1,64}")  # all else is free text
MESSAGE_ID_HOST = "callsteward.invalid"  # unique by its left side, and no host of anybody's


OPERATIONS = {
    SWEEP_PARTIAL: (
        "every source is read completely, every night",
        "Run `callsteward sweep` once the source answers again. Until then, what it would have"
        " told counts as not known, never as passed.",
    ),
    "sweep.late": (
        "every iPad is checked every night",
        "See on the agent's machine why the sweep of the night did not end. It is tried again"
        " by itself; nobody should take the iPads for checked.",
    ),
    "mail.late": (
        "who must know is told at once",
        "See whether contacts.csv names the inbox rightly, and ask the mail server's people why"
        " our mail is not taken. It is tried again by itself; until then, ring who must know.",
    ),
    "incident.clock.late": (
        "whoever must know hears of it when nobody acknowledges an incident",
        "See on the agent's machine why it does not come to it. Until it does, look at what is"
        " open: callsteward incident list",
    ),
    "task.remind.late": (
        "people are reminded of what they owe",
        "See on the agent's machine why it does not come to it. Until it does, look at what is"
        " owed: callsteward today",
    ),
    "digest.late": (
        "each morning's digests are written",
        "See on the agent's machine why it does not come to it. Until it does, look at what is"
        " open: callsteward incident list",
    ),
    "mail.route.late": (
        "a test mail is sent every night",
        "Ask the mail server's people why our mail is not taken (callsteward doctor). Until it"
        " is, ring who must know.",
    ),
    "mail.read-back.late": (
        "the test mail of every night arrives",
        "See whether the mailbox can be read (callsteward doctor), and ask the mail server's"
        " people where our mail stays. Until it arrives, ring who must know.",
    ),
    UNDELIVERED: (
        "who must know is told at once",
        "See in contacts.csv whether this address or number is right, and ask who reads it."
        " Until a letter arrives there, tell them by telephone. What was not delivered is not"
        " sent again.",
    ),
    "contact.close.late": (
        "a contact window closes once its call is over",
        "See what it waits for with: callsteward contact show. Where a call was never ended,"
        " staff record its end: callsteward call end",
    ),
    "zoom.allow-list.late": (
        "the lists of whom an iPad may add hold nobody whose call is over",
        "See what it waits for with: callsteward contact show. While Zoom cannot be reached,"
        " ask the Zoom administrator to empty the group's lists.",
    ),
    "zoom.meeting-gone.late": (
        "the meeting of a call is deleted once the call is over",
        "See what it waits for with: callsteward contact show. While Zoom cannot be reached,"
        " ask the Zoom administrator to delete it.",
    ),
    "contact.invite.late": (
        "a contact is invited as soon as somebody asks for it",
        "See what it waits for with: callsteward contact show. The call can be made all the"
        " same: a meeting on the iPad, its number and passcode read out by telephone.",
    ),
    "meeting.arrange.late": (
        "the meeting of a call is arranged as soon as somebody asks for it",
        "See what it waits for with: callsteward contact show. The call can be made all the"
        " same: a meeting on the iPad, its number and passcode read out by telephone.",
    ),
    "contact.verify.late": (
        "it is read whether a contact is gone",
        "See what it waits for with: callsteward contact show, and callsteward doctor.",
    ),
    "zoom.consent-refresh.late": (
        "every consent to read an iPad's contacts in Zoom is renewed every night",
        "See on the agent's machine why Zoom does not renew it. It is tried again by itself; a"
        " consent that is not used for months ends, and then its user must sign in anew.",
    ),
    "maintenance.declared": (
        "what maintenance brings about is expected, for a time that two people declared",
        "Nothing, if you know of it. See what it is with: callsteward maintenance list. To end"
        " it at once: callsteward maintenance end",
    ),
    "call.erase.late": (
        "what is personal in a call is erased when its time has come",
        "See on the agent's machine why the keys of calls cannot be destroyed: the folder that"
        " CALLSTEWARD_CALL_KEYS_DIR names must be there, and the agent's user must own it.",
    ),
}
"""What the agent itself owes -> what must hold, and what to do."""
OF_ANOTHER_SCHEME = (
    "what the scheme asked for when this was opened",
    "See what is known of it with: callsteward incident show",
)
ACKNOWLEDGE = "Say that you have seen it, with your own staff id:"
IPAD_IS_SILENT = (
    "Take the iPad out of the safe, charge it and leave it on the network for an hour."
    " Where it says not-recorded, complete its line of the register."
    " If this stays, ask the MDM's provider."
)
MDM_IS_SILENT = "Ask the MDM's provider why it does not tell its own settings."


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail to one recipient, without its address."""

    message_id: str
    subject: str
    body: str


def letter(
    incident: Incident,
    to: Recipient,
    rule: Rule | None,
    devices: Sequence[str],
    phone: str,
    occasion: str = "",
) -> Letter:
    """What `to` is told of this revision. `devices` are the local IDs of its own iPads.

    `occasion` is the sweep that found more of it, where `to` was told before.
    """
    return Letter(
        message_id=message_id(incident, to, occasion),
        subject=_subject(incident),
        body="".join(map(_filled, _lines(incident, rule, devices, phone))),
    )


@lru_cache(maxsize=256)
def _filled(line: str) -> str:
    """As wide as a mail is; most lines are the same for everybody who is told."""
    return fill(line, WIDTH, break_long_words=False, break_on_hyphens=False) + "\n"


def message_id(incident: Incident, to: Recipient, occasion: str) -> str:
    """What no other letter has: the same letter always has it, so a repeat is known as one."""
    words = (incident.id, str(incident.revision), plain(to), occasion)
    return f"<{'.'.join(filter(None, words))}@{MESSAGE_ID_HOST}>"


def plain(to: Recipient) -> str:
    """One word of ASCII: a region's name may hold a comma or an accent, a Message-ID none."""
    if re.fullmatch(r"[A-Za-z0-9 -]{0,40}", to.code):
        return str(to).replace(" ", "_")
    return f"{to.role}.{sha256(str(to).encode()).hexdigest()[:12]}"


def _subject(incident: Incident) -> str:
    no_tag = incident.subject.startswith((LETTER, *STRANGE))
    tag = incident.subject if incident.establishment and not no_tag else ""
    words = (incident.id, incident.severity.name, incident.establishment, tag)
    return " ".join(filter(None, words))


def _lines(
    incident: Incident, rule: Rule | None, devices: Sequence[str], phone: str
) -> list[str]:
    lines = [f"Incident {incident.id}, severity {incident.severity.name}", ""]
    lines += _where(incident, devices)
    lines += [
        f"What is wrong: {incident.reason.replace('-', ' ')} ({incident.type})",
        f"Since: {incident.opened_at.astimezone(LONDON):%d %B %Y %H:%M}, UK time",
    ]
    if incident.revision > 1:
        changed = f"{incident.changed_at.astimezone(LONDON):%d %B %Y %H:%M}, UK time"
        how = "Opened again" if incident.reopened_at == incident.changed_at else "Changed"
        lines.append(f"{how}: {changed} (message {incident.revision})")
    lines += ["", *_asked(incident, rule), "", ACKNOWLEDGE, acknowledging(incident)]
    if incident.category in (Category.SECURITY, Category.LOSS):
        lines += ["", f"HMPPS Information Security (Infosec) & Services Team: {phone}"]
    return lines


def acknowledging(incident: Incident) -> str:
    """The command, on a line of its own."""
    return f"callsteward incident acknowledge {incident.id} --by YOUR-ID"


def _where(incident: Incident, devices: Sequence[str]) -> list[str]:
    if incident.establishment:
        return [f"Establishment: {incident.establishment}", _what(incident, devices)]
    if incident.subject.startswith("platform/"):
        yours = [f"Yours: {', '.join(devices)}"] if devices else []
        return [f"Where: {incident.because}", *yours]
    if incident.subject == TENANT:
        return ["Where: the MDM itself"]
    if incident.subject == ACCOUNT:
        return ["Where: our Zoom account; nobody knows yet whether it is an iPad's meeting"]
    if incident.type == UNDELIVERED:
        return [f"Where: letters to {where(incident.subject)}"]
    if incident.category is Category.OPERATIONAL:
        return ["Where: the agent itself"]
    known = STRANGER.fullmatch(incident.subject)
    subject = incident.subject if known else "a device whose serial is no serial"
    return [f"Where: {subject}, of no establishment that the register knows"]


def _what(incident: Incident, devices: Sequence[str]) -> str:
    """Of an establishment."""
    if incident.subject.startswith(LETTER):
        return "Where: its authorisation under section 40E (Annex C)"
    if STRANGER.fullmatch(incident.subject):
        return f"Where: {incident.subject}, which the register does not know"
    if incident.category is Category.OPERATIONAL:
        return f"Where: {incident.because}"
    return f"iPad: {', '.join(devices)}, asset tag {incident.subject}"


def _asked(incident: Incident, rule: Rule | None) -> list[str]:
    if rule is not None:
        return [
            f"What must hold: {rule.says} ({rule.requirement})",
            f"Annex E question {rule.question}: {QUESTIONS[rule.question]}",
            f"Please: {rule.remedy}",
        ]
    if incident.type == NOT_KNOWN:
        there = "" if incident.subject.startswith("platform/") else f"; {incident.because}"
        please = MDM_IS_SILENT if incident.subject == TENANT else IPAD_IS_SILENT
        return [f"What must hold: every check has an answer{there}", f"Please: {please}"]
    holds, please = OPERATIONS.get(incident.type, OF_ANOTHER_SCHEME)
    return [f"What must hold: {holds}", f"Please: {please}"]


def rendered(item: Letter, sender: str, to: str, date: datetime) -> bytes:
    """The message as it goes over the wire; `date` is an aware datetime."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = sender, to
    message["Subject"] = item.subject
    message["Date"] = format_datetime(date)
    message["Message-ID"] = item.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(item.body, cte="quoted-printable")
    return message.as_bytes()
