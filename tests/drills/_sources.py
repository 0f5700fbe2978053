"""Every source that a sweep reads: how the sandbox makes it unreadable, and what it hides then.

No row here is an answer of the sweep: see `Source`.
"""

from collections.abc import Collection

from connectors.sandbox.faults.truth import (
    KEPT_BY_SERVER,
    NEEDS_A_ZOOM_ACCOUNT,
    TOLD_BY_DEVICE,
    ZOOM_LOCKS,
    ZOOM_SETTINGS,
)
from tests.drills._source import Hidden, Source, no_user, not_listed

OF_THE_MDM = (
    "device.enrolled",
    "device.one-record",
    "device.serial",
    *KEPT_BY_SERVER,
    *TOLD_BY_DEVICE,
)
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
