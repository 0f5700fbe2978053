"""Staff and contacts: imported whole, audited without an address or a name."""

import json
from collections.abc import Iterator

import pytest

from agent.domain.contacts import COLUMNS, Place
from agent.domain.people import at_the_command_line
from agent.domain.scheme import Scheme
from agent.domain.sheet import BadSheet
from agent.errors import BadInput
from agent.policies import load_policy
from agent.schemes import load_scheme
from agent.services.people import (
    export_contacts,
    export_staff,
    import_contacts,
    import_staff,
    list_staff,
    missing_contacts,
    plan_contacts,
    plan_staff,
    spoken,
)
from agent.services.register import import_register
from agent.store.audit import Audit
from agent.store.engine import Store
from agent.store.people import People
from tests.support.registers import REGION, as_file, contact_rows, register_rows, staff_file
from tests.support.stores import a_store

BY = at_the_command_line("INFOSEC-1", "alex")
CODES = ("LEI", "MDI")
ROUTES = load_policy().routes
CONTACTS = as_file(contact_rows(CODES), COLUMNS)


@pytest.fixture(scope="module")
def scheme() -> Scheme:
    return load_scheme()


@pytest.fixture
def empty(url: str) -> Iterator[Store]:
    opened = a_store(url)
    yield opened
    opened.close()


@pytest.fixture
def store(empty: Store, scheme: Scheme) -> Store:
    import_staff(empty, scheme, staff_file(CODES), BY)
    return empty


def audited(store: Store) -> list[dict[str, object]]:
    with store.read() as tx:
        return [json.loads(row) for _, row, _ in Audit(tx).rows()]


def test_the_first_staff_list_may_be_imported_by_somebody_in_it(
    empty: Store, scheme: Scheme
) -> None:
    stranger = at_the_command_line("S-NOBODY", "alex")
    with pytest.raises(BadInput, match="S-NOBODY"):
        import_staff(empty, scheme, staff_file(CODES), stranger)
    assert list_staff(empty) == []
    assert len(plan_staff(empty, scheme, staff_file(CODES)).added) == 3
    import_staff(empty, scheme, staff_file(CODES), BY)
    assert [person.id for person in list_staff(empty)] == [
        "INFOSEC-1", "S-LEI-SPOC", "S-MDI-SPOC",
    ]  # fmt: skip


def test_a_later_list_needs_somebody_who_is_known_already(store: Store, scheme: Scheme) -> None:
    with pytest.raises(BadInput, match="S-BXI-SPOC"):
        import_staff(
            store, scheme, staff_file(["BXI"]), at_the_command_line("S-BXI-SPOC", "alex")
        )


def test_who_left_is_kept_and_may_no_longer_act(store: Store, scheme: Scheme) -> None:
    import_staff(store, scheme, staff_file(["LEI"]), BY)
    assert [person.id for person in list_staff(store) if not person.active] == ["S-MDI-SPOC"]
    with pytest.raises(BadInput, match="S-MDI-SPOC"):
        import_contacts(store, scheme, CONTACTS, at_the_command_line("S-MDI-SPOC", "sam"))
    assert "S-MDI-SPOC" not in export_staff(store)
    import_staff(store, scheme, staff_file(CODES), BY)
    assert all(person.active for person in list_staff(store))


def test_importing_again_changes_nothing_and_writes_no_audit_row(
    store: Store, scheme: Scheme
) -> None:
    import_contacts(store, scheme, CONTACTS, BY)
    before = audited(store)
    assert import_staff(store, scheme, export_staff(store).encode(), BY).nothing
    assert import_contacts(store, scheme, export_contacts(store).encode(), BY).nothing
    assert audited(store) == before


def test_the_audit_names_places_and_ids_but_no_address_and_no_name(
    store: Store, scheme: Scheme
) -> None:
    import_contacts(store, scheme, CONTACTS, BY)
    told = json.dumps(audited(store))
    assert "CONTACTS_IMPORTED" in told
    assert "MDI/security" in told
    assert "national/infosec" in told
    assert "@" not in told
    assert "Sam Pock" not in told


def test_a_bad_line_keeps_the_whole_file_out(store: Store, scheme: Scheme) -> None:
    with pytest.raises(BadSheet, match="line 2, column security"):
        import_contacts(store, scheme, CONTACTS.replace(b"security@lei", b"?"), BY)
    with pytest.raises(BadSheet, match="column role"):
        import_staff(store, scheme, staff_file(CODES).replace(b"infosec", b"cook"), BY)
    assert plan_contacts(store, scheme, CONTACTS).removed == ()


def test_the_store_knows_each_inbox_and_region(store: Store, scheme: Scheme) -> None:
    import_contacts(store, scheme, CONTACTS, BY)
    with store.read() as tx:
        people = People(tx)
        assert len(people.inboxes()) == 14
        assert people.address("national", "", "infosec") == "infosec@hq.example"
        assert people.address("establishment", "BXI", "spoc") is None
        assert people.region_of("MDI") == REGION
        assert people.region_of("BXI") is None
        assert people.regions() == {"LEI": REGION, "MDI": REGION}


def test_importing_a_shorter_file_removes_what_it_lacks(store: Store, scheme: Scheme) -> None:
    import_contacts(store, scheme, CONTACTS, BY)
    import_contacts(store, scheme, as_file([], COLUMNS), BY)
    assert export_contacts(store) == ",".join(COLUMNS) + "\r\n"


def test_a_prison_with_ipads_and_no_inboxes_is_missing_them(
    store: Store, scheme: Scheme
) -> None:
    import_contacts(store, scheme, CONTACTS, BY)
    assert missing_contacts(store, scheme, ROUTES) == ()
    import_staff(store, scheme, staff_file([*CODES, "BXI"]), BY)
    import_register(store, scheme, as_file(register_rows(["BXI"])), BY)
    assert [spoken(place) for place in missing_contacts(store, scheme, ROUTES)] == [
        "BXI/duty-phone", "BXI/region", "BXI/security", "BXI/spoc",
    ]  # fmt: skip
    assert Place("establishment", "BXI", "spoc") in missing_contacts(store, scheme, ROUTES)
