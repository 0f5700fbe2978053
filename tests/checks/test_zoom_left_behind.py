"""What a call may leave behind: things that were kept, contacts, open lists, sign-ins."""

from dataclasses import replace

import pytest

from agent.domain.check import Finding, Verdict
from agent.domain.facts import Fact, Seen, Unknown
from agent.domain.zoom import AllowList, AllowLists, ExternalContact, Kind, Search
from agent.domain.zoom_evidence import Consent
from tests.support.cases import HOUR, NOT_READ, NOW
from tests.support.zoom_cases import (
    NOBODY,
    a_sign_in,
    a_user,
    an_ipad,
    finding,
    kept,
    of_the_user,
    read_of_zoom,
    told,
    zoom_judged,
)

FAIL, UNKNOWN, PASS = Verdict.FAIL, Verdict.UNKNOWN, Verdict.PASS
CLIPPED = Unknown("period-clipped", "Zoom answered for another period")
RESTRICTED = Unknown("summaries-restricted", "Zoom keeps them from us")
STRANGER = ExternalContact("a.caller@family.example", "m-1")

KEPT = [
    ("recordings", Kind.RECORDING, "zoom.no-recordings", "recording-found"),
    ("recordings", Kind.TRASH, "zoom.no-recordings", "recording-in-trash"),
    ("transcripts", Kind.TRANSCRIPT, "zoom.no-transcripts", "transcript-found"),
    ("summaries", Kind.SUMMARY, "zoom.no-summaries", "summary-found"),
]


@pytest.mark.parametrize(("place", "kind", "check", "reason"), KEPT)
@pytest.mark.parametrize("gap", [None, CLIPPED])
def test_what_was_kept_is_found_also_where_not_all_was_read(
    place: str, kind: Kind, check: str, reason: str, gap: Unknown | None
) -> None:
    found = finding(kept(kind), kept(kind), gap=gap)
    told_of = zoom_judged(of_the_user(None, **{place: told(found)}))[check]
    assert (told_of.verdict, told_of.reason) == (FAIL, reason)
    assert "(2)" in told_of.because


def test_a_recording_that_is_there_comes_before_one_in_the_trash() -> None:
    both = finding(kept(Kind.TRASH), kept(Kind.RECORDING))
    found = zoom_judged(of_the_user(recordings=told(both)))["zoom.no-recordings"]
    assert found.reason == "recording-found"
    assert found.because == "a recording is there (1)"


@pytest.mark.parametrize("gap", [CLIPPED, RESTRICTED, NOT_READ])
@pytest.mark.parametrize(("place", "check"), [(row[0], row[2]) for row in KEPT])
def test_that_nothing_was_kept_is_known_only_of_a_whole_search(
    place: str, check: str, gap: Unknown
) -> None:
    found = zoom_judged(of_the_user(None, **{place: told(finding(gap=gap))}))[check]
    assert (found.verdict, found.reason) == (UNKNOWN, gap.reason)


def test_where_the_feature_is_off_there_is_nothing_to_find() -> None:
    off = Search((), (), feature_off=True)
    found = zoom_judged(read_of_zoom(a_user(), summaries=off).of(an_ipad()))
    assert found["zoom.no-summaries"].verdict is PASS


@pytest.mark.parametrize("state", list(Consent))
def test_a_consent_is_in_force_where_our_own_memory_has_it(state: Consent) -> None:
    evidence = read_of_zoom(a_user(), consents={an_ipad().m365_user_id: state})
    found = zoom_judged(evidence.of(an_ipad()))["zoom.consent"]
    wrong = "" if state is Consent.GIVEN else f"consent-{state.value}"
    assert (found.reason, found.verdict) == (wrong, FAIL if wrong else PASS)


def test_a_consent_that_nobody_gave_is_missing() -> None:
    found = zoom_judged(read_of_zoom(a_user(), consents={}).of(an_ipad()))
    assert found["zoom.consent"].reason == "consent-missing"


@pytest.mark.parametrize(
    ("state", "verdict", "reason"),
    [
        (Consent.GIVEN, UNKNOWN, "not-read"),
        (Consent.LAPSED, FAIL, "consent-lapsed"),
        (Consent.MISSING, FAIL, "consent-missing"),
    ],
)
def test_a_consent_that_was_not_tried_is_not_known_to_be_in_force(
    state: Consent, verdict: Verdict, reason: str
) -> None:
    evidence = read_of_zoom(a_user(), consents={an_ipad().m365_user_id: state})
    facts = replace(evidence.of(an_ipad()), contacts=NOT_READ)
    found = zoom_judged(facts)["zoom.consent"]
    assert (found.verdict, found.reason) == (verdict, reason)


@pytest.mark.parametrize("reason", ["consent-lapsed", "consent-missing"])
def test_a_consent_that_cannot_be_used_is_not_in_force_whatever_we_remember(
    reason: str,
) -> None:
    """Zoom refuses it, or its token is gone."""
    found = zoom_judged(of_the_user(contacts=Unknown(reason, "why")))
    consent = found["zoom.consent"]
    assert (consent.verdict, consent.reason) == (FAIL, reason)
    assert found["zoom.no-contacts"].verdict is UNKNOWN


def test_a_contact_that_is_left_fails_and_is_named_nowhere() -> None:
    found = zoom_judged(of_the_user(contacts=told(Seen((STRANGER, STRANGER)))))[
        "zoom.no-contacts"
    ]
    assert (found.verdict, found.reason) == (FAIL, "contact-left")
    assert found.because.endswith(": 2")
    assert "family" not in str(found)


@pytest.mark.parametrize("reason", ["consent-missing", "consent-lapsed", "not-read"])
def test_contacts_that_cannot_be_read_are_never_clean(reason: str) -> None:
    gap = Unknown(reason, "why")
    found = zoom_judged(of_the_user(contacts=gap))["zoom.no-contacts"]
    assert (found.verdict, found.reason) == (UNKNOWN, reason)


def test_a_contact_that_was_seen_fails_also_where_not_all_was_read() -> None:
    part = told(Seen((STRANGER,), NOT_READ))
    found = zoom_judged(of_the_user(contacts=part))
    assert (found["zoom.no-contacts"].verdict, found["zoom.consent"].verdict) == (FAIL, PASS)
    nobody = zoom_judged(of_the_user(contacts=told(Seen((), NOT_READ))))["zoom.no-contacts"]
    assert (nobody.verdict, nobody.reason) == (UNKNOWN, NOT_READ.reason)


def test_a_consent_that_lapses_on_the_second_page_has_lapsed() -> None:
    lapsed = Unknown("consent-lapsed", "why")
    found = zoom_judged(of_the_user(contacts=told(Seen((STRANGER,), lapsed))))
    assert found["zoom.consent"].reason == "consent-lapsed"
    assert found["zoom.no-contacts"].verdict is FAIL


SOMEBODY = frozenset({STRANGER.email})
OFF = AllowList(enabled=False, option=0, addresses=frozenset())
ANYONE = AllowList(enabled=True, option=1, addresses=frozenset())
LISTED = AllowList(enabled=True, option=4, addresses=SOMEBODY)
OFF_WITH_A_LIST = AllowList(enabled=False, option=4, addresses=SOMEBODY)
NOT_TOLD = Unknown("not-told", "Zoom does not tell it")


def _lists(adding: Fact[AllowList], chatting: Fact[AllowList]) -> Finding:
    lists = told(AllowLists(adding, chatting))
    return zoom_judged(of_the_user(allow_lists=lists))["zoom.allow-lists"]


@pytest.mark.parametrize("closed", [NOBODY, OFF, OFF_WITH_A_LIST])
def test_a_list_is_closed_where_it_is_off_or_names_nobody(closed: AllowList) -> None:
    assert _lists(told(closed), told(closed)).verdict is PASS


@pytest.mark.parametrize("other", [told(NOBODY), NOT_TOLD, NOT_READ])
@pytest.mark.parametrize(
    "open_",
    [ANYONE, LISTED, *(AllowList(True, option, frozenset()) for option in (0, 2, 3))],
)
def test_an_open_list_fails_whatever_the_other_one_is(
    open_: AllowList, other: Fact[AllowList]
) -> None:
    for found in (_lists(told(open_), other), _lists(other, told(open_))):
        assert (found.verdict, found.reason) == (FAIL, "allow-list-open")
        assert "family" not in str(found)


@pytest.mark.parametrize("gap", [NOT_TOLD, NOT_READ])
def test_of_two_lists_both_must_be_known_to_be_closed(gap: Unknown) -> None:
    for found in (_lists(told(NOBODY), gap), _lists(gap, told(NOBODY))):
        assert (found.verdict, found.reason) == (UNKNOWN, gap.reason)


@pytest.mark.parametrize("client", ["iPad", "IPAD", "iOS", "iPadOS"])
def test_a_sign_in_by_an_ipad_is_ours(client: str) -> None:
    found = zoom_judged(of_the_user(sign_ins=told(Seen((a_sign_in(client),)))))
    assert found["zoom.sign-ins"].verdict is PASS


def test_that_nobody_signed_in_is_well() -> None:
    assert zoom_judged(of_the_user(sign_ins=told(Seen(()))))["zoom.sign-ins"].verdict is PASS


@pytest.mark.parametrize("client", ["Win", "Browser", "iPhone", "something new"])
def test_a_sign_in_by_anything_else_fails_and_says_when_the_last_was(client: str) -> None:
    rows = (
        a_sign_in(client, at=NOW - 2 * HOUR), a_sign_in(client, at=NOW - 5 * HOUR),
        a_sign_in(), a_sign_in(""),
    )  # fmt: skip
    found = zoom_judged(of_the_user(sign_ins=told(Seen(rows))))["zoom.sign-ins"]
    assert (found.verdict, found.reason) == (FAIL, "unknown-sign-in")
    assert ": 2, last on 22 Nov 2026 00:30 UTC" in found.because


def test_a_sign_in_whose_client_is_not_told_proves_nothing() -> None:
    found = zoom_judged(of_the_user(sign_ins=told(Seen((a_sign_in(), a_sign_in(""))))))
    assert found["zoom.sign-ins"].verdict is UNKNOWN
    assert found["zoom.sign-ins"].reason == "not-told"


def test_a_sign_in_elsewhere_that_was_seen_fails_also_where_not_all_was_read() -> None:
    part = told(Seen((a_sign_in(), a_sign_in("Win")), NOT_READ))
    found = zoom_judged(of_the_user(sign_ins=part))["zoom.sign-ins"]
    assert (found.verdict, found.reason) == (FAIL, "unknown-sign-in")


@pytest.mark.parametrize("client", ["iPad", ""])
def test_sign_ins_that_were_not_all_read_are_never_clean(client: str) -> None:
    part = told(Seen((a_sign_in(client),), NOT_READ))
    found = zoom_judged(of_the_user(sign_ins=part))["zoom.sign-ins"]
    assert (found.verdict, found.reason) == (UNKNOWN, NOT_READ.reason)


def test_a_sign_in_elsewhere_at_a_time_that_cannot_be_read_fails_too() -> None:
    rows = (a_sign_in("Win", at=None),)
    found = zoom_judged(of_the_user(sign_ins=told(Seen(rows))))["zoom.sign-ins"]
    assert found.verdict is FAIL
    assert found.because == "sign-ins without an iPad: 1"
