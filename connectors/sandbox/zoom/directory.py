"""Who is in the account: users and groups, found by any of their names."""

from collections.abc import Iterator
from dataclasses import dataclass

from connectors.sandbox.records import Records
from connectors.sandbox.wire import Json
from connectors.sandbox.zoom.healthy import GROUPS, USERS


@dataclass(frozen=True, slots=True)
class Directory:
    records: Records

    def user(self, user_id: str) -> Json | None:
        return self.records.one(USERS, user_id)

    def find(self, name: str) -> Json | None:
        """By id or e-mail. A pending user has no id yet, so only the e-mail finds one."""
        if "@" in name:
            return self._by_email(name)
        found = self.user(name)
        return None if found is None or found.get("status") == "pending" else found

    def places(self) -> int:
        """How many places the list of users has; some may be empty."""
        return self.records.estate.devices + len(self.added(USERS))

    def at(self, place: int) -> Json | None:
        estate = self.records.estate
        if place < estate.devices:
            return self.user(estate.ipad(place).zoom_user)
        return self.user(self.added(USERS)[place - estate.devices])

    def added(self, collection: str) -> tuple[str, ...]:
        """Keys of the users or groups that edits brought in."""
        estate = self.records.estate
        ours = estate.index_of_zoom_user if collection == USERS else estate.index_of_zoom_group
        return tuple(key for key in self.records.touched(collection) if ours(key) is None)

    def edited(self) -> Iterator[Json]:
        """The users that any edit touched: all the others are as a healthy one is."""
        found = (self.user(key) for key in self.records.touched(USERS))
        return (user for user in found if user is not None)

    def group(self, group_id: str) -> Json | None:
        return self.records.one(GROUPS, group_id)

    def group_at(self, place: int) -> Json | None:
        estate = self.records.estate
        if place < estate.devices:
            return self.group(estate.ipad(place).zoom_group)
        return self.group(self.added(GROUPS)[place - estate.devices])

    def members(self, group_id: str) -> list[Json]:
        """In a healthy estate one user; edits may have put others in."""
        index = self.records.estate.index_of_zoom_group(group_id)
        own = None if index is None else self.user(self.records.estate.ipad(index).zoom_user)
        found = {} if own is None else {own["id"]: own}
        found |= {user["id"]: user for user in self.edited()}
        return [user for user in found.values() if group_id in (user.get("group_ids") or ())]

    def _by_email(self, email: str) -> Json | None:
        index = self.records.estate.index_of_account(email)
        own = None if index is None else self.user(self.records.estate.ipad(index).zoom_user)
        candidates = (own, *self.edited()) if own else self.edited()
        wanted = email.casefold()
        return next((one for one in candidates if _email(one) == wanted), None)


def _email(user: Json) -> str:
    return str(user.get("email")).casefold()
