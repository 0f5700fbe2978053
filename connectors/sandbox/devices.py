"""A healthy iPad in Graph's words: all v1.0 properties of managedDevice and what hangs on it.

Property names and types are those of the v1.0 metadata; what a list leaves null is in
`NULL_IN_LIST` (facts on Intune, 1.1).
"""

from datetime import datetime, timedelta

from connectors.sandbox.chance import Dice, guid
from connectors.sandbox.estate import Estate, Ipad
from connectors.sandbox.wire import NEVER, NO_END, Json, stamp

SINGLE_APP = "callsteward Single App Mode"
RESTRICTIONS = "callsteward Restrictions"
POLICY = "callsteward iPad compliance"
ZOOM = "Zoom Workplace"

NULL_IN_LIST: Json = {
    "activationLockBypassCode": None,
    "iccid": None,
    "udid": None,
    "ethernetMacAddress": None,
    "notes": None,
    "physicalMemoryInBytes": 0,
}
MODELS = ("iPad (9th generation)", "iPad (10th generation)", "iPad (A16)")
SYSTEMS = ("17.7", "17.7.10", "18.5", "18.6.2", "18.7.1", "26.0.1", "26.1")
ZOOMS = ("6.4.0", "6.4.12.27100", "6.5.3", "6.6.1 (32205)")
ENROLMENTS = ("appleBulkWithUser",) * 7 + ("unknownFutureValue",)  # ACME, unknown to v1.0
GIB = 1 << 30


def managed_device(estate: Estate, ipad: Ipad) -> Json:
    """The record as Intune keeps it, with nothing left out."""
    dice = Dice(estate.seed, "device", ipad.index)
    return {
        "id": ipad.device_id,
        **_identity(estate, ipad, dice),
        **_hardware(ipad, dice),
        **_state(estate.now, ipad, dice),
        **_not_of_ipads(),
    }


def _identity(estate: Estate, ipad: Ipad, dice: Dice) -> Json:
    user = guid(estate.seed, "user", ipad.index)
    name = ipad.local_id
    return {
        "userId": user,
        "deviceName": name,
        "managedDeviceName": f"{name.lower()}_iPad_{ipad.enrolled_at:%m/%d/%Y_%I:%M %p}",
        "managedDeviceOwnerType": "company",
        "userPrincipalName": ipad.m365_user_id,
        "emailAddress": ipad.m365_user_id,
        "userDisplayName": f"iPad {name}",
        "serialNumber": ipad.serial,
        "azureADRegistered": True,
        "azureADDeviceId": guid(estate.seed, "entra", ipad.index),
        "deviceRegistrationState": "registered",
        "deviceEnrollmentType": dice.pick(ENROLMENTS),
        "enrollmentProfileName": "callsteward iPads",
        "deviceCategoryDisplayName": ipad.establishment,
        "notes": f"asset {ipad.asset_tag}",
    }


def _hardware(ipad: Ipad, dice: Dice) -> Json:
    return {
        "operatingSystem": "iPadOS",
        "osVersion": dice.pick(SYSTEMS),
        "model": dice.pick(MODELS),
        "manufacturer": "Apple",
        "imei": ipad.imei,
        "meid": ipad.imei[:14],
        "iccid": ipad.iccid,
        "phoneNumber": f"+4477{dice.roll(10**8):08d}",
        "subscriberCarrier": "O2 - UK",
        "udid": f"00008{dice.roll(1 << 12):03x}-{dice.roll(1 << 62):016x}".upper(),
        "wiFiMacAddress": f"{dice.roll(1 << 46):012x}",
        "ethernetMacAddress": "",
        "activationLockBypassCode": f"{dice.roll(10**9):09d}-SAND",
        "totalStorageSpaceInBytes": 64 * GIB,
        "freeStorageSpaceInBytes": (20 + dice.roll(30)) * GIB,
        "physicalMemoryInBytes": 4 * GIB,
        "isEncrypted": True,
        "isSupervised": True,
        "jailBroken": "False",
    }


def _state(now: datetime, ipad: Ipad, dice: Dice) -> Json:
    hours = 20 + dice.roll(100) if dice.roll(8) == 0 else dice.roll(8)  # some lie in a safe
    seen = now - timedelta(hours=hours, minutes=5 + dice.roll(50))
    return {
        "enrolledDateTime": stamp(ipad.enrolled_at),
        "lastSyncDateTime": stamp(seen),
        "complianceState": "compliant",
        "complianceGracePeriodExpirationDateTime": NO_END,
        "managementState": "managed",
        "managementAgent": "mdm",
        "managementCertificateExpirationDate": stamp(now + timedelta(days=60 + dice.roll(300))),
        "deviceActionResults": [],
    }


def _not_of_ipads() -> Json:
    return {
        "easActivated": False,
        "easDeviceId": "",
        "easActivationDateTime": NEVER,
        "exchangeLastSuccessfulSyncDateTime": NEVER,
        "exchangeAccessState": "none",
        "exchangeAccessStateReason": "none",
        "remoteAssistanceSessionUrl": "",
        "remoteAssistanceSessionErrorDetails": None,
        "androidSecurityPatchLevel": "",
        "configurationManagerClientEnabledFeatures": None,
        "deviceHealthAttestationState": None,
        "partnerReportedThreatState": "unknown",
        "requireUserEnrollmentApproval": None,
    }


def compliance_policy_states(seed: int, device_id: str) -> dict[str, Json]:
    """deviceCompliancePolicyState, by id. One policy of our own is assigned."""
    return {guid(seed, POLICY): _policy_state(guid(seed, POLICY), POLICY, settings=3)}


def configuration_states(seed: int, device_id: str) -> dict[str, Json]:
    """deviceConfigurationState, by id."""
    names = (SINGLE_APP, RESTRICTIONS)
    return {guid(seed, one): _policy_state(guid(seed, one), one, settings=8) for one in names}


def _policy_state(state_id: str, name: str, settings: int) -> Json:
    return {
        "id": state_id,
        "settingStates": [],
        "displayName": name,
        "version": 1,
        "platformType": "iOS",
        "state": "compliant",
        "settingCount": settings,
    }


def setting_states(seed: int, state: Json, upn: str | None) -> list[Json]:
    """What a policy asks for, setting by setting; each stands as its policy does."""
    names = ("OsMinimumVersion", "SecurityBlockJailbrokenDevices", "PasscodeRequired")
    source = {"id": state["id"], "displayName": state["displayName"]}
    return [
        {
            "setting": f"IosCompliancePolicy.{name}",
            "settingName": name,
            "instanceDisplayName": None,
            "state": state["state"],
            "errorCode": 0,
            "errorDescription": "No error code",
            "userId": guid(seed, "user of", upn),
            "userName": "",
            "userEmail": upn,
            "userPrincipalName": upn,
            "sources": [source | {"sourceType": "deviceConfiguration"}],
            "currentValue": "",
        }
        for name in names
    ]


def installed_apps(seed: int, device_id: str) -> dict[str, Json]:
    """What is found on this iPad, by name: the app of the calls and what is allowed beside."""
    version = Dice(seed, "zoom", device_id).pick(ZOOMS)
    return {ZOOM: app(ZOOM, version), **OTHER_APPS}


def app(name: str, version: str) -> Json:
    """One app on one iPad; v1.0 tells its name, not its bundle."""
    return {
        "displayName": name,
        "version": version,
        "sizeInByte": 0,
        "publisher": None,
        "platform": "ios",
    }


OTHER_APPS = {
    name: app(name, version)
    for name, version in (
        ("Settings", "1.0"),
        ("Company Portal", "5.2508.0"),
        ("Microsoft Authenticator", "6.8.31"),
    )
}
