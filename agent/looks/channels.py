"""The channels beside mail: text messages, chats, the file for a SIEM. Nothing is sent."""

from collections.abc import Callable, Iterator

from agent.domain.channels import CHAT, SIEM, SMS
from agent.domain.diagnosis import Diagnosis, ok, sentence, wrong
from agent.errors import AgentError, Misconfigured, StoreFailed
from agent.looks.base import Installation, Look
from agent.policies import load_policy
from agent.ports.alerts import Route
from agent.services.doctor import has_telephones

NEEDED = {
    SMS: (
        "contacts.csv names telephones, and no way for text messages is configured.",
        "Set CALLSTEWARD_NOTIFY_API_KEY_FILE and CALLSTEWARD_NOTIFY_SMS_TEMPLATE_ID.",
    ),
    CHAT: (
        "Routes tell chat, and none is configured.",
        "Set CALLSTEWARD_APPRISE_URLS_FILE, or take chat out of the routes.",
    ),
    SIEM: (
        "Routes tell siem, and no file is configured.",
        "Set CALLSTEWARD_SIEM_FILE, or take siem out of the routes.",
    ),
}
"""Channel -> what is said where somebody is told by it and it is not there."""


def channels(it: Installation) -> Iterator[Diagnosis]:
    """Each that is configured, and each that is not and should be."""
    configured = it.outside.channels()
    wanted = _wanted(it)
    for name, needed in NEEDED.items():
        if name in configured:
            yield _tried(f"channel.{name}", configured[name])
        elif name in wanted:
            yield wrong(f"channel.{name}", *needed)


def _tried(about: str, make: Callable[[], Route]) -> Diagnosis:
    try:
        return ok(about, make().try_out(to="").says)
    except AgentError as err:
        return wrong(about, sentence(str(err)), err.hint)


def _wanted(it: Installation) -> set[str]:
    """By routes, and by what our memory tells."""
    routes = load_policy(routes_file=it.settings.routes_file).routes
    told = {name for route in routes for name in route.tell}
    try:
        telephones = {SMS} if has_telephones(it.memory) else set()
    except (Misconfigured, StoreFailed):
        telephones = set()
    return told & {CHAT, SIEM} | telephones


LOOKS = (Look("channels", channels),)
