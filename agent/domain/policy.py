"""What the scheme says of a sweep: numbers and routes, no code."""

from dataclasses import dataclass

from agent.domain.baseline import Baseline
from agent.domain.fallback import Fallback
from agent.domain.problems import Limits
from agent.domain.routes import Route
from agent.domain.zoom_baseline import ZoomBaseline


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """baselines/ipad.toml and schemes/ipad/routes.toml, read."""

    baseline: Baseline
    zoom: ZoomBaseline
    routes: tuple[Route, ...]
    fallback: Fallback
    limits: Limits
    phone: str  # of Infosec, on every security mail
