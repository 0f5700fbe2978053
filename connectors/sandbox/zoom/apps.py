"""The apps that may ask: one that reads, one that acts, one that device users consent to."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from connectors.sandbox.chance import Dice, zoom_id

READER_SCOPES = (
    "user:read:list_users:admin",
    "user:read:user:admin",
    "user:read:settings:admin",
    "user:read:presence_status:admin",
    "group:read:list_groups:admin",
    "group:read:group:admin",
    "group:read:list_members:admin",
    "group:read:settings:admin",
    "group:read:lock_settings:admin",
    "account:read:settings:admin",
    "cloud_recording:read:list_user_recordings:admin",
    "cloud_recording:read:list_recording_files:admin",
    "cloud_recording:read:meeting_transcript:admin",
    "meeting:read:list_summaries:admin",
    "meeting:read:list_meetings:admin",
    "meeting:read:meeting:admin",
    "meeting:read:past_meeting:admin",
    "meeting:read:list_past_participants:admin",
    "dashboard:read:list_meetings:admin",
    "dashboard:read:list_meeting_participants:admin",
    "report:read:user_activities:admin",
    "report:read:operation_logs:admin",
)
ACTOR_SCOPES = (
    "team_chat:write:contact_information:admin",
    "group:read:settings:admin",
    "group:update:settings:admin",
    "group:read:lock_settings:admin",
    "group:update:lock_settings:admin",
    "user:read:settings:admin",
    "user:update:settings:admin",
    "user:update:status:admin",
    "user:delete:token:admin",
    "meeting:read:list_meetings:admin",
    "meeting:read:meeting:admin",
    "meeting:write:meeting:admin",
    "meeting:delete:meeting:admin",
    "meeting:update:status:admin",
    "meeting:update:in_meeting_controls:admin",
    "meeting:delete:summary:admin",
    "cloud_recording:read:list_recording_files:admin",
    "cloud_recording:delete:meeting_recording:admin",
    "cloud_recording:update:recover_meeting_recordings:admin",
    "cloud_recording:delete:meeting_transcript:admin",
)
USER_SCOPES = ("team_chat:read:list_contacts", "team_chat:read:contact", "user:read:user")
REDIRECT = "https://callsteward.example/zoom/consent"
READER, ACTOR, USER_APP = "reader", "actor", "user_app"


@dataclass
class App:
    """`scopes` and `enabled` can be changed while it runs; tokens keep the scopes they got."""

    name: str
    client_id: str
    client_secret: str
    scopes: tuple[str, ...]
    enabled: bool = True

    def said(self) -> dict[str, str]:
        return {"client_id": self.client_id, "client_secret": self.client_secret}


@dataclass(frozen=True)
class Apps:
    account_id: str
    webhook_secret: str
    known: Mapping[str, App]

    def by_client(self, client_id: str) -> App | None:
        return next((one for one in self.known.values() if one.client_id == client_id), None)


def apps(seed: int) -> Apps:
    """The same for the same seed."""
    scopes = {READER: READER_SCOPES, ACTOR: ACTOR_SCOPES, USER_APP: USER_SCOPES}
    known = {
        name: App(name, _letters(seed, name, "id"), _secret(seed, name), granted)
        for name, granted in scopes.items()
    }
    account = zoom_id("A", Dice(seed, "zoom account").roll(1 << 126))
    return Apps(account, _letters(seed, "webhook", "secret"), known)


def _letters(*key: object) -> str:
    return zoom_id("c", Dice("zoom app", *key).roll(1 << 126)).replace("-", "a")


def _secret(seed: int, name: str) -> str:
    return hashlib.sha256(f"{seed}/{name}/secret".encode()).hexdigest()[:32]
