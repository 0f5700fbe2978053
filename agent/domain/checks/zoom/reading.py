"""How the checks of the Zoom half read: what is not there is not known, and says why."""

from collections.abc import Callable
from typing import TypeVar

from agent.domain.check import AssetFacts
from agent.domain.facts import NOT_ASKED, Fact, follow
from agent.domain.zoom import User
from agent.domain.zoom_evidence import ZoomFacts

T = TypeVar("T")


def zoom(read: Callable[[ZoomFacts], Fact[T]]) -> Callable[[AssetFacts], Fact[T]]:
    """A reader of what was read of Zoom for this iPad."""
    return lambda facts: NOT_ASKED if facts.zoom is None else read(facts.zoom)


def account(read: Callable[[User], Fact[T]]) -> Callable[[AssetFacts], Fact[T]]:
    """A reader of the account that is there."""
    return zoom(lambda facts: follow(facts.account, read))
