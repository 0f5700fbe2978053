"""The account itself: licence, name, group, client, settings and locks."""

from typing import Any

import pytest

from agent.domain.check import Verdict
from agent.domain.facts import Unknown
from agent.domain.zoom_baseline import SettingLine
from tests.support.cases import reasons
from tests.support.zoom_cases import (
    GROUP,
    LINES,
    a_group,
    a_user,
    an_account,
    an_ipad,
    of_the_user,
    read_of_zoom,
    told,
    zoom_judged,
)

FAIL, UNKNOWN = Verdict.FAIL, Verdict.UNKNOWN
WITH_VALUE = [line for line in LINES if line.has_value]
WITH_LOCK = [line for line in LINES if line.lock]
NOT_TOLD = Unknown("not-told", "Zoom does not tell it")


@pytest.mark.parametrize(
    ("change", "check", "reason"),
    [
        ({"licensed": False}, "zoom.licensed", "zoom-basic"),
        ({"display_name": "Wing office"}, "zoom.neutral-name", "zoom-name"),
        ({"display_name": "mdibt001"}, "zoom.neutral-name", "zoom-name"),
        ({"groups": frozenset()}, "zoom.one-group", "zoom-no-group"),
        ({"groups": frozenset({GROUP, "g2"})}, "zoom.one-group", "zoom-several-groups"),
        ({"groups": frozenset({"g2"})}, "zoom.one-group", "zoom-wrong-group"),
        ({"client_version": "6.3.9"}, "zoom.version", "zoom-client-old"),
    ],
)
def test_one_thing_that_is_wrong_fails_its_own_check_and_no_other(
    change: dict[str, Any], check: str, reason: str
) -> None:
    user = a_user(**{name: told(value) for name, value in change.items()})
    findings = dict(zoom_judged(of_the_user(user)))
    assert reasons(findings) == {check: reason}
    assert findings[check].verdict is FAIL


def test_the_names_of_people_are_in_no_finding() -> None:
    found = zoom_judged(of_the_user(a_user(display_name=told("Officer Example"))))
    assert "Example" not in str(found["zoom.neutral-name"])


@pytest.mark.parametrize("version", ["6.4.0", "6.4", "6.10", "7"])
def test_the_minimum_client_and_every_newer_one_will_do(version: str) -> None:
    user = a_user(client_version=told(version))
    assert reasons(dict(zoom_judged(of_the_user(user)))) == {}


@pytest.mark.parametrize("version", ["", "six", "6.x"])
def test_a_client_whose_version_is_none_is_not_known(version: str) -> None:
    found = zoom_judged(of_the_user(a_user(client_version=told(version))))["zoom.version"]
    assert (found.verdict, found.reason) == (UNKNOWN, "unknown-value")


def test_a_client_that_is_old_says_which_it_is() -> None:
    found = zoom_judged(of_the_user(a_user(client_version=told("6.3.9"))))["zoom.version"]
    assert found.value == "6.3.9"
    assert "at least 6.4.0" in found.because


def test_a_group_is_compared_only_where_the_register_has_one() -> None:
    silent = an_ipad(zoom_group="")
    found = dict(zoom_judged(read_of_zoom(a_user()).of(silent), asset=silent))
    of_the_group = {f"zoom.lock.{line.path}" for line in WITH_LOCK} | {"zoom.allow-lists"}
    assert reasons(found) == dict.fromkeys(of_the_group | {"zoom.one-group"}, "not-recorded")
    assert {found[name].verdict for name in of_the_group} == {UNKNOWN}
    assert found["zoom.one-group"].verdict is UNKNOWN
    hidden = read_of_zoom(a_user(groups=NOT_TOLD)).of(silent)
    assert zoom_judged(hidden, asset=silent)["zoom.one-group"].reason == "not-told"


@pytest.mark.parametrize(
    ("groups", "reason"),
    [(frozenset(), "zoom-no-group"), (frozenset({GROUP, "g2"}), "zoom-several-groups")],
)
def test_in_none_or_in_several_groups_is_wrong_whatever_the_register_says(
    groups: frozenset[str], reason: str
) -> None:
    silent = an_ipad(zoom_group="")
    facts = read_of_zoom(a_user(groups=told(groups))).of(silent)
    found = zoom_judged(facts, asset=silent)["zoom.one-group"]
    assert (found.verdict, found.reason) == (FAIL, reason)


@pytest.mark.parametrize("line", WITH_VALUE, ids=lambda line: str(line.path))
def test_another_value_is_wrong_and_one_that_is_absent_is_not_known(line: SettingLine) -> None:
    name, right = f"zoom.setting.{line.path}", an_account().settings
    other = "cloud" if isinstance(line.value, str) else not line.value
    wrong = dict(zoom_judged(_set({**right, line.path: told(other)})))
    assert reasons(wrong) == {name: "setting-wrong"}
    assert wrong[name].verdict is FAIL
    absent = dict(zoom_judged(_set({p: f for p, f in right.items() if p != line.path})))
    assert reasons(absent) == {name: "not-told"}
    assert absent[name].verdict is UNKNOWN


def test_nought_is_not_false_and_a_word_is_not_true() -> None:
    right = an_account().settings
    for path, value in (
        ("recording.cloud_recording", 0),
        ("meeting_security.waiting_room", 1),
        ("meeting_security.waiting_room", "true"),
    ):
        findings = dict(zoom_judged(_set({**right, path: told(value)})))
        assert reasons(findings) == {f"zoom.setting.{path}": "setting-wrong"}


def test_a_wrong_setting_says_what_it_must_be() -> None:
    found = zoom_judged(_set({"recording.cloud_recording": told(True)}))
    because = found["zoom.setting.recording.cloud_recording"].because
    assert because == "recording.cloud_recording is not false"


@pytest.mark.parametrize("line", WITH_LOCK, ids=lambda line: str(line.path))
def test_a_lock_that_is_open_is_wrong_and_one_that_is_absent_is_not_known(
    line: SettingLine,
) -> None:
    name, right = f"zoom.lock.{line.path}", a_group().locks
    open_ = dict(zoom_judged(of_the_user(locks=told({**right, line.path: told(False)}))))
    assert reasons(open_) == {name: "not-locked"}
    assert open_[name].verdict is FAIL
    less = {path: fact for path, fact in right.items() if path != line.path}
    absent = dict(zoom_judged(of_the_user(locks=told(less))))
    assert reasons(absent) == {name: "not-told"}
    assert absent[name].verdict is UNKNOWN


def _set(settings: dict[str, Any]) -> Any:
    return of_the_user(settings=told(settings))
