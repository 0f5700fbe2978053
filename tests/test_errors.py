"""An error is named for what the caller does next, and carries its cure."""

from datetime import timedelta

import pytest

from agent.errors import (
    AgentError,
    BadInput,
    ClockBehind,
    ConnectorError,
    Misconfigured,
    NotAllowed,
    NotThere,
    Refused,
    StoreBusy,
    StoreFailed,
    Superseded,
    TryAgain,
    UnknownReply,
)

EVERY = [
    AgentError, NotAllowed, BadInput, Misconfigured, StoreFailed, StoreBusy,
    ClockBehind, Superseded,
    ConnectorError, TryAgain, Refused, NotThere, UnknownReply,
]  # fmt: skip


@pytest.mark.parametrize("kind", EVERY)
def test_every_error_says_what_is_wrong_and_takes_a_cure(kind: type[AgentError]) -> None:
    error = kind("it is wrong", hint="Mend it.")
    assert isinstance(error, AgentError)
    assert (str(error), error.hint) == ("it is wrong", "Mend it.")


@pytest.mark.parametrize(
    "kind",
    [
        ClockBehind,
        StoreBusy,
        StoreFailed,
        Superseded,
        TryAgain,
        Refused,
        NotThere,
        UnknownReply,
    ],
)
def test_what_has_one_cure_brings_it_and_keeps_it_to_itself(kind: type[AgentError]) -> None:
    assert kind("wrong", hint="Another cure.").hint != kind.hint
    assert kind("wrong").hint == kind.hint != ""


def test_only_what_the_outside_did_is_a_connectors_error() -> None:
    outside = {kind for kind in EVERY if issubclass(kind, ConnectorError)}
    assert outside == {ConnectorError, TryAgain, Refused, NotThere, UnknownReply}


def test_how_long_to_wait_is_kept_where_it_was_said() -> None:
    assert TryAgain("busy", after=timedelta(seconds=2.128)).after == timedelta(seconds=2.128)
    assert TryAgain("busy").after is None
