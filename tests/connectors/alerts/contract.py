"""What every channel keeps, over real sockets and files. A channel fills the fixtures."""

import logging
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest

from agent.domain.note import Note
from agent.errors import ConnectorError, Refused, TryAgain, UnknownReply
from agent.ports.alerts import Channel

SHORT = timedelta(milliseconds=700)
AMPLE = timedelta(seconds=40)
AT = datetime(2026, 11, 22, 2, 5, tzinfo=UTC)
SENDER, INBOX, NUMBER = (
    "callsteward@justice.example", "security.mdi@justice.example", "+447700900123",
)  # fmt: skip
SECRET = "canarysecret"
OTHER_SIDE = "mail.log"  # the log of the mail server that is sent to
NOTE = Note(
    message_id="<INC-2026-00042.1.security.MDI@callsteward.invalid>",
    subject="INC-2026-00042 HIGH MDI K10471",
    body="Incident INC-2026-00042, severity HIGH\n\nPlease: canarybody\n",
    written_at=AT,
    incident="INC-2026-00042",
    revision=1,
    type="device.supervised",
    category="security",
    to="security.MDI",
    opened_at=AT,
)
PRIVATE = (INBOX, NUMBER, NUMBER[1:], SECRET, "canarybody")

Faulty = Callable[[str], Channel]
Taken = Callable[[], list[tuple[str, bytes]]]
USUAL: Mapping[str, type[ConnectorError]] = {
    "away": TryAgain,
    "busy": TryAgain,
    "refused": Refused,
    "drip": TryAgain,
    "cut": TryAgain,
    "odd": UnknownReply,
}


class ChannelContract:
    """Fixtures: `channel` that works, `taken` (what came to it: id and bytes), `faulty`, which
    makes one whose other side is ill in this way, with `SHORT` to do it in."""

    TO: ClassVar[str] = INBOX
    FAULTS: ClassVar[Mapping[str, type[ConnectorError]]] = USUAL
    BOUND: ClassVar[float] = 10.0  # seconds: without a deadline it would last for ever

    def test_what_is_taken_is_answered_once_and_without_an_address(
        self, channel: Channel, taken: Taken
    ) -> None:
        told = channel.send(NOTE, to=self.TO)
        assert told
        assert told.isprintable()
        assert len(told) <= 200
        assert not [word for word in PRIVATE if word in told]
        assert len(taken()) == 1

    def test_a_repeat_has_the_same_id_and_the_same_bytes(
        self, channel: Channel, taken: Taken
    ) -> None:
        channel.send(NOTE, to=self.TO)
        channel.send(NOTE, to=self.TO)
        first, second = taken()
        assert first == second
        assert first[0]

    def test_each_fault_is_told_by_its_kind_in_time_and_names_nothing_private(
        self, faulty: Faulty, fault: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        channel = faulty(fault)
        began = time.monotonic()
        with pytest.raises(ConnectorError) as told:
            channel.send(NOTE, to=self.TO)
        assert time.monotonic() - began < self.BOUND
        assert type(told.value) is self.FAULTS[fault]
        logged = [one.getMessage() for one in caplog.records if one.name != OTHER_SIDE]
        said = f"{told.value} {told.value.hint} {told.value!r} {logged}"
        assert not [word for word in PRIVATE if word in said]
        assert "\n" not in f"{told.value}{told.value.hint}"

    def test_a_fault_says_what_to_do(self, faulty: Faulty, fault: str) -> None:
        with pytest.raises(ConnectorError) as told:
            faulty(fault).send(NOTE, to=self.TO)
        assert told.value.hint


def pytest_generate_tests(metafunc: Any) -> None:
    """Each fault that this channel can meet. Imported by each module of contract tests."""
    if "fault" in metafunc.fixturenames and metafunc.cls is not None:
        metafunc.parametrize("fault", sorted(metafunc.cls.FAULTS))
