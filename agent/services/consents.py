"""Consents of device users: given once, listed, taken back."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from agent.domain.asset import Asset
from agent.domain.people import Actor
from agent.errors import BadInput, NotAllowed
from agent.services.people import must_work_here
from agent.store.consents import Consent, Consents
from agent.store.engine import Store
from agent.store.register import Register
from agent.store.sealed import SealedTokens


class Standing(Enum):
    GIVEN = "given"
    LAPSED = "lapsed"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class ConsentOf:
    """How one iPad's consent stands. `until` is when it ends unless it is renewed, in UTC."""

    asset: Asset
    standing: Standing
    until: datetime | None
    given_by: str


def device_named(store: Store, name: str) -> Asset:
    """The iPad with this local ID or asset tag. Raises BadInput."""
    wanted = name.strip().upper()
    with store.read() as tx:
        for one in Register(tx).all():
            if wanted in (one.local_id.upper(), one.tag.upper()):
                return one
    raise BadInput(
        "no device on the register has this local ID or asset tag",
        "Give it as MDIBT001; look it up: callsteward register export",
    )


def may_collect(store: Store, by: Actor) -> None:
    """Raises BadInput unless this member of staff works here: asked before anybody signs in."""
    with store.read() as tx:
        must_work_here(tx, by)


def give_consent(
    tokens: SealedTokens, device: Asset, account: str, refresh_token: str, by: Actor
) -> None:
    """Keep the consent of this device's user, and owe its renewal.

    Raises NotAllowed where `account`, which consented, is not the register's for this device.
    """
    seal = tokens.seal()
    with tokens.store.begin() as tx:
        must_work_here(tx, by)
        wanted = Consents(tx).account_of(device.tag)
        if wanted is None or account.lower() != wanted:
            raise NotAllowed(
                f"the register gives another account to {device.local_id} meanwhile (A6)",
                "Run the command again.",
            )
        tokens.give(tx, seal, wanted, refresh_token, by)


def consents(store: Store) -> list[ConsentOf]:
    """One for each iPad of the register, in the order of the local IDs."""
    with store.read() as tx:
        given = Consents(tx).all()
        assets = sorted(Register(tx).all(), key=lambda one: one.local_id)
        return [_standing(one, given.get(one.m365_user_id.lower()), tx.now) for one in assets]


def forget_consent(store: Store, device: Asset, by: Actor) -> None:
    """Destroy what this device's user gave us. Raises BadInput where there is nothing."""
    with store.begin() as tx:
        must_work_here(tx, by)
        account = Consents(tx).account_of(device.tag)
        if account is None or Consents(tx).get(account) is None:
            raise BadInput(f"the user of {device.local_id} has not consented")
        Consents(tx).forget(account, by)


def forget_all_consents(store: Store, by: Actor) -> int:
    """Destroy all consents, also those of users that no iPad has any more; how many."""
    with store.begin() as tx:
        must_work_here(tx, by)
        every = Consents(tx).all()
        for account in every:
            Consents(tx).forget(account, by)
    return len(every)


def _standing(asset: Asset, given: Consent | None, now: datetime) -> ConsentOf:
    if given is None:
        return ConsentOf(asset, Standing.MISSING, None, "")
    standing = Standing.LAPSED if given.lapsed(now) else Standing.GIVEN
    return ConsentOf(asset, standing, given.until, given.given_by)
