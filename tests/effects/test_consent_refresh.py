"""The nightly renewal of a consent: proven, owed again, lapsed once, safe against a kill."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from agent.domain.facts import Fact, Known, Seen, Unknown
from agent.domain.zoom import ExternalContact
from agent.effects.consent_refresh import AT_ONCE, FRESH, PAUSE, RefreshConsent
from agent.services.consents import Standing, consents, device_named, give_consent
from agent.store.consents import RENEWAL, Consents
from agent.store.engine import Store
from agent.store.ledger import OWED_AGAIN, Ledger
from agent.store.sealed import SealedTokens
from agent.tick import Worker
from agent.vault import StoredVault
from connectors.http import utc_now
from connectors.sandbox.zoom.tokens import OLD_REFRESH_LIFE
from tests.support.consents import MDI1, consented, registered, tokens_in, told
from tests.support.estates import BY as INFOSEC
from tests.support.estates import Clock
from tests.support.outside import ROOT, Outside, clean_environment
from tests.support.stores import NOON

KEY = f"{RENEWAL}/K10003"
RENEWED: Fact[Seen[ExternalContact]] = Known(Seen(()), "Zoom", NOON)
NEXT_NIGHT = timedelta(hours=16)  # from noon to four


@dataclass
class Contacts:
    """Zoom, as far as this goes: it renews, or it says why not."""

    vault: StoredVault
    says: Fact[Seen[ExternalContact]] = RENEWED
    asked: list[str] = field(default_factory=list)

    def contacts(self, email: str) -> Fact[Seen[ExternalContact]]:
        self.asked.append(email)
        if isinstance(self.says, Known):
            fresh = f"token {len(self.asked)}"
            self.vault.stage(email, fresh)
            self.vault.settle(email, fresh)
        return self.says


@dataclass
class Desk:
    store: Store
    tokens: SealedTokens
    zoom: Contacts
    clock: Clock

    def perform(self) -> None:
        effect = RefreshConsent(self.store, self.zoom, timedelta(seconds=30))
        worker = Worker(self.store, {effect.kind: effect}, {"routine": 2})
        worker.tick(lambda _, key: worker.perform(key))

    def open(self) -> list[tuple[str, datetime, str | None]]:
        """Subject, when it may be tried, and why it was not met."""
        with self.store.read() as tx:
            return [(one.subject, one.next_at, one.error) for one in Ledger(tx).open(RENEWAL)]


@pytest.fixture
def desk(url: str, tmp_path: Path) -> Iterator[Desk]:
    clock = Clock(NOON)
    store = registered(url, clock)
    tokens = tokens_in(store, tmp_path)
    yield Desk(store, tokens, Contacts(StoredVault(tokens)), clock)
    store.close()


def test_each_night_a_consent_is_renewed_once_and_owed_again(desk: Desk) -> None:
    consented(desk.tokens, "given")
    desk.perform()
    assert desk.zoom.asked == []
    for night in (1, 2, 3):
        desk.clock.now = NOON + NEXT_NIGHT + timedelta(days=night - 1)
        desk.perform()
        desk.perform()
        assert desk.zoom.asked == [MDI1] * night
        assert desk.open() == [("K10003", desk.clock.now + timedelta(days=1), OWED_AGAIN)]
    assert desk.tokens.load(MDI1) == ("token 3",)
    assert told(desk.store)[1:] == [("CONSENT_REFRESHED", "K10003")] * 3


def test_a_night_that_was_missed_is_made_up_at_once(desk: Desk) -> None:
    consented(desk.tokens, "given")
    desk.clock.now = NOON + timedelta(days=3)
    desk.perform()
    assert desk.zoom.asked == [MDI1]
    assert desk.open() == [("K10003", desk.clock.now + NEXT_NIGHT, OWED_AGAIN)]


def test_what_the_sweep_renewed_is_not_renewed_again(desk: Desk) -> None:
    consented(desk.tokens, "given")
    desk.clock.now = NOON + NEXT_NIGHT
    desk.perform()
    desk.clock.now += timedelta(days=1) - FRESH / 2
    desk.tokens.settle(MDI1, "token 1")
    desk.clock.now += FRESH / 2
    desk.perform()
    assert desk.zoom.asked == [MDI1]
    assert desk.open()[0][1] == desk.clock.now + timedelta(days=1)


def test_a_lapsed_consent_is_written_down_and_not_tried_again(desk: Desk) -> None:
    consented(desk.tokens, "given")
    desk.zoom.says = Unknown("consent-lapsed", "Zoom does not take it")
    for night in range(3):
        desk.clock.now = NOON + NEXT_NIGHT + timedelta(days=night)
        desk.perform()
    assert desk.zoom.asked == [MDI1]
    assert desk.open() == []
    assert told(desk.store)[1:] == [("CONSENT_LAPSED", "K10003")]
    standing = {one.asset.tag: one.standing for one in consents(desk.store)}
    assert standing["K10003"] is Standing.LAPSED


def test_a_consent_given_after_a_lapse_is_renewed_nightly_again(desk: Desk) -> None:
    consented(desk.tokens, "given")
    desk.zoom.says = Unknown("consent-lapsed", "Zoom does not take it")
    desk.clock.now = NOON + NEXT_NIGHT
    desk.perform()
    desk.zoom.says = RENEWED
    consented(desk.tokens, "given anew")
    desk.clock.now += timedelta(days=1)
    desk.perform()
    assert desk.tokens.load(MDI1) == ("token 2",)
    assert [what for what, _ in told(desk.store)] == [
        "CONSENT_GIVEN", "CONSENT_LAPSED", "CONSENT_GIVEN", "CONSENT_REFRESHED",
    ]  # fmt: skip


def test_where_zoom_is_away_nothing_lapses_and_at_last_it_waits_an_hour(desk: Desk) -> None:
    """First it is tried often: an answer that was lost may have spent the old token."""
    consented(desk.tokens, "given")
    desk.zoom.says = Unknown("not-read", "Zoom: 503")
    desk.clock.now = began = NOON + NEXT_NIGHT
    for _ in range(AT_ONCE):
        desk.perform()
        [(_, again, _)] = desk.open()
        desk.clock.now = max(again, desk.clock.now)
    assert desk.clock.now - began < OLD_REFRESH_LIFE
    desk.perform()
    assert desk.open() == [("K10003", desk.clock.now + PAUSE, "Zoom: 503")]
    assert told(desk.store) == [("CONSENT_GIVEN", "K10003")]


def test_a_renewal_that_was_cut_off_is_made_again_though_the_sweep_had_renewed(
    desk: Desk,
) -> None:
    """What it asked for may have spent the token that the sweep left."""
    consented(desk.tokens, "given")
    desk.clock.now = NOON + NEXT_NIGHT - timedelta(hours=2)
    desk.tokens.settle(MDI1, "given")
    desk.clock.now = NOON + NEXT_NIGHT
    with desk.store.begin() as tx:
        assert Ledger(tx).claim(KEY, timedelta(seconds=30)) is not None
    desk.clock.now += timedelta(seconds=30)
    desk.perform()
    assert desk.zoom.asked == [MDI1]


def test_what_was_destroyed_is_not_renewed(desk: Desk) -> None:
    consented(desk.tokens, "given")
    desk.clock.now = NOON + NEXT_NIGHT
    desk.perform()
    with desk.store.begin() as tx:
        Consents(tx).forget(MDI1, INFOSEC)
    desk.clock.now += timedelta(days=1)
    desk.perform()
    assert desk.zoom.asked == [MDI1]
    assert desk.open() == []


def test_an_ipad_without_a_consent_owes_nothing_for_long(desk: Desk) -> None:
    with desk.store.begin() as tx:
        Ledger(tx).owe(RENEWAL, "K10003", NOON)
        Ledger(tx).owe(RENEWAL, "K404", NOON)
    desk.perform()
    assert desk.zoom.asked == []
    assert desk.open() == []


# The same with Zoom's side real, and the power gone in the two gaps.

RENEWING = """
import json, sys
from datetime import timedelta
from agent.effects.consent_refresh import RefreshConsent
from agent.store.opening import open_store
from agent.store.seal import KeyFile
from agent.store.sealed import SealedTokens
from agent.tick import Worker
from agent.vault import StoredVault
from connectors.http import utc_now
from connectors.zoom.client import Line
from connectors.zoom.consents import ConsentApp, Consents
from connectors.zoom.contacts import ZoomContacts
from pathlib import Path

told = json.loads(sys.argv[1])

class Slow(StoredVault):
    def stage(self, email, token):
        self.halt("stage")
        super().stage(email, token)

    def settle(self, email, token):
        self.halt("settle")
        super().settle(email, token)

    def halt(self, where):
        if where == told["halt"]:
            print("halted", flush=True)
            sys.stdin.read()

store = open_store(told["store"], utc_now)
vault = Slow(SealedTokens(store, KeyFile(Path(told["key"]))))
line = Line(login_url=told["url"], api_url=told["url"])
app = ConsentApp(told["client_id"], told["client_secret"], told["redirect_uri"])
zoom = ZoomContacts(line, Consents(line, app, vault))
effect = RefreshConsent(store, zoom, timedelta(milliseconds=1))
worker = Worker(store, {effect.kind: effect}, {"routine": 1})
done = worker.tick(lambda _, key: worker.perform(key))
print("done", flush=True)
"""


@dataclass
class Real:
    """A consent that Zoom's stand-in knows, and processes that renew it."""

    store: Store
    tokens: SealedTokens
    told: dict[str, Any]
    email: str
    tag: str

    def start(self, halt: str) -> "subprocess.Popen[str]":
        with self.store.begin() as tx:  # the pause after an attempt that never reported is over
            tx.sql.exec_driver_sql(
                "update obligation set next_at = due where kind = 'zoom.consent-refresh'"
            )
        return subprocess.Popen(
            [sys.executable, "-c", RENEWING, json.dumps(self.told | {"halt": halt})],
            env=clean_environment() | {"PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def killed_at(self, halt: str) -> None:
        with self.start(halt) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == "halted\n"
            os.kill(child.pid, signal.SIGKILL)

    def renew(self) -> None:
        with self.start("") as child:
            assert child.communicate(timeout=60)[0] == "done\n"

    def audited(self) -> list[str]:
        return [what for what, tag in told(self.store) if tag == self.tag]


@pytest.fixture
def real(outside: Outside, tmp_path: Path) -> Iterator[Real]:
    store = outside.filled_store(tmp_path)
    [consent] = outside.control("POST", "consents", {"devices": ["K10001"]})["consents"]
    asset = device_named(store, consent["asset_tag"])
    tokens = tokens_in(store, tmp_path)
    give_consent(tokens, asset, consent["email"], consent["refresh_token"], INFOSEC)
    with store.begin() as tx:
        Ledger(tx).owe(RENEWAL, asset.tag, utc_now())
    with store.begin() as tx:  # given long ago
        tx.sql.exec_driver_sql("update consent set renewed_at = renewed_at - 172800000000")
    told = {
        "store": f"sqlite:///{tmp_path / 'callsteward.db'}",
        "key": str(tmp_path / "zoom.key"),
        "url": str(outside.said["zoom"]["api_url"]).removesuffix("/v2"),
        **outside.said["zoom"]["user_app"],
    }
    yield Real(store, tokens, told, consent["email"].lower(), asset.tag)
    store.close()


def test_a_kill_before_the_new_token_is_kept_loses_nothing(real: Real) -> None:
    given = real.tokens.load(real.email)
    real.killed_at("stage")
    assert real.tokens.load(real.email) == given
    assert real.audited() == ["CONSENT_GIVEN"]
    real.renew()
    renewed = real.tokens.load(real.email)
    assert (len(renewed), renewed != given) == (1, True)
    assert real.audited() == ["CONSENT_GIVEN", "CONSENT_REFRESHED"]


def test_a_kill_before_the_new_token_is_proven_leaves_both(real: Real) -> None:
    [given] = real.tokens.load(real.email)
    real.killed_at("settle")
    [staged, kept] = real.tokens.load(real.email)
    assert (kept, staged != given) == (given, True)
    real.renew()
    [renewed] = real.tokens.load(real.email)
    assert renewed not in (given, staged)
    assert real.audited() == ["CONSENT_GIVEN", "CONSENT_REFRESHED"]


def test_kills_again_and_again_leave_a_consent_that_works(real: Real) -> None:
    for halt in ("settle", "stage", "settle", "stage"):
        real.killed_at(halt)
    assert len(real.tokens.load(real.email)) == 3
    real.renew()
    assert len(real.tokens.load(real.email)) == 1


def test_what_zoom_no_longer_takes_lapses(
    real: Real, outside: Outside, lapse: Callable[[], None]
) -> None:
    lapse()
    real.renew()
    assert real.audited() == ["CONSENT_GIVEN", "CONSENT_LAPSED"]


@pytest.fixture
def lapse(outside: Outside) -> Callable[[], None]:
    """Zoom revokes the consent of K10001's user."""

    def does() -> None:
        outside.control("PATCH", "records/zoomConsents/K10001", {"set": {"state": "lapsed"}})

    return does
