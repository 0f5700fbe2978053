"""What the agent says when it starts."""

import logging

import pytest

from agent.domain.contacts import Place
from agent.serve import tell_missing


def test_whom_nobody_could_tell_is_a_warning_at_the_start(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.INFO, "agent.serve"):
        tell_missing(())
        assert caplog.records == []
        tell_missing(
            (Place("establishment", "MDI", "deputy"), Place("national", "", "infosec"))
        )
    [record] = caplog.records
    assert (record.levelname, record.getMessage()) == ("WARNING", "contacts are missing")
    assert record.__dict__["missing"] == 2
    assert "callsteward contacts missing" in record.__dict__["cure"]
