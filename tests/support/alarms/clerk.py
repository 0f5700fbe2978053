"""A process in which people report incidents and handle them, by the services themselves.

    python -m tests.support.alarms.clerk

Each line that it reads is one thing that somebody does, in JSON; each line that it prints is
the answer, written only when the service has come back: what it says is what was promised.
"""

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any

from agent.domain.people import Actor, at_the_command_line
from agent.errors import AgentError
from agent.services import incident_reports, incidents
from agent.services.incident_desk import Desk, Done
from agent.wiring import open_incident_desk

Asked = Mapping[str, str]


def _report(desk: Desk, asked: Asked, by: Actor) -> Done:
    said = incident_reports.Report(
        kind=asked["kind"], site=asked["site"], device=asked["device"]
    )
    return incident_reports.report(desk, said, by)


def _close(desk: Desk, asked: Asked, by: Actor) -> Done:
    return incidents.close(desk, asked["incident"], incidents.Closing(cause="mended"), by)


DEEDS: Mapping[str, Callable[[Desk, Asked, Actor], Done]] = {
    "report": _report,
    "acknowledge": lambda desk, a, by: incidents.acknowledge(desk, a["incident"], by),
    "take": lambda desk, a, by: incidents.take_in_hand(desk, a["incident"], by),
    "phone": lambda desk, a, by: incidents.record_phone(desk, a["incident"], "INF-77", by),
    "close": _close,
    "confirm": lambda desk, a, by: incidents.confirm_closing(desk, a["incident"], by),
    "reopen": lambda desk, a, by: incidents.reopen(desk, a["incident"], "", by),
}


def answered(desk: Desk, asked: Asked) -> dict[str, Any]:
    """What came of it; a refusal is an answer too."""
    by = at_the_command_line(asked["by"], "clerk")
    try:
        done = DEEDS[asked["verb"]](desk, asked, by)
    except AgentError as err:
        return {"refused": type(err).__name__}
    return {"incident": done.incident.id, "new": done.new, "state": done.incident.state.value}


def main() -> None:
    with open_incident_desk() as desk:
        for line in sys.stdin:
            print(json.dumps(answered(desk, json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
