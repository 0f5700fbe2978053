"""Codes, access tokens and refresh tokens that were handed out, and how long each lives."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from connectors.sandbox.zoom.apps import App

ACCESS_LIFE = timedelta(seconds=3600)
CODE_LIFE = timedelta(minutes=5)
REFRESH_LIFE = timedelta(days=90)
OLD_REFRESH_LIFE = timedelta(minutes=5)  # how long one still works after its successor came


@dataclass(frozen=True, slots=True)
class Held:
    """What a token or a code stands for. `user` empty: the whole account."""

    app: str
    scopes: tuple[str, ...]
    ends: datetime
    user: str = ""
    redirect: str = ""
    challenge: str = ""
    spent: bool = False


@dataclass
class Tokens:
    """Several access tokens of one app may be valid at once."""

    clock: Callable[[], datetime]
    seed: int
    issued: int = 0
    access: dict[str, Held] = field(default_factory=dict)
    refresh: dict[str, Held] = field(default_factory=dict)
    codes: dict[str, Held] = field(default_factory=dict)
    _made: int = 0

    def code(self, app: App, user: str, redirect: str, challenge: str) -> str:
        held = Held(app.name, app.scopes, self.clock() + CODE_LIFE, user, redirect, challenge)
        return self._keep(self.codes, held)

    def access_token(self, app: str, scopes: tuple[str, ...], user: str = "") -> str:
        self.issued += 1
        now = self.clock()
        self.access = {old: held for old, held in self.access.items() if held.ends > now}
        return self._keep(self.access, Held(app, scopes, now + ACCESS_LIFE, user))

    def refresh_token(self, app: str, scopes: tuple[str, ...], user: str) -> str:
        return self._keep(self.refresh, Held(app, scopes, self.clock() + REFRESH_LIFE, user))

    def rotate(self, old: str) -> str:
        """The next refresh token; the old one still works for a short while."""
        held = self.refresh[old]
        soon = min(held.ends, self.clock() + OLD_REFRESH_LIFE)
        self.refresh[old] = replace(held, ends=soon, spent=True)
        return self.refresh_token(held.app, held.scopes, held.user)

    def expire_access(self) -> None:
        """Every access token handed out so far is worth nothing from now on."""
        self.access.clear()

    def forget(self, user: str) -> None:
        """Every token of this user's consent is gone."""
        for kept in (self.access, self.refresh, self.codes):
            for token in [token for token, held in kept.items() if held.user == user]:
                del kept[token]

    def _keep(self, kept: dict[str, Held], held: Held) -> str:
        self._made += 1
        text = f"{self.seed}/{self._made}/{held.app}/{held.user}/{held.ends}"
        token = hashlib.sha512(text.encode()).hexdigest()
        kept[token] = held
        return token
