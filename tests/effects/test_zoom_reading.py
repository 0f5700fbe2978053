"""What one sweep asks of Zoom, and how far back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import pytest

from agent.domain.facts import Fact, Known, Reading, Seen, Unknown
from agent.domain.zoom import (
    AccountFacts,
    AllowLists,
    ExternalContact,
    GroupFacts,
    Locks,
    Scopes,
    Search,
    Settings,
    SignIn,
    Span,
    User,
)
from agent.domain.zoom_evidence import Consent, ZoomEvidence
from agent.effects.sweep import unwatched
from agent.effects.zoom_reading import read_zoom, span_of
from agent.errors import Superseded
from agent.ports.zoom import Beat, Zoom
from tests.support.cases import NOT_READ, NOW, POLICY
from tests.support.zoom_cases import (
    CLEAN,
    GROUP,
    PENDING_USER,
    SPAN,
    a_group,
    a_sign_in,
    a_user,
    an_account,
    an_ipad,
    signed_in,
    told,
    users,
)

SUNDAY, MONDAY = date(2026, 11, 22), date(2026, 11, 23)
FIRST, SECOND = an_ipad(), an_ipad(number=2, zoom_group="Zg000002")
ONE = a_user()
TWO = a_user(id="u-2", email=SECOND.m365_user_id)


@dataclass
class SmallZoom:
    """A Zoom in memory, which remembers what it was asked."""

    listed: Reading[User]
    others: Mapping[str, User] = field(default_factory=dict)  # what the list left out
    broken: bool = False  # direct look-ups fail
    source: str = "Zoom"
    asked: list[str] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    spans: dict[str, Span] = field(default_factory=dict)

    def users(self, beat: Beat) -> Reading[User]:
        beat("users", 1, 0)
        return self.listed

    def one(self, email: str) -> Fact[User | None]:
        self.asked.append(email)
        return NOT_READ if self.broken else told(self.others.get(email))

    def settings(self, user: str) -> Settings:
        return an_account().settings

    def locks(self, group: str) -> Locks:
        return a_group().locks

    def allow_lists(self, group: str) -> AllowLists:
        return a_group().allow_lists

    def recordings(self, user: User, span: Span) -> Search:
        return CLEAN

    def transcripts(self, user: User, span: Span) -> Search:
        return CLEAN

    def summaries(self, span: Span) -> Search:
        self.spans["summaries"] = span
        return CLEAN

    def contacts(self, email: str) -> Fact[Seen[ExternalContact]]:
        return told(Seen(()))

    def sign_ins(self, span: Span, beat: Beat) -> Reading[SignIn]:
        self.spans["sign-ins"] = span
        return signed_in(a_sign_in())

    def accounts(
        self, users: Sequence[User], span: Span, beat: Beat
    ) -> Mapping[str, AccountFacts]:
        self.spans["accounts"] = span
        self.read += [user.id for user in users]
        return {user.email: an_account() for user in users}

    def groups(self, ids: Sequence[str], beat: Beat) -> Mapping[str, GroupFacts]:
        self.read += ids
        return {group: a_group() for group in ids}

    def calls(self) -> Mapping[str, int]:
        return {}

    def scopes(self) -> Fact[Scopes]:
        return told(Scopes(frozenset(), frozenset()))


def _read(zoom: SmallZoom) -> ZoomEvidence:
    port: Zoom = zoom
    consents = {FIRST.m365_user_id: Consent.GIVEN}
    return read_zoom(port, (FIRST, SECOND), consents, SPAN, unwatched)


def test_a_complete_list_that_has_everybody_needs_no_direct_look_up() -> None:
    stranger = a_user(id="u-9", email="somebody.else@ipads.example")
    zoom = SmallZoom(users(ONE, stranger, TWO))
    evidence = _read(zoom)
    assert zoom.asked == []
    assert zoom.read == ["u-1", "u-2", GROUP, "Zg000002"]
    assert evidence.of(FIRST).account == told(ONE)
    assert evidence.of(SECOND).settings == told(an_account().settings)
    assert evidence.consents == {FIRST.m365_user_id: Consent.GIVEN}


def test_who_is_not_on_the_list_is_asked_directly_before_it_is_missing() -> None:
    zoom = SmallZoom(users(ONE), others={TWO.email: TWO})
    evidence = _read(zoom)
    assert zoom.asked == [SECOND.m365_user_id]
    assert zoom.read[:2] == ["u-1", "u-2"]
    assert evidence.of(SECOND).account == told(TWO)
    gone = _read(SmallZoom(users(ONE))).of(SECOND)
    assert gone.user == told(None)


def test_of_a_list_with_a_gap_everybody_is_asked_directly_and_read_once() -> None:
    listed = users(ONE, gap="the second page")
    zoom = SmallZoom(listed, others={ONE.email: ONE, TWO.email: TWO})
    evidence = _read(zoom)
    assert zoom.asked == [FIRST.m365_user_id, SECOND.m365_user_id]
    assert zoom.read[:-2] == ["u-1", "u-2"]
    assert isinstance(evidence.of(FIRST).settings, Known)


def test_a_look_up_that_fails_leaves_the_account_unknown() -> None:
    evidence = _read(SmallZoom(users(ONE), broken=True))
    user = evidence.of(SECOND).user
    assert isinstance(user, Unknown)
    assert user.reason == "not-read"


def test_an_invitation_has_no_id_to_read_anything_of() -> None:
    zoom = SmallZoom(users(PENDING_USER, TWO))
    _read(zoom)
    assert zoom.read[:-2] == ["u-2"]


def test_a_group_is_read_once_and_only_where_the_register_names_one() -> None:
    zoom = SmallZoom(users(ONE))
    ipads = (FIRST, an_ipad(number=2), an_ipad(number=3, zoom_group=""))
    read_zoom(zoom, ipads, {}, SPAN, unwatched)
    assert zoom.read[1:] == [GROUP]


def test_what_was_kept_is_asked_of_the_whole_span_and_sign_ins_of_the_last_day() -> None:
    zoom = SmallZoom(users(ONE, TWO))
    _read(zoom)
    assert zoom.spans == {
        "accounts": SPAN,
        "summaries": SPAN,
        "sign-ins": Span(date(2026, 11, 21), date(2026, 11, 22)),
    }


def test_a_sweep_that_was_taken_over_stops_reading() -> None:
    def taken_over(what: str, done: int, of: int) -> None:
        raise Superseded("another worker")

    with pytest.raises(Superseded):
        read_zoom(SmallZoom(users(ONE)), (FIRST,), {}, SPAN, taken_over)


@pytest.mark.parametrize("night", [None, MONDAY])
def test_most_nights_and_by_hand_sixty_days_are_looked_at(night: date | None) -> None:
    span = span_of((FIRST,), POLICY.zoom, night, NOW)
    assert span == Span(date(2026, 9, 24), date(2026, 11, 22))
    assert (span.last - span.first).days + 1 == POLICY.zoom.search_days


def test_on_sunday_a_night_looks_back_to_the_first_enrolment() -> None:
    early = an_ipad(number=2, enrolled_at=datetime(2026, 3, 1, 9, tzinfo=UTC))
    span = span_of((FIRST, early), POLICY.zoom, SUNDAY, NOW)
    assert span == Span(date(2026, 3, 1), date(2026, 11, 22))


def test_on_sunday_it_never_looks_at_less_than_on_other_nights() -> None:
    new = an_ipad(enrolled_at=NOW)
    for ipads in ((), (new,)):
        assert span_of(ipads, POLICY.zoom, SUNDAY, NOW).first == date(2026, 9, 24)


def test_an_ipad_without_an_enrolment_is_looked_at_for_a_year() -> None:
    span = span_of((an_ipad(enrolled_at=None),), POLICY.zoom, SUNDAY, NOW)
    assert span.first == date(2025, 11, 21)
