"""One iPad's account in Zoom, and what one sweep read of the whole of it.

All that is built here is well: a test changes the one thing that it is about.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from agent.domain.asset import Asset
from agent.domain.check import AssetFacts, Case, Check, Finding
from agent.domain.checks.zoom import zoom_checks
from agent.domain.facts import Fact, Known, Reading, Seen, reading
from agent.domain.zoom import (
    AccountFacts,
    AllowList,
    AllowLists,
    GroupFacts,
    Kept,
    Kind,
    Period,
    Search,
    SignIn,
    Span,
    User,
    UserStatus,
)
from agent.domain.zoom_evidence import Consent, ZoomEvidence, ZoomFacts
from tests.support.cases import BASELINE, DAY, HOUR, NOT_READ, NOW, POLICY, an_asset

SOURCE = "Zoom"
GROUP = "Zg000001"
LINES = POLICY.zoom.settings
ZOOM_CHECKS = {check.name: check for check in zoom_checks(POLICY.zoom)}
SPAN = Span(date(2026, 9, 24), date(2026, 11, 22))
CLEAN = Search((Period("recordings", SPAN),), ())
NOBODY = AllowList(enabled=True, option=4, addresses=frozenset())


def told(value: Any) -> Known[Any]:
    return Known(value, SOURCE, NOW)


def an_ipad(**changes: Any) -> Asset:
    """An iPad of which the register knows the Zoom group."""
    return an_asset(**{"zoom_group": GROUP, **changes})


def a_user(**changes: Any) -> User:
    """Its user in Zoom, as it must be."""
    user = User(
        id="u-1",
        email=an_ipad().m365_user_id,
        status=told(UserStatus.ACTIVE),
        licensed=told(True),
        display_name=told("MDIBT001"),
        groups=told(frozenset({GROUP})),
        client_version=told("6.5.1"),
    )
    return replace(user, **changes)


PENDING_USER = a_user(id="", status=told(UserStatus.PENDING))


def an_account(**changes: Any) -> AccountFacts:
    account = AccountFacts(
        settings={line.path: told(line.value) for line in LINES if line.has_value},
        recordings=CLEAN,
        transcripts=CLEAN,
        contacts=told(Seen(())),
    )
    return replace(account, **changes)


def a_group(**changes: Any) -> GroupFacts:
    group = GroupFacts(
        locks={line.path: told(True) for line in LINES if line.lock},
        allow_lists=AllowLists(told(NOBODY), told(NOBODY)),
    )
    return replace(group, **changes)


def a_sign_in(client: str = "iPad", **changes: Any) -> SignIn:
    return replace(SignIn(an_ipad().m365_user_id, NOW - HOUR, client, "6.5.1"), **changes)


def kept(kind: Kind, host: str = "") -> Kept:
    return Kept(kind, "m==", host or an_ipad().m365_user_id, told(NOW - DAY))


def finding(*things: Kept, gap: Any = None) -> Search:
    return replace(CLEAN, found=things, gap=gap)


def users(*rows: User, gap: str | None = None) -> Reading[User]:
    return reading(SOURCE, NOW, rows, lambda user: user.email, gap)


def signed_in(*rows: SignIn, gap: str | None = None) -> Reading[SignIn]:
    return reading(SOURCE, NOW, rows, lambda sign_in: sign_in.email, gap)


def read_of_zoom(*rows: User, **changes: Any) -> ZoomEvidence:
    """What one sweep read, these being all users that the list has."""
    email = an_ipad().m365_user_id
    evidence = ZoomEvidence(
        users=users(*rows),
        asked={},
        accounts={email: an_account()},
        groups={GROUP: a_group()},
        summaries=CLEAN,
        sign_ins=signed_in(a_sign_in()),
        consents={email: Consent.GIVEN},
    )
    return replace(evidence, **changes)


def of_the_user(user: User | None = None, **changes: Any) -> ZoomFacts:
    """What concerns the iPad where its user is this one; `changes` of what was read of it."""
    return replace(read_of_zoom(user or a_user()).of(an_ipad()), **changes)


def zoom_judged(
    found: ZoomFacts | None,
    checks: Iterable[Check[Any]] = ZOOM_CHECKS.values(),
    asset: Asset | None = None,
) -> Mapping[str, Finding]:
    """What every check of the Zoom half says; the MDM was not read at all."""
    asset = asset or an_ipad()
    gap: Fact[Any] = NOT_READ
    facts = AssetFacts(
        asset=asset, baseline=BASELINE, seen=gap, records=gap, device=gap, zoom=found
    )
    case = Case(asset, BASELINE, NOW)
    return {check.name: check.judge(facts, case) for check in checks}
