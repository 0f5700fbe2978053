"""A list that moves while it is read, and answers that are nobody's word."""

import pytest

from agent.domain.facts import Known
from connectors.http import parsed
from connectors.mdm.graph import Page
from connectors.mdm.intune_list import Listing
from connectors.sandbox.failures import Failure
from tests.connectors.mdm.contract import no_beat
from tests.connectors.mdm.tenant import LIST, Tenant
from tests.drills.of_transport.cases import PAGED, STAY, WORDS

CONTENT = {
    fault: words
    for fault, words in WORDS.items()
    if fault.startswith(("busy-f", "error", "html", "empty", "trunc", "token"))
}


def ails(there: Tenant, fault: str, times: int | None = None) -> None:
    there.core.failures = [Failure("managedDevices", fault=fault, times=times)]


@pytest.mark.parametrize(("fault", "words"), {**CONTENT, **PAGED}.items())
def test_a_fault_that_stays_is_a_gap_that_says_what_happened(
    there: Tenant, fault: str, words: str
) -> None:
    ails(there, fault)
    gap = there.mdm().devices(no_beat).gap
    assert gap is not None
    assert words in gap


@pytest.mark.parametrize("fault", sorted({*CONTENT, *PAGED} - STAY))
def test_a_fault_that_passes_leaves_no_trace(there: Tenant, fault: str) -> None:
    ails(there, fault, times=1)
    reading = there.mdm().devices(no_beat)
    assert reading.gap is None
    assert set(reading.rows) == {there.serial(index) for index in range(8)}


@pytest.mark.parametrize("fault", ["shorter", "longer"])
def test_a_list_that_moves_for_ever_is_read_twice_and_no_more(
    there: Tenant, fault: str
) -> None:
    ails(there, fault)
    there.mdm().devices(no_beat)
    assert sum(request.url.path == LIST for request in there.asked) == 6


@pytest.mark.parametrize("fault", sorted(set(CONTENT) - {"tokens-refused"}))
@pytest.mark.parametrize("endpoint", ["managedDevice", "batch", "detectedApps", "token"])
def test_what_passes_is_seen_in_no_detail(there: Tenant, endpoint: str, fault: str) -> None:
    mdm = there.mdm()
    devices = [row for rows in mdm.devices(no_beat).rows.values() for row in rows]
    there.core.failures = [Failure(endpoint, fault=fault, times=1)]
    for device in mdm.detailed(devices, no_beat):
        assert isinstance(device.iccid, Known)
        assert isinstance(device.apps, Known)


def listing(*pages: str) -> Listing:
    found = Listing()
    for page in pages:
        found.add(parsed("a page", page.encode(), Page))
    return found


A, B, C = '{"id": "a"}', '{"id": "b"}', '{"id": "c"}'


@pytest.mark.parametrize(
    ("pages", "gap"),
    [
        ([f'{{"value": [{A}, {B}]}}', f'{{"value": [{C}]}}'], None),
        ([f'{{"@odata.count": 3, "value": [{A}, {B}]}}', f'{{"value": [{C}]}}'], None),
        # counted by page, as it may be
        (
            [
                f'{{"@odata.count": 2, "value": [{A}, {B}]}}',
                f'{{"@odata.count": 1, "value": [{C}]}}',
            ],
            None,
        ),
        ([f'{{"@odata.count": "many", "value": [{A}]}}'], None),
        ([f'{{"@odata.count": 2, "value": [{A}]}}'], "1 of 2 records came"),
        ([f'{{"@odata.count": 4, "value": [{A}, {B}]}}', f'{{"value": [{C}]}}'], "3 of 4"),
        ([f'{{"value": [{A}, {B}]}}', f'{{"value": [{B}]}}'], "1 records came twice"),
        (
            [
                f'{{"@odata.count": 4, "value": [{A}, {B}]}}',
                f'{{"@odata.count": 3, "value": [{C}]}}',
            ],
            "it had 3 and then 4 records",
        ),
    ],
)
def test_a_list_contradicts_itself_where_it_moved(pages: list[str], gap: str | None) -> None:
    found = listing(*pages)
    assert (found.gap is None) == (gap is None)
    assert gap is None or gap in str(found.gap)
