"""What every MDM must keep, in sentences. A new vendor fills the fixtures.

`mdm` reads an estate of which `serials` is all; `twice` is enrolled there two times;
`breaks` makes the outside fail in the way it is told.
"""

from collections.abc import Callable, Sequence
from datetime import UTC

import pytest

from agent.domain.device import Device
from agent.domain.facts import NOT_ASKED, Known, Reading, Unknown
from agent.errors import Superseded
from agent.ports.mdm import Mdm

STRANGER = "ZZZZ0000ZZZZ"
COSTLY = ("apps", "profiles", "policies", "iccid")


def no_beat(what: str, done: int, of: int) -> None: ...


def taken_over(what: str, done: int, of: int) -> None:
    raise Superseded("another worker has taken over")


def every(reading: Reading[Device]) -> list[Device]:
    return [device for devices in reading.rows.values() for device in devices]


class MdmContract:
    """Holds for every MDM, real or ours."""

    def test_every_ipad_is_listed(self, mdm: Mdm, serials: frozenset[str]) -> None:
        reading = mdm.devices(no_beat)
        assert reading.gap is None
        assert set(reading.rows) == serials
        assert reading.source == mdm.source

    def test_both_records_of_one_serial_are_kept(self, mdm: Mdm, twice: str) -> None:
        found = mdm.devices(no_beat).all_of(twice)
        assert isinstance(found, Known)
        assert len({device.id for device in found.value}) == 2

    def test_a_list_leaves_the_costly_fields_unasked(self, mdm: Mdm) -> None:
        for device in every(mdm.devices(no_beat)):
            assert all(getattr(device, field) == NOT_ASKED for field in COSTLY)

    def test_all_times_are_utc(self, mdm: Mdm) -> None:
        for device in every(mdm.devices(no_beat)):
            for fact in (device.enrolled_at, device.last_seen, device.certificate_expires):
                assert isinstance(fact, Known)
                assert fact.value.utcoffset() == fact.at.utcoffset() == UTC.utcoffset(None)

    def test_what_the_device_told_is_as_old_as_its_last_check_in(self, mdm: Mdm) -> None:
        for device in mdm.detailed(every(mdm.devices(no_beat)), no_beat):
            assert isinstance(device.last_seen, Known)
            told = [device.supervised, device.os_version, device.tampered, device.compliance]
            for fact in [*told, *(getattr(device, field) for field in COSTLY)]:
                assert isinstance(fact, Known)
                assert fact.at == device.last_seen.value

    def test_what_the_server_knows_is_of_now(self, mdm: Mdm) -> None:
        reading = mdm.devices(no_beat)
        for device in every(reading):
            for fact in (device.management, device.account, device.enrolled_at):
                assert isinstance(fact, Known)
                assert fact.at == reading.at

    def test_a_look_up_answers_each_serial(self, mdm: Mdm, serials: frozenset[str]) -> None:
        found = mdm.find([*serials, STRANGER], no_beat)
        assert set(found) == {*serials, STRANGER}
        for serial, fact in found.items():
            assert isinstance(fact, Known)
            assert all(device.serial == serial for device in fact.value)
            assert bool(fact.value) == (serial != STRANGER)

    def test_a_look_up_tells_the_same_as_the_list(self, mdm: Mdm, twice: str) -> None:
        listed = mdm.devices(no_beat).rows[twice]
        found = mdm.find([twice], no_beat)[twice]
        assert isinstance(found, Known)
        assert {device.id for device in found.value} == {device.id for device in listed}

    def test_no_serial_is_never_asked_for(self, mdm: Mdm) -> None:
        found = mdm.find(["", " "], no_beat)
        assert set(found) == {"", " "}
        assert all(isinstance(fact, Unknown) for fact in found.values())

    def test_details_come_in_the_order_asked(self, mdm: Mdm) -> None:
        asked = every(mdm.devices(no_beat))[::-1]
        told = mdm.detailed(asked, no_beat)
        assert [device.id for device in told] == [device.id for device in asked]
        for device in told:
            assert all(isinstance(getattr(device, field), Known) for field in COSTLY)

    def test_asking_nothing_costs_nothing(self, mdm: Mdm) -> None:
        before = mdm.calls()
        assert list(mdm.detailed([], no_beat)) == []
        assert dict(mdm.find([], no_beat)) == {}
        assert mdm.calls() == before

    def test_the_tenant_is_known(self, mdm: Mdm) -> None:
        tenant = mdm.tenant(no_beat)
        assert isinstance(tenant.unjudged_is_compliant, Known)
        assert isinstance(tenant.policies, Known)

    def test_calls_are_counted(self, mdm: Mdm) -> None:
        before = mdm.calls()
        mdm.devices(no_beat)
        assert mdm.calls() > before

    def test_each_answer_beats(self, mdm: Mdm, serials: frozenset[str]) -> None:
        beats: list[tuple[str, int, int]] = []

        def beat(what: str, done: int, of: int) -> None:
            beats.append((what, done, of))

        mdm.detailed(every(mdm.devices(beat)), beat)
        mdm.find(sorted(serials), beat)
        assert len(beats) > 3
        assert all(what and done >= 0 and (not of or done <= of) for what, done, of in beats)

    def test_a_beat_may_stop_a_reading(self, mdm: Mdm, serials: frozenset[str]) -> None:
        devices = every(mdm.devices(no_beat))
        with pytest.raises(Superseded):
            mdm.devices(taken_over)
        with pytest.raises(Superseded):
            mdm.find(sorted(serials), taken_over)
        with pytest.raises(Superseded):
            mdm.detailed(devices, taken_over)


Breaks = Callable[[str], None]

EVERYWHERE = (
    "timeout",
    "busy",
    "away",
    "cut",
    "html",
    "truncated",
    "empty",
    "refused",
    "login",
)


class RemoteMdmContract(MdmContract):
    """Holds for an MDM that is asked over a network."""

    @pytest.mark.parametrize("fault", [*EVERYWHERE, "second page", "same token", "other host"])
    def test_a_fault_leaves_a_gap_and_never_a_shorter_estate(
        self, mdm: Mdm, breaks: Breaks, serials: frozenset[str], fault: str
    ) -> None:
        breaks(fault)
        reading = mdm.devices(no_beat)
        assert reading.gap
        for serial in (*serials, STRANGER):
            fact = reading.all_of(serial)
            assert isinstance(fact, Unknown)
            assert fact.reason == "not-read"

    @pytest.mark.parametrize("fault", EVERYWHERE)
    def test_a_fault_makes_a_look_up_unknown_not_empty(
        self, mdm: Mdm, breaks: Breaks, serials: frozenset[str], fault: str
    ) -> None:
        breaks(fault)
        found = mdm.find([*serials, STRANGER], no_beat)
        assert set(found) == {*serials, STRANGER}
        assert {_reason(fact) for fact in found.values()} == {"not-read"}

    @pytest.mark.parametrize("fault", EVERYWHERE)
    def test_a_fault_hides_the_details_and_keeps_the_devices(
        self, mdm: Mdm, breaks: Breaks, fault: str
    ) -> None:
        devices = every(mdm.devices(no_beat))
        breaks(fault)
        told: Sequence[Device] = mdm.detailed(devices, no_beat)
        assert [device.id for device in told] == [device.id for device in devices]
        for device in told:
            assert {_reason(getattr(device, field)) for field in COSTLY} == {"not-read"}

    @pytest.mark.parametrize("fault", EVERYWHERE)
    def test_a_fault_makes_the_tenant_unknown(
        self, mdm: Mdm, breaks: Breaks, fault: str
    ) -> None:
        breaks(fault)
        tenant = mdm.tenant(no_beat)
        assert _reason(tenant.unjudged_is_compliant) == _reason(tenant.policies) == "not-read"


def _reason(fact: object) -> str:
    return fact.reason if isinstance(fact, Unknown) else "known"
