"""What Intune keeps once for the whole tenant: its settings and the policy that is assigned."""

from connectors.sandbox import devices
from connectors.sandbox.chance import guid
from connectors.sandbox.estate import Estate
from connectors.sandbox.wire import Json


def settings(estate: Estate) -> Json:
    return {
        "id": guid(estate.seed, "tenant"),
        "subscriptionState": "active",
        "intuneAccountId": guid(estate.seed, "intune account"),
        "settings": {
            "deviceComplianceCheckinThresholdDays": 30,
            "isScheduledActionEnabled": True,
            "secureByDefault": True,
        },
        "intuneBrand": {"displayName": "callsteward sandbox", "showLogo": False},
    }


def policy(estate: Estate) -> Json:
    return {
        "@odata.type": "#microsoft.graph.iosCompliancePolicy",
        "id": guid(estate.seed, devices.POLICY),
        "createdDateTime": "2026-01-05T09:00:00Z",
        "lastModifiedDateTime": "2026-01-05T09:00:00Z",
        "displayName": devices.POLICY,
        "description": None,
        "version": 1,
        "passcodeRequired": True,
        "osMinimumVersion": "17.7",
        "securityBlockJailbrokenDevices": True,
        "managedEmailProfileRequired": False,
    }
