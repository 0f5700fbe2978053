"""The vaults that Zoom's consents are kept in."""

from dataclasses import dataclass

from agent.ports.zoom import Grant
from agent.store.sealed import SealedTokens


@dataclass(frozen=True, slots=True)
class StoredVault:
    """The vault of the port, in our store. Only who gives a consent adds an account to it."""

    tokens: SealedTokens

    def load(self, email: str) -> Grant | None:
        """See the port. Raises Misconfigured where the key is missing or does not fit."""
        kept = self.tokens.load(email)
        return Grant(kept) if kept else None

    def stage(self, email: str, token: str) -> None:
        """See the port."""
        self.tokens.stage(email, token)

    def settle(self, email: str, token: str) -> None:
        """See the port."""
        self.tokens.settle(email, token)


class Taken:
    """A vault for one new consent, in memory: who asked for it keeps it for good."""

    def __init__(self) -> None:
        self._tokens: dict[str, str] = {}

    def load(self, email: str) -> Grant | None:
        """See the port."""
        return Grant((self._tokens[email],)) if email in self._tokens else None

    def stage(self, email: str, token: str) -> None:
        """The newest is enough: it was given just now."""
        self._tokens[email] = token

    def settle(self, email: str, token: str) -> None:
        """There is never an older one."""

    def token(self, email: str) -> str:
        """What was given."""
        return self._tokens[email]
