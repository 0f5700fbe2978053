"""The tables themselves refuse what the import would refuse."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from agent.domain.asset import Asset
from agent.domain.people import Staff
from agent.domain.register_plan import Diff, compare
from agent.domain.staff import StaffPlan
from agent.store.engine import Store
from agent.store.people import People, inbox
from agent.store.register import Register
from tests.support.stores import NOON, a_store

FIRST = Asset(
    tag="K1", local_id="MDIBT001", establishment="MDI", serial="DMPX000001",
    dom1_address="a1@d.example", m365_user_id="a1@m.example", apple_user_id="a1@a.example",
    sim_provider="O2", iccid="8944110000000000001",
    enrolled_at=datetime(2026, 9, 1, 9, 30, 0, 123456, tzinfo=UTC),
    distributed_on=date(2026, 9, 3), received_by="S-1", received_on=date(2026, 9, 4),
    storage_location="Governor's safe",
)  # fmt: skip
SECOND = Asset(
    tag="K2", local_id="MDIBT002", establishment="MDI", serial="DMPX000002",
    dom1_address="a2@d.example", m365_user_id="a2@m.example", apple_user_id="a2@a.example",
)  # fmt: skip


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = a_store(url)
    with opened.begin() as tx:
        sam = Staff("S-1", "Sam Pock", "spoc", "MDI")
        People(tx).replace_staff(StaffPlan((sam,), (), (), frozenset({"S-1"}), ()))
        Register(tx).apply(Diff(added=(SECOND, FIRST)), "S-1")
    yield opened
    opened.close()


def change(store: Store, *assets: Asset) -> None:
    with store.begin() as tx:
        held = {asset.tag: asset for asset in Register(tx).all()}
        Register(tx).apply(compare(assets, held), "S-1")


def test_an_asset_is_kept_as_it_is(store: Store) -> None:
    with store.read() as tx:
        assert Register(tx).all() == [FIRST, SECOND]
        assert Register(tx).get("K1") == FIRST
        assert Register(tx).get("K3") is None


def test_an_asset_is_found_by_each_of_its_names_and_by_no_other_column(store: Store) -> None:
    with store.read() as tx:
        assert [Register(tx).named(word) for word in ("K1", "MDIBT001", "DMPX000001")] == [
            FIRST, FIRST, FIRST,
        ]  # fmt: skip
        assert [Register(tx).named(word) for word in ("", "MDI", "O2", "K3")] == [None] * 4


def test_a_person_and_the_inboxes_of_one_place_are_found_alone(store: Store) -> None:
    boxes = [
        ("establishment", "MDI", "spoc"), ("establishment", "LEI", "security"),
        ("national", "", "infosec"),
    ]  # fmt: skip
    with store.begin() as tx:
        columns = ("scope", "code", "role")
        rows = [
            dict(zip(columns, box, strict=True)) | {"address": "a@b.example"} for box in boxes
        ]
        tx.sql.execute(insert(inbox), rows)
    with store.read() as tx:
        assert People(tx).own_roles_of("MDI") == {"spoc"}
        assert People(tx).own_roles_of("") == frozenset()
        assert People(tx).staff("S-1") == Staff("S-1", "Sam Pock", "spoc", "MDI")
        assert People(tx).staff("S-2") is None


def test_two_assets_swap_everything_that_is_unique(store: Store) -> None:
    swapped = [replace(FIRST, tag="K2"), replace(SECOND, tag="K1")]
    change(store, *swapped)
    with store.read() as tx:
        assert Register(tx).all() == [swapped[1], swapped[0]]


def test_history_has_each_change_in_order_with_old_and_new(store: Store) -> None:
    change(store, replace(SECOND, serial="DMPX000003"))
    change(store, replace(SECOND, serial="DMPX000003", establishment="LEI"))
    change(store)
    with store.read() as tx:
        added, changed, moved = Register(tx).history("K2")
        assert Register(tx).history("K3") == []
    assert (added.what, added.changes["serial"]) == ("added", ("", "DMPX000002"))
    assert "iccid" not in added.changes
    assert (changed.what, changed.changes) == (
        "changed", {"serial": ("DMPX000002", "DMPX000003")},
    )  # fmt: skip
    assert (moved.what, moved.changes) == ("moved", {"establishment": ("MDI", "LEI")})
    assert (moved.at, moved.by) == (NOON, "S-1")


@pytest.mark.parametrize(
    "wrong",
    [
        {"serial": "DMPX000001"},
        {"local_id": "MDIBT001"},
        {"m365_user_id": "a1@m.example"},
        {"dom1_address": "a1@d.example"},
        {"apple_user_id": "a1@a.example"},
        {"iccid": "8944110000000000001"},
        {"received_by": "S-1"},
        {"received_by": "S-NOBODY", "received_on": date(2026, 9, 4), "storage_location": "x"},
        {"storage_location": "Governor's safe"},
    ],
)
def test_the_database_refuses_sharing_and_half_a_receipt(
    store: Store, wrong: dict[str, str]
) -> None:
    with pytest.raises(IntegrityError):
        change(store, replace(SECOND, **wrong))  # type: ignore[arg-type]
    with store.read() as tx:
        assert Register(tx).all() == [FIRST, SECOND]


@pytest.mark.parametrize(
    "row", [("planet", "X", "spoc"), ("national", "X", "spoc"), ("region", "", "spoc")]
)
def test_an_inbox_is_of_a_place(store: Store, row: tuple[str, str, str]) -> None:
    values = dict(zip(("scope", "code", "role"), row, strict=True)) | {"address": "a@b.example"}
    with pytest.raises(IntegrityError), store.begin() as tx:
        tx.sql.execute(insert(inbox).values(values))
