"""The way of the letters is proven every night, by a real mail that is read back."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from agent.channel_wiring import carrier_of
from agent.domain.mail import Letter
from agent.effects.mail_route import NOT_SET_UP, ReadTrialBack, SendTrial
from agent.errors import TryAgain
from agent.policies import load_policy
from agent.services.lateness import tell_lateness
from agent.services.mail_route import owe_trials
from agent.settings import load
from agent.trial_wiring import trial_effects
from tests.support.estates import World
from tests.support.imap_tls import secured
from tests.support.outside import Outside, until

NIGHT, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)
TO, LEASE = "proof.of.route@justice.example", timedelta(seconds=32)


@dataclass
class Box:
    """The port `Mailbox`, in memory."""

    came: bool = False

    def holds(self, message_id: str, others: str) -> bool:
        assert message_id.startswith(others)
        return self.came


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
def nightly(world: World, box: Box) -> Iterator[World]:
    """Its letters go into the postbox of the world."""

    def post(letter: Letter, to: str, at: datetime) -> str:
        if world.postbox.away:
            raise TryAgain("the mail server is away")
        return world.postbox.send(f"Subject: {letter.subject}\n\n".encode(), sender="", to=to)

    effects = (
        SendTrial(world.store, post, TO, reads=True, lease=LEASE),
        ReadTrialBack(world.store, box, LEASE),
    )
    every = {**world.worker.effects, **{one.kind: one for one in effects}}
    world.clock.now = datetime(2026, 11, 21, 2, tzinfo=UTC)
    yield replace(world, worker=replace(world.worker, effects=every))


def later(world: World, passes: timedelta) -> None:
    world.clock.now += passes
    world.settle()


def proven(world: World) -> list[str]:
    return [row["subjectId"] for row in world.audited() if row["what"] == "MAIL_ROUTE_PROVEN"]


def test_it_is_owed_once_a_night_and_proven_when_it_has_come(nightly: World, box: Box) -> None:
    assert owe_trials(nightly.store, time(2)) == (date(2026, 11, 21), date(2026, 11, 22))
    assert owe_trials(nightly.store, time(2)) == ()
    nightly.settle()
    assert nightly.told() == [TO]
    later(nightly, 10 * SECOND)
    assert (proven(nightly), len(nightly.owed("mail.read-back"))) == ([], 1)
    box.came = True
    later(nightly, 30 * SECOND)
    assert (proven(nightly), nightly.owed("mail.read-back")) == (["2026-11-21"], [])
    assert nightly.told() == []
    later(nightly, NIGHT)
    assert nightly.told() == [TO]


@pytest.mark.parametrize("broken", ["mail server", "mailbox"])
def test_a_night_without_proof_is_an_incident_until_it_comes(
    nightly: World, box: Box, broken: str
) -> None:
    nightly.postbox.away = broken == "mail server"
    owe_trials(nightly.store, time(2))
    nightly.settle()
    for _ in range(9):
        later(nightly, HOUR / 4)
    tell_lateness(nightly.store, load_policy())
    kind = {"mail server": "mail.route.late", "mailbox": "mail.read-back.late"}[broken]
    assert of_mail(nightly) == [kind]
    nightly.postbox.away, box.came = False, True
    later(nightly, HOUR)
    later(nightly, HOUR)
    tell_lateness(nightly.store, load_policy())
    assert of_mail(nightly) == []


def of_mail(world: World) -> list[str]:
    """This world has nobody who runs the clocks of incidents."""
    return [one.type for one in world.incidents() if one.type.startswith("mail.")]


def test_without_an_address_or_a_mailbox_nothing_is_left_owed(nightly: World) -> None:
    owe_trials(nightly.store, time(2))
    bare = nightly.with_effect("mail.route", to="").with_effect("mail.read-back", mailbox=None)
    bare.settle()
    assert (bare.told(), bare.owed("mail.read-back")) == ([], [])
    sends = nightly.with_effect("mail.read-back", mailbox=None)
    later(sends, NIGHT)
    later(sends, HOUR)
    assert (sends.told(), sends.owed("mail.read-back")) == ([TO], [])
    assert NOT_SET_UP in str(sends.audited())


def test_a_real_mail_comes_back_through_a_real_mailbox(
    world: World, outside: Outside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    imap = outside.said["imap"]
    for name, value in outside.environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    (tmp_path / "imap").write_text(imap["password"], encoding="utf-8")
    with secured(imap["port"], tmp_path) as found:
        settings = load(
            mail_test_to=TO, imap_host="localhost", imap_port=found.port, imap_username=TO,
            imap_password_file=tmp_path / "imap", imap_ca_file=found.ca_file,
        )  # fmt: skip
        effects = trial_effects(settings, world.store, carrier_of(settings), LEASE)
        every = {**world.worker.effects, **{one.kind: one for one in effects}}
        here = replace(world, worker=replace(world.worker, effects=every))
        owe_trials(here.store, time(2))

        def came() -> bool:
            later(here, HOUR)
            return bool(proven(here))

        until(came)
