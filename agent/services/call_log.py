"""The log of a call (D7): whom, where, how long, and any security issue."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.domain.call import Call, duration, legs, of_contact, on_duty, security_issue
from agent.domain.people import Actor
from agent.services.call_book import personal
from agent.services.call_office import Office
from agent.services.call_zoom import InZoom, in_zoom, people


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """What the protocol says that a log must include. Times are UTC."""

    call: Call
    name: str
    email: str
    phone: str
    legs: tuple[tuple[datetime, datetime | None], ...]
    duration: timedelta
    staff: tuple[str, ...]
    text: str  # the version of the legal text that was read
    concerns: tuple[str, ...]
    ended: str
    security_issue: bool
    ir: str
    zoom: InZoom
    people: Mapping[int, list[dict[str, object]]]  # as Zoom showed them, by leg


def log(office: Office, call_id: str, by: Actor) -> Log:
    """Reading it is written down: it has the contact's name, address and number."""
    words = personal(office, call_id, by)
    call = office.found(call_id)
    informed = call.last("inform")
    contact = words.get(informed.number, {}) if informed else {}
    return Log(
        call=call,
        name=contact.get("name_of_contact", ""),
        email=contact.get("email", ""),
        phone=contact.get("phone", ""),
        legs=tuple(legs(call)),
        duration=duration(call),
        staff=on_duty(call),
        text=of_contact(call, "precall").get("text", ""),
        concerns=tuple(one.said["kind"] for one in call.of("concern")),
        ended=call.said("end").get("reason", ""),
        security_issue=security_issue(call),
        ir=call.said("ir").get("reference", ""),
        zoom=in_zoom(office, call),
        people=people(office, call),
    )
