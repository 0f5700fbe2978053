"""What the scheme says of incidents: why one is closed, and what staff may report."""

from collections.abc import Mapping
from dataclasses import dataclass

from agent.domain import call_incidents
from agent.domain.check import Rule
from agent.domain.checks import all_rules
from agent.domain.zoom_baseline import ZoomBaseline

OF_CALLS = tuple(one for one in vars(call_incidents).values() if isinstance(one, Rule))


@dataclass(frozen=True, slots=True)
class Kind:
    """One thing that staff report. `lost`: the iPad is used for no call until it is found."""

    name: str
    rule: Rule
    lost: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRules:
    """schemes/ipad/incidents.toml, read."""

    causes: Mapping[str, str]  # the word -> what it says
    without_phone: frozenset[str]  # roles that may close without the call to Infosec
    kinds: Mapping[str, Kind]  # by name


def rules_by_type(rules: IncidentRules, zoom: ZoomBaseline) -> dict[str, Rule]:
    """The rule of each type of incident that has one: checks, calls, what staff report."""
    reported = (kind.rule for kind in rules.kinds.values())
    return all_rules(zoom) | {rule.name: rule for rule in (*OF_CALLS, *reported)}
