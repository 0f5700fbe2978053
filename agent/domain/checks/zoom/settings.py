"""One check for each line of the Zoom baseline: its value, and its lock."""

from typing import Any

from agent.domain.check import Check, Wrong
from agent.domain.checks.zoom.reading import zoom
from agent.domain.facts import follow
from agent.domain.zoom import locked, setting
from agent.domain.zoom_baseline import SettingLine


def checks_of(line: SettingLine) -> tuple[Check[Any], ...]:
    """The value where one is wanted, and the lock where it must be locked."""
    return (
        *((_value(line),) if line.has_value else ()),
        *((_lock(line),) if line.lock else ()),
    )


def _value(line: SettingLine) -> Check[object]:
    return Check(
        name=f"zoom.setting.{line.path}",
        says=line.says,
        requirement=line.requirement,
        question=line.question,
        category=line.category,
        severity=line.severity,
        remedy=f"Ask the Zoom administrator to set {line.path} to {_word(line.value)}.",
        reads=zoom(lambda facts: follow(facts.settings, lambda s: setting(s, line.path))),
        wrong=lambda found, case: (
            None
            if found == line.value and isinstance(found, type(line.value))
            else Wrong("setting-wrong", f"{line.path} is not {_word(line.value)}")
        ),
    )


def _lock(line: SettingLine) -> Check[bool]:
    return Check(
        name=f"zoom.lock.{line.path}",
        says=f"{line.says}, and locked",
        requirement=line.requirement,
        question=line.question,
        category=line.category,
        severity=line.severity,
        remedy=f"Ask the Zoom administrator to lock {line.path} in the iPad's group.",
        reads=zoom(lambda facts: follow(facts.locks, lambda locks: locked(locks, line.path))),
        wrong=lambda yes, case: (
            None if yes else Wrong("not-locked", f"{line.path} is not locked")
        ),
    )


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
