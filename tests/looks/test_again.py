"""One iPad read again just before a call: what the short list needs, and never more."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from agent.domain.asset import Asset
from agent.domain.check import Verdict
from agent.errors import Misconfigured
from agent.looks.again import LookAgain
from agent.policies import load_policy
from agent.schemes import load_calls
from agent.services.consents import device_named
from agent.store.seal import KeyFile
from agent.store.sealed import SealedTokens
from agent.worker import at_most
from connectors.sandbox.failures import Failure
from tests.support.estates import World, make_world, mdm
from tests.support.zoom_world import reader

FAULTS = {
    "device.untampered": "jailbroken",
    "device.serial": "replaced-beside",
    "zoom.setting.recording.auto_recording": "auto-recording-on",
}
STOPS = [stop.check for stop in load_calls().stops]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = make_world(tmp_path)
    found.core.zoom.limits.scale = 1000.0
    yield found
    found.store.close()


def looks(world: World, folder: Path, **without: Any) -> LookAgain:
    tokens = SealedTokens(world.store, KeyFile(folder / "zoom.key"))
    told: dict[str, Any] = {
        "mdm": mdm(world.core, world.clock), "zoom": reader(world, tokens),
    }  # fmt: skip
    return LookAgain(**told | without, policy=load_policy(), clock=world.clock)


def ipad(world: World) -> Asset:
    return device_named(world.store, world.tag(2))


def strike(world: World, check: str) -> None:
    if check == "device.an-ipad":
        world.edit(2, model="iPhone 15")
    else:
        world.core.planting.plant(FAULTS[check], world.tag(2))


def test_all_that_may_stop_an_ipad_can_be_read_again(world: World, tmp_path: Path) -> None:
    found = looks(world, tmp_path).at(ipad(world), STOPS)
    assert found.verdicts == dict.fromkeys(STOPS, Verdict.PASS)
    assert (found.tag, found.at) == (world.tag(2), world.clock.now)


@pytest.mark.parametrize("check", STOPS)
def test_what_is_wrong_fails_and_what_was_mended_passes(
    world: World, tmp_path: Path, check: str
) -> None:
    strike(world, check)
    one = looks(world, tmp_path)
    beside = device_named(world.store, world.tag(3))
    assert one.at(ipad(world), [check]).verdicts == {check: Verdict.FAIL}
    assert one.at(beside, [check]).verdicts == {check: Verdict.PASS}
    world.core.planting.clear()
    world.edit(2, model="iPad (9th generation)")
    assert one.at(ipad(world), [check]).verdicts == {check: Verdict.PASS}


@pytest.mark.parametrize("check", STOPS)
@pytest.mark.parametrize("away", ["fails", "not configured"])
def test_what_cannot_be_read_has_no_answer_and_raises_nothing(
    world: World, tmp_path: Path, check: str, away: str
) -> None:
    strike(world, check)
    without = {"mdm": None, "zoom": None} if away == "not configured" else {}
    world.fails(*(Failure(endpoint=name, status=503) for name in ("token", "zoom.token")))
    found = looks(world, tmp_path, **without).at(ipad(world), [check])
    assert found.verdicts == {check: Verdict.UNKNOWN}


def test_only_what_is_doubted_is_asked_for(world: World, tmp_path: Path) -> None:
    one = looks(world, tmp_path, zoom=None)
    one.at(ipad(world), ["device.untampered"])
    assert one.mdm is not None
    assert one.mdm.calls() == 2  # a token, and one look-up by serial
    without = looks(world, tmp_path, mdm=None)
    without.at(ipad(world), ["device.untampered"])
    assert sum(without.zoom.calls().values()) == 0  # type: ignore[union-attr]


def test_nobody_is_waited_for_longer_than_the_limit() -> None:
    never = Event()
    assert at_most(0.05, never.wait) is None
    never.set()
    assert at_most(30, never.wait) is True


def test_what_is_wrong_with_the_settings_is_no_answer() -> None:
    def ask() -> str:
        raise Misconfigured("no key")

    assert at_most(30, ask) is None
