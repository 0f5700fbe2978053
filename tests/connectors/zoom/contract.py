"""What every Zoom must keep, in sentences. `zoom` reads a healthy account of which `emails`
is all; `span` is of days; `breaks` makes the outside fail in the way it is told."""

from collections.abc import Callable

import pytest

from agent.domain.facts import Known, Seen, Unknown
from agent.domain.zoom import Search, Span, User, UserStatus, setting
from agent.errors import Superseded
from agent.ports.zoom import Zoom

NOBODY = "nobody@elsewhere.example"


def no_beat(what: str, done: int, of: int) -> None: ...


def taken_over(what: str, done: int, of: int) -> None:
    raise Superseded("another worker has taken over")


def everyone(zoom: Zoom) -> list[User]:
    return [user for rows in zoom.users(no_beat).rows.values() for user in rows]


def with_id(zoom: Zoom) -> list[User]:
    return [user for user in everyone(zoom) if user.id]


def is_clean(search: Search) -> bool:
    return search.gap is None and not search.found


class ZoomContract:
    """Holds for every Zoom, real or ours."""

    def test_every_user_is_listed_whatever_the_status(
        self, zoom: Zoom, emails: frozenset[str]
    ) -> None:
        reading = zoom.users(no_beat)
        assert reading.gap is None
        assert set(reading.rows) == emails
        assert reading.source == zoom.source
        told = {user.status.value for user in everyone(zoom) if isinstance(user.status, Known)}
        assert told == set(UserStatus)

    def test_only_pending_users_have_no_id(self, zoom: Zoom) -> None:
        for user in everyone(zoom):
            assert isinstance(user.status, Known)
            assert bool(user.id) == (user.status.value is not UserStatus.PENDING)

    def test_one_user_is_told_as_in_the_list(self, zoom: Zoom) -> None:
        for user in with_id(zoom):
            one = zoom.one(user.email.upper())
            assert isinstance(one, Known)
            assert one.value is not None
            assert (one.value.id, one.value.email) == (user.id, user.email)

    def test_that_nobody_is_there_is_known(self, zoom: Zoom) -> None:
        one = zoom.one(NOBODY)
        assert isinstance(one, Known)
        assert one.value is None

    def test_both_bodies_of_the_settings_are_told(self, zoom: Zoom) -> None:
        settings = zoom.settings(with_id(zoom)[0].id)
        for path in ("recording.cloud_recording", "meeting_security.waiting_room"):
            assert isinstance(setting(settings, path), Known)

    def test_a_setting_that_is_not_there_is_not_told(self, zoom: Zoom) -> None:
        fact = setting(zoom.settings(with_id(zoom)[0].id), "recording.no_such_thing")
        assert isinstance(fact, Unknown)
        assert fact.reason == "not-told"

    def test_nothing_kept_is_proven_for_every_period(self, zoom: Zoom, span: Span) -> None:
        for user in with_id(zoom):
            for search in (zoom.recordings(user, span), zoom.transcripts(user, span)):
                assert is_clean(search)
                for place in {period.place for period in search.periods}:
                    asked = [p.span for p in search.periods if p.place == place]
                    assert (asked[0].first, asked[-1].last) == (span.first, span.last)
        assert is_clean(zoom.summaries(span))

    def test_both_kinds_of_trash_are_asked(self, zoom: Zoom, span: Span) -> None:
        periods = zoom.recordings(with_id(zoom)[0], span).periods
        assert {p.place for p in periods} == {"recordings", "trash: meetings", "trash: files"}

    def test_a_user_without_an_id_proves_nothing(self, zoom: Zoom, span: Span) -> None:
        [pending] = [user for user in everyone(zoom) if not user.id]
        for search in (zoom.recordings(pending, span), zoom.transcripts(pending, span)):
            assert search.gap is not None

    def test_no_external_contacts_is_known_where_consent_was_given(
        self, zoom: Zoom, consenting: str
    ) -> None:
        fact = zoom.contacts(consenting)
        assert isinstance(fact, Known)
        assert fact.value == Seen(())

    def test_without_consent_contacts_are_unknown(self, zoom: Zoom) -> None:
        fact = zoom.contacts(NOBODY)
        assert isinstance(fact, Unknown)
        assert fact.reason == "consent-missing"

    def test_many_accounts_are_told_as_one_by_one(self, zoom: Zoom, span: Span) -> None:
        users = everyone(zoom)
        told = zoom.accounts(users, span, no_beat)
        assert list(told) == [user.email for user in users]
        one = with_id(zoom)[0]
        assert told[one.email].recordings == zoom.recordings(one, span)
        assert set(told[one.email].settings) == set(zoom.settings(one.id))

    def test_a_group_is_asked_once(self, zoom: Zoom, group: str) -> None:
        told = zoom.groups([group, group], no_beat)
        assert list(told) == [group]
        assert isinstance(told[group].locks["recording.cloud_recording"], Known)

    def test_calls_are_counted_by_label(self, zoom: Zoom) -> None:
        zoom.users(no_beat)
        zoom.one(NOBODY)
        calls = zoom.calls()
        assert calls["Medium"] >= 3
        assert calls["Light"] == 1
        assert calls["token"] == 1

    def test_each_answer_beats(self, zoom: Zoom, span: Span, group: str) -> None:
        beats: list[tuple[str, int, int]] = []

        def beat(what: str, done: int, of: int) -> None:
            beats.append((what, done, of))

        zoom.users(beat)
        zoom.accounts(everyone(zoom), span, beat)
        zoom.groups([group], beat)
        zoom.sign_ins(span, beat)
        assert len(beats) > 10
        assert all(what and done >= 0 and (not of or done <= of) for what, done, of in beats)

    def test_a_beat_may_stop_a_reading(self, zoom: Zoom, span: Span, group: str) -> None:
        users = everyone(zoom)
        with pytest.raises(Superseded):
            zoom.users(taken_over)
        with pytest.raises(Superseded):
            zoom.accounts(users, span, taken_over)
        with pytest.raises(Superseded):
            zoom.groups([group], taken_over)
        with pytest.raises(Superseded):
            zoom.sign_ins(span, taken_over)


Breaks = Callable[[str], None]
FAULTS = (
    "timeout", "cut", "busy", "away", "refused", "login", "html", "empty", "truncated",
    "another form", "code in 200",
)  # fmt: skip


class RemoteZoomContract(ZoomContract):
    """Holds for a Zoom that is asked over a network."""

    @pytest.mark.parametrize("fault", FAULTS)
    def test_a_fault_leaves_a_gap_and_never_a_shorter_list(
        self, zoom: Zoom, breaks: Breaks, emails: frozenset[str], span: Span, fault: str
    ) -> None:
        breaks(fault)
        users, sign_ins = zoom.users(no_beat), zoom.sign_ins(span, no_beat)
        assert users.gap
        assert sign_ins.gap
        for email in (*emails, NOBODY):
            assert isinstance(users.all_of(email), Unknown)

    @pytest.mark.parametrize("fault", FAULTS)
    def test_a_fault_makes_unknown_what_is_asked_directly(
        self, zoom: Zoom, breaks: Breaks, span: Span, group: str, consenting: str, fault: str
    ) -> None:
        user = with_id(zoom)[0]
        breaks(fault)
        lists = zoom.allow_lists(group)
        facts = [
            zoom.one(user.email),
            setting(zoom.settings(user.id), "recording.cloud_recording"),
            setting(zoom.settings(user.id), "meeting_security.waiting_room"),
            zoom.locks(group)["recording.cloud_recording"],
            lists.adding,
            lists.chatting,
        ]
        assert {fact.reason for fact in facts if isinstance(fact, Unknown)} == {"not-read"}
        assert not any(isinstance(fact, Known) for fact in facts)
        assert isinstance(zoom.contacts(consenting), Unknown)

    @pytest.mark.parametrize("fault", FAULTS)
    def test_a_fault_certifies_nothing(
        self, zoom: Zoom, breaks: Breaks, span: Span, fault: str
    ) -> None:
        user = with_id(zoom)[0]
        breaks(fault)
        for search in (
            zoom.recordings(user, span),
            zoom.transcripts(user, span),
            zoom.summaries(span),
        ):
            assert search.gap is not None
            assert search.gap.reason == "not-read"
            assert search.periods == ()

    @pytest.mark.parametrize("fault", ["timeout", "busy", "refused", "html"])
    def test_a_fault_keeps_every_account(
        self, zoom: Zoom, breaks: Breaks, span: Span, fault: str
    ) -> None:
        users = everyone(zoom)
        breaks(fault)
        told = zoom.accounts(users, span, no_beat)
        assert list(told) == [user.email for user in users]
        assert all(facts.recordings.gap for facts in told.values())

    def test_what_was_broken_may_be_well_again(self, zoom: Zoom, breaks: Breaks) -> None:
        breaks("busy")
        assert zoom.users(no_beat).gap
        breaks("")
        assert zoom.users(no_beat).gap is None
