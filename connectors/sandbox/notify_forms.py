"""What Notify is sent, checked in its own words, and its templates filled."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from connectors.sandbox.mail import USER
from connectors.sandbox.wire import Answer, Json

TEMPLATES: Mapping[str, Mapping[str, str]] = {
    "email": {"subject": "((subject))", "body": "((body))"},
    "sms": {"body": "((text))"},
}
"""The service's templates by kind."""
TO = {"email": "email_address", "sms": "phone_number"}
OTHER = {"personalisation", "reference", "email_reply_to_id", "sms_sender_id"}
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
PLACE = re.compile(r"\(\((\w+)\)\)")
UK_DIGITS = 10  # of a mobile number, without 0 or +44


class NotifyRefused(Exception):
    """Carries what Notify answers."""

    def __init__(self, status: int, error: str, text: str) -> None:
        super().__init__(text)
        self.answer = refusal(status, error, text)


def refusal(
    status: int, error: str, text: str, headers: Mapping[str, str] | None = None
) -> Answer:
    """An error as Notify words it."""
    told = {"status_code": status, "errors": [{"error": error, "message": text}]}
    return Answer(status, told, headers or {})


def as_notify(status: int, headers: Mapping[str, str]) -> Answer:
    """What the sandbox was told to fail with."""
    error = {400: "BadRequestError", 403: "AuthError", 429: "RateLimitError"}
    return refusal(
        status, error.get(status, "Exception"), "The sandbox was told to fail here.", headers
    )


def wanted(kind: str, body: bytes) -> Json:
    """The request's JSON with all that it must have."""
    try:
        form: Any = json.loads(body)
    except ValueError as err:
        raise NotifyRefused(
            400, "BadRequestError", "Invalid JSON supplied in POST data"
        ) from err
    if not isinstance(form, dict):
        raise NotifyRefused(400, "ValidationError", "payload is not of type object")
    for name in (TO[kind], "template_id"):
        if name not in form:
            raise NotifyRefused(400, "ValidationError", f"{name} is a required property")
    extra = sorted(set(form) - {TO[kind], "template_id"} - OTHER)
    if extra:
        text = f"Additional properties are not allowed ({extra[0]} was unexpected)"
        raise NotifyRefused(400, "ValidationError", text)
    if not UUID.fullmatch(str(form["template_id"])):
        raise NotifyRefused(400, "ValidationError", "template_id is not a valid UUID")
    if not isinstance(form.get("personalisation", {}), dict):
        raise NotifyRefused(400, "ValidationError", "personalisation is not of type object")
    return form


def recipient(kind: str, form: Json) -> str:
    """The address, or the number in the form +447700900123."""
    to = str(form[TO[kind]])
    if kind == "email":
        if not ADDRESS.fullmatch(to):
            text = "email_address Not a valid email address"
            raise NotifyRefused(400, "ValidationError", text)
        return to
    digits = re.sub(r"[\s()+-]", "", to)
    if not digits.isdigit():
        text = "phone_number Must not contain letters or symbols"
        raise NotifyRefused(400, "ValidationError", text)
    own = re.sub(r"^(0044|44|0)", "", digits)
    if not own.startswith("7"):
        raise NotifyRefused(400, "ValidationError", "phone_number Not a UK mobile number")
    if len(own) != UK_DIGITS:
        few = "Not enough" if len(own) < UK_DIGITS else "Too many"
        raise NotifyRefused(400, "ValidationError", f"phone_number {few} digits")
    return f"+44{own}"


def filled(kind: str, form: Json) -> Json:
    """The template with what was given in its places."""
    given = form.get("personalisation", {})
    places = dict.fromkeys(PLACE.findall(" ".join(TEMPLATES[kind].values())))
    missing = [word for word in places if word not in given]
    if missing:
        text = f"Missing personalisation: {', '.join(missing)}"
        raise NotifyRefused(400, "BadRequestError", text)
    return {
        name: PLACE.sub(lambda found: str(given[found[1]]), text)
        for name, text in TEMPLATES[kind].items()
    }


def template_row(id_: str, kind: str, now: datetime) -> Json:
    """The template as Notify shows it."""
    text = TEMPLATES[kind]
    places = dict.fromkeys(PLACE.findall(" ".join(text.values())))
    return {
        "id": id_, "name": f"callsteward {kind}", "type": kind, "version": 1,
        "created_at": f"{now:%Y-%m-%dT%H:%M:%S.%fZ}", "updated_at": None,
        "created_by": "somebody@justice.example", "subject": text.get("subject"),
        "body": text["body"], "letter_contact_block": None,
        "personalisation": {word: {"required": True} for word in places},
    }  # fmt: skip


def as_mail(to: str, content: Json) -> bytes:
    """What a mail of Notify's arrives as."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = USER, to, content["subject"]
    mail.set_content(content["body"])
    return mail.as_bytes()
