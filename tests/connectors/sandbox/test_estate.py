import csv
import io
import json
from datetime import timedelta

import pytest

from connectors.sandbox import paperwork
from connectors.sandbox.chance import Shuffle, luhn
from connectors.sandbox.devices import managed_device
from connectors.sandbox.estate import Estate
from tests.connectors.sandbox.support import NOW, estate


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def everything(one: Estate) -> str:
    records = [managed_device(one, ipad) for ipad in one]
    texts = [paperwork.register(one), paperwork.contacts(one), paperwork.staff(one)]
    return json.dumps([records, texts])


def test_the_same_seed_and_moment_give_the_same_bytes() -> None:
    assert everything(estate(7)) == everything(estate(7))
    assert everything(estate(7)) != everything(estate(8))


def test_every_establishment_has_two_ipads_numbered_one_and_two() -> None:
    found = [ipad.local_id for ipad in estate(establishments=3, devices=6)]
    assert found == ["ACIBT001", "ACIBT002", "AGIBT001", "AGIBT002", "ASIBT001", "ASIBT002"]


def test_a_load_test_spreads_many_ipads_and_needs_more_digits() -> None:
    big = estate(establishments=2, devices=4001)
    assert [big.ipad(index).local_id for index in (0, 2000, 2001, 4000)] == [
        "ACIBT001",
        "ACIBT2001",
        "AGIBT001",
        "AGIBT2000",
    ]


@pytest.mark.parametrize("column", ["asset_tag", "serial", "device_id", "iccid", "imei"])
def test_no_two_ipads_share_an_identity(column: str) -> None:
    assert len({getattr(ipad, column) for ipad in estate(devices=3000)}) == 3000


def test_an_ipad_is_found_again_by_each_of_its_names() -> None:
    one = estate(devices=300)
    for ipad in one:
        assert one.index_of_id(ipad.device_id) == ipad.index
        assert one.index_of_serial(ipad.serial.lower()) == ipad.index
        assert one.index_of_tag(ipad.asset_tag) == ipad.index


@pytest.mark.parametrize("name", ["", "0", "K", "K99999", "DMPX", "DMPXAAAAAAAA", "nonsense"])
def test_a_name_that_nobody_has_finds_nothing(name: str) -> None:
    one = estate()
    assert one.index_of_id(name) is None
    assert one.index_of_serial(name) is None
    assert one.index_of_tag(name) is None


def test_a_shuffle_goes_there_and_back() -> None:
    shuffle = Shuffle(1000, "any key")
    assert sorted(map(shuffle.there, range(1000))) == list(range(1000))
    assert all(shuffle.back(shuffle.there(number)) == number for number in range(1000))


def test_check_digits_are_those_of_published_examples() -> None:
    assert luhn("7992739871") == "79927398713"
    assert luhn("49015420323751") == "490154203237518"


def test_sims_are_of_o2_and_their_digits_check() -> None:
    for ipad in estate():
        assert ipad.iccid.startswith("894411")
        assert len(ipad.iccid) == 19
        assert luhn(ipad.iccid[:-1]) == ipad.iccid
        assert luhn(ipad.imei[:-1]) == ipad.imei


def test_the_register_tells_what_intune_tells_of_a_healthy_ipad() -> None:
    one = estate()
    for row, ipad in zip(rows(paperwork.register(one)), one, strict=True):
        record = managed_device(one, ipad)
        assert row["serial"] == record["serialNumber"]
        assert row["m365_user_id"] == record["userPrincipalName"]
        assert row["iccid"] == record["iccid"]
        assert row["enrolled_at"] == record["enrolledDateTime"]


def test_an_ipad_is_enrolled_then_distributed_then_received() -> None:
    for ipad in estate(devices=500):
        dates = [ipad.enrolled_at.date(), ipad.distributed_on, ipad.received_on]
        assert dates == sorted(dates)
        assert ipad.received_on < NOW.date() - timedelta(days=30)


def test_contacts_name_every_establishment_and_region_and_the_nation_once() -> None:
    found = rows(paperwork.contacts(estate(establishments=10)))
    scopes = [row["scope"] for row in found]
    assert (
        scopes.count("establishment"),
        scopes.count("region"),
        scopes.count("national"),
    ) == (
        10,
        8,
        1,
    )
    regions = {row["code"] for row in found if row["scope"] == "region"}
    assert {row["region"] for row in found if row["scope"] == "establishment"} == regions
    assert all(row["security"] and row["spoc"] for row in found[:10])
    assert found[-1]["infosec"] == "infosec@justice.example"


def test_whoever_received_an_ipad_is_on_the_staff_list() -> None:
    one = estate()
    people = {row["id"]: row for row in rows(paperwork.staff(one))}
    for ipad in one:
        assert people[ipad.received_by]["role"] == "spoc"
        assert people[ipad.received_by]["establishment"] == ipad.establishment
    assert people["S-INFOSEC"]["role"] == "infosec"
