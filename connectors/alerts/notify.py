"""GOV.UK Notify by its own client: mail and text messages, each by a template of the service.

The client is not thread-safe, waits for each socket operation anew, and repeats nothing: so
each call has a client of its own over our session, within one deadline. Notify keeps what it
took under our reference for a week; a repeat asks for that first.
"""

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, TypeAlias
from uuid import UUID

import requests

from agent.domain.note import Note
from agent.errors import Misconfigured, UnknownReply
from agent.ports.alerts import Tried
from connectors import deadline
from connectors.alerts.notify_faults import fault, not_whole
from connectors.http import Reach, no_answer, session_of

NAME = "GOV.UK Notify"
CLOCKS_DIFFER = timedelta(minutes=1)  # Notify takes half of it
KEY = re.compile(r".+-[0-9a-f-]{36}-[0-9a-f-]{36}")
NO_EXTRA = "Install callsteward with its extra, from a clone: pip install '.[notify]'"
Fields: TypeAlias = Callable[[Note], Mapping[str, str]]
Kind: TypeAlias = Literal["email", "sms"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Service:
    """A service of Notify, and how it is reached. `key` is a secret."""

    key: str = field(repr=False)
    url: str
    reach: Reach
    now: Callable[[], datetime]


class NotifyChannel:
    """The port `Channel`, for one kind of message. Thread-safe.

    `fields` are what the template is filled with. Raises Misconfigured when it is made.
    """

    def __init__(self, service: Service, kind: Kind, template: str, fields: Fields) -> None:
        if not KEY.fullmatch(service.key):
            raise Misconfigured(
                "the key for GOV.UK Notify is not one", "Write a whole API key into its file."
            )
        self._client = _client_class()
        self._service, self._kind, self._template = service, kind, template
        self._fields = fields

    def send(self, note: Note, *, to: str) -> str:
        given: dict[str, Any] = {
            "template_id": self._template,
            "personalisation": dict(self._fields(note)),
            "reference": reference(note),
        }

        def hand_over(client: Any) -> Any:
            if self._kind == "sms":
                return client.send_sms_notification(phone_number=to, **given)
            return client.send_email_notification(email_address=to, **given)

        return f"201 {_id(self._call(f'send {self._kind}', hand_over))}"

    def earlier(self, note: Note, *, to: str) -> str | None:
        told = self._call(
            "look up", lambda client: client.get_all_notifications(reference=reference(note))
        )
        rows = told.get("notifications")
        if not isinstance(rows, list):
            raise not_whole(f"{NAME}: look up")
        taken = [row for row in rows if _is_of(row, note, to)]
        return f"201 {_id(taken[0])} (taken before, {len(taken)} in all)" if taken else None

    def try_out(self, *, to: str) -> Tried:
        """The key, and that the template is there with the places that we fill."""
        told = self._call("template", lambda client: client.get_template(self._template))
        places = told.get("personalisation")
        wanted = set(self._fields(EMPTY))
        if told.get("type") != self._kind or not isinstance(places, dict):
            raise not_whole(f"{NAME}: template for {self._kind}")
        if set(places) != wanted:
            words = " and ".join(f"(({word}))" for word in sorted(wanted))
            raise Misconfigured(
                f"{NAME}: the template for {self._kind} has other places than {words}",
                f"Give the template exactly {words}.",
            )
        return Tried(f"{NAME} takes our key, and the template for {self._kind} fits.")

    def _call(self, what: str, ask: Callable[[Any], Any]) -> dict[str, Any]:
        from notifications_python_client.errors import HTTPError, InvalidResponse

        what = f"{NAME}: {what}"
        service = self._service
        seconds = service.reach.deadline.total_seconds()
        try:
            with deadline.within(service.reach.deadline), session_of(service.reach) as session:
                client = self._client(service.key, base_url=service.url, timeout=seconds)
                session.max_redirects = 0
                client.request_session = session
                told = ask(client)
        except TimeoutError as err:
            raise no_answer(what, err) from err
        except InvalidResponse as err:
            raise not_whole(what) from err
        except HTTPError as err:
            cause = err.__cause__
            if err.response is None and isinstance(cause, requests.RequestException):
                raise no_answer(what, cause) from err
            raise fault(what, err.response, service.now()) from err
        if not isinstance(told, dict):
            raise not_whole(what)
        return told


EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
EMPTY = Note(
    message_id="", subject="", body="", written_at=EPOCH, incident="", revision=1, type="",
    category="", to="", opened_at=EPOCH,
)  # fmt: skip


def reference(note: Note) -> str:
    """What Notify calls the message by, in its receipts too."""
    return note.message_id.strip("<>")


def _is_of(row: Any, note: Note, to: str) -> bool:
    """Whether it is this very letter to this recipient: another installation that uses the same
    service, or this one before its database was made anew, has letters of the same names."""
    if not isinstance(row, dict):
        return False
    there = [str(row.get(name) or "") for name in ("email_address", "phone_number")]
    return _made(row) >= note.written_at - CLOCKS_DIFFER and _same(to) in map(_same, there)


def _made(row: dict[str, Any]) -> datetime:
    try:
        found = datetime.fromisoformat(str(row.get("created_at")))
    except ValueError:
        return EPOCH
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _same(to: str) -> str:
    """What is the same however an address, or a number, is written."""
    return to.strip().lower() if "@" in to else re.sub(r"\D", "", to)[-9:]


def half(limit: timedelta) -> timedelta:
    """Of a letter's time: for the look and for the sending."""
    return limit / 2


def _id(told: Any) -> str:
    try:
        return str(UUID(told["id"]))
    except (KeyError, TypeError, ValueError, AttributeError) as err:
        raise UnknownReply(f"{NAME}: the answer has no id") from err


def _client_class() -> Callable[..., Any]:
    try:
        from notifications_python_client import NotificationsAPIClient
    except ModuleNotFoundError as err:
        raise Misconfigured("GOV.UK Notify's client is not installed", NO_EXTRA) from err
    logging.getLogger("notifications_python_client.base").disabled = True  # it quotes answers
    made: Callable[..., Any] = NotificationsAPIClient
    return made
