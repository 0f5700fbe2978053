"""What holds for every check of the Zoom half: where there is nothing to look at, no PASS."""

import re
from dataclasses import replace

import pytest

from agent.domain.check import Category, Verdict
from agent.domain.checks import RULES, all_checks, all_rules
from agent.domain.facts import Unknown
from agent.domain.zoom import UserStatus
from agent.domain.zoom_evidence import ZoomFacts
from tests.support.cases import NOT_READ, POLICY, reasons
from tests.support.zoom_cases import (
    LINES,
    PENDING_USER,
    SOURCE,
    ZOOM_CHECKS,
    a_user,
    an_ipad,
    of_the_user,
    read_of_zoom,
    told,
    zoom_judged,
)

NAMES = set(ZOOM_CHECKS)
OF_THE_USER = {"zoom.account", "zoom.active"}
OURS = {"zoom.consent"}
BASIC = {
    "zoom.licensed", "zoom.neutral-name", "zoom.one-group", "zoom.version",
}  # fmt: skip


def test_every_check_of_a_well_account_passes_and_says_when_it_was_read() -> None:
    findings = zoom_judged(of_the_user())
    assert reasons(dict(findings)) == {}
    for name, found in findings.items():
        source = "our own memory" if name in OURS else SOURCE
        assert found.because == f"{source}, 22 Nov 2026 02:30 UTC"
        assert (found.subject, found.establishment) == ("K10001", "MDI")


def test_without_an_account_nothing_else_is_known_but_our_own_consent() -> None:
    findings = zoom_judged(read_of_zoom().of(an_ipad()))
    failed = {name for name, f in findings.items() if f.verdict is Verdict.FAIL}
    unknown = {name: f.reason for name, f in findings.items() if f.verdict is Verdict.UNKNOWN}
    assert failed == {"zoom.account"}
    assert findings["zoom.account"].reason == "zoom-no-account"
    assert unknown == dict.fromkeys(NAMES - {"zoom.account"} - OURS, "zoom-no-account")


def test_of_an_invitation_that_was_never_taken_up_nothing_else_is_known() -> None:
    findings = zoom_judged(read_of_zoom(PENDING_USER).of(an_ipad()))
    assert findings["zoom.account"].verdict is Verdict.PASS
    assert findings["zoom.active"].verdict is Verdict.FAIL
    unknown = {name: f.reason for name, f in findings.items() if f.verdict is Verdict.UNKNOWN}
    assert unknown == dict.fromkeys(NAMES - OF_THE_USER - OURS, "zoom-pending")
    assert findings["zoom.active"].reason == "zoom-pending"


@pytest.mark.parametrize("gap", [NOT_READ, Unknown("any-word", "any sentence")])
def test_where_the_user_is_not_known_nothing_passes(gap: Unknown) -> None:
    evidence = read_of_zoom(asked={an_ipad().m365_user_id: gap})
    findings = dict(zoom_judged(evidence.of(an_ipad())))
    assert reasons(findings) == dict.fromkeys(NAMES, gap.reason)
    assert {found.verdict for found in findings.values()} == {Verdict.UNKNOWN}


def test_what_was_not_read_of_an_account_that_is_there_is_not_known() -> None:
    nothing = read_of_zoom(a_user(), accounts={}, groups={})
    told_nothing = replace(nothing, summaries=replace(nothing.summaries, gap=NOT_READ))
    found = replace(told_nothing.of(an_ipad()), sign_ins=NOT_READ)
    assert reasons(dict(zoom_judged(found))) == dict.fromkeys(
        NAMES - OF_THE_USER - BASIC, "not-read"
    )


def test_what_zoom_does_not_tell_of_a_user_is_not_known() -> None:
    odd = Unknown("unknown-value", "Zoom says something odd")
    user = a_user(status=odd, licensed=odd, display_name=odd, groups=odd, client_version=odd)
    findings = dict(zoom_judged(of_the_user(user)))
    assert reasons(findings) == dict.fromkeys(BASIC | {"zoom.active"}, "unknown-value")
    assert {findings[name].verdict for name in BASIC} == {Verdict.UNKNOWN}


def test_a_sweep_without_zoom_says_nothing_of_it() -> None:
    nothing: ZoomFacts | None = None
    assert reasons(dict(zoom_judged(nothing))) == dict.fromkeys(NAMES, "not-asked")
    assert NAMES.isdisjoint(check.name for check in all_checks(None))
    assert all_rules(None) == RULES


def test_a_sweep_with_zoom_has_every_rule_once() -> None:
    names = [check.name for check in all_checks(POLICY.zoom)]
    assert len(names) == len(set(names))
    assert set(names) >= NAMES
    assert all_rules(POLICY.zoom).keys() == RULES.keys() | NAMES
    values = {f"zoom.setting.{line.path}" for line in LINES if line.has_value}
    locks = {f"zoom.lock.{line.path}" for line in LINES if line.lock}
    assert {name for name in NAMES if name.count(".") > 1} == values | locks


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_rule_says_what_people_and_routes_need(name: str) -> None:
    rule = ZOOM_CHECKS[name]
    assert re.fullmatch(r"[ACPKDEXT]\d{1,2}", rule.requirement)
    assert rule.question in {2, 5, 6, 7}
    assert rule.category in (Category.SECURITY, Category.UPKEEP)
    assert rule.says
    assert rule.remedy.endswith(".")


@pytest.mark.parametrize("status", list(UserStatus))
def test_only_an_active_user_is_active(status: UserStatus) -> None:
    found = zoom_judged(of_the_user(a_user(status=told(status))))["zoom.active"]
    wrong = "" if status is UserStatus.ACTIVE else f"zoom-{status.value}"
    assert found.reason == wrong
    assert (found.verdict is Verdict.PASS) == (not wrong)
