"""What was kept of calls: what is found counts, and nothing is clean that was not proven."""

from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from agent.domain.facts import Known
from agent.domain.zoom import Kind, Period, SignIn, Span, User
from connectors.zoom.periods import parts
from tests.connectors.zoom.canned import NOW, SPAN, Canned, only, refusal, rewriting, user
from tests.connectors.zoom.contract import no_beat

RECORDING = {"uuid": "r==", "start_time": "2026-11-20T10:00:00Z"}


def holder(canned: Canned) -> User:
    [found] = canned.zoom().users(no_beat).rows["ipad1@prison.example"]
    return found


def gap(search: Any) -> str:
    return search.gap.reason if search.gap else ""


# Periods


@pytest.mark.parametrize("days", [1, 2, 29, 30, 31, 59, 60, 61, 365])
def test_a_span_is_cut_into_parts_of_at_most_thirty_days(days: int) -> None:
    last = date(2026, 11, 22)
    span = Span(last - timedelta(days=days - 1), last)
    found = list(parts(span))
    covered = [
        part.first + timedelta(days=n)
        for part in found
        for n in range((part.last - part.first).days + 1)
    ]
    assert covered == [span.first + timedelta(days=n) for n in range(days)]
    assert all((part.last - part.first).days < 30 for part in found)


def test_a_span_of_no_days_asks_nothing(canned: Canned) -> None:
    search = canned.zoom().recordings(holder(canned), Span(SPAN.last, SPAN.first))
    assert search.periods == ()


def test_every_period_that_was_asked_is_told(canned: Canned) -> None:
    search = canned.zoom().recordings(holder(canned), SPAN)
    halves = tuple(parts(SPAN))
    places = ("recordings", "trash: meetings", "trash: files")
    assert search.periods == tuple(Period(place, half) for place in places for half in halves)


def test_dates_and_trash_are_always_said(canned: Canned) -> None:
    canned.zoom().recordings(holder(canned), Span(SPAN.last, SPAN.last))
    asked = [path.partition("?")[2] for path in canned.paths() if "recordings" in path]
    day = f"from={SPAN.last}&to={SPAN.last}&page_size=300"
    trash = f"{day}&trash=true&trash_type="
    assert asked == [day, f"{trash}meeting_recordings", f"{trash}recording_file"]


@pytest.mark.parametrize(
    "change",
    [
        {"from": "2026-10-22"},
        {"to": "2026-10-01"},
        {"from": None},
        {"to": ""},
        {"from": "2026-09-24T00:00:00Z"},
    ],
)
def test_a_period_that_was_clipped_certifies_nothing(
    canned: Canned, change: dict[str, object]
) -> None:
    canned.recordings[""] = [RECORDING]
    canned.odd = rewriting("/recordings", lambda body: {**body, **change}, canned)
    search = canned.zoom().recordings(holder(canned), SPAN)
    assert gap(search) == "period-clipped"
    assert search.found  # bad news needs no proof


def test_one_clipped_period_is_a_gap_among_the_others(canned: Canned) -> None:
    first = SPAN.first.isoformat()

    def clip(body: dict[str, Any]) -> dict[str, Any]:
        return {**body, "from": "2026-10-01"} if body["from"] == first else body

    canned.odd = rewriting("/recordings", clip, canned)
    search = canned.zoom().recordings(holder(canned), SPAN)
    assert gap(search) == "period-clipped"
    assert {period.span.first for period in search.periods} == {SPAN.first + timedelta(days=30)}


# Recordings


def test_what_is_still_processing_is_found(canned: Canned) -> None:
    files = [{"id": "", "file_type": "", "recording_end": "", "file_size": 0}]
    canned.recordings[""] = [{**RECORDING, "recording_files": files}]
    [kept] = canned.zoom().recordings(holder(canned), SPAN).found
    assert (kept.kind, kept.meeting, kept.host) == (
        Kind.RECORDING,
        "r==",
        "ipad1@prison.example",
    )
    assert isinstance(kept.at, Known)


@pytest.mark.parametrize("row", [5, None, [], {}, {"uuid": 5, "start_time": "soon"}])
def test_a_row_that_cannot_be_read_is_something_kept(canned: Canned, row: object) -> None:
    canned.odd = rewriting("/recordings", lambda body: {**body, "meetings": [row]}, canned)
    search = canned.zoom().recordings(holder(canned), SPAN)
    assert len(search.found) == 6
    assert search.gap is None


def test_what_was_found_before_a_fault_is_kept(canned: Canned) -> None:
    canned.recordings[""] = [
        {**RECORDING, "uuid": str(n), "start_time": "2026-11-20T10:00:00Z"} for n in range(5)
    ]
    canned.odd = only(
        "/recordings",
        lambda r: refusal(500, 0) if "next_page_token" in r.url.params else None,
    )
    search = canned.zoom().recordings(holder(canned), SPAN)
    assert len(search.found) == 2
    assert gap(search) == "not-read"


def test_an_id_that_leads_elsewhere_is_not_asked(canned: Canned) -> None:
    canned.users = [user(1, id="..")]
    search = canned.zoom().recordings(holder(canned), SPAN)
    assert (gap(search), search.periods) == ("not-read", ())


# Transcripts


def test_each_meeting_is_asked_for_its_transcript(canned: Canned) -> None:
    canned.meetings = [
        {"uuid": f"/{n}//x==", "id": n, "start_time": "2026-11-20T10:00:00Z"} for n in range(3)
    ]
    canned.transcripts = {"/1//x==": {"meeting_id": 1}}
    search = canned.zoom().transcripts(holder(canned), SPAN)
    assert [kept.meeting for kept in search.found] == ["/1//x=="]
    assert search.gap is None
    assert "meetings/%252F1%252F%252Fx%253D%253D/transcript" in canned.paths()


@pytest.mark.parametrize(
    ("reason", "found", "why"),
    [
        (None, 1, ""),
        ("NOT_READY", 1, ""),
        ("something new", 1, ""),
        ("NO_TRANSCRIPT_DATA", 0, ""),
        ("UNSUPPORTED", 0, ""),
        ("DELETED_OR_TRASHED", 0, "not-read"),
    ],
)
def test_why_a_transcript_cannot_be_fetched_says_whether_it_is_there(
    canned: Canned, reason: str | None, found: int, why: str
) -> None:
    canned.meetings = [{"uuid": "m==", "start_time": "2026-11-20T10:00:00Z"}]
    canned.transcripts = {"m==": {"download_restriction_reason": reason}}
    search = canned.zoom().transcripts(holder(canned), SPAN)
    assert (len(search.found), gap(search)) == (found, why)
    halves = list(parts(SPAN))
    assert [p.span for p in search.periods] == (halves[:1] if why else halves)


@pytest.mark.parametrize(("status", "code"), [(404, 3001), (403, 200), (400, 3322)])
def test_only_zooms_own_word_says_that_there_is_no_transcript(
    canned: Canned, status: int, code: int
) -> None:
    canned.meetings = [{"uuid": "m==", "start_time": "2026-11-20T10:00:00Z"}]
    canned.odd = only("/transcript", lambda _: refusal(status, code))
    assert gap(canned.zoom().transcripts(holder(canned), SPAN)) == "not-read"


def test_a_transcript_unread_in_each_period_leaves_none_of_them_proven(canned: Canned) -> None:
    canned.meetings = [
        {"uuid": day, "start_time": f"2026-{day}T10:00:00Z"} for day in ("10-01", "11-20")
    ]
    canned.odd = only("/transcript", lambda _: refusal(403, 200))
    search = canned.zoom().transcripts(holder(canned), SPAN)
    assert (gap(search), search.periods) == ("not-read", ())


def test_a_meeting_without_any_id_is_a_gap(canned: Canned) -> None:
    canned.meetings = [{"start_time": "2026-11-20T10:00:00Z"}]
    assert gap(canned.zoom().transcripts(holder(canned), SPAN)) == "not-read"


def test_meetings_of_another_period_certify_nothing(canned: Canned) -> None:
    canned.odd = rewriting(
        "/meetings", lambda body: {**body, "from": "2026-01-01", "to": "2026-01-02"}, canned
    )
    assert gap(canned.zoom().transcripts(holder(canned), SPAN)) == "period-clipped"


# Summaries


SUMMARY = {
    "meeting_uuid": "s==",
    "meeting_host_email": "IPAD1@prison.example",
    "summary_created_time": "2026-11-20T10:00:00Z",
}


def test_summaries_are_of_the_whole_account(canned: Canned) -> None:
    canned.summaries = [SUMMARY]
    [kept] = canned.zoom().summaries(SPAN).found
    assert (kept.kind, kept.meeting, kept.host) == (Kind.SUMMARY, "s==", "ipad1@prison.example")


def test_a_summary_of_nobody_may_be_anyones(canned: Canned) -> None:
    canned.summaries = [{**SUMMARY, "meeting_host_email": ""}]
    search = canned.zoom().summaries(SPAN)
    assert (len(search.found), gap(search)) == (1, "not-read")


@pytest.mark.parametrize(
    ("status", "code", "why", "off"),
    [
        (400, 3000, "", True),
        (403, 2305, "summaries-restricted", False),
        (400, 200, "not-read", False),
        (403, 3000, "not-read", False),
        (400, 2305, "not-read", False),
    ],
)
def test_a_feature_that_is_off_is_an_answer_and_one_we_may_not_see_is_not(
    canned: Canned, status: int, code: int, why: str, off: bool
) -> None:
    canned.odd = only("/meeting_summaries", lambda _: refusal(status, code))
    search = canned.zoom().summaries(SPAN)
    assert (gap(search), search.feature_off) == (why, off)
    assert len(search.periods) == (2 if off else 0)


def test_summaries_of_a_clipped_period_certify_nothing(canned: Canned) -> None:
    canned.odd = rewriting(
        "/meeting_summaries", lambda body: {**body, "from": "2026-11-22T00:00:00Z"}, canned
    )
    assert gap(canned.zoom().summaries(SPAN)) == "period-clipped"


# Sign-ins


def test_sign_ins_are_told_and_sign_outs_are_not(canned: Canned) -> None:
    row = {"email": "IPAD1@prison.example", "time": "2026-11-21T09:00:00Z"}
    canned.sign_ins = [
        {**row, "type": "Sign in", "client_type": "iPad", "version": "6.1.0"},
        {**row, "type": "Sign out"},
        {**row, "client_type": "Browser"},
    ]
    zoom = canned.zoom()
    reading = zoom.sign_ins(Span(NOW.date(), NOW.date()), no_beat)
    fact = reading.all_of("ipad1@prison.example")
    assert isinstance(fact, Known)
    assert [one.client_type for one in fact.value] == ["iPad", "Browser"]
    assert zoom.calls()["Heavy"] == 2


@pytest.mark.parametrize(
    "row", [5, {}, {"email": "x@x.example"}, {"time": "2026-11-21T09:00:00Z"}]
)
def test_a_sign_in_that_cannot_be_read_leaves_a_gap(canned: Canned, row: Any) -> None:
    canned.sign_ins = [row]
    assert canned.zoom().sign_ins(Span(NOW.date(), NOW.date()), no_beat).gap


def test_a_sign_in_without_a_time_is_seen_all_the_same(canned: Canned) -> None:
    canned.sign_ins = [{"email": "x@x.example", "client_type": "Win", "time": "soon"}]
    reading = canned.zoom().sign_ins(Span(NOW.date(), NOW.date()), no_beat)
    assert reading.rows == {"x@x.example": (SignIn("x@x.example", None, "Win", ""),)}
    assert reading.gap


@pytest.mark.parametrize("expires", [False, True])
def test_what_was_seen_before_the_report_broke_off_is_kept(
    canned: Canned, expires: bool
) -> None:
    row = {"time": "2026-11-21T09:00:00Z", "client_type": "Win"}
    canned.sign_ins = [{**row, "email": f"x{n}@x.example"} for n in range(5)]
    fault = refusal(400, 300, "expired") if expires else refusal(403, 200, "No permission.")
    canned.odd = only(
        "/activities", lambda r: fault if "next_page_token" in r.url.params else None
    )
    reading = canned.zoom().sign_ins(Span(NOW.date(), NOW.date()), no_beat)
    assert {email: len(seen) for email, seen in reading.rows.items()} == {
        "x0@x.example": 1, "x1@x.example": 1,
    }  # fmt: skip
    assert reading.gap


def test_contacts_that_were_seen_are_told_beside_the_gap(canned: Canned) -> None:
    email = "ipad1@prison.example"
    canned.contacts[email] = [{"email": f"x{n}@x.example", "member_id": "m"} for n in range(3)]
    canned.odd = only(
        "/contacts",
        lambda r: refusal(403, 200, "No.") if "next_page_token" in r.url.params else None,
    )
    fact = canned.zoom().contacts(email)
    assert isinstance(fact, Known)
    assert [one.email for one in fact.value.rows] == ["x0@x.example", "x1@x.example"]
    assert fact.value.gap is not None
    assert fact.value.gap.reason == "not-read"


def test_sign_ins_of_another_period_leave_a_gap(canned: Canned) -> None:
    canned.odd = rewriting("/activities", lambda body: {**body, "to": "2026-01-01"}, canned)
    assert "2026-01-01" in (canned.zoom().sign_ins(SPAN, no_beat).gap or "")


def test_an_answer_without_a_list_is_not_an_empty_one(canned: Canned) -> None:
    canned.odd = only("/activities", lambda _: httpx.Response(200, json={}))
    assert canned.zoom().sign_ins(SPAN, no_beat).gap
