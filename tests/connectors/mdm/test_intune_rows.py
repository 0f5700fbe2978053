"""Each field of a managedDevice stands alone, whatever JSON comes."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.domain.device import Compliance, Device, Management, ProfileState
from agent.domain.facts import NEVER, Known, Unknown
from connectors.mdm.intune_rows import (
    LONGEST_TEXT,
    DeviceRow,
    device,
    iccid,
    plain,
    profile,
    serial,
)

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)
SEEN = datetime(2026, 11, 21, 21, 30, tzinfo=UTC)

ROW: dict[str, Any] = {
    "id": "d1",
    "serialNumber": "F9K2",
    "deviceName": "MDIBT001",
    "operatingSystem": "iPadOS",
    "enrollmentProfileName": "iPads",
    "managementState": "managed",
    "isSupervised": True,
    "enrolledDateTime": "2026-09-01T09:30:00Z",
    "lastSyncDateTime": "2026-11-21T21:30:00Z",
    "osVersion": "18.5",
    "jailBroken": "False",
    "userPrincipalName": "MDIBT001@iPads.example",
    "complianceState": "compliant",
    "managementCertificateExpirationDate": "2027-09-01T09:30:00Z",
}


def read(**changed: object) -> Device:
    raw = msgspec.json.encode({**ROW, **changed})
    return device(msgspec.json.decode(raw, type=DeviceRow), NOW)


def word(fact: object) -> object:
    """The value, or the reason why there is none."""
    assert isinstance(fact, Known | Unknown)
    return fact.value if isinstance(fact, Known) else fact.reason


FIELDS = {
    "managementState": "management",
    "isSupervised": "supervised",
    "enrolledDateTime": "enrolled_at",
    "lastSyncDateTime": "last_seen",
    "osVersion": "os_version",
    "jailBroken": "tampered",
    "userPrincipalName": "account",
    "complianceState": "compliance",
    "managementCertificateExpirationDate": "certificate_expires",
}


def test_a_healthy_record_is_known_throughout() -> None:
    told = read()
    assert (told.id, told.serial, told.name) == ("d1", "F9K2", "MDIBT001")
    assert told.enrolment_profile == "iPads"
    assert told.account == Known("mdibt001@ipads.example", "Microsoft Intune", NOW)
    assert told.os_version == Known("18.5", "Microsoft Intune", SEEN)
    assert word(told.management) is Management.MANAGED
    assert word(told.compliance) is Compliance.COMPLIANT


@pytest.mark.parametrize(("field", "ours"), FIELDS.items())
def test_null_and_absent_are_not_told(field: str, ours: str) -> None:
    absent = {name: value for name, value in ROW.items() if name != field}
    for raw in ({**ROW, field: None}, absent):
        row = msgspec.convert(raw, DeviceRow)
        assert word(getattr(device(row, NOW), ours)) == "not-told"


@pytest.mark.parametrize(("field", "ours"), FIELDS.items())
@pytest.mark.parametrize("raw", [17, 1.5, [], {}, ["True"]])
def test_another_type_hides_its_own_field_only(field: str, ours: str, raw: object) -> None:
    told = read(**{field: raw})
    assert word(getattr(told, ours)) == "unknown-value"
    others = [name for name in FIELDS.values() if name != ours]
    assert all(isinstance(getattr(told, name), Known) for name in others)


@pytest.mark.parametrize(
    ("field", "raw", "expected"),
    [
        ("managementState", "managed", Management.MANAGED),
        ("managementState", "retirePending", Management.LEAVING),
        ("managementState", "wipeCanceled", Management.LEAVING),
        ("managementState", "deletePending", Management.LEAVING),
        ("managementState", "unhealthy", Management.UNHEALTHY),
        ("managementState", "discovered", Management.DISCOVERED),
        ("managementState", "unknownFutureValue", "unknown-value"),
        ("managementState", "", "unknown-value"),
        ("isSupervised", False, False),
        ("isSupervised", "yes", "unknown-value"),
        ("isSupervised", 1, "unknown-value"),
        ("jailBroken", "True", True),
        ("jailBroken", "TRUE", True),
        ("jailBroken", "false", False),
        ("jailBroken", "Unknown", "not-told"),
        ("jailBroken", "", "not-told"),
        ("jailBroken", "Perhaps", "unknown-value"),
        ("jailBroken", False, "unknown-value"),
        ("complianceState", "noncompliant", Compliance.NONCOMPLIANT),
        ("complianceState", "inGracePeriod", Compliance.IN_GRACE_PERIOD),
        ("complianceState", "error", Compliance.ERROR),
        ("complianceState", "conflict", Compliance.CONFLICT),
        ("complianceState", "unknown", "compliance-unknown"),
        ("complianceState", "configManager", "unknown-value"),
        ("complianceState", "perfect", "unknown-value"),
        ("osVersion", "", "not-told"),
        ("osVersion", "  ", "not-told"),
        ("osVersion", "banana", "banana"),
        ("userPrincipalName", "", ""),
        ("userPrincipalName", "  ", ""),
        ("enrolledDateTime", "0001-01-01T00:00:00Z", "not-told"),
        ("enrolledDateTime", "yesterday", "unknown-value"),
        ("lastSyncDateTime", "0001-01-01T00:00:00Z", NEVER),
        ("lastSyncDateTime", "0001-01-01T00:00:00+01:00", NEVER),
        ("lastSyncDateTime", "2026-11-21T13:30:00-08:00", SEEN),
        ("lastSyncDateTime", "2026-11-21T21:30:00.0000000Z", SEEN),
        ("lastSyncDateTime", "2026-11-21T21:30:00", SEEN),
        ("managementCertificateExpirationDate", "0001-01-01T00:00:00Z", "not-told"),
        ("managementCertificateExpirationDate", "9999-12-31T23:59:59-08:00", "not-told"),
    ],
)
def test_each_value_has_one_meaning(field: str, raw: object, expected: object) -> None:
    assert word(getattr(read(**{field: raw}), FIELDS[field])) == expected


def test_an_unknown_word_is_kept_for_people() -> None:
    fact = read(complianceState="perfect").compliance
    assert isinstance(fact, Unknown)
    assert "'perfect'" in fact.why


def test_a_value_of_another_type_is_not_shown() -> None:
    fact = read(userPrincipalName=["someone@example.org"]).account
    assert isinstance(fact, Unknown)
    assert "someone" not in fact.why


def test_what_the_device_told_is_as_old_as_its_check_in() -> None:
    for last_sync, at in (
        ("2026-11-21T21:30:00Z", SEEN),
        ("0001-01-01T00:00:00Z", NEVER),
        (None, NEVER),
        ("soon", NEVER),
    ):
        told = read(lastSyncDateTime=last_sync)
        for fact in (told.supervised, told.os_version, told.tampered, told.compliance):
            assert isinstance(fact, Known)
            assert fact.at == at
        assert isinstance(told.certificate_expires, Known)
        assert told.certificate_expires.at == NOW


@pytest.mark.parametrize(
    ("enrolled", "supervised", "expected"),
    [
        ("2026-11-22T01:00:01Z", False, "just-enrolled"),
        ("2026-11-22T01:00:00Z", False, False),
        ("2026-11-22T01:59:00Z", True, True),
        ("2026-11-22T01:59:00Z", None, "not-told"),
        (None, False, False),
    ],
)
def test_unsupervised_within_the_hour_may_be_late_inventory(
    enrolled: str | None, supervised: bool | None, expected: object
) -> None:
    told = read(enrolledDateTime=enrolled, isSupervised=supervised)
    assert word(told.supervised) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (" f9k2 ab ", "F9K2AB"),
        ("", ""),
        ("0", ""),
        ("000000", ""),
        ("0A", "0A"),
        (None, ""),
        (17, ""),
    ],
)
def test_a_serial_has_one_form(raw: object, expected: str) -> None:
    assert serial(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("compliant", ProfileState.IN_FORCE),
        ("remediated", ProfileState.IN_FORCE),
        ("nonCompliant", ProfileState.FAILED),
        ("error", ProfileState.FAILED),
        ("conflict", ProfileState.FAILED),
        ("notApplicable", ProfileState.NOT_APPLIED),
        ("notAssigned", ProfileState.NOT_APPLIED),
        ("unknown", "not-told"),
        (None, "not-told"),
        ("waiting", "unknown-value"),
        (3, "unknown-value"),
    ],
)
def test_the_state_of_a_profile(raw: object, expected: object) -> None:
    assert word(profile("name", raw, SEEN).state) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("8944 1100 01", "8944110001"),
        ("", "not-told"),
        (None, "not-told"),
        (8944, "unknown-value"),
    ],
)
def test_the_sim(raw: object, expected: object) -> None:
    assert word(iccid(raw, SEEN)) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (" iPads of call  rooms ", "iPads of call  rooms"),
        ("MDI\x00BT\x1b[2J001\x7f\x9b", "MDIBT[2J001"),
        ("a\nb\tc\u00a0d", "a b c d"),
        ("\u202egnp.exe\u200b\ufeff", "gnp.exe"),
        ("Büro Ŵ", "Büro Ŵ"),
        ("x" * 10_000, "x" * LONGEST_TEXT),
        (None, ""),
        (7, ""),
    ],
)
def test_a_text_is_printable_and_bounded(raw: object, expected: str) -> None:
    assert plain(raw) == expected


@given(st.text())
def test_no_text_at_all_reaches_a_terminal_with_a_control_in_it(raw: str) -> None:
    assert plain(raw).isprintable()


@pytest.mark.parametrize("hidden", ["\x00", "\x1b[2J", "\u200b", "x" * LONGEST_TEXT])
def test_a_fact_that_is_no_plain_text_is_not_made_to_fit(hidden: str) -> None:
    """Else a hidden character would let an account pass for another one."""
    told = read(userPrincipalName=f"MDIBT001{hidden}@iPads.example", osVersion=f"18{hidden}.5")
    assert (word(told.account), word(told.os_version)) == ("unknown-value", "unknown-value")
    assert isinstance(told.account, Unknown)
    assert told.account.why.isprintable()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=50)
@given(st.dictionaries(st.sampled_from(sorted(ROW)), JSON))
def test_no_json_at_all_raises(changed: dict[str, object]) -> None:
    told = device(msgspec.convert({**ROW, **changed}, DeviceRow), NOW)
    assert told.serial == told.serial.upper()
