"""HMPPS-Z1: what the shipped file says, and that a wrong one is named with its key."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.domain.check import Category
from agent.errors import Misconfigured
from agent.policies import load_policy
from agent.schemes import config_folder
from tests.support.cases import POLICY

LINES = {line.path: line for line in POLICY.zoom.settings}
FIRST = 'path = "recording.cloud_recording"\nvalue = false\nlock = true\n'


def test_recording_is_off_and_locked_first_of_all() -> None:
    """D4"""
    first, second, third = POLICY.zoom.settings[:3]
    assert (first.path, first.value, first.lock) == ("recording.cloud_recording", False, True)
    assert (second.path, second.value, second.lock) == (
        "recording.local_recording", False, True,
    )  # fmt: skip
    assert (third.path, third.value, third.lock) == ("recording.auto_recording", "none", True)
    assert [line.cis.partition(" want")[0] for line in (first, second, third)] == [
        "differs: 1.2.2.1", "differs: 1.2.1.1", "differs: 1.2.4.1 and 1.2.4.2"
    ]  # fmt: skip


def test_no_path_is_there_twice_and_each_names_its_requirement() -> None:
    assert len(LINES) == len(POLICY.zoom.settings)
    assert {line.requirement for line in LINES.values()} <= {
        "A7", "D1", "D2", "D4", "D6", "E2", "K12",
    }  # fmt: skip


def test_staff_alone_admit() -> None:
    """K12"""
    room, early = (
        LINES["meeting_security.waiting_room"],
        LINES["schedule_meeting.join_before_host"],
    )
    assert (room.value, room.lock, early.value, early.lock) == (True, True, False, True)


def test_a_line_may_be_a_lock_alone() -> None:
    line = LINES["recording.archive"]
    assert (line.has_value, line.value, line.lock) == (False, None, True)


def test_a_night_looks_back_sixty_days_and_on_sunday_to_the_start() -> None:
    zoom = POLICY.zoom
    assert (zoom.search_days, zoom.search_all_on, zoom.minimum_client) == (60, 6, "6.4.0")


def test_what_no_api_tells_is_asked_of_a_person() -> None:
    """E2, K12"""
    asked = {line.name: line for line in POLICY.zoom.person}
    assert len(asked) == len(POLICY.zoom.person)
    notes, passcode = asked["zoom.person.my-notes"], asked["zoom.person.passcode-and-lock"]
    assert (notes.requirement, passcode.requirement) == ("E2", "K12")
    assert {(line.category, line.question) for line in asked.values()} == {
        (Category.SECURITY, 2)
    }  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(config_folder(), tmp_path / "config"))


def _replacing(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (_replacing('"6.4.0"', '"six"'), "client.minimum_version is no version"),
        (
            _replacing(FIRST, 'path = "recording.cloud_recording"\n'),
            "recording.cloud_recording has neither a value nor a lock",
        ),
        (_replacing("lock = true", "locked = true"), "locked"),
        (_replacing("value = false", "value = 0"), "setting[0].value"),
        (_replacing("question = 2", "question = 3"), "question"),
        (_replacing('severity = "HIGH"', 'severity = "BIG"'), "BIG"),
        (_replacing('category = "security"', 'category = "safety"'), "safety"),
        (_replacing("days = 60", "days = 181"), "search.days"),
        (_replacing('"Sunday"', '"Sonntag"'), "Sonntag"),
        (_replacing("[client]", "[customer]"), "customer"),
        (_replacing('cis = "silent"\n\n[[person]]', "[[person]]"), "cis"),
        (_replacing('cis = "agrees: 1.1.3.8"', 'cis = "1.1.3.8"'), "setting[12].cis"),
        (_replacing('cis = "agrees: 1.1.3.8"\n', ""), "cis"),
        (_replacing('why = "D4: ', 'why = "'), "setting[0].why"),
        (_replacing('name = "my-notes"', 'name = "My Notes"'), "person[0].name"),
        (_replacing("question = 2\nremedy", "question = 1\nremedy"), "person[0].question"),
    ],
)
def test_a_wrong_file_is_named_with_what_is_wrong_in_it(
    folder: Path, change: Callable[[str], str], says: str
) -> None:
    path = folder / "baselines" / "zoom.toml"
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(Misconfigured) as refused:
        load_policy(folder=folder)
    assert says in str(refused.value)
    assert "zoom.toml" in str(refused.value)
    assert refused.value.hint


def test_a_file_that_is_not_there_is_named(folder: Path) -> None:
    (folder / "baselines" / "zoom.toml").unlink()
    with pytest.raises(Misconfigured, match=r"zoom\.toml cannot be read: No such file"):
        load_policy(folder=folder)
