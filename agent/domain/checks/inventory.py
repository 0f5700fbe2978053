"""The apps that were found on an iPad. None at all is no inventory, not an empty iPad."""

from agent.domain.check import AssetFacts
from agent.domain.device import App
from agent.domain.facts import Fact, Known, Unknown, follow


def inventory(facts: AssetFacts) -> Fact[tuple[App, ...]]:
    """The apps, or why they are not known."""
    apps = follow(facts.device, lambda device: device.apps)
    if isinstance(apps, Known) and not apps.value:
        return Unknown("not-told", f"{apps.source} has no inventory of its apps")
    return apps
