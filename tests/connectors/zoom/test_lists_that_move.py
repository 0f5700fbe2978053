"""Zoom's lists that move, and answers that are nobody's word."""

import pytest

from agent.domain.facts import Known, Unknown
from connectors.sandbox.failures import Failure
from connectors.sandbox.identity import Identity
from tests.connectors.zoom.contract import no_beat
from tests.connectors.zoom.sandboxed import Sandboxed, sandboxed
from tests.drills.of_transport.cases import PAGED, STAY, WORDS

CONTENT = {
    fault: words
    for fault, words in WORDS.items()
    if fault.startswith(("busy-f", "error", "html", "empty", "trunc", "token"))
}


@pytest.fixture
def there(application: Identity) -> Sandboxed:
    found = sandboxed(application)
    found.core.zoom.pages.most = 4
    found.consent(0)
    return found


def ails(there: Sandboxed, fault: str, endpoint: str, times: int | None = None) -> None:
    there.core.failures = [Failure(endpoint, fault=fault, times=times)]


@pytest.mark.parametrize(("fault", "words"), {**CONTENT, **PAGED}.items())
def test_a_fault_that_stays_is_a_gap_that_says_what_happened(
    there: Sandboxed, fault: str, words: str
) -> None:
    ails(there, fault, "zoom.users")
    gap = there.zoom().users(no_beat).gap
    assert gap is not None
    assert words in gap


@pytest.mark.parametrize("fault", sorted({*CONTENT, *PAGED} - STAY))
def test_a_fault_that_passes_leaves_no_trace(there: Sandboxed, fault: str) -> None:
    ails(there, fault, "zoom.users", times=1)
    reading = there.zoom().users(no_beat)
    assert reading.gap is None
    assert set(reading.rows) == {there.email(index) for index in range(6)}


@pytest.mark.parametrize("fault", ["empty", "empty-object", "html", "truncated"])
@pytest.mark.parametrize("endpoint", ["zoom.userSettings", "zoom.contacts", "zoom.token"])
def test_an_answer_that_says_nothing_is_no_answer(
    there: Sandboxed, endpoint: str, fault: str
) -> None:
    ails(there, fault, endpoint)
    zoom = there.zoom()
    setting = zoom.settings(there.id(0))["recording.cloud_recording"]
    contacts = zoom.contacts(there.email(0))
    hidden: dict[str, list[object]] = {
        "zoom.userSettings": [setting],
        "zoom.contacts": [contacts],
    }
    for fact in hidden.get(endpoint, [setting, contacts]):
        assert isinstance(fact, Unknown)
        assert (fact.reason, WORDS[fault] in fact.why) == ("not-read", True)
    there.core.failures = []
    assert isinstance(there.zoom().contacts(there.email(0)), Known)
