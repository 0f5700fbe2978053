"""How long nobody else touches what is claimed: longer than an attempt can take."""

from datetime import timedelta
from typing import Any

import pytest

from agent.settings import Settings
from agent.wiring import sweep_lease
from agent.zoom_wiring import reach_of


@pytest.mark.parametrize("zoom", [None, "account"])
@pytest.mark.parametrize(("retry", "deadline"), [(60, 30), (1, 1), (60, 60)])
def test_the_lease_of_a_sweep_outlasts_its_longest_answer(
    retry: float, deadline: float, zoom: str | None
) -> None:
    """All patience, then the last call and one for its token; with Zoom the pace's wait too."""
    given: Any = {"retry_seconds": retry, "deadline_seconds": deadline, "zoom_account_id": zoom}
    settings = Settings(**given)
    reach = reach_of(settings)
    longest = reach.patience.total + 2 * reach.deadline
    assert longest < sweep_lease(settings) <= longest + timedelta(minutes=2)
    assert (sweep_lease(settings) > longest + timedelta(seconds=30)) is (zoom is not None)
