"""The clock of a scheme: clock.toml of the `config` folder, read."""

import tomllib
from datetime import time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal, get_args

import msgspec

from agent.domain.check import Category, Severity
from agent.domain.clock import FIRST_LOOK, Clock, ClockRules, Step
from agent.domain.routes import COPIES, PLACES
from agent.errors import Misconfigured
from agent.schemes import config_folder

Number = Annotated[int, msgspec.Meta(ge=1)]
Names = Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
CategoryName = Literal["security", "loss", "upkeep", "operational"]
SeverityName = Literal["LOW", "MEDIUM", "HIGH"]
Weekday = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
CURE = "Correct the file, or install callsteward again."


class _Step(msgspec.Struct, forbid_unknown_fields=True):
    after_minutes: Annotated[int, msgspec.Meta(ge=int(FIRST_LOOK.total_seconds() // 60))]
    tell: Names
    shared: Names


class _Clock(msgspec.Struct, forbid_unknown_fields=True):
    category: Annotated[tuple[CategoryName, ...], msgspec.Meta(min_length=1)]
    step: Annotated[tuple[_Step, ...], msgspec.Meta(min_length=1)]
    severity: SeverityName = "LOW"
    repeat_hours: Number | None = None


class _Task(msgspec.Struct, forbid_unknown_fields=True):
    escalate_hours: Number


class _Digest(msgspec.Struct, forbid_unknown_fields=True):
    at: Annotated[str, msgspec.Meta(pattern=r"^(0[2-9]|1\d|2[0-3]):[0-5]\d$")]
    regional_on: Weekday


class _File(msgspec.Struct, forbid_unknown_fields=True):
    clock: tuple[_Clock, ...]
    task: _Task
    digest: _Digest


def load_clock(scheme: str = "ipad", folder: Path | None = None) -> ClockRules:
    """The scheme's clock. Raises Misconfigured naming the file and the key."""
    path = (folder or config_folder()) / "schemes" / scheme / "clock.toml"
    try:
        told = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _File)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as err:
        raise Misconfigured(f"{path}: cannot be read: {err}", CURE) from err
    except msgspec.ValidationError as err:
        raise Misconfigured(f"{path}: {err}", CURE) from err
    return ClockRules(
        clocks=tuple(_clock(path, one) for one in told.clock),
        task_again=timedelta(hours=told.task.escalate_hours),
        digest_at=time.fromisoformat(told.digest.at),
        regional_on=get_args(Weekday).index(told.digest.regional_on),
    )


def _clock(path: Path, told: _Clock) -> Clock:
    steps = tuple(_step(path, one) for one in told.step)
    if any(late.after <= early.after for early, late in pairwise(steps)):
        raise Misconfigured(f"{path}: a step comes no later than the one before it", CURE)
    return Clock(
        categories=frozenset(Category(name) for name in told.category),
        severity=Severity[told.severity],
        steps=steps,
        repeat=None if told.repeat_hours is None else timedelta(hours=told.repeat_hours),
    )


def _step(path: Path, told: _Step) -> Step:
    for name in (*told.tell, *told.shared):
        if name not in PLACES or name in COPIES:
            raise Misconfigured(f"{path}: tells {name}, who is nobody", CURE)
    for name in told.shared:
        if PLACES[name][0] != "national":
            raise Misconfigured(f"{path}: shared tells {name}, who is of one place", CURE)
    return Step(timedelta(minutes=told.after_minutes), told.tell, told.shared)
