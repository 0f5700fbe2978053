import pytest

from connectors.sandbox.devices import NULL_IN_LIST, SINGLE_APP
from tests.connectors.sandbox.support import DEVICES, World

APPS = "/v1.0/deviceManagement/detectedApps"
V1_PROPERTIES = [
    "id",
    "userId",
    "deviceName",
    "managedDeviceOwnerType",
    "enrolledDateTime",
    "lastSyncDateTime",
    "operatingSystem",
    "complianceState",
    "jailBroken",
    "managementAgent",
    "osVersion",
    "easActivated",
    "easDeviceId",
    "easActivationDateTime",
    "azureADRegistered",
    "deviceEnrollmentType",
    "activationLockBypassCode",
    "emailAddress",
    "azureADDeviceId",
    "deviceRegistrationState",
    "deviceCategoryDisplayName",
    "isSupervised",
    "exchangeLastSuccessfulSyncDateTime",
    "exchangeAccessState",
    "exchangeAccessStateReason",
    "remoteAssistanceSessionUrl",
    "remoteAssistanceSessionErrorDetails",
    "isEncrypted",
    "userPrincipalName",
    "model",
    "manufacturer",
    "imei",
    "complianceGracePeriodExpirationDateTime",
    "serialNumber",
    "phoneNumber",
    "androidSecurityPatchLevel",
    "userDisplayName",
    "configurationManagerClientEnabledFeatures",
    "wiFiMacAddress",
    "deviceHealthAttestationState",
    "subscriberCarrier",
    "meid",
    "totalStorageSpaceInBytes",
    "freeStorageSpaceInBytes",
    "managedDeviceName",
    "partnerReportedThreatState",
    "requireUserEnrollmentApproval",
    "managementCertificateExpirationDate",
    "iccid",
    "udid",
    "notes",
    "ethernetMacAddress",
    "physicalMemoryInBytes",
    "enrollmentProfileName",
    "managementState",
    "deviceActionResults",
]


@pytest.fixture
def world() -> World:
    return World()


def serials(world: World) -> list[str]:
    return [ipad.serial for ipad in world.core.records.estate]


def test_a_device_has_every_property_of_the_published_type(world: World) -> None:
    row = world.ask(DEVICES).body["value"][0]
    assert sorted(row) == sorted(V1_PROPERTIES)


def test_pages_are_followed_to_the_end_and_nothing_is_lost_or_twice(world: World) -> None:
    page = world.ask(DEVICES, top="7", select="id,serialNumber")
    seen, sizes = [], []
    while True:
        seen += [row["serialNumber"] for row in page.body["value"]]
        sizes.append(len(page.body["value"]))
        if "@odata.nextLink" not in page.body:
            break
        assert page.body["@odata.nextLink"].startswith(f"{world.core.base_url}{DEVICES}?")
        page = world.follow(page.body["@odata.nextLink"])
    assert sizes == [7, 7, 6]
    assert seen == serials(world)


def test_a_page_has_a_thousand_rows_at_most() -> None:
    world = World(devices=1001)
    body = world.ask(DEVICES, top="5000", select="id").body
    assert len(body["value"]) == 1000
    assert len(world.follow(body["@odata.nextLink"]).body["value"]) == 1


def test_a_count_is_of_the_whole_list(world: World) -> None:
    assert world.ask(DEVICES, top="3", count="true").body["@odata.count"] == 20


def test_select_gives_what_was_named_and_nothing_else(world: World) -> None:
    row = world.ask(DEVICES, select="id,osVersion").body["value"][0]
    assert sorted(row) == ["id", "osVersion"]


@pytest.mark.parametrize(
    "query",
    [
        {"select": "lostModeState"},  # beta only
        {"top": "0"},
        {"top": "many"},
        {"orderby": "deviceName"},
        {"expand": "detectedApps"},
        {"skiptoken": "made up"},
        {"skiptoken": "bWFkZSB1cA"},
        {"filter": "isSupervised eq true"},
        {"filter": "osVersion lt '17.7'"},
        {"filter": "serialNumber eq"},
        {"filter": "serialNumber eq 'a' also serialNumber eq 'b'"},
    ],
)
def test_what_graph_does_not_understand_is_refused_in_its_words(
    world: World, query: dict[str, str]
) -> None:
    answer = world.ask(DEVICES, **query)
    assert answer.status == 400
    assert answer.body["error"]["code"] == "BadRequest"
    assert set(answer.body["error"]["innerError"]) == {
        "date",
        "request-id",
        "client-request-id",
    }


def test_serials_are_looked_up_together(world: World) -> None:
    first, second, *_ = serials(world)
    text = f"serialNumber eq '{second.lower()}' or serialNumber eq 'NOBODY' or "
    body = world.ask(DEVICES, filter=text + f"serialNumber eq '{first}'").body
    assert [row["serialNumber"] for row in body["value"]] == [first, second]


def test_an_empty_serial_matches_the_whole_collection(world: World) -> None:
    assert len(world.ask(DEVICES, filter="serialNumber eq ''").body["value"]) == 20


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("complianceState eq 'compliant'", 20),
        ("complianceState eq 'compliant' and managementState eq 'wipePending'", 0),
        ("userPrincipalName ne 'acibt001@ipads.example'", 19),
        ("contains(deviceName,'ACIBT')", 2),
        ("enrolledDateTime lt 2026-11-22T00:00:00Z", 20),
        ("lastSyncDateTime gt 2026-11-22T03:00:00Z", 0),
        ("deviceName eq 'it''s'", 0),
    ],
)
def test_documented_filters_choose_rows(world: World, text: str, rows: int) -> None:
    assert len(world.ask(DEVICES, filter=text).body["value"]) == rows


def test_some_properties_are_told_only_by_id_and_only_when_named(world: World) -> None:
    ipad = world.core.records.estate.ipad(3)
    in_list = world.ask(DEVICES, select="id,iccid,udid").body["value"][3]
    plain = world.ask(f"{DEVICES}/{ipad.device_id}").body
    named = world.ask(f"{DEVICES}/{ipad.device_id}", select="id,iccid,udid,notes").body
    assert (in_list["iccid"], in_list["udid"]) == (None, None)
    assert {name: plain[name] for name in NULL_IN_LIST} == NULL_IN_LIST
    assert named["iccid"] == ipad.iccid
    assert named["udid"]
    assert named["notes"] == f"asset {ipad.asset_tag}"
    assert "serialNumber" not in named


@pytest.mark.parametrize(
    "path",
    [
        f"{DEVICES}/11111111-1111-4111-8111-111111111111",
        f"{DEVICES}/not-a-guid",
        f"{DEVICES}/not-a-guid/deviceCompliancePolicyStates",
        f"{APPS}/0000/managedDevices",
        f"{APPS}/0000",
    ],
)
def test_what_is_not_there_is_not_found(world: World, path: str) -> None:
    answer = world.ask(path)
    assert answer.status == 404
    assert answer.body["error"]["code"] == "ResourceNotFound"


def test_policies_and_profiles_of_a_device_are_told(world: World) -> None:
    device = f"{DEVICES}/{world.core.records.estate.ipad(0).device_id}"
    [policy] = world.ask(f"{device}/deviceCompliancePolicyStates").body["value"]
    names = [
        row["displayName"]
        for row in world.ask(f"{device}/deviceConfigurationStates").body["value"]
    ]
    settings = world.ask(
        f"{device}/deviceCompliancePolicyStates/{policy['id']}/settingStates"
    ).body["value"]
    assert policy["state"] == "compliant"
    assert SINGLE_APP in names
    assert {row["state"] for row in settings} == {"compliant"}


def test_apps_are_counted_over_the_tenant_and_lead_to_their_devices(world: World) -> None:
    apps = world.ask(APPS).body["value"]
    zooms = [row for row in apps if row["displayName"] == "Zoom Workplace"]
    assert sum(row["deviceCount"] for row in zooms) == 20
    for row in apps:
        short = world.ask(f"{APPS}/{row['id']}/managedDevices", select="id").body["value"]
        whole = world.ask(f"{APPS}/{row['id']}/managedDevices").body["value"]
        assert [one["id"] for one in short] == [one["id"] for one in whole]
        assert len(short) == row["deviceCount"]


def test_settings_of_the_tenant_are_told_and_can_be_lost_when_selected(world: World) -> None:
    path = "/v1.0/deviceManagement"
    assert world.ask(path, select="settings").body["settings"]["secureByDefault"] is True
    world.steer("PUT", "settings-lost-on-select", {"on": True})
    assert world.ask(path, select="settings").body["settings"] == {}
    assert world.ask(path).body["settings"]["secureByDefault"] is True
    assert world.ask(f"{path}/settings").body["deviceComplianceCheckinThresholdDays"] == 30
    assert len(world.ask(f"{path}/deviceCompliancePolicies").body["value"]) == 1


def test_only_reading_is_possible_and_only_of_what_is_known(world: World) -> None:
    assert world.ask(DEVICES, method="POST").status == 405
    assert world.ask("/v1.0/deviceManagement/nonsense").status == 400
    assert world.ask("/beta/deviceManagement/managedDevices").status == 400


def test_every_answer_has_its_own_request_id(world: World) -> None:
    ids = {world.ask(DEVICES, top="1").headers["request-id"] for _ in range(3)}
    assert len(ids) == 3
