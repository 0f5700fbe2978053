"""Contacts of a device user: external ones are shown to that user's own token alone."""

import re
from dataclasses import dataclass
from datetime import datetime

from connectors.sandbox.records import Edit, Records
from connectors.sandbox.wire import NO_END, Answer, Json, stamp
from connectors.sandbox.zoom.baseline import ADDING
from connectors.sandbox.zoom.directory import Directory
from connectors.sandbox.zoom.healthy import (
    CONTACTS,
    GROUP_SETTINGS,
    INVITATIONS,
    contact,
)
from connectors.sandbox.zoom.pages import Pages
from connectors.sandbox.zoom.users import known_id
from connectors.sandbox.zoom.wire import Call, Refused

ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


@dataclass
class Contacts:
    records: Records
    pages: Pages

    def listed(self, call: Call) -> Answer:
        """Of the own company, unless `type=external`."""
        user, kind = known_id(self.records, call, "me"), call.text("type", "company")
        if kind not in ("company", "external"):
            raise Refused(400, 300, "Invalid field: type.")
        rows = self.external(user, call.now) if kind == "external" else self._company(user)
        cut = self.pages.cut(call, rows, 10, 50)
        return Answer(200, {"contacts": cut.rows, **cut.numbers()})

    def one(self, call: Call, name: str) -> Answer:
        user = known_id(self.records, call, "me")
        for row in (*self.external(user, call.now), *self._company(user)):
            if name.casefold() in (
                str(row.get(field)).casefold() for field in ("id", "email", "member_id")
            ):
                return Answer(200, {**row, "presence_status": "Offline"})
        raise Refused(404, 1001, f"User does not exist: {name}.")

    def invite(self, call: Call, name: str) -> Answer:
        """204 tells nothing of whether anyone takes it; who may be asked, the group says.

        Whoever is a contact or of the account already is asked nothing, and it answers alike.
        """
        user = known_id(self.records, call, name)
        email = call.body().get("email")
        if not isinstance(email, str) or not ADDRESS.fullmatch(email):
            raise Refused(400, 300, "Invalid email format")
        if not self._may_add(user, email):
            raise Refused(403, 403, "No permission to add new contact.")
        if not self._knows(user, email, call.now):
            key = f"{user}/{email.lower()}"
            before = self.records.one(INVITATIONS, key) or {}
            asked = {"email": email, "message": call.body().get("message", "")}
            asked |= {"sent_at": stamp(call.now), "mails": before.get("mails", 0) + 1}
            self.records.edit(Edit(INVITATIONS, key, whole=before | asked))
        return Answer(204)

    def accept(self, user: str, email: str, at: datetime, by: str = "") -> bool:
        """The family takes the invitation, at `at` and perhaps with the account `by`: from
        then on they are each other's contact. False: there is no such invitation."""
        key = f"{user}/{email.lower()}"
        if self.records.one(INVITATIONS, key) is None:
            return False
        taken = {"accept_at": stamp(at), "accept_as": by or email}
        self.records.edit(Edit(INVITATIONS, key, set=taken))
        return True

    def remove(self, user: str, email: str, now: datetime) -> Json | None:
        """Somebody takes the contact away on the iPad; None: there is no such contact."""
        for row in self.external(user, now):
            if row["email"].casefold() == email.casefold():
                key = f"{user}/{row['member_id']}"
                self.records.edit(Edit(CONTACTS, key, drop=True))
                return row
        return None

    def come_back(self, user: str, email: str, at: datetime) -> None:
        """Who was removed still has the chat, and adds the iPad's user again from there."""
        back = {"email": email, "accept_at": stamp(at), "accept_as": email}
        self.records.edit(Edit(INVITATIONS, f"{user}/{email.lower()}", whole=back))

    def external(self, user: str, now: datetime) -> list[Json]:
        """Those who have accepted by now among them."""
        for name, one in self.records.named_children(INVITATIONS, user).items():
            if datetime.fromisoformat(one.get("accept_at", NO_END)) <= now:
                row = contact(one["accept_as"])
                self.records.edit(Edit(INVITATIONS, f"{user}/{name}", drop=True))
                self.records.edit(Edit(CONTACTS, f"{user}/{row['member_id']}", whole=row))
        return self.records.children(CONTACTS, user)

    def _knows(self, user: str, email: str, now: datetime) -> bool:
        contacts = (str(row.get("email")).casefold() for row in self.external(user, now))
        return email.casefold() in contacts or Directory(self.records).find(email) is not None

    def _may_add(self, user: str, email: str) -> bool:
        person = Directory(self.records).user(user) or {}
        groups = person.get("group_ids") or [""]
        told = self.records.one(GROUP_SETTINGS, groups[0]) or {}
        if not told.get(f"{ADDING}.enable"):
            return False
        option = told.get(f"{ADDING}.selected_option")
        if option == 4:
            listed = str(told.get(f"{ADDING}.user_email_addresses") or "")
            return email.casefold() in (one.strip().casefold() for one in listed.split(","))
        return option == 1

    def _company(self, user: str) -> list[Json]:
        """The other iPad of the establishment, say."""
        estate = self.records.estate
        index = estate.index_of_zoom_user(user)
        other = None if index is None else estate.ipad((index ^ 1) % estate.devices)
        found = other and Directory(self.records).user(other.zoom_user)
        if not found or found.get("id") == user:
            return []
        names = ("id", "email", "first_name", "last_name")
        return [{**{name: found.get(name, "") for name in names}, "member_id": found["id"]}]
