"""Settings of users, of groups and of the account, and the locks on them.

There are two bodies, the usual one and that of `option=meeting_security`. A change answers
204 and may still be forgotten: where the parent setting is off, where a group's lock holds the
user, and where only the portal can change it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.sandbox.records import Edit, Records
from connectors.sandbox.wire import Answer, Json, stamp
from connectors.sandbox.zoom.baseline import (
    NEED_A_LICENCE,
    PARENTS,
    READ_ONLY,
    flat,
    nested,
)
from connectors.sandbox.zoom.directory import Directory
from connectors.sandbox.zoom.healthy import (
    ACCOUNT,
    GROUP_LOCKS,
    GROUP_SETTINGS,
    ONE_ACCOUNT,
    SETTINGS,
)
from connectors.sandbox.zoom.users import known_group, known_id
from connectors.sandbox.zoom.webhooks import Webhooks
from connectors.sandbox.zoom.wire import Call, Refused

OTHER_OPTIONS = ("meeting_authentication", "recording_authentication")


@dataclass
class SettingsOf:
    """`forgetful`: every change is answered with 204 and none is kept; `forgets`: the same for
    these paths and all below them."""

    records: Records
    account_id: str
    webhooks: Webhooks
    log: list[Json]
    forgetful: bool = False
    forgets: tuple[str, ...] = ()

    def of_user(self, call: Call, name: str) -> Answer:
        return _shown(call, self.users(known_id(self.records, call, name)))

    def change_user(self, call: Call, name: str) -> Answer:
        user = known_id(self.records, call, name)
        shut = {*READ_ONLY, *(path for path, on in self._locks_on(user).items() if on)}
        self._change(call, SETTINGS, user, self.users(user), shut)
        return Answer(204)

    def of_group(self, call: Call, group_id: str) -> Answer:
        known_group(self.records, group_id)
        return _shown(call, self.records.one(GROUP_SETTINGS, group_id) or {})

    def change_group(self, call: Call, group_id: str) -> Answer:
        """What a group locks, its members get too."""
        known_group(self.records, group_id)
        now = self.records.one(GROUP_SETTINGS, group_id) or {}
        taken = self._change(call, GROUP_SETTINGS, group_id, now, set(READ_ONLY))
        locks = self.records.one(GROUP_LOCKS, group_id) or {}
        for member in Directory(self.records).members(group_id):
            known = self.records.one(SETTINGS, member["id"]) or {}
            passed = {path: new for path, new in taken.items() if locks.get(path)}
            kept = {path: new for path, new in passed.items() if path in known}
            if kept:
                self.records.edit(Edit(SETTINGS, member["id"], set=kept))
        return Answer(204)

    def locks(self, call: Call, group_id: str) -> Answer:
        known_group(self.records, group_id)
        return _shown(call, self.records.one(GROUP_LOCKS, group_id) or {})

    def change_locks(self, call: Call, group_id: str) -> Answer:
        known_group(self.records, group_id)
        now = self.records.one(GROUP_LOCKS, group_id) or {}
        self._change(call, GROUP_LOCKS, group_id, now, set())
        return Answer(204)

    def of_account(self, call: Call, account: str) -> Answer:
        """Only the own account, also called `me`. Its locks are for master accounts alone."""
        if account not in ("me", self.account_id):
            raise Refused(404, 2001, f"Account does not exist: {account}.")
        told = self.records.one(ACCOUNT, ONE_ACCOUNT) or {}
        return _shown(call, {path: value for path, value in told.items() if "." in path})

    def users(self, user: str) -> Json:
        """Flat, without what this user's licence does not cover."""
        told = self.records.one(SETTINGS, user) or {}
        person = Directory(self.records).user(user) or {}
        if person.get("type") == 2:
            return told
        return {path: value for path, value in told.items() if path not in NEED_A_LICENCE}

    def in_force(self, user: str, path: str) -> object:
        """What holds for this user in a meeting: the group's value where the group locks it."""
        own = self.users(user).get(path)
        if not self._locks_on(user).get(path):
            return own
        person = Directory(self.records).user(user) or {}
        of_group = self.records.one(GROUP_SETTINGS, person["group_ids"][0]) or {}
        return of_group.get(path, own)

    def is_locked(self, user: str, path: str) -> bool:
        return bool(self._locks_on(user).get(path))

    def _locks_on(self, user: str) -> Mapping[str, object]:
        """The locks of the first group, whose settings win."""
        person = Directory(self.records).user(user) or {}
        groups = person.get("group_ids") or [""]
        return self.records.one(GROUP_LOCKS, groups[0]) or {}

    def _change(
        self, call: Call, collection: str, key: str, now: Json, shut: set[str]
    ) -> dict[str, object]:
        asked = flat(call.body())
        if not asked:
            raise Refused(400, 300, "Request Body should be a valid JSON object.")
        on = {**now, **asked}
        taken = {
            path: value
            for path, value in asked.items()
            if path not in shut
            and on.get(PARENTS.get(path, ""), True)
            and not path.startswith(self.forgets)
        }
        if self.forgetful or not taken:
            return {}
        self.records.edit(Edit(collection, key, set=taken))
        self._tell(call, collection, key, now, taken)
        return taken

    def _tell(
        self, call: Call, collection: str, key: str, now: Json, taken: Mapping[str, object]
    ) -> None:
        """The operation log, and the event that goes with the change."""
        words = {
            SETTINGS: ("User", "user.settings_updated"),
            GROUP_SETTINGS: ("Group", "group.settings_updated"),
            GROUP_LOCKS: ("Group", "group.lock_settings_updated"),
        }
        category, event = words[collection]
        changes = "; ".join(f"{path}: {now.get(path)} -> {taken[path]}" for path in taken)
        self.log.append(
            {
                "time": stamp(call.now),
                "operator": f"{call.app}@apps.example",
                "category_type": category,
                "action": "Update",
                "operation_detail": f"{category} {key} {changes}",
            }
        )
        old = {path: now[path] for path in taken if path in now}
        told = {"id": key, "settings": _both(taken)}
        self.webhooks.emit(event, {"object": told, "old_object": {"settings": _both(old)}})


def _both(settings: Mapping[str, object]) -> Json:
    security = nested(settings, "meeting_security")
    return nested(settings, "") | (security if security["meeting_security"] else {})


def _shown(call: Call, settings: Mapping[str, object]) -> Answer:
    option = call.text("option")
    if option in OTHER_OPTIONS:
        return Answer(200, {"authentication_options": []})
    if option not in ("", "meeting_security"):
        raise Refused(400, 300, "Invalid field: option.")
    return Answer(200, nested(settings, option))
