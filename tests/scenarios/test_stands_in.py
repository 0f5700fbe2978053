"""Another iPad under the name and account of one of ours: found as the sandbox plants it."""

from datetime import timedelta

import pytest

from agent.cli.score import score
from tests.support.estates import FIRST_NIGHT, World


@pytest.mark.parametrize("fault", ["replaced", "replaced-beside"])
def test_what_stands_in_for_an_ipad_is_found_for_the_right_reason(
    world: World, fault: str
) -> None:
    world.core.planting.plant(fault, world.tag(2))
    world.night()
    found = score(world.core.planting.truth(), world.verdicts().values())
    assert (found.missed, found.unexpected) == ((), ())
    assert "device.serial" in {incident.type for incident in world.incidents()}
    world.core.planting.clear()
    world.night(FIRST_NIGHT + timedelta(days=1))
    assert world.standing() == []
