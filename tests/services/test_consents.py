"""Consents as people ask for them: for the right iPad, by somebody who works here."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from agent.domain.people import at_the_command_line
from agent.errors import BadInput, Misconfigured, NotAllowed
from agent.services.consents import (
    Standing,
    consents,
    device_named,
    forget_all_consents,
    forget_consent,
    give_consent,
    may_collect,
)
from agent.store.consents import LIFE, Consents
from agent.store.engine import Store
from agent.store.sealed import SealedTokens
from tests.support.consents import (
    BY,
    LEI1,
    MDI1,
    consented,
    device,
    registered,
    tokens_in,
    told,
)
from tests.support.estates import Clock
from tests.support.stores import NOON

NOBODY = at_the_command_line("S-NOBODY", "alex")


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


def _standing(store: Store) -> dict[str, Standing]:
    return {one.asset.local_id: one.standing for one in consents(store)}


@pytest.mark.parametrize("name", ["MDIBT001", "mdibt001", " K10003 "])
def test_a_device_is_named_by_its_local_id_or_its_tag(store: Store, name: str) -> None:
    assert device_named(store, name).tag == "K10003"


def test_a_device_that_is_not_on_the_register_is_refused(store: Store) -> None:
    with pytest.raises(BadInput, match="no device on the register"):
        device_named(store, "MDIBT009")


def test_only_the_account_of_the_register_is_taken_in_any_case(
    store: Store, tokens: SealedTokens
) -> None:
    with pytest.raises(NotAllowed, match="A6"):
        give_consent(tokens, device(store), LEI1, "token", BY)
    assert tokens.load(LEI1) == tokens.load(MDI1) == ()
    give_consent(tokens, device(store), MDI1.upper(), "token", BY)
    assert tokens.load(MDI1) == ("token",)
    assert told(store) == [("CONSENT_GIVEN", "K10003")]


def test_who_does_not_work_here_collects_and_destroys_nothing(
    store: Store, tokens: SealedTokens
) -> None:
    consented(tokens, "token")
    with pytest.raises(BadInput, match="S-NOBODY"):
        may_collect(store, NOBODY)
    with pytest.raises(BadInput, match="S-NOBODY"):
        give_consent(tokens, device(store), MDI1, "other", NOBODY)
    with pytest.raises(BadInput, match="S-NOBODY"):
        forget_consent(store, device(store), NOBODY)
    with pytest.raises(BadInput, match="S-NOBODY"):
        forget_all_consents(store, NOBODY)
    assert tokens.load(MDI1) == ("token",)
    may_collect(store, BY)


def test_each_ipad_of_the_register_is_listed_as_it_stands(
    store: Store, tokens: SealedTokens, clock: Clock
) -> None:
    consented(tokens, "one", "LEIBT001")
    consented(tokens, "two")
    with store.begin() as tx:
        Consents(tx).lapse(LEI1)
    assert _standing(store) == {
        "LEIBT001": Standing.LAPSED,
        "LEIBT002": Standing.MISSING,
        "MDIBT001": Standing.GIVEN,
        "MDIBT002": Standing.MISSING,
    }
    [good] = [one for one in consents(store) if one.standing is Standing.GIVEN]
    assert (good.until, good.given_by) == (NOON + LIFE, "INFOSEC-1")
    clock.now += LIFE + timedelta(seconds=1)
    assert _standing(store)["MDIBT001"] is Standing.LAPSED


def test_an_ipad_whose_account_changes_has_no_consent(
    store: Store, tokens: SealedTokens
) -> None:
    consented(tokens, "token")
    with store.begin() as tx:
        tx.sql.exec_driver_sql(
            "update asset set m365_user_id = 'Other@ipads.example' where tag = 'K10003'"
        )
    assert _standing(store)["MDIBT001"] is Standing.MISSING
    with pytest.raises(BadInput, match="has not consented"):
        forget_consent(store, device(store), BY)
    assert forget_all_consents(store, BY) == 1
    assert told(store)[-1] == ("CONSENT_FORGOTTEN", "no iPad of the register")


def test_one_consent_is_destroyed_and_the_others_stay(
    store: Store, tokens: SealedTokens
) -> None:
    consented(tokens, "one", "LEIBT001")
    consented(tokens, "two")
    forget_consent(store, device(store), BY)
    assert tokens.load(MDI1) == ()
    assert tokens.load(LEI1) == ("one",)
    assert told(store)[-1] == ("CONSENT_FORGOTTEN", "K10003")


def test_after_the_key_was_lost_all_is_destroyed_and_collected_anew(
    store: Store, tokens: SealedTokens, tmp_path: Path
) -> None:
    consented(tokens, "one")
    (tmp_path / "zoom.key").unlink()
    with pytest.raises(Misconfigured, match="missing") as refused:
        consented(tokens, "two")
    assert "callsteward zoom forget --all" in refused.value.hint
    assert forget_all_consents(store, BY) == 1
    consented(tokens, "two")
    assert tokens.load(MDI1) == ("two",)
