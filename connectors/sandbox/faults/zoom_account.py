"""Faults of an iPad's account in Zoom: is it there, as it should be, consented to."""

from collections.abc import Sequence

from connectors.sandbox.faults.fault import (
    Edits,
    Fault,
    Hides,
    Target,
    fails,
    slots,
    unknown,
)
from connectors.sandbox.records import Edit
from connectors.sandbox.zoom.healthy import CONSENTS, SIGN_INS, USERS, sign_in

STATUS = slots("Zoom status")
LICENCE = slots("Zoom licence")
NAME = slots("Zoom name")
GROUP = slots("Zoom group")
CONSENT = slots("Zoom consent")
CLIENT = slots("Zoom client")


def user(**fields: object) -> Edits:
    """The user's record gets these fields; a callable value is asked with the target."""

    def edits(target: Target) -> Sequence[Edit]:
        values = {
            name: value(target) if callable(value) else value for name, value in fields.items()
        }
        return (Edit(USERS, target.ipad.zoom_user, set=values),)

    return edits


def user_lacks(field: str) -> Edits:
    return lambda target: (Edit(USERS, target.ipad.zoom_user, remove=(field,)),)


def _gone(target: Target) -> Sequence[Edit]:
    return (Edit(USERS, target.ipad.zoom_user, drop=True),)


def _another_group(target: Target) -> str:
    """The group of another iPad, so that its contacts could be added here too."""
    estate = target.records.estate
    return estate.ipad((target.ipad.index + 1) % estate.devices).zoom_group


def _two_groups(target: Target) -> list[str]:
    return [target.ipad.zoom_group, _another_group(target)]


def _consent(state: str) -> Edits:
    return lambda target: (Edit(CONSENTS, target.ipad.zoom_user, set={"state": state}),)


def _stranger_signed_in(target: Target) -> Sequence[Edit]:
    row = sign_in(target.ipad, target.ago(hours=5, minutes=20), "Win", "6.6.1")
    return (Edit(SIGN_INS, f"{target.ipad.zoom_user}/stranger", whole=row),)


ZOOM_ACCOUNT: tuple[Fault, ...] = (
    Fault(
        "zoom-no-account",
        slots("Zoom account", "Zoom status"),
        _gone,
        fails("zoom.account", "zoom-no-account"),
        Hides.NO_ZOOM_ACCOUNT,
    ),
    Fault(
        "zoom-inactive",
        STATUS,
        user(status="inactive"),
        fails("zoom.active", "zoom-inactive"),
    ),
    Fault(
        "zoom-pending",
        slots("Zoom status", "Zoom client"),
        user(status="pending"),
        fails("zoom.active", "zoom-pending"),
        Hides.NO_ZOOM_ID,
    ),
    Fault(
        "zoom-basic",
        LICENCE,
        user(type=1),
        fails("zoom.licensed", "zoom-basic"),
        Hides.NO_LICENCE,
    ),
    Fault(
        "zoom-no-licence",
        LICENCE,
        user(type=99),
        fails("zoom.licensed", "zoom-basic"),
        Hides.NO_LICENCE,
    ),
    Fault(
        "zoom-type-new",
        LICENCE,
        user(type=7),
        unknown("zoom.licensed", "unknown-value"),
        Hides.NO_LICENCE,
    ),
    Fault(
        "zoom-name",
        NAME,
        user(display_name="Mary Example", first_name="Mary", last_name="Example"),
        fails("zoom.neutral-name", "zoom-name"),
    ),
    Fault(
        "zoom-name-absent",
        NAME,
        user_lacks("display_name"),
        unknown("zoom.neutral-name", "not-told"),
    ),
    Fault("zoom-no-group", GROUP, user(group_ids=[]), fails("zoom.one-group", "zoom-no-group")),
    Fault(
        "zoom-several-groups",
        GROUP,
        user(group_ids=_two_groups),
        fails("zoom.one-group", "zoom-several-groups"),
    ),
    Fault(
        "zoom-wrong-group",
        GROUP,
        user(group_ids=lambda target: [_another_group(target)]),
        fails("zoom.one-group", "zoom-wrong-group"),
    ),
    Fault(
        "zoom-groups-absent",
        GROUP,
        user_lacks("group_ids"),
        unknown("zoom.one-group", "not-told"),
    ),
    Fault(
        "consent-missing",
        CONSENT,
        _consent("missing"),
        fails("zoom.consent", "consent-missing"),
        Hides.CONSENT_MISSING,
    ),
    Fault(
        "consent-lapsed",
        CONSENT,
        _consent("lapsed"),
        fails("zoom.consent", "consent-lapsed"),
        Hides.CONSENT_LAPSED,
    ),
    Fault(
        "unknown-sign-in",
        slots("Zoom sign-ins"),
        _stranger_signed_in,
        fails("zoom.sign-ins", "unknown-sign-in"),
    ),
    Fault(
        "zoom-client-old",
        CLIENT,
        user(last_client_version="6.2.11.20100(iOS)"),
        fails("zoom.version", "zoom-client-old"),
    ),
    Fault(
        "zoom-client-unparsable",
        CLIENT,
        user(last_client_version="newest"),
        unknown("zoom.version", "unknown-value"),
    ),
    Fault(
        "zoom-client-absent",
        CLIENT,
        user_lacks("last_client_version"),
        unknown("zoom.version", "not-told"),
    ),
)
