"""What of one reading of Zoom concerns one iPad, and what of it nobody can say."""

from dataclasses import fields, replace

import pytest

from agent.domain.check import Verdict
from agent.domain.checks.zoom import zoom_checks
from agent.domain.facts import Fact, Known, Seen, Unknown
from agent.domain.judgement import judge, unread
from agent.domain.zoom import Kind, Search
from agent.domain.zoom_evidence import NO_ACCOUNT, PENDING, Consent, ZoomEvidence, ZoomFacts
from tests.support.cases import BASELINE, NOT_READ, NOW, POLICY, a_device, a_list, read
from tests.support.zoom_cases import (
    PENDING_USER,
    a_group,
    a_sign_in,
    a_user,
    an_account,
    an_ipad,
    finding,
    kept,
    read_of_zoom,
    signed_in,
    told,
    users,
)

EMAIL = an_ipad().m365_user_id
OTHER = "mdibt002@ipads.example"
MASKED = {field.name for field in fields(ZoomFacts)} - {"user", "consent", "invited"}


def _gaps(found: ZoomFacts) -> dict[str, str]:
    gaps = {name: _gap(getattr(found, name)) for name in MASKED}
    return {name: gap.reason for name, gap in gaps.items() if gap is not None}


def _gap(fact: Fact[object]) -> Unknown | None:
    if isinstance(fact, Unknown):
        return fact
    return fact.value.gap if isinstance(fact.value, Seen | Search) else None


def test_all_that_was_read_of_an_account_reaches_its_checks() -> None:
    found = read_of_zoom(a_user()).of(an_ipad())
    assert _gaps(found) == {}
    assert found.account == told(a_user())
    assert found.settings == told(an_account().settings)
    assert found.locks == told(a_group().locks)
    assert found.consent.value is Consent.GIVEN


def test_a_complete_list_proves_that_there_is_no_account() -> None:
    found = read_of_zoom(a_user(email=OTHER)).of(an_ipad())
    assert found.user == told(None)
    assert found.account is NO_ACCOUNT
    assert _gaps(found) == dict.fromkeys(MASKED, "zoom-no-account")


def test_a_list_with_a_gap_proves_nothing() -> None:
    for rows in ((), (a_user(),)):
        found = read_of_zoom(users=users(*rows, gap="the second page")).of(an_ipad())
        assert _gaps(found) == dict.fromkeys(MASKED, "not-read")
        assert isinstance(found.user, Unknown)


@pytest.mark.parametrize("gap", [None, "the second page"])
def test_a_direct_look_up_is_believed_before_the_list(gap: str | None) -> None:
    listed = users(gap=gap)
    there = read_of_zoom(users=listed, asked={EMAIL: told(a_user())}).of(an_ipad())
    assert there.account == told(a_user())
    assert _gaps(there) == {}
    absent = read_of_zoom(users=listed, asked={EMAIL: told(None)}).of(an_ipad())
    assert absent.account is NO_ACCOUNT
    failed = read_of_zoom(a_user(), asked={EMAIL: NOT_READ}).of(an_ipad())
    assert _gaps(failed) == dict.fromkeys(MASKED, NOT_READ.reason)


def test_an_invitation_that_was_not_taken_up_hides_all_but_its_user() -> None:
    found = read_of_zoom(PENDING_USER).of(an_ipad())
    assert found.user == told(PENDING_USER)
    assert found.account is PENDING
    assert _gaps(found) == dict.fromkeys(MASKED, "zoom-pending")


def test_of_two_users_of_one_e_mail_nothing_is_judged() -> None:
    found = read_of_zoom(a_user(), a_user(id="u-2")).of(an_ipad())
    assert _gaps(found) == dict.fromkeys(MASKED, "several-records")


def test_the_consent_is_ours_and_hidden_by_nothing() -> None:
    lapsed = {EMAIL: Consent.LAPSED, OTHER: Consent.GIVEN}
    for rows in ((), (PENDING_USER,), (a_user(),)):
        known = read_of_zoom(*rows, consents=lapsed).of(an_ipad())
        assert known.consent == Known(Consent.LAPSED, "our own memory", NOW)
        nobody = read_of_zoom(*rows, consents={OTHER: Consent.GIVEN}).of(an_ipad())
        assert nobody.consent.value is Consent.MISSING


def test_what_was_not_read_of_an_account_or_its_group_hides_just_that() -> None:
    own = {"settings", "recordings", "transcripts", "contacts"}
    found = read_of_zoom(a_user(), accounts={OTHER: an_account()}).of(an_ipad())
    assert _gaps(found) == dict.fromkeys(own, "not-read")
    found = read_of_zoom(a_user(), groups={"g2": a_group()}).of(an_ipad())
    assert _gaps(found) == dict.fromkeys(("locks", "allow_lists"), "not-read")
    found = read_of_zoom(a_user()).of(an_ipad(zoom_group=""))
    assert _gaps(found) == dict.fromkeys(("locks", "allow_lists"), "not-recorded")


def test_of_what_the_whole_account_kept_only_its_own_is_this_ipads() -> None:
    mine, others = kept(Kind.SUMMARY), kept(Kind.SUMMARY, OTHER)
    evidence = read_of_zoom(
        a_user(),
        summaries=finding(others, mine, gap=NOT_READ),
        sign_ins=signed_in(a_sign_in("Win", email=OTHER)),
    )
    found = evidence.of(an_ipad())
    assert found.summaries == told(finding(mine, gap=NOT_READ))
    assert found.sign_ins == told(Seen(()))


def test_sign_ins_that_were_not_all_read_are_not_known() -> None:
    found = read_of_zoom(a_user(), sign_ins=signed_in(a_sign_in(), gap="a page")).of(an_ipad())
    assert _gaps(found) == {"sign_ins": "not-read"}


def test_what_was_seen_of_a_user_that_could_not_be_read_stands_and_proves_nothing() -> None:
    seen = {
        "summaries": finding(kept(Kind.SUMMARY), kept(Kind.SUMMARY, OTHER)),
        "sign_ins": signed_in(a_sign_in("Win"), a_sign_in("Win", email=OTHER)),
    }
    unread_user = read_of_zoom(asked={EMAIL: NOT_READ}, **seen).of(an_ipad())
    assert _gaps(unread_user) == dict.fromkeys(MASKED, "not-read")
    assert unread_user.summaries == told(finding(kept(Kind.SUMMARY), gap=NOT_READ))
    assert unread_user.sign_ins == told(Seen((a_sign_in("Win"),), NOT_READ))
    nobody = read_of_zoom(asked={EMAIL: told(None)}, **seen).of(an_ipad())
    assert nobody.summaries == nobody.sign_ins == NO_ACCOUNT


def test_one_sweep_judges_both_halves() -> None:
    ipads = (an_ipad(), an_ipad(tag="K10002", m365_user_id=OTHER))
    both = replace(read(a_list(a_device())), zoom=read_of_zoom(a_user()))
    findings = judge(ipads, both, zoom_checks(POLICY.zoom), BASELINE, NOW)
    wrong = {(f.subject, f.reason) for f in findings if f.verdict is Verdict.FAIL}
    assert wrong == {("K10002", "zoom-no-account"), ("K10002", "consent-missing")}
    assert unread(both, findings) == ()


def test_a_gap_of_either_list_of_zoom_is_told_as_not_read() -> None:
    assert _told(read_of_zoom(users=users(gap="half"))) == ("Zoom: half",)
    gap = read_of_zoom(sign_ins=signed_in(gap="no report"))
    assert _told(gap) == ("Zoom: no report",)


def test_a_sweep_without_zoom_has_no_gap_of_it() -> None:
    assert unread(read(a_list()), ()) == ()


def _told(zoom: ZoomEvidence) -> tuple[str, ...]:
    return unread(replace(read(a_list()), zoom=zoom), ())
