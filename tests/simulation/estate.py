"""What changes in the estate while nobody looks: faults come and go."""

from agent.errors import BadInput
from connectors.sandbox.faults.catalogue import Halves, planned
from tests.simulation.world import World

LEFT_OUT = (
    *("consent", "zoom-no-account", "zoom-pending"),  # the vault has its own judge
    *("just-enrolled", "unknown-sign-in"),  # what is true of them changes with the days
)


def change_estate(world: World) -> None:
    """One fault more or less on some iPad."""
    draw = world.scheduler.random
    ipad = world.core.records.estate.ipad(draw.randrange(world.core.records.estate.devices))
    if draw.random() < 0.35:
        cleared = world.core.planting.clear(subject=ipad.asset_tag)
        world.scheduler.note(f"the estate: {cleared} faults less on {ipad.asset_tag}")
        return
    halves = Halves.BOTH if world.with_zoom else Halves.MDM
    names = [name for name in sorted(planned(halves)) if not name.startswith(LEFT_OUT)]
    name = draw.choice(names)
    try:
        world.core.planting.plant(name, ipad.asset_tag)
    except BadInput:
        return  # it does not go with what is there already
    world.scheduler.note(f"the estate: {name} on {ipad.asset_tag}")
