"""The consents' refresh tokens: in the database only sealed.

A renewal is safe against a kill at any moment: the new token is committed beside the old one
before it is used, and the old one goes once the new one is proven.
"""

from dataclasses import dataclass

from agent.domain.people import Actor
from agent.store.consents import Consents
from agent.store.engine import Store, Transaction
from agent.store.seal import KeyFile, Seal


@dataclass(frozen=True, slots=True)
class SealedTokens:
    """All of them, under the key in this file. Accounts are in lower case."""

    store: Store
    key_file: KeyFile

    def load(self, account: str) -> tuple[str, ...]:
        """The tokens of this account that may still work, the newest first.

        Raises Misconfigured where the key is missing or does not fit.
        """
        with self.store.read() as tx:
            kept = Consents(tx).tokens(account)
        if not kept:
            return ()
        seal = self.key_file.seal(in_use=True)
        return tuple(seal.open(sealed, _about(account, number)) for number, sealed in kept)

    def stage(self, account: str, token: str) -> None:
        """Keep this token as the newest. A consent that was destroyed meanwhile stays so."""
        seal = self.seal()
        with self.store.begin() as tx:
            consents = Consents(tx)
            if consents.get(account) is not None:
                number = consents.next_number(account)
                consents.add(account, seal.seal(token, _about(account, number)), number)

    def settle(self, account: str, token: str) -> None:
        """Zoom took this token: drop the older ones."""
        seal = self.seal()
        with self.store.begin() as tx:
            for number, sealed in Consents(tx).tokens(account):
                if seal.open(sealed, _about(account, number)) == token:
                    Consents(tx).proven(account, number)
                    return

    def give(self, tx: Transaction, seal: Seal, account: str, token: str, by: Actor) -> None:
        """A new consent, in the transaction of who asked for it."""
        number = Consents(tx).next_number(account)
        Consents(tx).give(account, seal.seal(token, _about(account, number)), number, by)

    def seal(self) -> Seal:
        """The key to seal with: the one that all that is here was sealed with."""
        with self.store.read() as tx:
            kept = Consents(tx).any_sealed()
        seal = self.key_file.seal(in_use=kept is not None)
        if kept is not None:
            seal.require(kept)
        return seal


def _about(account: str, number: int) -> str:
    return f"zoom/consent/{account}/{number}"
