"""The traps of Intune, one by one."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from agent.domain.device import App, Device, ProfileState
from agent.domain.facts import NEVER, Known, Unknown
from agent.errors import Misconfigured
from connectors.mdm.intune import IntuneMdm
from connectors.sandbox.devices import app, configuration_states
from connectors.sandbox.failures import Failure
from connectors.sandbox.identity import Identity
from connectors.sandbox.records import (
    ASSIGNED,
    DEVICES,
    INSTALLED,
    POLICIES,
    PROFILES,
    TENANT,
    Edit,
)
from tests.connectors.mdm.contract import COSTLY, every, no_beat
from tests.connectors.mdm.tenant import LIST, Tenant, rewriting, tenant

APPS = "/v1.0/deviceManagement/detectedApps"


def listed(mdm: IntuneMdm) -> list[Device]:
    return every(mdm.devices(no_beat))


def detailed(there: Tenant) -> dict[str, Device]:
    """All devices with their details, by id."""
    mdm = there.mdm()
    return {device.id: device for device in mdm.detailed(listed(mdm), no_beat)}


def why(fact: object) -> str:
    return fact.reason if isinstance(fact, Unknown) else "known"


def fails(there: Tenant, endpoint: str, status: int, **more: Any) -> None:
    there.core.failures = [Failure(endpoint, status, **more)]


# The list


def test_it_is_read_in_pages_with_only_what_is_needed(there: Tenant, mdm: IntuneMdm) -> None:
    mdm.devices(no_beat)
    pages = [request for request in there.asked if request.url.path == LIST]
    assert len(pages) == 3
    selected = pages[0].url.params["$select"].split(",")
    assert {"serialNumber", "isSupervised", "osVersion", "jailBroken"} <= set(selected)
    assert not {"iccid", "udid"} & set(selected)  # null in every list
    assert pages[0].url.params["$top"] == "3"


def test_a_page_is_of_a_thousand_unless_told_otherwise(there: Tenant) -> None:
    there.mdm(page_size=1000).devices(no_beat)
    assert there.asked[-1].url.params["$top"] == "1000"


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        ("operatingSystem", "Windows", False),
        ("operatingSystem", "Android", False),
        ("operatingSystem", "iOS", True),
        ("operatingSystem", "iPadOS", True),
        ("operatingSystem", None, True),
        ("operatingSystem", 5, True),
        ("model", "iPhone 15", False),
        ("model", "iPod touch", False),
        ("model", None, True),
    ],
)
def test_only_what_is_surely_no_ipad_is_left_out(
    there: Tenant, mdm: IntuneMdm, field: str, value: object, kept: bool
) -> None:
    there.edit(1, **{field: value})
    reading = mdm.devices(no_beat)
    assert reading.gap is None
    assert (there.serial(1) in reading.rows) is kept


@pytest.mark.parametrize(
    ("profile", "kept"), [("callsteward iPads", True), ("Staff", False), (None, True)]
)
def test_the_list_may_be_limited_to_enrolment_profiles(
    there: Tenant, profile: str | None, kept: bool
) -> None:
    there.edit(1, enrollmentProfileName=profile)
    mdm = there.mdm(enrolment_profiles=frozenset({"callsteward iPads"}))
    assert (there.serial(1) in mdm.devices(no_beat).rows) is kept
    found = mdm.find([there.serial(1)], no_beat)[there.serial(1)]
    assert isinstance(found, Known)
    assert len(found.value) == 1  # a direct look-up finds it still


@pytest.mark.parametrize("row", [None, "x", 5, []])
def test_a_row_that_is_no_record_leaves_a_gap_and_keeps_the_others(
    there: Tenant, mdm: IntuneMdm, row: object
) -> None:
    there.odd = rewriting(lambda body: {**body, "value": [row, *body["value"]]})
    reading = mdm.devices(no_beat)
    assert len(reading.rows) == 8
    assert reading.gap == "3 of 11 rows are not records"


def test_an_odd_field_does_not_lose_the_page(there: Tenant, mdm: IntuneMdm) -> None:
    there.edit(1, isSupervised="yes", osVersion=17, id=None, deviceName={"a": 1})
    reading = mdm.devices(no_beat)
    assert reading.gap is None
    assert len(reading.rows) == 8
    [device] = reading.rows[there.serial(1)]
    assert (why(device.supervised), why(device.os_version)) == ("unknown-value",) * 2


def test_an_empty_list_proves_nothing(there: Tenant, mdm: IntuneMdm) -> None:
    there.odd = rewriting(lambda body: {"value": []})
    assert "empty" in (mdm.devices(no_beat).gap or "")


@pytest.mark.parametrize("link", ["", 5, ["x"]])
def test_an_odd_next_link_is_not_the_end(there: Tenant, mdm: IntuneMdm, link: object) -> None:
    there.odd = rewriting(lambda body: {**body, "@odata.nextLink": link})
    assert mdm.devices(no_beat).gap


def test_a_record_that_moves_to_the_next_page_is_not_two(there: Tenant, mdm: IntuneMdm) -> None:
    first: list[dict[str, Any]] = []

    def shifted(body: dict[str, Any]) -> dict[str, Any]:
        first.extend(body["value"][:1])
        return {**body, "value": [first[0], *body["value"]]}

    there.odd = rewriting(shifted)
    reading = mdm.devices(no_beat)
    assert [len(records) for records in reading.rows.values()] == [1] * 8


def test_serials_are_compared_in_one_form(there: Tenant, mdm: IntuneMdm) -> None:
    untidy = f" {there.serial(1).lower()} "
    there.edit(1, serialNumber=untidy)
    assert there.serial(1) in mdm.devices(no_beat).rows


def test_records_without_a_serial_are_kept(there: Tenant, mdm: IntuneMdm) -> None:
    there.edit(1, serialNumber=None)
    there.edit(2, serialNumber="0")
    assert len(mdm.devices(no_beat).rows[""]) == 2


# Looking up


def test_a_look_up_costs_one_call_for_twenty(application: Identity) -> None:
    there = tenant(application, devices=45)
    mdm = there.mdm()
    found = mdm.find([there.serial(n) for n in range(45)], no_beat)
    assert all(isinstance(fact, Known) and len(fact.value) == 1 for fact in found.values())
    assert [len(batch) for batch in there.batches()] == [20, 20, 5]
    assert "$filter=serialNumber%20eq%20'" in there.batches()[0][0]


def test_a_look_up_is_answered_as_it_was_asked(there: Tenant, mdm: IntuneMdm) -> None:
    asked = f" {there.serial(1).lower()}"
    found = mdm.find([asked, asked], no_beat)
    assert list(found) == [asked]
    assert why(found[asked]) == "known"


def test_a_quote_in_a_serial_stays_in_its_place(there: Tenant, mdm: IntuneMdm) -> None:
    found = mdm.find(["A' or serialNumber ne 'B&$top=1"], no_beat)
    assert [fact.value for fact in found.values() if isinstance(fact, Known)] == [()]


def test_a_filter_that_is_ignored_finds_nothing_else(there: Tenant, mdm: IntuneMdm) -> None:
    there.odd = _unfiltered(there)
    wanted = there.serial(1)
    found = mdm.find([wanted, "NOBODY"], no_beat)
    assert [fact.value for fact in found.values() if isinstance(fact, Known)][1] == ()
    known = found[wanted]
    assert isinstance(known, Known)
    assert [device.serial for device in known.value] == [wanted]


def _unfiltered(there: Tenant) -> Callable[[httpx.Request, httpx.Response], httpx.Response]:
    everything = [there.core.records.device_at(n) for n in range(8)]

    def odd(request: httpx.Request, answer: httpx.Response) -> httpx.Response:
        body = answer.json()
        for inner in body["responses"]:
            inner["body"] = {"value": everything}
        return httpx.Response(200, json=body)

    return odd


# Details


def test_the_whole_estate_is_read_in_about_45_calls(application: Identity) -> None:
    there = tenant(application, devices=248)
    mdm = there.mdm(page_size=1000)
    told = mdm.detailed(listed(mdm), no_beat)
    mdm.tenant(no_beat)
    assert len(told) == 248
    assert all(isinstance(getattr(device, field), Known) for device in told for field in COSTLY)
    assert mdm.calls() <= 45


def test_the_details_are_those_of_each_device(there: Tenant) -> None:
    there.change(Edit(INSTALLED, f"{there.id(1)}/x", whole=app("Chess", "1.2")))
    there.edit(2, iccid="8944 0000 1")
    state = next(iter(configuration_states(1, there.id(3))))
    there.change(Edit(PROFILES, f"{there.id(3)}/{state}", set={"state": "error"}))
    told = detailed(there)
    holders = [
        id_
        for id_, device in told.items()
        if isinstance(device.apps, Known) and App("Chess", "1.2") in device.apps.value
    ]
    assert holders == [there.id(1)]
    assert told[there.id(2)].iccid == Known(
        "894400001", "Microsoft Intune", _seen(told[there.id(2)])
    )
    profiles = told[there.id(3)].profiles
    assert isinstance(profiles, Known)
    assert isinstance(profiles.value[0].state, Known)
    assert profiles.value[0].state.value is ProfileState.FAILED


def _seen(device: Device) -> datetime:
    assert isinstance(device.last_seen, Known)
    return device.last_seen.value


def test_details_of_a_device_that_never_checked_in_were_never_true(there: Tenant) -> None:
    there.edit(1, lastSyncDateTime="0001-01-01T00:00:00Z")
    there.edit(2, lastSyncDateTime=None)
    told = detailed(there)
    for index in (1, 2):
        for field in COSTLY:
            assert getattr(told[there.id(index)], field).at == NEVER


@pytest.mark.parametrize(
    ("endpoint", "hidden"),
    [
        ("deviceCompliancePolicyStates", "policies"),
        ("deviceConfigurationStates", "profiles"),
        ("managedDevice", "iccid"),
    ],
)
def test_an_unreadable_detail_hides_one_field_of_one_device(
    there: Tenant, endpoint: str, hidden: str
) -> None:
    fails(there, endpoint, 403, skip=4, times=1)
    told = list(detailed(there).values())
    gaps = [(n, f) for n, d in enumerate(told) for f in COSTLY if why(getattr(d, f)) != "known"]
    assert gaps == [(4, hidden)]
    assert why(getattr(told[4], hidden)) == "not-read"


def test_a_record_that_went_since_the_list_has_no_details(there: Tenant) -> None:
    mdm = there.mdm()
    devices = listed(mdm)
    there.change(Edit(DEVICES, there.id(1), drop=True))
    for device in mdm.detailed(devices, no_beat):
        reasons = {why(getattr(device, field)) for field in COSTLY}
        assert reasons == ({"not-read"} if device.id == there.id(1) else {"known"})


def test_a_record_without_an_id_is_not_asked_about(there: Tenant) -> None:
    there.odd = rewriting(
        lambda body: {**body, "value": [{**row, "id": None} for row in body["value"]]}
    )
    mdm = there.mdm()
    told = mdm.detailed(listed(mdm), no_beat)
    assert len(told) == 8
    assert {why(getattr(device, field)) for device in told for field in COSTLY} == {"not-read"}


@pytest.mark.parametrize("raw", [None, "", 5])
def test_a_profile_without_a_name_may_be_any_profile(there: Tenant, raw: object) -> None:
    state = next(iter(configuration_states(1, there.id(1))))
    there.change(Edit(PROFILES, f"{there.id(1)}/{state}", set={"displayName": raw}))
    told = detailed(there)
    assert why(told[there.id(1)].profiles) == "not-told"
    assert why(told[there.id(0)].profiles) == "known"


def test_the_built_in_policy_is_no_policy(there: Tenant) -> None:
    for row in there.core.records.children(POLICIES, there.id(1)):
        there.change(
            Edit(
                POLICIES,
                f"{there.id(1)}/{row['id']}",
                set={"displayName": "Default Device Compliance Policy"},
            )
        )
    policies = detailed(there)[there.id(1)].policies
    assert isinstance(policies, Known)
    assert policies.value == ()


# Apps


@pytest.mark.parametrize("endpoint", ["detectedApps", "detectedAppDevices"])
def test_one_unread_list_of_an_app_hides_the_apps_of_all(there: Tenant, endpoint: str) -> None:
    fails(there, endpoint, 403, times=1)
    told = detailed(there).values()
    assert {why(device.apps) for device in told} == {"not-read"}
    assert {why(device.profiles) for device in told} == {"known"}


@pytest.mark.parametrize(
    ("raw", "reason"), [(None, "not-told"), ("", "not-told"), (5, "unknown-value")]
)
def test_an_app_without_a_name_may_be_any_app(there: Tenant, raw: object, reason: str) -> None:
    there.change(Edit(INSTALLED, f"{there.id(1)}/x", whole=app("Chess", "1.2")))

    def nameless(body: dict[str, Any]) -> dict[str, Any]:
        rows = [
            {**row, "displayName": raw} if row["displayName"] == "Chess" else row
            for row in body["value"]
        ]
        return {**body, "value": rows}

    there.odd = rewriting(nameless, APPS)
    told = detailed(there)
    assert why(told[there.id(1)].apps) == reason
    assert why(told[there.id(0)].apps) == "known"


def test_apps_of_other_platforms_are_not_asked_about(there: Tenant) -> None:
    def more(body: dict[str, Any]) -> dict[str, Any]:
        others = [
            {"id": f"w{n}", "displayName": f"Program {n}", "platform": "windows"}
            for n in range(500)
        ]
        return {**body, "value": [*others, *body["value"]]}

    there.odd = rewriting(more, APPS)
    mdm = there.mdm()
    told = mdm.detailed(listed(mdm), no_beat)
    assert mdm.calls() < 12
    assert all(
        isinstance(device.apps, Known) and len(device.apps.value) == 4 for device in told
    )


@pytest.mark.parametrize("row", [None, 5, {"displayName": "Chess"}, {"id": 5}])
def test_an_app_that_cannot_be_asked_about_hides_the_apps_of_all(
    there: Tenant, row: object
) -> None:
    there.odd = rewriting(lambda body: {**body, "value": [*body["value"], row]}, APPS)
    assert {why(device.apps) for device in detailed(there).values()} == {"not-read"}


# The tenant


@pytest.mark.parametrize("secure", [True, False])
def test_whether_a_device_without_a_policy_is_compliant(there: Tenant, secure: bool) -> None:
    there.change(Edit(TENANT, "tenant", set={"settings": {"secureByDefault": secure}}))
    told = there.mdm().tenant(no_beat)
    assert isinstance(told.unjudged_is_compliant, Known)
    assert told.unjudged_is_compliant.value is not secure


def test_settings_that_a_select_loses_are_read_without(there: Tenant) -> None:
    there.core.intune.settings_lost_on_select = True
    told = there.mdm().tenant(no_beat)
    assert isinstance(told.unjudged_is_compliant, Known)


@pytest.mark.parametrize("settings", [None, {}, {"secureByDefault": "yes"}])
def test_settings_that_are_not_there_are_not_told(there: Tenant, settings: object) -> None:
    there.change(Edit(TENANT, "tenant", set={"settings": settings}))
    assert why(there.mdm().tenant(no_beat).unjudged_is_compliant) == "not-told"


def test_policies_are_counted(there: Tenant) -> None:
    there.change(Edit(ASSIGNED, "another", whole={"id": "another"}))
    told = there.mdm().tenant(no_beat)
    assert isinstance(told.policies, Known)
    assert told.policies.value == 2


# Signing in


def test_a_token_that_ended_is_replaced_without_a_gap(there: Tenant) -> None:
    mdm = there.mdm()
    devices = listed(mdm)
    there.core.entra.expire_all()
    told = mdm.detailed(devices, no_beat)
    assert all(isinstance(getattr(device, field), Known) for device in told for field in COSTLY)
    assert there.core.entra.issued == 2


def test_no_gap_tells_a_secret(there: Tenant) -> None:
    there.login_works = False
    gap = there.mdm().devices(no_beat).gap or ""
    assert gap.endswith("/oauth2/v2.0/token: 401 invalid_client")
    assert gap.startswith("Microsoft Entra ID: POST /")


def test_a_wrong_setting_is_told_at_the_start(there: Tenant) -> None:
    with pytest.raises(Misconfigured):
        there.mdm(base_url="http://graph.example")
    with pytest.raises(Misconfigured):
        there.mdm(key=b"not a key")


def test_the_clock_is_what_it_is_given(there: Tenant) -> None:
    at = datetime(2026, 11, 22, 2, tzinfo=UTC)
    there.core.clock = there.core.entra.clock = lambda: at
    assert there.mdm(now=lambda: at).devices(no_beat).at == at
