"""Every type of problem that there is, and its category."""

from collections.abc import Mapping

from agent.domain.call_incidents import CALL_RULES
from agent.domain.check import Category
from agent.domain.checks import all_rules
from agent.domain.mail import OPERATIONS
from agent.domain.problems import NOT_KNOWN
from agent.domain.zoom_baseline import ZoomBaseline

MAINTENANCE_DECLARED = "maintenance.declared"


def problem_types(zoom: ZoomBaseline) -> Mapping[str, Category]:
    """By the name that an incident has as its type."""
    rules = (*all_rules(zoom).values(), *CALL_RULES)
    operational = dict.fromkeys(OPERATIONS, Category.OPERATIONAL)
    found = operational | {rule.name: rule.category for rule in rules}
    return found | {NOT_KNOWN: Category.UPKEEP}
