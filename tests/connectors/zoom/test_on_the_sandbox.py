"""The sandbox's Zoom keeps the contract too, and what is planted in it is found."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest

from agent.domain.facts import Known, Unknown
from agent.domain.zoom import ExternalContact, Kind, Span
from connectors.sandbox.identity import Identity
from connectors.sandbox.zoom.healthy import (
    ACCOUNT,
    CONSENTS,
    CONTACTS,
    ONE_ACCOUNT,
    PAST,
    RECORDINGS,
    SUMMARIES,
    TRANSCRIPTS,
    contact,
    meeting_uuid,
)
from connectors.zoom.estate import ZoomEstate
from connectors.zoom.limits import Plan
from tests.connectors.zoom.contract import (
    Breaks,
    RemoteZoomContract,
    everyone,
    no_beat,
    with_id,
)
from tests.connectors.zoom.sandboxed import Sandboxed, sandboxed, sixty_days
from tests.connectors.zoom.test_contract import broken

T = TypeVar("T")


@pytest.fixture
def there(application: Identity) -> Sandboxed:
    found = sandboxed(application)
    found.set_status(4, "inactive")
    found.set_status(5, "pending")
    found.consent(0)
    return found


@pytest.fixture
def zoom(there: Sandboxed) -> ZoomEstate:
    return there.zoom()


@pytest.fixture
def span() -> Span:
    return sixty_days()


class TestSandboxZoom(RemoteZoomContract):
    @pytest.fixture
    def emails(self, there: Sandboxed) -> frozenset[str]:
        return frozenset(there.email(n) for n in range(6))

    @pytest.fixture
    def group(self, there: Sandboxed) -> str:
        return there.group(0)

    @pytest.fixture
    def consenting(self, there: Sandboxed) -> str:
        return there.email(0)

    @pytest.fixture
    def breaks(self, there: Sandboxed) -> Breaks:
        def breaks(fault: str) -> None:
            there.odd = (lambda _: broken(fault)) if fault else None

        return breaks


def ago(**much: int) -> str:
    return f"{datetime.now(UTC) - timedelta(**much):%Y-%m-%dT%H:%M:%SZ}"


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("live", Kind.RECORDING),
        ("meeting_recordings", Kind.TRASH),
        ("recording_file", Kind.TRASH),
    ],
)
@pytest.mark.parametrize("days", [0, 29, 30, 59])
def test_a_recording_is_found_where_and_when_it_is(
    there: Sandboxed, zoom: ZoomEstate, span: Span, place: str, kind: Kind, days: int
) -> None:
    record = {"uuid": "u/1==", "start_time": ago(days=days), "place": place}
    there.add(RECORDINGS, f"{there.id(4)}/r", **record)
    found = {u.email: zoom.recordings(u, span) for u in with_id(zoom)}
    assert [k.kind for k in found[there.email(4)].found] == [kind]
    assert not found[there.email(0)].found
    assert all(search.gap is None for search in found.values())


@pytest.mark.parametrize("odd", [True, False])
def test_a_transcript_of_any_uuid_is_found(
    there: Sandboxed, zoom: ZoomEstate, span: Span, odd: bool
) -> None:
    uuid = next(u for n in range(99) if (u := meeting_uuid(n)).startswith("/") is odd)
    user = there.id(0)
    there.add(PAST, f"{user}/m", uuid=uuid, id=1, start_time=ago(days=40))
    there.add(TRANSCRIPTS, f"{user}/t", meeting_uuid=uuid, meeting_id=1)
    [owner] = [u for u in with_id(zoom) if u.id == user]
    found = zoom.transcripts(owner, span)
    assert [kept.meeting for kept in found.found] == [uuid]
    assert found.gap is None


def test_a_summary_is_found_with_its_host(
    there: Sandboxed, zoom: ZoomEstate, span: Span
) -> None:
    email = there.email(0)
    times = {"summary_start_time": ago(days=3), "summary_created_time": ago(days=3)}
    there.add(SUMMARIES, f"{there.id(0)}/s", meeting_host_email=email.upper(), **times)
    search = zoom.summaries(span)
    assert [kept.host for kept in search.found] == [email]
    assert search.gap is None


@pytest.mark.parametrize(
    ("state", "reason"),
    [("disabled", ""), ("restricted", "summaries-restricted"), ("unpaid", "not-read")],
)
def test_summaries_that_cannot_be_are_not_those_that_may_not_be_seen(
    there: Sandboxed, zoom: ZoomEstate, span: Span, state: str, reason: str
) -> None:
    there.edit(ACCOUNT, ONE_ACCOUNT, summaries=state)
    search = zoom.summaries(span)
    assert (search.gap.reason if search.gap else "") == reason
    assert search.feature_off is (state == "disabled")


def test_a_contact_that_was_left_is_found(there: Sandboxed, zoom: ZoomEstate) -> None:
    there.add(CONTACTS, f"{there.id(0)}/c", **contact("Mother@family.example"))
    fact = zoom.contacts(there.email(0))
    assert isinstance(fact, Known)
    [left] = fact.value.rows
    assert left == ExternalContact("mother@family.example", left.member_id)


def test_a_consent_that_was_taken_back_has_lapsed(there: Sandboxed, zoom: ZoomEstate) -> None:
    assert isinstance(zoom.contacts(there.email(0)), Known)
    there.edit(CONSENTS, there.id(0), state="revoked")
    fact = zoom.contacts(there.email(0))
    assert isinstance(fact, Unknown)
    assert fact.reason == "consent-lapsed"


def test_the_reader_has_what_it_needs_and_cannot_act(zoom: ZoomEstate) -> None:
    fact = zoom.scopes()
    assert isinstance(fact, Known)
    assert (fact.value.missing, fact.value.excess) == (frozenset(), frozenset())


# Over real sockets, with threads


@pytest.fixture
def threads() -> Iterator[Callable[[Iterable[Callable[[], T]]], Iterator[T]]]:
    with ThreadPoolExecutor(16) as pool:
        yield lambda tasks: pool.map(lambda task: task(), tasks)


def test_many_threads_read_all_and_count_each_call(
    served: tuple[Sandboxed, str],
    threads: Callable[[Iterable[Callable[[], object]]], Iterator[object]],
    span: Span,
) -> None:
    """How near to the limits they keep is for the drill `pace` to measure."""
    there, base = served
    there.core.zoom.limits.scale = 1000
    for index in range(24):
        there.consent(index)
    zoom = there.zoom(base, threads, pacer=None, plan=Plan.BUSINESS)  # type: ignore[arg-type]
    users = everyone(zoom)
    told = zoom.accounts(users, span, no_beat)
    groups = zoom.groups([there.group(n) for n in range(24)], no_beat)
    assert len(told) == len(groups) == 24
    assert not any(facts.recordings.gap or facts.transcripts.gap for facts in told.values())
    assert all(isinstance(facts.contacts, Known) for facts in told.values())
    counted = zoom.calls()
    assert counted["Medium"] == there.core.zoom.labels["Medium"]
    assert counted["token"] == 25  # the app's, and one for each user


def test_what_a_night_costs(application: Identity, span: Span) -> None:
    there = sandboxed(application, devices=248)
    there.core.zoom.limits.scale = 1000
    for index in range(248):
        there.consent(index)
    zoom = there.zoom()
    users = everyone(zoom)
    zoom.accounts(users, span, no_beat)
    zoom.groups([there.group(n) for n in range(248)], no_beat)
    zoom.summaries(span)
    zoom.sign_ins(Span(span.last, span.last), no_beat)
    calls = zoom.calls()
    held = sum("/transcript" in request.url.path for request in there.asked)
    assert calls["Medium"] == 248 * (2 + 6 + 2 + 1 + 3) + held + 3 + 2
    assert calls["Heavy"] == 1
    assert calls.get("Light", 0) == 0
