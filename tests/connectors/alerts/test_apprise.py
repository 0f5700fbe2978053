"""The contract of channels, kept by Apprise in its own process, over real sockets."""

import json
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any, ClassVar

import pytest

from agent.errors import Misconfigured, Refused, TryAgain, UnknownReply
from agent.ports.alerts import Channel, Tried
from connectors.alerts.apprise import AppriseChats, Way
from connectors.alerts.turnstile import Turnstile
from tests.connectors.alerts.contract import (
    AMPLE,
    NOTE,
    SECRET,
    ChannelContract,
    Faulty,
    Taken,
    pytest_generate_tests,
)
from tests.connectors.alerts.test_channels import nobody
from tests.support.http_lines import Server, answer
from tests.support.sockets import Talk

__all__ = ["pytest_generate_tests"]
Serve = Callable[[Talk], int]
QUICK = timedelta(seconds=4)  # a process has to start


def chats(*ports: int, limit: timedelta = AMPLE) -> AppriseChats:
    urls = [f"json://{SECRET}:{SECRET}@127.0.0.1:{port}/{SECRET}" for port in ports]
    return AppriseChats(urls, Way(deadline=limit))


class TestApprise(ChannelContract):
    TO: ClassVar = ""
    BOUND: ClassVar = 60.0  # a process has to start, on a machine that is busy
    FAULTS: ClassVar = {
        "away": TryAgain,
        "busy": TryAgain,
        "throttled": TryAgain,
        "refused": Refused,
        "drip": TryAgain,
        "cut": TryAgain,
        "odd": UnknownReply,
        "no address": Refused,
    }
    SAID: ClassVar = {
        "busy": answer(503),
        "throttled": answer(429),
        "refused": answer(403, b"no, canarybody"),
        "odd": answer(304),
    }

    @pytest.fixture
    def server(self) -> Server:
        return Server(lambda asked: answer(200))

    @pytest.fixture
    def channel(self, serve: Serve, server: Server) -> Channel:
        """A repeat comes from a process that remembers nothing."""
        port = serve(server.talk())

        class Anew:
            def send(self, note: Any, *, to: str) -> str:
                return chats(port).send(note, to=to)

            def earlier(self, note: Any, *, to: str) -> str | None:
                return chats(port).earlier(note, to=to)

        return Anew()

    @pytest.fixture
    def taken(self, server: Server) -> Taken:
        return lambda: [(str(json.loads(one.body)["title"]), one.body) for one in server.asked]

    @pytest.fixture
    def faulty(self, serve: Serve) -> Faulty:
        def make(fault: str) -> Channel:
            if fault == "away":
                return chats(nobody(), limit=AMPLE)
            if fault == "no address":
                return AppriseChats([f"nothing://{SECRET}"], Way(deadline=AMPLE))
            ill = Server(
                lambda asked: self.SAID[fault],
                drip=lambda asked: fault == "drip",
                cut=lambda asked: fault == "cut",
            )
            limit = QUICK if fault == "drip" else AMPLE
            return chats(serve(ill.talk()), limit=limit)

        return make

    def test_what_one_chat_took_it_does_not_get_again(self, serve: Serve) -> None:
        well = Server(lambda asked: answer(200))
        ill = Server(lambda asked: answer(503 if len(ill.asked) == 1 else 200))
        channel = chats(serve(ill.talk()), serve(well.talk()))
        with pytest.raises(TryAgain, match="chat 1 of 2: JSON: 503"):
            channel.send(NOTE, to="")
        assert channel.send(NOTE, to="") == "taken by JSON, JSON"
        assert (len(ill.asked), len(well.asked)) == (2, 1)

    def test_one_address_that_is_wrong_keeps_no_other_from_being_told(
        self, serve: Serve
    ) -> None:
        well = Server(lambda asked: answer(200))
        urls = ["nothing://x", f"json://127.0.0.1:{serve(well.talk())}/"]
        with pytest.raises(Refused, match="chat 1 of 2: no address"):
            AppriseChats(urls, Way(deadline=AMPLE)).send(NOTE, to="")
        assert len(well.asked) == 1

    def test_nothing_of_ours_is_in_its_environment(
        self, monkeypatch: pytest.MonkeyPatch, serve: Serve
    ) -> None:
        """The system's proxy is not ours: through it nothing would arrive."""
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{nobody()}")
        well = Server(lambda asked: answer(200))
        chats(serve(well.talk())).send(NOTE, to="")
        assert len(well.asked) == 1

    def test_the_proxy_of_the_settings_is_used(self, serve: Serve) -> None:
        proxy = Server(lambda asked: answer(200))
        way = Way(deadline=AMPLE, proxy=f"http://127.0.0.1:{serve(proxy.talk())}")
        AppriseChats(["json://chat.example/"], way).send(NOTE, to="")
        assert [one.path for one in proxy.asked] == ["http://chat.example/"]

    def test_it_is_tried_out_without_a_word_to_anybody(self, serve: Serve) -> None:
        well = Server(lambda asked: answer(200))
        told = chats(serve(well.talk()), nobody()).try_out(to="")
        assert told.says == "Apprise knows all 2 addresses of chats."
        assert well.asked == []
        with pytest.raises(Refused):
            AppriseChats(["nothing://x"], Way(deadline=AMPLE)).try_out(to="")


def test_a_file_without_a_chat_is_told_at_the_start() -> None:
    with pytest.raises(Misconfigured):
        AppriseChats([], Way(deadline=AMPLE))


def test_an_authority_of_the_settings_is_the_child_s(tmp_path: Path) -> None:
    way = Way(deadline=AMPLE, ca_bundle=tmp_path / "ca.pem")
    assert way.environment()["REQUESTS_CA_BUNDLE"] == str(tmp_path / "ca.pem")
    assert not set(os.environ) & {"NETRC"}


class Slow:
    """The port `Route`, that holds a letter until it is let go."""

    def __init__(self) -> None:
        self.held, self.go = Event(), Event()

    def send(self, note: Any, *, to: str) -> str:
        self.held.set()
        self.go.wait(30)
        return "taken"

    def earlier(self, note: Any, *, to: str) -> str | None:
        return None

    def try_out(self, *, to: str) -> Tried:
        return Tried("Well.")


def test_a_slow_channel_holds_one_letter_and_the_others_come_back() -> None:
    slow = Slow()
    turnstile = Turnstile(slow, "chat")
    first = Thread(target=lambda: turnstile.send(NOTE, to=""))
    first.start()
    assert slow.held.wait(10)
    with pytest.raises(TryAgain, match="chat: busy") as told:
        turnstile.send(NOTE, to="")
    assert told.value.after == timedelta(seconds=10)
    with pytest.raises(TryAgain):
        turnstile.earlier(NOTE, to="")
    assert turnstile.try_out(to="").says == "Well."
    slow.go.set()
    first.join(10)
    assert turnstile.earlier(NOTE, to="") is None
    assert turnstile.send(NOTE, to="") == "taken"
