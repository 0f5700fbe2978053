"""Consents: sealed, rotated in two steps, audited without a secret."""

import json
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from agent.errors import Misconfigured
from agent.store.audit import Audit
from agent.store.consents import LIFE, RENEWAL, Consents, next_renewal, token
from agent.store.engine import Store
from agent.store.ledger import Ledger
from agent.store.seal import PREFIX, KeyFile, Seal
from agent.store.sealed import SealedTokens
from agent.vault import StoredVault, Taken
from tests.support.consents import (
    BY,
    LEI1,
    MDI1,
    consented,
    everything_in,
    registered,
    tokens_in,
    told,
)
from tests.support.estates import Clock
from tests.support.stores import NOON

SECRET = "refresh-token-that-nobody-may-see"


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
def store(url: str, clock: Clock) -> Iterator[Store]:
    opened = registered(url, clock)
    yield opened
    opened.close()


@pytest.fixture
def tokens(store: Store, tmp_path: Path) -> SealedTokens:
    return tokens_in(store, tmp_path)


def _renewals(store: Store) -> list[tuple[str, datetime]]:
    with store.read() as tx:
        return [(owed.subject, owed.due) for owed in Ledger(tx).open(RENEWAL)]


def _lapse(store: Store, account: str = MDI1) -> None:
    with store.begin() as tx:
        Consents(tx).lapse(account)


def test_what_was_given_is_there_and_what_was_not_is_none(tokens: SealedTokens) -> None:
    vault = StoredVault(tokens)
    consented(tokens, SECRET)
    grant = vault.load(MDI1)
    assert grant is not None
    assert grant.tokens == (SECRET,)
    assert vault.load(LEI1) is None


def test_a_renewal_keeps_the_old_token_until_the_new_one_is_proven(
    tokens: SealedTokens,
) -> None:
    vault = StoredVault(tokens)
    consented(tokens, "one")
    vault.stage(MDI1, "two")
    assert tokens.load(MDI1) == ("two", "one")
    vault.settle(MDI1, "two")
    assert tokens.load(MDI1) == ("two",)


def test_of_two_renewals_at_once_the_newer_one_outlives_the_settling_of_the_other(
    tokens: SealedTokens,
) -> None:
    consented(tokens, "one")
    tokens.stage(MDI1, "mine")
    tokens.stage(MDI1, "theirs")
    tokens.settle(MDI1, "mine")
    assert tokens.load(MDI1) == ("theirs", "mine")
    tokens.settle(MDI1, "theirs")
    tokens.settle(MDI1, "mine")
    assert tokens.load(MDI1) == ("theirs",)


def test_a_renewal_leaves_the_consents_of_others_alone(tokens: SealedTokens) -> None:
    consented(tokens, "of Leeds", "LEIBT001")
    consented(tokens, "one")
    tokens.stage(MDI1, "two")
    tokens.settle(MDI1, "two")
    assert tokens.load(LEI1) == ("of Leeds",)


def test_a_renewal_moves_the_end_and_only_when_it_is_proven(
    tokens: SealedTokens, clock: Clock
) -> None:
    consented(tokens, "one")
    clock.now += timedelta(days=1)
    tokens.stage(MDI1, "two")
    assert _until(tokens.store) == NOON + LIFE
    tokens.settle(MDI1, "two")
    assert _until(tokens.store) == clock.now + LIFE


def _until(store: Store) -> datetime:
    with store.read() as tx:
        return Consents(tx).all()[MDI1].until


def test_a_consent_ends_by_itself_when_nobody_renews_it(
    tokens: SealedTokens, clock: Clock
) -> None:
    consented(tokens, SECRET)
    with tokens.store.read() as tx:
        given = Consents(tx).all()[MDI1]
    assert not given.lapsed(NOON + LIFE - timedelta(seconds=1))
    assert given.lapsed(NOON + LIFE)


def test_a_consent_given_anew_replaces_all_tokens(tokens: SealedTokens) -> None:
    consented(tokens, "one")
    tokens.stage(MDI1, "two")
    consented(tokens, "three")
    assert tokens.load(MDI1) == ("three",)


def test_a_renewal_in_flight_does_not_bring_back_what_was_destroyed(
    tokens: SealedTokens,
) -> None:
    consented(tokens, "one")
    with tokens.store.begin() as tx:
        Consents(tx).forget(MDI1, BY)
    tokens.stage(MDI1, "two")
    tokens.settle(MDI1, "two")
    assert tokens.load(MDI1) == ()
    assert told(tokens.store)[-1] == ("CONSENT_FORGOTTEN", "K10003")
    assert _renewals(tokens.store) == []


def test_a_lapsed_consent_keeps_its_tokens_and_is_told_once(tokens: SealedTokens) -> None:
    consented(tokens, SECRET)
    _lapse(tokens.store)
    _lapse(tokens.store)
    assert tokens.load(MDI1) == (SECRET,)
    assert told(tokens.store) == [("CONSENT_GIVEN", "K10003"), ("CONSENT_LAPSED", "K10003")]


def test_a_consent_that_works_after_all_is_renewed_nightly_again(tokens: SealedTokens) -> None:
    consented(tokens, "one")
    with tokens.store.begin() as tx:
        Ledger(tx).withdraw(f"{RENEWAL}/K10003")
    _lapse(tokens.store)
    assert _renewals(tokens.store) == []
    tokens.stage(MDI1, "two")
    tokens.settle(MDI1, "two")
    with tokens.store.read() as tx:
        assert not Consents(tx).all()[MDI1].lapsed(tx.now)
    assert [subject for subject, _ in _renewals(tokens.store)] == ["K10003"]


def test_a_consent_owes_its_renewal_the_next_night(tokens: SealedTokens) -> None:
    consented(tokens, SECRET)
    assert _renewals(tokens.store) == [("K10003", datetime(2026, 11, 21, 4, tzinfo=UTC))]


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ((2026, 11, 22, 3, 59), (2026, 11, 23, 4, 0)),
        ((2026, 11, 22, 23, 59), (2026, 11, 23, 4, 0)),
        ((2026, 6, 30, 23, 30), (2026, 7, 2, 3, 0)),  # in London it is July already
        ((2026, 3, 28, 12, 0), (2026, 3, 29, 3, 0)),  # the clocks go forward that night
        ((2026, 10, 24, 12, 0), (2026, 10, 25, 4, 0)),  # and back
    ],
)
def test_the_next_night_is_at_four_in_london(
    now: tuple[int, ...], then: tuple[int, ...]
) -> None:
    assert next_renewal(datetime(*now, tzinfo=UTC)) == datetime(*then, tzinfo=UTC)  # type: ignore[arg-type,misc]


def test_the_disk_and_the_audit_hold_no_token_and_the_audit_no_account(
    tokens: SealedTokens, tmp_path: Path
) -> None:
    consented(tokens, SECRET)
    tokens.stage(MDI1, SECRET + "-2")
    tokens.settle(MDI1, SECRET + "-2")
    _lapse(tokens.store)
    assert SECRET.encode() not in everything_in(tmp_path)
    with tokens.store.read() as tx:
        rows = [text for _, text, _ in Audit(tx).rows() if "CONSENT_" in text]
    assert len(rows) == 3
    assert MDI1 not in "".join(rows)
    assert json.loads(rows[0])["who"] == "INFOSEC-1"


def test_nothing_shows_a_secret(tokens: SealedTokens, tmp_path: Path) -> None:
    consented(tokens, SECRET)
    seal = tokens.seal()
    key = (tmp_path / "zoom.key").read_text().strip().removeprefix(PREFIX)
    grant = StoredVault(tokens).load(MDI1)
    shown = f"{tokens!r} {seal!r} {grant!r} {StoredVault(tokens)!r} {Taken()!r}"
    assert SECRET not in shown
    assert key not in shown
    assert repr(seal.key) not in shown


def _sealed(store: Store) -> list[tuple[str, bytes]]:
    with store.read() as tx:
        rows = tx.sql.execute(select(token.c.account, token.c.sealed).order_by("account"))
        return [(row[0], row[1]) for row in rows]


def _put(store: Store, account: str, sealed: bytes) -> None:
    with store.begin() as tx:
        this = update(token).where(token.c.account == account)
        tx.sql.execute(this.values(sealed=sealed))


def test_a_token_that_is_moved_to_another_user_is_refused(tokens: SealedTokens) -> None:
    consented(tokens, "of Leeds", "LEIBT001")
    consented(tokens, SECRET)
    [(_, first), (_, second)] = _sealed(tokens.store)
    _put(tokens.store, LEI1, second)
    _put(tokens.store, MDI1, first)
    for account in (LEI1, MDI1):
        with pytest.raises(Misconfigured, match="was changed") as refused:
            tokens.load(account)
        assert SECRET not in f"{refused.value} {refused.value.hint}"


def test_the_same_token_is_never_sealed_alike(tokens: SealedTokens) -> None:
    seal = Seal(bytes(32))
    assert seal.seal(SECRET, "x") != seal.seal(SECRET, "x")


@given(st.data())
def test_one_changed_byte_is_seen(data: st.DataObject) -> None:
    seal = Seal(bytes(32))
    sealed = bytearray(seal.seal("token", "about"))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(Misconfigured):
        seal.open(bytes(sealed), "about")


@given(st.binary(max_size=60))
def test_what_was_never_sealed_is_refused(junk: bytes) -> None:
    with pytest.raises(Misconfigured):
        Seal(bytes(32)).open(junk, "about")


def test_the_key_is_made_at_first_need_and_for_its_owner_alone(
    tokens: SealedTokens, tmp_path: Path
) -> None:
    file = tmp_path / "zoom.key"
    assert tokens.load(MDI1) == ()
    assert not file.exists()
    consented(tokens, SECRET)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path for path in tmp_path.iterdir() if "zoom.key" in path.name] == [file]


def test_a_key_file_that_is_open_to_others_is_refused(
    tokens: SealedTokens, tmp_path: Path
) -> None:
    consented(tokens, SECRET)
    for mode in (0o640, 0o604, 0o660):
        (tmp_path / "zoom.key").chmod(mode)
        with pytest.raises(Misconfigured, match="open to others") as refused:
            tokens.load(MDI1)
        assert "chmod 600" in refused.value.hint
    (tmp_path / "zoom.key").chmod(0o400)
    assert tokens.load(MDI1) == (SECRET,)


def test_a_missing_key_is_named_with_its_cure_and_not_made_anew(
    tokens: SealedTokens, tmp_path: Path
) -> None:
    consented(tokens, SECRET)
    (tmp_path / "zoom.key").rename(tmp_path / "elsewhere")
    for does in (
        lambda: tokens.load(MDI1),
        lambda: tokens.stage(MDI1, "two"),
        lambda: consented(tokens, "three", "LEIBT001"),
    ):
        with pytest.raises(Misconfigured, match=r"zoom\.key is missing") as refused:
            does()
        assert "Restore it" in refused.value.hint
    assert not (tmp_path / "zoom.key").exists()
    (tmp_path / "elsewhere").rename(tmp_path / "zoom.key")
    assert tokens.load(MDI1) == (SECRET,)


def test_another_key_is_refused_before_anything_is_sealed_with_it(
    tokens: SealedTokens, tmp_path: Path
) -> None:
    consented(tokens, SECRET)
    (tmp_path / "zoom.key").rename(tmp_path / "right.key")
    KeyFile(tmp_path / "zoom.key").seal(in_use=False)
    for does in (
        lambda: tokens.load(MDI1),
        lambda: tokens.stage(MDI1, "two"),
        lambda: tokens.settle(MDI1, SECRET),
        lambda: consented(tokens, "three", "LEIBT001"),
    ):
        with pytest.raises(Misconfigured, match="not the one") as refused:
            does()
        assert "Restore the key file" in refused.value.hint
    (tmp_path / "right.key").replace(tmp_path / "zoom.key")
    assert tokens.load(MDI1) == (SECRET,)


@pytest.mark.parametrize(
    "content",
    ["", "nonsense", f"{PREFIX}c2hvcnQ=", f"{PREFIX}***", "A" * 44, "\xff\xfe"],
)
def test_what_is_no_key_is_refused_without_being_shown(tmp_path: Path, content: str) -> None:
    file = tmp_path / "zoom.key"
    file.write_bytes(content.encode("latin-1"))
    file.chmod(0o600)
    with pytest.raises(Misconfigured, match="holds no key") as refused:
        KeyFile(file).seal(in_use=True)
    assert not content or content not in f"{refused.value}"


def test_a_key_that_cannot_be_made_or_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Misconfigured, match="cannot be made"):
        KeyFile(tmp_path / "file" / "zoom.key").seal(in_use=False)
    with pytest.raises(Misconfigured, match="cannot be read"):
        KeyFile(tmp_path).seal(in_use=True)


def test_those_who_make_the_key_at_one_time_get_the_same_one(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = [
            pool.submit(KeyFile(tmp_path / "new" / "zoom.key").seal, in_use=False)
            for _ in range(32)
        ]
        keys = {one.result().key for one in made}
    assert len(keys) == 1
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["zoom.key"]


def test_a_vault_in_memory_keeps_what_it_was_given(tmp_path: Path) -> None:
    taken = Taken()
    assert taken.load(MDI1) is None
    taken.stage(MDI1, SECRET)
    taken.settle(MDI1, SECRET)
    grant = taken.load(MDI1)
    assert grant is not None
    assert (grant.tokens, taken.token(MDI1)) == ((SECRET,), SECRET)
