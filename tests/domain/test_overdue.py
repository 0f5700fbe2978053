"""A9: whose receipt is overdue; A1: a register that lacks nothing says nothing."""

from datetime import UTC, date, datetime

from agent.domain.receipts import OverdueReceipt, overdue
from agent.domain.register import Against
from agent.domain.register_plan import plan
from agent.schemes import load_scheme
from tests.support.cases import an_asset
from tests.support.registers import all_codes, as_file, register_rows

SCHEME = load_scheme()
MONDAY, WEDNESDAY, THURSDAY = (date(2026, 11, day) for day in (16, 18, 19))


def test_a_receipt_is_overdue_when_its_day_has_passed_and_not_on_the_day() -> None:
    asset = an_asset(distributed_on=MONDAY)
    assert overdue([asset], SCHEME.register, WEDNESDAY) == ()
    late = overdue([asset], SCHEME.register, THURSDAY)
    assert late == (OverdueReceipt(asset, WEDNESDAY),)


def test_what_was_received_or_never_distributed_owes_no_receipt() -> None:
    received = an_asset(1, distributed_on=MONDAY, received_on=THURSDAY)
    assert overdue([received, an_asset(2)], SCHEME.register, date(2027, 1, 1)) == ()


def test_the_longest_overdue_comes_first_and_then_the_tag() -> None:
    assets = [
        an_asset(number, distributed_on=day)
        for number, day in ((3, MONDAY), (1, WEDNESDAY), (2, MONDAY))
    ]
    told = overdue(assets, SCHEME.register, date(2027, 1, 1))
    assert [late.asset.tag for late in told] == ["K10002", "K10003", "K10001"]


def test_a_register_of_two_ipads_for_every_establishment_lacks_nothing() -> None:
    codes = all_codes(SCHEME)
    staff = tuple(f"S-{code}-SPOC" for code in codes)
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    outcome = plan(as_file(register_rows(codes)), {}, Against(SCHEME, staff, now, now.date()))
    assert (len(outcome.diff.added), outcome.problems, outcome.warnings) == (248, (), ())
