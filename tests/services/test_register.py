"""A1, A5, A8-A12: the register is imported whole, with its diff, and never twice."""

import hashlib
import json
from collections.abc import Iterator
from datetime import date

import pytest

from agent.domain.people import at_the_command_line
from agent.domain.scheme import Scheme
from agent.domain.sheet import BadSheet
from agent.errors import BadInput
from agent.schemes import load_scheme
from agent.services.people import import_staff
from agent.services.register import (
    export_register,
    import_register,
    overdue_receipts,
    plan_import,
    show_asset,
)
from agent.store.audit import Audit
from agent.store.engine import Store
from agent.store.register import Register
from tests.support.registers import a_row, all_codes, as_file, register_rows, staff_file
from tests.support.stores import a_store

BY = at_the_command_line("INFOSEC-1", "alex")
CODES = ("BXI", "LEI", "MDI")


@pytest.fixture(scope="module")
def scheme() -> Scheme:
    return load_scheme()


@pytest.fixture
def store(url: str, scheme: Scheme) -> Iterator[Store]:
    opened = a_store(url)
    import_staff(opened, scheme, staff_file(all_codes(scheme)), BY)
    yield opened
    opened.close()


def audited(store: Store) -> list[dict[str, object]]:
    with store.read() as tx:
        assert Audit(tx).broken() is None
        rows: list[dict[str, object]] = [json.loads(row) for _, row, _ in Audit(tx).rows()]
    return rows


def tags(store: Store) -> list[str]:
    with store.read() as tx:
        return [asset.tag for asset in Register(tx).all()]


def test_all_124_establishments_with_two_ipads_each_are_imported(
    store: Store, scheme: Scheme
) -> None:
    file = as_file(register_rows(all_codes(scheme)))
    plan = plan_import(store, scheme, file)
    assert (plan.problems, plan.warnings, len(plan.diff.added)) == ((), (), 248)
    assert import_register(store, scheme, file, BY).changed_anything
    assert len(tags(store)) == 248
    assert len([row for row in audited(store) if row["what"] == "ASSET_ADDED"]) == 248


def test_the_same_file_again_changes_nothing_and_says_so(store: Store, scheme: Scheme) -> None:
    file = as_file(register_rows(CODES))
    import_register(store, scheme, file, BY)
    before = audited(store)
    again = import_register(store, scheme, file, BY)
    assert not again.changed_anything
    assert len(again.plan.diff.unchanged) == 6
    assert audited(store) == before


def test_the_export_imports_again_without_a_change(store: Store, scheme: Scheme) -> None:
    import_register(store, scheme, as_file(register_rows(CODES)), BY)
    exported = export_register(store).encode()
    assert plan_import(store, scheme, exported).diff.nothing
    assert exported == as_file(register_rows(CODES))


def test_the_audit_has_counts_fields_and_the_files_digest_but_no_account(
    store: Store, scheme: Scheme
) -> None:
    rows = register_rows(CODES)
    import_register(store, scheme, as_file(rows), BY)
    rows[0]["m365_user_id"] = "other@ipads.example"
    file = as_file(rows)
    import_register(store, scheme, file, BY)
    whole, one = audited(store)[-2:]
    digest = hashlib.sha256(file).hexdigest()
    assert whole["what"] == "REGISTER_IMPORTED"
    assert whole["who"] == "INFOSEC-1"
    assert whole["details"] == {
        "sha256": digest, "added": 0, "changed": 1, "moved": 0, "unchanged": 5,
        "notInFile": 0, "leftOutLines": [],
        "how": "asserted at the command line", "osUser": "alex",
    }  # fmt: skip
    assert (one["what"], one["subjectId"]) == ("ASSET_CHANGED", rows[0]["asset_tag"])
    assert one["correlationId"] == whole["correlationId"] == f"register/{digest[:16]}"
    assert "other@ipads" not in json.dumps(audited(store))


def test_one_bad_line_keeps_the_whole_file_out(store: Store, scheme: Scheme) -> None:
    rows = register_rows(CODES)
    rows[2]["serial"] = "?"
    with pytest.raises(BadSheet, match="line 4, column serial") as refused:
        import_register(store, scheme, as_file(rows), BY)
    assert [problem.value for problem in refused.value.problems] == ["?"]
    assert "?" not in str(refused.value)
    assert tags(store) == []


def test_skip_invalid_names_what_it_left_out_and_keeps_the_old_row(
    store: Store, scheme: Scheme
) -> None:
    rows = register_rows(CODES)
    import_register(store, scheme, as_file(rows), BY)
    rows[0] |= {"serial": "?", "sim_provider": "EE"}
    rows[1]["sim_provider"] = "EE"
    done = import_register(store, scheme, as_file(rows), BY, skip_invalid=True)
    assert [(out.line, out.tag) for out in done.plan.left_out] == [(2, rows[0]["asset_tag"])]
    assert show_asset(store, rows[0]["asset_tag"])[0].sim_provider == "O2"
    assert show_asset(store, rows[1]["asset_tag"])[0].sim_provider == "EE"
    assert audited(store)[-2]["details"]["leftOutLines"] == [2]  # type: ignore[index]


def test_two_ipads_may_change_places_in_one_import(store: Store, scheme: Scheme) -> None:
    rows = register_rows(CODES)
    import_register(store, scheme, as_file(rows), BY)
    first, last = rows[0]["asset_tag"], rows[-1]["asset_tag"]
    rows[0]["asset_tag"], rows[-1]["asset_tag"] = last, first
    done = import_register(store, scheme, as_file(rows), BY)
    assert [change.tag for change in done.plan.diff.moved] == [first, last]
    asset, history = show_asset(store, first)
    assert asset.local_id == "MDIBT002"
    assert [past.what for past in history] == ["added", "moved"]
    assert history[1].changes["establishment"] == ("BXI", "MDI")
    assert history[1].by == "INFOSEC-1"
    assert {"from": "BXI", "to": "MDI"}.items() <= dict(
        audited(store)[-2]["details"]  # type: ignore[call-overload]
    ).items()


def test_an_asset_that_the_file_does_not_name_stays_and_is_named(
    store: Store, scheme: Scheme
) -> None:
    rows = register_rows(CODES)
    import_register(store, scheme, as_file(rows), BY)
    plan = import_register(store, scheme, as_file(rows[:5]), BY).plan
    assert plan.diff.kept == (rows[5]["asset_tag"],)
    assert len(tags(store)) == 6


def test_only_somebody_on_the_staff_list_may_import(store: Store, scheme: Scheme) -> None:
    stranger = at_the_command_line("S-NOBODY", "alex")
    with pytest.raises(BadInput, match="S-NOBODY"):
        import_register(store, scheme, as_file(register_rows(CODES)), stranger)


def test_a_receipt_is_overdue_after_two_working_days(store: Store, scheme: Scheme) -> None:
    none = {"received_by": "", "received_on": "", "storage_location": ""}
    friday, monday = date(2026, 11, 13), date(2026, 11, 16)
    rows = [
        a_row("MDI", 1, 1, distributed_on=str(friday), **none),
        a_row("MDI", 2, 2, distributed_on=str(monday), **none),
        a_row("LEI", 1, 3),
        a_row("LEI", 2, 4, distributed_on="", **none),
    ]
    import_register(store, scheme, as_file(rows), BY)
    assert overdue_receipts(store, scheme, date(2026, 11, 17)) == ()
    late = overdue_receipts(store, scheme, date(2026, 11, 18))
    assert [(one.asset.local_id, one.due) for one in late] == [("MDIBT001", date(2026, 11, 17))]
    assert len(overdue_receipts(store, scheme, date(2026, 11, 19))) == 2


def test_a_tag_that_is_not_on_the_register_is_said(store: Store) -> None:
    with pytest.raises(BadInput, match="K404"):
        show_asset(store, "K404")
