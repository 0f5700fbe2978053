"""How an incident is told at the command line."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from agent.domain.incident import Incident
    from agent.services.incident_pages import Whole
    from agent.store.incident_events import Event
    from agent.store.incidents import Told


def shortly(one: "Incident") -> dict[str, object]:
    """For programs, as a line of a list."""
    return {
        "id": one.id,
        "state": one.state.value,
        "type": one.type,
        "category": one.category.value,
        "severity": one.severity.name,
        "establishment": one.establishment,
        "subject": one.subject,
        "reason": one.reason,
        "revision": one.revision,
        "opened_at": one.opened_at.isoformat(),
        "changed_at": one.changed_at.isoformat(),
        "cleared_at": _iso(one.cleared_at),
        "acknowledged_by": one.acknowledged_by,
        "taken_by": one.taken_by,
    }


def whole(found: "Whole") -> dict[str, object]:
    """For programs, all of it."""
    one = found.incident
    return {
        **shortly(one),
        "because": one.because,
        "reopened_at": _iso(one.reopened_at),
        "acknowledged_at": _iso(one.acknowledged_at),
        "phone": one.phone,
        "ir": one.ir,
        "cause": one.cause,
        "closing_by": one.closing_by,
        "override_by": one.override_by,
        "closed_at": _iso(one.closed_at),
        "closed_by": one.closed_by,
        "related": list(found.related),
        "beside": list(found.beside),
        "timeline": [_event(event) for event in found.events],
        "letters": [_letter(letter) for letter in found.letters],
    }


def on_a_line(one: "Incident") -> str:
    """INC-2026-00001 HIGH MDI K10001: not supervised (device.supervised), open since ..."""
    where = " ".join(filter(None, (one.establishment, one.subject)))
    who = f" by {one.taken_by or one.acknowledged_by}" if one.acknowledged_by else ""
    over = f", no longer found since {_spoken(one.cleared_at)}" if one.cleared_at else ""
    return (
        f"{one.id} {one.severity.name} {where}: {one.reason.replace('-', ' ')} ({one.type}),"
        f" {one.state.value}{who}, since {_spoken(one.opened_at)}{over}"
    )


def lines(found: "Whole") -> list[str]:
    """For people: the incident, its references, its timeline, who was told."""
    one = found.incident
    facts = {
        "because": one.because,
        "telephone reference": one.phone,
        "IR": one.ir,
        "cause": one.cause,
        "asked to close": one.closing_by,
        "without the call to Infosec": one.override_by,
        "related": " ".join(found.related),
        "also not closed of it": " ".join(found.beside),
    }
    return [
        on_a_line(one),
        *(f"  {name}: {value}" for name, value in facts.items() if value),
        *(_event_line(event) for event in found.events),
        *(_letter_line(letter) for letter in found.letters),
    ]


def _event_line(event: "Event") -> str:
    told = "".join(f", {name} {value}" for name, value in event.details.items())
    words = f": {event.words}" if event.words else ""
    return f"{event.number:>3} {_spoken(event.at)} {event.what} by {event.by}{told}{words}"


def _letter_line(letter: "Told") -> str:
    when = _spoken(letter.accepted_at) if letter.accepted_at else "not accepted yet"
    answer = f": {letter.answer}" if letter.answer else ""
    return f"told {letter.to} (message {letter.revision}): {when}{answer}"


def _event(event: "Event") -> dict[str, object]:
    return {
        "number": event.number,
        "at": event.at.isoformat(),
        "what": event.what,
        "by": event.by,
        "revision": event.revision,
        "details": dict(event.details),
        "words": event.words,
    }


def _letter(letter: "Told") -> dict[str, object]:
    return {
        "to": str(letter.to),
        "revision": letter.revision,
        "written_at": letter.written_at.isoformat(),
        "accepted_at": _iso(letter.accepted_at),
        "answer": letter.answer,
    }


def _iso(when: "datetime | None") -> str | None:
    return when.isoformat() if when else None


def _spoken(when: "datetime") -> str:
    from agent.cli.call_run import spoken

    return spoken(when)
