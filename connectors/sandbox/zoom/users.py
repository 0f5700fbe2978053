"""Users, and the groups that they are in."""

from dataclasses import dataclass

from connectors.sandbox.records import Edit, Records
from connectors.sandbox.wire import Answer, Json
from connectors.sandbox.zoom.directory import Directory
from connectors.sandbox.zoom.healthy import GROUPS, USERS
from connectors.sandbox.zoom.pages import Pages
from connectors.sandbox.zoom.wire import Call, Refused

STATUSES = ("active", "inactive", "pending")
NOT_YET = ("id", "last_login_time", "last_client_version", "pmi")  # of a pending user


@dataclass
class Users:
    records: Records
    pages: Pages
    account_id: str

    def listed(self, call: Call) -> Answer:
        """One status at a time, active ones unless told otherwise."""
        directory, status = Directory(self.records), call.text("status", "active")
        if status not in STATUSES:
            raise Refused(400, 300, "Invalid field: status.")
        active = status == "active"
        special = [user for user in directory.edited() if _of_status(user, status)]

        def read(place: int) -> Json | None:
            user = directory.at(place) if active else special[place]
            return _shown(_of_status(user, status))

        places = directory.places() if active else len(special)
        cut = self.pages.walk(call, places, read, 30, 2000)
        total = self._total(directory, status)
        numbers = {"page_count": -(-total // cut.size), "page_number": 1, **cut.numbers()}
        return Answer(200, {**numbers, "total_records": total, "users": cut.rows})

    def one(self, call: Call, name: str) -> Answer:
        user = self._found(call, name)
        more = {"account_id": self.account_id, "cluster": "eu01", "role_name": "Member"}
        return Answer(200, _shown({**more, **user}))

    def set_status(self, call: Call, name: str) -> Answer:
        """Deactivate or activate."""
        user, action = self._found(call, name), call.body().get("action")
        if action not in ("activate", "deactivate"):
            raise Refused(400, 300, "Invalid field: action.")
        status = "active" if action == "activate" else "inactive"
        self.records.edit(Edit(USERS, user["id"], set={"status": status}))
        return Answer(204)

    def sign_out(self, call: Call, name: str) -> Answer:
        self._found(call, name)
        return Answer(204)

    def groups(self, call: Call) -> Answer:
        directory = Directory(self.records)
        added = len(directory.added(GROUPS))

        def read(place: int) -> Json | None:
            group = directory.group_at(place)
            return None if group is None else self._counted(group)

        places = self.records.estate.devices + added
        cut = self.pages.walk(call, places, read, 10, 300)
        total = sum(directory.group_at(place) is not None for place in range(places))
        body = {"groups": cut.rows, **cut.numbers(), "total_records": total}
        return Answer(200, body)

    def group(self, call: Call, group_id: str) -> Answer:
        return Answer(200, self._counted(known_group(self.records, group_id)))

    def members(self, call: Call, group_id: str) -> Answer:
        known_group(self.records, group_id)
        fields = ("id", "email", "first_name", "last_name", "type")
        rows = [
            {name: user[name] for name in fields if name in user}
            for user in Directory(self.records).members(group_id)
        ]
        cut = self.pages.cut(call, rows, 30, 300)
        body = {"members": cut.rows, "total_records": len(rows), **cut.numbers()}
        return Answer(200, body)

    def _counted(self, group: Json) -> Json:
        members = Directory(self.records).members(group["id"])
        return {**group, "total_members": len(members)}

    def _found(self, call: Call, name: str) -> Json:
        return known_user(self.records, call, name)

    def _total(self, directory: Directory, status: str) -> int:
        special = sum(_of_status(user, status) is not None for user in directory.edited())
        if status != "active":
            return special
        estate = self.records.estate
        touched = map(estate.index_of_zoom_user, self.records.touched(USERS))
        return estate.devices - sum(index is not None for index in touched) + special


def known_user(records: Records, call: Call, name: str) -> Json:
    """The user of a path: an id, an e-mail, or `me` where the token is a user's."""
    if name == "me":
        name = call.user
    elif call.user and name != call.user:
        found = Directory(records).find(name)
        if found is None or found.get("id") != call.user:
            raise Refused(400, 200, "No permission.")
    user = Directory(records).find(name) if name else None
    if user is None:
        raise Refused(404, 1001, f"User does not exist: {name or 'me'}.")
    return user


def known_id(records: Records, call: Call, name: str) -> str:
    """The id of a user who has one already."""
    user = known_user(records, call, name)
    if user.get("status") == "pending":
        raise Refused(404, 1001, f"User does not exist: {name}.")
    return str(user["id"])


def known_group(records: Records, group_id: str) -> Json:
    group = Directory(records).group(group_id)
    if group is None:
        raise Refused(404, 4130, f"Group does not exist: {group_id}.")
    return group


def _of_status(user: Json | None, status: str) -> Json | None:
    return user if user is not None and user.get("status") == status else None


def _shown(user: Json | None) -> Json | None:
    """A pending user has no id and never signed in."""
    if user is None or user.get("status") != "pending":
        return user
    return {name: value for name, value in user.items() if name not in NOT_YET}
