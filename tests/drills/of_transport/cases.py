"""Which fault, where, and what must come of it: the table that the drill goes through."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from agent.domain.checks import all_rules
from agent.policies import load_policy
from connectors.sandbox.ill import ILLS
from connectors.sandbox.wire import Break

Names = frozenset[str]

CHECKS: Names = frozenset(all_rules(load_policy().zoom))
NONE: Names = frozenset()


def _checks(*beginnings: str) -> Names:
    return frozenset(name for name in CHECKS if name.startswith(beginnings))


OF_ZOOM = _checks("zoom.")
OURS = _checks("authorisation.")  # looked up in our own memory: no fault hides them
OF_GRAPH = CHECKS - OF_ZOOM - OURS
OF_TENANT = _checks("mdm.strict")
APPS = _checks("apps.only-ours", "app.zoom")
DETAILS = APPS | _checks("device.single-app", "policy.compliant", "sim.registered")
ACCOUNT = OF_ZOOM - _checks("zoom.consent")


@dataclass(frozen=True, slots=True)
class Place:
    """One kind of call. While it fails, nobody can know `hides`, and on some iPads not `more`.
    `asked` picks single calls of an endpoint."""

    name: str
    endpoint: str
    hides: Names = NONE
    more: Names = NONE
    asked: str = ""

    @property
    def of_zoom(self) -> bool:
        return self.endpoint.startswith("zoom.")

    @property
    def source(self) -> str:
        return "Zoom" if self.of_zoom else "Intune|Graph|Entra"


_GRAPH_LATER = Place(
    "later page of the list",
    "managedDevices",
    more=_checks("device.serial"),  # another iPad with its name may be on that page
    asked="$skiptoken=",
)
_ZOOM_LATER = Place("later page of Zoom's users", "zoom.users", asked="next_page_token=")
PLACES: tuple[Place, ...] = (
    Place("token", "token", OF_GRAPH - {"register.listed"}, OF_GRAPH),
    Place("list and look-ups", "managedDevices", OF_GRAPH - OF_TENANT - {"register.listed"}),
    _GRAPH_LATER,
    Place("look-up", "managedDevices", more=OF_GRAPH - OF_TENANT, asked="serialNumber eq"),
    Place("batch", "batch", DETAILS, OF_GRAPH - OF_TENANT),
    Place("apps", "detectedApps", APPS),
    Place("iPads with an app", "detectedAppDevices", APPS),
    Place("policies of an iPad", "deviceCompliancePolicyStates", _checks("policy.compliant")),
    Place("profiles of an iPad", "deviceConfigurationStates", _checks("device.single-app")),
    Place("record of an iPad", "managedDevice", _checks("sim.registered")),
    Place("settings of the tenant", "deviceManagement", OF_TENANT),
    Place("policies of the tenant", "deviceCompliancePolicies", OF_TENANT),
    Place("Zoom's token", "zoom.token", ACCOUNT, OF_ZOOM),
    Place("Zoom's users", "zoom.users"),
    _ZOOM_LATER,
    Place("look-up of an account", "zoom.user", more=OF_ZOOM),
    Place("settings of an account", "zoom.userSettings", _checks("zoom.setting.")),
    Place("locks of a group", "zoom.groupLocks", _checks("zoom.lock.")),
    Place("allow-lists of a group", "zoom.groupSettings", _checks("zoom.allow-lists")),
    Place("recordings", "zoom.recordings", _checks("zoom.no-recordings")),
    Place("meetings held", "zoom.meetings", _checks("zoom.no-transcripts")),
    Place("transcripts", "zoom.transcript", more=_checks("zoom.no-transcripts")),
    Place("summaries", "zoom.summaries", _checks("zoom.no-summaries")),
    Place("contacts", "zoom.contacts", _checks("zoom.no-contacts"), _checks("zoom.consent")),
    Place("sign-ins", "zoom.activities", _checks("zoom.sign-ins"), _checks("zoom.version")),
)
BESIDE = ("deviceCompliancePolicyStates", "deviceConfigurationStates", "managedDevice")
LATER = (_GRAPH_LATER, _ZOOM_LATER)

CUT, SLOW, ODD = "cut off", "no whole answer in time", "not JSON, or is broken off"
MOVED = "the list changed while it was read"
WORDS: Mapping[str, str] = {  # what the gap says
    "busy": "429",
    "busy-seconds": "429",
    "busy-fraction": "429",
    "busy-date": "429",
    "busy-long": "429",
    "error-500": "500",
    "error-502": "502",
    "error-503": "503",
    "html-502": "502",
    "html": ODD,
    "empty": "the answer is empty",
    "empty-object": "the answer is empty",
    "truncated": ODD,
    "token-revoked": "401",
    "tokens-refused": "401",
    "timeout": SLOW,
    "lost": CUT,
    "cut": CUT,
    "cut-chunk": CUT,
    "drip": SLOW,
    "refused": "the connection was refused",
    "certificate-expired": "its certificate has expired",
}
PAGED: Mapping[str, str] = {"same-token": "circle", "shorter": MOVED, "longer": MOVED}
EVERYTHING = ("refused", "certificate-expired", "tokens-refused")  # all of that vendor
STAY = {"busy-long", "tokens-refused", "certificate-expired", "same-token"}  # never pass
ALIKE = frozenset(name for name in WORDS if name.startswith(("busy", "error")))
EVERY_FOURTH, EVERY_FIFTH = 4, 5  # of the places: together such faults meet all of them
SPREAD = 21  # the short run takes each so-manieth case


def _is_of_the_line(fault: str) -> bool:
    ill = ILLS[fault]
    return ill.breaks is not Break.NONE or ill.revokes


@dataclass(frozen=True, slots=True)
class Case:
    """`passes`: it is for once, and nothing may be seen of it."""

    fault: str
    place: Place
    words: str
    passes: bool = False

    @property
    def name(self) -> str:
        return f"{self.fault}{' once' if self.passes else ''} at {self.place.name}"

    @property
    def over_tls(self) -> bool:
        return self.fault == "certificate-expired"

    @property
    def failure(self) -> dict[str, object]:
        told: dict[str, object] = {"endpoint": self.place.endpoint, "fault": self.fault}
        told["asked"] = self.place.asked
        if self.passes:
            told |= {"times": 1, "seconds": 0.2}
        return told

    @property
    def settings(self) -> Mapping[str, str]:
        """Short where the time runs out; long where a busy machine must not end it."""
        patience = "8" if self.passes else "2"
        deadline = "2" if self.words == SLOW else "20"
        return {"DEADLINE_SECONDS": deadline, "RETRY_SECONDS": patience}

    def may_hide(self, check: str) -> bool:
        if self.passes:
            return False
        if self.fault in EVERYTHING:
            return check in (OF_ZOOM if self.place.of_zoom else OF_GRAPH)
        if self.fault == "token-revoked" and self.place.of_zoom:
            return check in OF_ZOOM  # reads go on at once, and each loses its token
        if self.place.endpoint in BESIDE and _is_of_the_line(self.fault):
            return check in DETAILS  # the line breaks for all that was asked in one batch
        return check in self.place.hides | self.place.more

    def must_hide(self, check: str) -> bool:
        return not self.passes and check in self.place.hides


def every() -> list[Case]:
    """Each fault at each place; those that are alike, and those that pass, share the places."""
    found: list[Case] = []
    for number, (fault, words) in enumerate(WORDS.items()):
        step = EVERY_FOURTH if fault in ALIKE else 1
        found += (Case(fault, place, words) for place in PLACES[number % step :: step])
        if fault not in STAY:
            some = PLACES[number % EVERY_FIFTH :: EVERY_FIFTH]
            found += (Case(fault, place, words, passes=True) for place in some)
    return [case for case in found if _can_be(case)] + list(_paged())


def _can_be(case: Case) -> bool:
    """Where the usual answer is a 404, there is no JSON to break off."""
    usually_404 = case.place.endpoint in ("zoom.user", "zoom.transcript")
    return not (case.fault == "truncated" and usually_404)


def _paged() -> Iterator[Case]:
    for fault, words in PAGED.items():
        for place in LATER:
            yield Case(fault, place, words)
            if fault not in STAY:
                yield Case(fault, place, words, passes=True)


def short() -> list[Case]:
    """A spread, which has each kind of fault."""
    return every()[::SPREAD]
