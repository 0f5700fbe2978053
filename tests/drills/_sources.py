"""Every source that a sweep reads: how the sandbox makes it unreadable, and what it hides then.

What it hides is written down here from what each check is about. It is no answer of the sweep:
a drill that asked the code under test would agree with it whatever it did.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from connectors.sandbox.faults.truth import (
    KEPT_BY_SERVER,
    NEEDS_A_ZOOM_ACCOUNT,
    TOLD_BY_DEVICE,
    ZOOM_LOCKS,
    ZOOM_SETTINGS,
)

Answer = tuple[str, str]  # verdict, reason
Answers = Mapping[str, Answer]  # of one iPad, by check: the truth while all can be read
NOT_READ: Answer = ("unknown", "not-read")

OF_THE_MDM = ("device.enrolled", "device.one-record", *KEPT_BY_SERVER, *TOLD_BY_DEVICE)
APPS = ("apps.only-ours", "app.zoom")
PROFILES = ("device.single-app",)
POLICIES = ("policy.compliant",)
SIM = ("sim.registered",)
OF_THE_ACCOUNT = ("zoom.account", *NEEDS_A_ZOOM_ACCOUNT)
CONSENT = ("zoom.consent",)
NO_RECORD = ("not-enrolled", "several-records")
NO_ACCOUNT = ("zoom-no-account", "zoom-pending")
NO_CONSENT = ("consent-missing", "consent-lapsed")
BY_THE_RECORD = (  # of the compliance: the vendor's word, which is a field of the record
    "noncompliant", "in-grace-period", "compliance-error", "compliance-conflict",
    "compliance-unknown", "unknown-value", "not-told",
)  # fmt: skip


def everybody(answers: Answers) -> bool:
    return True


def not_listed(answers: Answers) -> bool:
    """The MDM's list lacks it, so it is asked for directly."""
    return answers["device.enrolled"] == ("fail", "not-enrolled")


def no_user(answers: Answers) -> bool:
    """Zoom's list lacks its account, so that is asked for directly."""
    return answers["zoom.account"] == ("fail", "zoom-no-account")


@dataclass(frozen=True, slots=True)
class Hidden:
    """Answers of these checks that cannot be known.

    An answer for one of the reasons `spared` comes from elsewhere, or says why there was
    nothing to ask.
    """

    checks: Collection[str]
    spared: Collection[str] = ()
    of: Callable[[Answers], bool] = everybody

    def holds(self, answers: Answers, check: str) -> bool:
        spared = answers[check][1] in self.spared
        return check in self.checks and not spared and self.of(answers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """`names`: words of the gap. `witness`: a fault that is planted each time.

    A 403 is not tried again. A 503 is, eight times: this shows the patience.
    """

    name: str
    endpoint: str
    names: str
    witness: str
    hides: tuple[Hidden, ...] = ()
    skip: int = 0  # calls that are answered before
    status: int = 403
    held: bool = False  # only where a meeting was held

    def failure(self) -> Mapping[str, object]:
        headers = {"Retry-After": "0.05"} if self.status == 503 else {}
        return {
            "endpoint": self.endpoint,
            "status": self.status,
            "skip": self.skip,
            "headers": headers,
        }

    def hides_from(self, answers: Answers, check: str, *, held: bool) -> bool:
        asked = held or not self.held
        return asked and any(one.holds(answers, check) for one in self.hides)

    def hides_all(self, check: str) -> bool:
        """For a check that speaks of no iPad of the register."""
        return any(check in one.checks for one in self.hides)


def _of_record(*checks: str, spared: Collection[str] = ()) -> tuple[Hidden, ...]:
    return (Hidden(checks, (*NO_RECORD, *spared)),)


def _of_account(*checks: str, spared: Collection[str] = ()) -> tuple[Hidden, ...]:
    return (Hidden(checks, (*NO_ACCOUNT, *spared)),)


LOOKED_UP = Hidden(OF_THE_MDM, of=not_listed)
NEVER_ASKED = Hidden(CONSENT, ("consent-missing",))
MDM = (
    Source(
        name="graph-token",
        endpoint="token",
        names="Microsoft Entra ID",
        witness="unsupervised",
        hides=(Hidden((*OF_THE_MDM, "register.listed", "mdm.strict")),),
    ),
    Source(
        name="devices",
        endpoint="managedDevices",
        names="managedDevices",
        witness="unknown-device",
        hides=(Hidden((*OF_THE_MDM, "register.listed")),),
    ),
    Source(
        name="look-ups",
        endpoint="managedDevices",
        names="managedDevices",
        witness="not-enrolled",
        skip=1,
        hides=(LOOKED_UP,),
    ),
    Source(
        name="batches",
        endpoint="batch",
        names="$batch",
        witness="not-enrolled",
        hides=(
            LOOKED_UP,
            *_of_record(*APPS, *PROFILES, *SIM),
            *_of_record(*POLICIES, spared=BY_THE_RECORD),
        ),
    ),
    Source(
        name="apps",
        endpoint="detectedApps",
        names="detectedApps",
        witness="extra-app",
        status=503,
        hides=_of_record(*APPS),
    ),
    Source(
        name="iPads of an app",
        endpoint="detectedAppDevices",
        names="detectedApps/(id)/managedDevices",
        witness="zoom-missing",
        hides=_of_record(*APPS),
    ),
    Source(
        name="policies",
        endpoint="deviceCompliancePolicyStates",
        names="deviceCompliancePolicyStates",
        witness="no-policy",
        hides=_of_record(*POLICIES, spared=BY_THE_RECORD),
    ),
    Source(
        name="profiles",
        endpoint="deviceConfigurationStates",
        names="deviceConfigurationStates",
        witness="profile-missing",
        hides=_of_record(*PROFILES),
    ),
    Source(
        name="hardware",
        endpoint="managedDevice",
        names="managedDevices/(id)",
        witness="changed-sim",
        hides=_of_record(*SIM),
    ),
    Source(
        name="tenant",
        endpoint="deviceManagement",
        names="/deviceManagement",
        witness="jailbroken",
        hides=(Hidden(("mdm.strict",)),),
    ),
    Source(
        name="assigned policies",
        endpoint="deviceCompliancePolicies",
        names="deviceCompliancePolicies",
        witness="wrong-account",
        hides=(Hidden(("mdm.strict",)),),
    ),
)
OF_ZOOM = (
    Source(
        name="zoom-token",
        endpoint="zoom.token",
        names="oauth/token",
        witness="consent-lapsed",
        hides=(Hidden(OF_THE_ACCOUNT), NEVER_ASKED),
    ),
    Source(
        name="consents",
        endpoint="zoom.token",
        names="oauth/token",
        witness="consent-lapsed",
        skip=1,  # the app's own token
        status=503,
        hides=(
            *_of_account("zoom.no-contacts", spared=("consent-missing",)),
            NEVER_ASKED,
        ),
    ),
    Source(name="users", endpoint="zoom.users", names="users (", witness="zoom-basic"),
    Source(
        name="user",
        endpoint="zoom.user",
        names="users/(id)",
        witness="zoom-no-account",
        hides=(
            Hidden(OF_THE_ACCOUNT, of=no_user),
            Hidden(CONSENT, ("consent-missing",), of=no_user),
        ),
    ),
    Source(
        name="settings",
        endpoint="zoom.userSettings",
        names="users/(id)/settings",
        witness="cloud-recording-on",
        hides=_of_account(*ZOOM_SETTINGS),
    ),
    Source(
        name="locks",
        endpoint="zoom.groupLocks",
        names="groups/(id)/lock_settings",
        witness="recording-unlocked",
        hides=_of_account(*ZOOM_LOCKS),
    ),
    Source(
        name="allow-lists",
        endpoint="zoom.groupSettings",
        names="groups/(id)/settings",
        witness="allow-list-open-for-adding",
        hides=_of_account("zoom.allow-lists"),
    ),
    Source(
        name="recordings",
        endpoint="zoom.recordings",
        names="users/(id)/recordings",
        witness="recording-in-trash",
        hides=_of_account("zoom.no-recordings"),
    ),
    Source(
        name="meetings",
        endpoint="zoom.meetings",
        names="users/(id)/meetings",
        witness="transcript-found",
        hides=_of_account("zoom.no-transcripts"),
    ),
    Source(
        name="transcripts",
        endpoint="zoom.transcript",
        names="meetings/(id)/transcript",
        witness="transcript-found",
        held=True,
        hides=_of_account("zoom.no-transcripts"),
    ),
    Source(
        name="summaries",
        endpoint="zoom.summaries",
        names="meetings/meeting_summaries",
        witness="summary-found",
        hides=_of_account("zoom.no-summaries"),
    ),
    Source(
        name="contacts",
        endpoint="zoom.contacts",
        names="chat/users/me/contacts",
        witness="contact-left",
        hides=(
            *_of_account("zoom.no-contacts", spared=NO_CONSENT),
            Hidden(CONSENT, NO_CONSENT),
        ),
    ),
    Source(
        name="sign-ins",
        endpoint="zoom.activities",
        names="report/activities",
        witness="unknown-sign-in",
        hides=_of_account("zoom.sign-ins"),
    ),
)
SOURCES = {source.name: source for source in (*MDM, *OF_ZOOM)}
