"""What one sweep read of Zoom, and what of it concerns one iPad."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from agent.domain.asset import Asset
from agent.domain.facts import Fact, Known, Reading, Seen, Unknown, follow
from agent.domain.zoom import (
    AccountFacts,
    AllowLists,
    ExternalContact,
    GroupFacts,
    Locks,
    Search,
    Settings,
    SignIn,
    User,
)

NO_ACCOUNT = Unknown("zoom-no-account", "Zoom has no such account")
PENDING = Unknown("zoom-pending", "its account in Zoom was never taken up")
NOT_READ = Unknown("not-read", "Zoom was not read")
NO_GROUP = Unknown("not-recorded", "the register does not say which Zoom group it is in")


class Consent(Enum):
    """How the consent of a device user stands, as our own memory has it."""

    GIVEN = "given"
    LAPSED = "lapsed"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoomFacts:
    """All that a check may see of one iPad's account in Zoom."""

    user: Fact[User | None]  # Known None: proven that there is none
    consent: Known[Consent]  # as of the reading of Zoom
    settings: Fact[Settings]
    locks: Fact[Locks]
    allow_lists: Fact[AllowLists]
    recordings: Fact[Search]
    transcripts: Fact[Search]
    summaries: Fact[Search]
    contacts: Fact[Seen[ExternalContact]]
    sign_ins: Fact[Seen[SignIn]]
    invited: frozenset[str] = frozenset()  # addresses of windows that are open on this iPad

    @property
    def account(self) -> Fact[User]:
        """The user, or why there is none to look at."""
        return follow(self.user, lambda user: _there(user, self.user))


def _there(user: User | None, fact: Fact[User | None]) -> Fact[User]:
    if user is None or not isinstance(fact, Known):
        return NO_ACCOUNT
    return Known(user, fact.source, fact.at) if user.id else PENDING


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoomEvidence:
    """All that one sweep read of Zoom. Users by e-mail in lower case, groups by id."""

    users: Reading[User]
    asked: Mapping[str, Fact[User | None]]  # directly, because the list lacks them
    accounts: Mapping[str, AccountFacts]
    groups: Mapping[str, GroupFacts]
    summaries: Search
    sign_ins: Reading[SignIn]
    consents: Mapping[str, Consent]
    invited: Mapping[str, frozenset[str]] = field(default_factory=dict)  # by account

    def user(self, email: str) -> Fact[User | None]:
        """The user of this e-mail, proven by the list or by a direct look-up."""
        if email in self.asked:
            return self.asked[email]
        return follow(self.users.all_of(email), lambda rows: self._one(rows))

    def _one(self, rows: tuple[User, ...]) -> Fact[User | None]:
        if len(rows) > 1:
            return Unknown("several-records", f"{len(rows)} users of one e-mail in Zoom")
        return Known(rows[0] if rows else None, self.users.source, self.users.at)

    def of(self, asset: Asset) -> ZoomFacts:
        """What concerns this iPad. Without an account, nothing else can be said."""
        email = asset.m365_user_id
        user = self.user(email)
        found = ZoomFacts(
            user=user,
            consent=self._consent(email),
            settings=NOT_READ,
            locks=NOT_READ,
            allow_lists=NOT_READ,
            recordings=NOT_READ,
            transcripts=NOT_READ,
            summaries=NOT_READ,
            contacts=NOT_READ,
            sign_ins=NOT_READ,
            invited=self.invited.get(email, frozenset()),
        )
        account = found.account
        if isinstance(account, Known):
            return self._filled(found, asset, account)
        hidden = _all(found, account)
        return self._seen_anyway(hidden, email, account) if _unread(account) else hidden

    def _consent(self, email: str) -> Known[Consent]:
        state = self.consents.get(email, Consent.MISSING)
        return Known(state, "our own memory", self.users.at)

    def _filled(self, found: ZoomFacts, asset: Asset, account: Known[User]) -> ZoomFacts:
        email, source, at = asset.m365_user_id, account.source, account.at
        own, group = self.accounts.get(email), self.groups.get(asset.zoom_group)
        no_group = NOT_READ if asset.zoom_group else NO_GROUP
        return replace(
            found,
            settings=Known(own.settings, source, at) if own else NOT_READ,
            recordings=Known(own.recordings, source, at) if own else NOT_READ,
            transcripts=Known(own.transcripts, source, at) if own else NOT_READ,
            contacts=own.contacts if own else NOT_READ,
            locks=Known(group.locks, source, at) if group else no_group,
            allow_lists=Known(group.allow_lists, source, at) if group else no_group,
            summaries=Known(_of_host(self.summaries, email), source, at),
            sign_ins=self.sign_ins.seen_of(email),
        )

    def _seen_anyway(self, found: ZoomFacts, email: str, gap: Unknown) -> ZoomFacts:
        """Of a user that could not be read: what lists of the whole account show all the same.
        The gap goes with it, so that nothing of it passes."""
        summaries = replace(_of_host(self.summaries, email), gap=gap)
        seen = self.sign_ins.seen_of(email)
        return replace(
            found,
            summaries=Known(summaries, self.users.source, self.users.at),
            sign_ins=replace(seen, value=replace(seen.value, gap=gap)),
        )


def _unread(gap: Unknown) -> bool:
    return gap.reason == NOT_READ.reason


def _of_host(search: Search, email: str) -> Search:
    return replace(search, found=tuple(kept for kept in search.found if kept.host == email))


def _all(found: ZoomFacts, gap: Unknown) -> ZoomFacts:
    return replace(
        found,
        settings=gap,
        locks=gap,
        allow_lists=gap,
        recordings=gap,
        transcripts=gap,
        summaries=gap,
        contacts=gap,
        sign_ins=gap,
    )
