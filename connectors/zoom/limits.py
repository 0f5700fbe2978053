"""Zoom's rate limits, by label and plan (developers.zoom.us, "Rate limits").

They hold for the whole account, with all its apps. No call tells the plan. The limits of a
whole day are not paced: who runs into one is told so by a 429 and asks no more.
"""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from connectors.pacing import Limit


class Label(StrEnum):
    LIGHT = "Light"
    MEDIUM = "Medium"
    HEAVY = "Heavy"
    RESOURCE_INTENSIVE = "Resource-intensive"


class Plan(StrEnum):
    FREE = "free"
    PRO = "pro"
    BUSINESS = "business"  # Business, Education, Enterprise, Partner


A_SECOND = timedelta(seconds=1.1)  # calls that begin apart may arrive closer together
A_MINUTE = timedelta(seconds=61)


def _limits(
    light: int, medium: int, heavy: int, resource_intensive: int
) -> Mapping[str, Limit]:
    return {
        Label.LIGHT: Limit(light, A_SECOND),
        Label.MEDIUM: Limit(medium, A_SECOND),
        Label.HEAVY: Limit(heavy, A_SECOND),
        Label.RESOURCE_INTENSIVE: Limit(resource_intensive, A_MINUTE),
    }


LIMITS: Mapping[Plan, Mapping[str, Limit]] = {
    Plan.FREE: _limits(4, 2, 1, 10),
    Plan.PRO: _limits(30, 20, 10, 10),
    Plan.BUSINESS: _limits(80, 60, 40, 20),
}
