"""Who must be told of an incident, reckoned anew from the protocol and not from our routes.

A security issue (Annex E, X9): Security of the place, Infosec, the provider's management. Loss,
damage, compromise (E5): Regional Silver too. Upkeep from MEDIUM on: the SPOC. What the agent
could not do: Infosec and the provider. What is HIGH when nobody is at a desk also rings: the
duty phone, or one telephone of Infosec where one cause strikes many iPads.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

UK = ZoneInfo("Europe/London")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SEVERITIES = {"LOW": 1, "MEDIUM": 2, "HIGH": 3}
MEDIUM, HIGH = SEVERITIES["MEDIUM"], SEVERITIES["HIGH"]
HOST = "callsteward.invalid"
BY_CATEGORY = {
    "security": ("security", "infosec", "provider-management"),
    "loss": ("regional-silver", "security", "infosec", "provider-management"),
    "upkeep": (),
    "operational": ("infosec", "provider-management"),
}


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision of an incident. `at`: microseconds of the epoch, when it began."""

    incident: str
    number: int
    at: int
    category: str
    severity: int
    site: str  # empty: of none
    shared: bool  # one cause of many iPads


@dataclass(frozen=True, slots=True)
class Owed:
    """A letter that somebody must get: its Message-ID, and the inbox."""

    message_id: str
    address: str


def out_of_hours(at: int) -> bool:
    """Nobody reads an inbox: at night, and at the weekend."""
    there = (EPOCH + timedelta(microseconds=at)).astimezone(UK)
    return there.weekday() >= 5 or not 8 <= there.hour < 18


@dataclass(frozen=True)
class Inboxes:
    """The rows of contacts.csv."""

    rows: Sequence[Mapping[str, str]]

    def owed(self, told: Revision) -> Iterator[Owed]:
        """Every letter of this revision, each once."""
        roles = list(BY_CATEGORY[told.category])
        if told.category == "upkeep" and told.severity >= MEDIUM:
            roles.append("spoc")
        if told.severity == HIGH and out_of_hours(told.at):
            if not told.shared:
                roles.append("duty-phone")
            elif told.category in ("security", "loss"):
                roles.append("infosec-phone")
        for role in roles:
            found = self.inbox(role, told.site)
            if found is not None:
                word, address = found
                left = f"{told.incident}.{told.number}.{word}".replace(" ", "_")
                yield Owed(f"<{left}@{HOST}>", address)

    def inbox(self, role: str, site: str) -> tuple[str, str] | None:
        """Its word in a Message-ID, and its address; None: this place has none."""
        here = self._row("establishment", site)
        if role in ("infosec", "provider-management"):
            own = here.get("provider_management", "") if role != "infosec" else ""
            if own:
                return f"{role}.{site}", own
            return role, self._row("national", "")[role.replace("-", "_")]
        if role == "infosec-phone":  # nothing here sends texts: it goes to who stands in
            return role, self._row("national", "")["infosec"]
        if not site:
            return None
        silver = self._row("region", here["region"])["regional_silver"]
        if role == "regional-silver":
            return f"{role}.{here['region']}", silver
        if role == "duty-phone":
            return f"{role}.{site}", silver
        return f"{role}.{site}", here[role]

    def _row(self, scope: str, code: str) -> Mapping[str, str]:
        for row in self.rows:
            if row["scope"] == scope and (row["code"] or row["region"]) == code:
                return row
        return {}
