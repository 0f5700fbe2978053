"""Two rules of the windows broken, to show that the schedules would find it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest

from agent.domain.facts import Known
from agent.effects import allow_list
from agent.effects.base import Answered
from agent.effects.contact_book import window_of
from agent.effects.contact_close import CloseWindow
from agent.effects.contact_verify import GONE, NOT_YET, VerifyRemoval
from agent.store.ledger import Claim


@contextmanager
def meetings_ignored() -> Iterator[None]:
    """A window closes though a meeting runs on its iPad."""

    def none_runs(zoom: Any, group: Any, now: datetime) -> Known[bool]:
        return Known(False, "nobody looked", now)

    def at_once(*_: Any, **__: Any) -> None:
        return None

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(allow_list, "_running", none_runs)
        patch.setattr(CloseWindow, "_wait", at_once)
        yield


@contextmanager
def unread_lists_believed() -> Iterator[None]:
    """What could not be read is taken for an empty list."""
    act = VerifyRemoval.act

    def believe(effect: VerifyRemoval, claim: Claim, now: datetime) -> Any:
        window, _ = window_of(effect.store, claim.subject)
        if window.state in NOT_YET:
            return act(effect, claim, now)
        return Answered(GONE, {"lists": GONE})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(VerifyRemoval, "act", believe)
        yield
