"""What every Zoom must keep of invitations. `invitations` acts, `contacts` are read with the
consent of `email`, whose user `user` is; `family` is who gets the invitation."""

from datetime import timedelta
from typing import Protocol

import pytest

from agent.domain.facts import Known
from agent.errors import NotThere, Refused, UnknownReply
from agent.ports.zoom import Contacts
from agent.ports.zoom_windows import Invitations
from tests.connectors.zoom.lists_contract import AUNT, MOTHER, ODD

HER_OWN = "her.own@elsewhere.example"
NOW = timedelta(0)


class Family(Protocol):
    """What happens outside."""

    def allow(self, *addresses: str) -> None:
        """The lists of the user's group hold these."""
        ...

    def accept(self, address: str, *, after: timedelta = NOW, by: str = "") -> None: ...

    def come_back(self, address: str, *, after: timedelta = NOW) -> None:
        """Who was removed adds the user again."""
        ...

    def removed(self, address: str) -> None:
        """Staff remove the contact on the iPad."""
        ...

    def wait(self, how_long: timedelta) -> None: ...

    def mails(self) -> int:
        """How many invitations came by mail and wait for an answer."""
        ...

    def colleague(self) -> str:
        """An address of our own account."""
        ...


def seen(contacts: Contacts, email: str) -> set[str]:
    fact = contacts.contacts(email)
    assert isinstance(fact, Known)
    assert fact.value.gap is None
    return {one.email for one in fact.value.rows}


class InvitationsContract:
    """Holds for every Zoom, real or ours."""

    def test_who_is_invited_is_a_contact_once_it_is_accepted(
        self,
        invitations: Invitations,
        contacts: Contacts,
        user: str,
        email: str,
        family: Family,
    ) -> None:
        family.allow(MOTHER)
        invitations.invite(user, MOTHER, "You are asked to a call.")
        assert seen(contacts, email) == set()
        family.accept(MOTHER)
        assert seen(contacts, email) == {MOTHER}

    def test_it_may_be_accepted_days_later(
        self,
        invitations: Invitations,
        contacts: Contacts,
        user: str,
        email: str,
        family: Family,
    ) -> None:
        family.allow(MOTHER)
        invitations.invite(user, MOTHER)
        family.accept(MOTHER, after=timedelta(days=2))
        family.wait(timedelta(days=1))
        assert seen(contacts, email) == set()
        family.wait(timedelta(days=1))
        assert seen(contacts, email) == {MOTHER}

    def test_it_may_be_accepted_from_another_account(
        self,
        invitations: Invitations,
        contacts: Contacts,
        user: str,
        email: str,
        family: Family,
    ) -> None:
        family.allow(MOTHER)
        invitations.invite(user, MOTHER)
        family.accept(MOTHER, by=HER_OWN)
        assert seen(contacts, email) == {HER_OWN}

    def test_a_contact_that_was_removed_may_be_there_again(
        self,
        invitations: Invitations,
        contacts: Contacts,
        user: str,
        email: str,
        family: Family,
    ) -> None:
        family.allow(MOTHER)
        invitations.invite(user, MOTHER)
        family.accept(MOTHER)
        family.removed(MOTHER)
        family.come_back(MOTHER, after=timedelta(hours=3))
        assert seen(contacts, email) == set()
        family.wait(timedelta(hours=3))
        assert seen(contacts, email) == {MOTHER}

    def test_to_invite_again_answers_alike_and_sends_another_mail(
        self, invitations: Invitations, user: str, family: Family
    ) -> None:
        family.allow(MOTHER)
        for mails in (1, 2):
            invitations.invite(user, MOTHER)
            assert family.mails() == mails

    def test_who_is_a_contact_or_a_colleague_already_is_asked_nothing(
        self,
        invitations: Invitations,
        contacts: Contacts,
        user: str,
        email: str,
        family: Family,
    ) -> None:
        family.allow(MOTHER, family.colleague())
        invitations.invite(user, MOTHER)
        family.accept(MOTHER)
        for address in (MOTHER, MOTHER.upper(), family.colleague()):
            invitations.invite(user, address)
        assert family.mails() == 0
        assert seen(contacts, email) == {MOTHER}

    def test_who_is_not_on_the_list_is_refused_and_the_cure_is_told(
        self, invitations: Invitations, user: str, family: Family
    ) -> None:
        for allowed in ((), (AUNT,)):
            family.allow(*allowed)
            with pytest.raises(Refused) as refused:
                invitations.invite(user, MOTHER)
            assert not isinstance(refused.value, NotThere)
            assert "lists" in refused.value.hint
        assert family.mails() == 0

    @pytest.mark.parametrize("odd", ODD)
    def test_what_is_no_address_is_refused(
        self, invitations: Invitations, user: str, family: Family, odd: str
    ) -> None:
        family.allow(MOTHER)
        with pytest.raises(Refused) as refused:
            invitations.invite(user, odd)
        assert not odd or odd not in str(refused.value)
        assert family.mails() == 0

    def test_a_user_that_is_not_there_is_told_apart(self, invitations: Invitations) -> None:
        with pytest.raises(NotThere):
            invitations.invite("nobody", MOTHER)
        with pytest.raises(UnknownReply):
            invitations.invite("", MOTHER)
