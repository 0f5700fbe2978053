"""device.enrolled and device.one-record: what is known of the records alone."""

from agent.domain.check import AssetFacts, Case, Finding, Severity, Verdict
from agent.domain.checks.enrolled import enrolled
from agent.domain.checks.one_record import one_record
from agent.domain.device import Device
from agent.domain.facts import Fact
from tests.support.cases import BASELINE, NOT_READ, NOW, a_device, an_asset, judged, known

Records = Fact[tuple[Device, ...]]


def _found(seen: Records, records: Records) -> tuple[Finding, Finding]:
    asset = an_asset()
    facts = AssetFacts(
        asset=asset, baseline=BASELINE, seen=seen, records=records, device=NOT_READ
    )
    case = Case(asset, BASELINE, NOW)
    return enrolled.judge(facts, case), one_record.judge(facts, case)


def test_no_record_of_the_serial_is_not_enrolled() -> None:
    finding = judged(enrolled)
    assert (finding.verdict, finding.reason) == (Verdict.FAIL, "not-enrolled")
    assert finding.severity is Severity.HIGH
    assert judged(one_record).verdict is Verdict.PASS


def test_one_record_passes_both() -> None:
    assert judged(enrolled, a_device()).verdict is Verdict.PASS
    assert judged(one_record, a_device()).verdict is Verdict.PASS


def test_more_records_are_a_duplicate_and_enrolled() -> None:
    three = [a_device(id=str(number)) for number in range(3)]
    assert judged(enrolled, *three).verdict is Verdict.PASS
    for count in (2, 3):
        finding = judged(one_record, *three[:count])
        assert (finding.verdict, finding.reason) == (Verdict.FAIL, "duplicate-serial")
        assert finding.value == str(count)


def test_a_record_that_was_seen_proves_the_enrolment_but_not_that_it_is_the_only_one() -> None:
    is_enrolled, is_one = _found(known((a_device(),)), NOT_READ)
    assert is_enrolled.verdict is Verdict.PASS
    assert (is_one.verdict, is_one.reason) == (Verdict.UNKNOWN, "not-read")


def test_two_records_that_were_seen_prove_a_duplicate_whatever_was_not_read() -> None:
    _, is_one = _found(known((a_device(), a_device(id="2"))), NOT_READ)
    assert (is_one.verdict, is_one.reason) == (Verdict.FAIL, "duplicate-serial")


def test_nothing_read_is_nothing_known_of_either() -> None:
    for finding in _found(NOT_READ, NOT_READ):
        assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, "not-read")
