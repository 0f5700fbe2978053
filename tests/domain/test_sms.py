"""A letter as one text message of a phone network."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from agent.domain.channels import channel_of
from agent.domain.note import Note
from agent.domain.routes import Recipient
from agent.domain.sms import MOST, PLAIN, TWICE, length, sms

PHONE = "0203 334 0324"
AT = datetime(2026, 7, 1, 1, 5, tzinfo=UTC)
NOTE = Note(
    message_id="<INC-2026-00042.1.duty-phone.MDI@callsteward.invalid>",
    subject="INC-2026-00042 HIGH MDI K10471",
    body="Incident INC-2026-00042, severity HIGH\n",
    written_at=AT,
    incident="INC-2026-00042",
    revision=1,
    type="device.supervised",
    category="security",
    to="duty-phone.MDI",
    opened_at=AT,
)


def test_it_says_what_it_is_about_and_whom_to_ring() -> None:
    assert sms(NOTE, PHONE) == (
        "callsteward: INC-2026-00042 HIGH MDI K10471, for duty-phone.MDI."
        " 01 Jul 02:05 UK. Ring Infosec 0203 334 0324"
    )


def test_nothing_of_the_letter_s_body_is_in_it() -> None:
    assert sms(replace(NOTE, body="canary"), PHONE) == sms(NOTE, PHONE)


def test_no_two_letters_to_one_number_have_the_same_words() -> None:
    """A network blocks what comes again and again: each difference between letters shows."""
    others = (
        replace(NOTE, subject="INC-2026-00043 HIGH MDI K10471"),
        replace(NOTE, revision=2),
        replace(NOTE, revision=3),
        replace(NOTE, to="duty-phone.LEI"),
        replace(NOTE, written_at=AT + timedelta(minutes=1)),
    )
    assert len({sms(one, PHONE) for one in (NOTE, *others)}) == 6


def test_what_is_too_long_is_cut_and_the_number_to_ring_never() -> None:
    long = sms(replace(NOTE, subject="INC-1 HIGH " + "€" * 200), PHONE)
    assert long.endswith(". 01 Jul 02:05 UK. Ring Infosec 0203 334 0324")
    assert MOST - 1 <= length(long) <= MOST


@given(st.text(max_size=300), st.text(max_size=300), st.integers(1, 9999))
def test_it_always_fits_into_one_message_of_the_phones_alphabet(
    subject: str, to: str, revision: int
) -> None:
    text = sms(replace(NOTE, subject=subject, to=to, revision=revision), PHONE)
    assert length(text) <= MOST
    assert set(text) <= PLAIN | TWICE
    assert text.endswith(f"Ring Infosec {PHONE}")


def test_a_note_tells_what_its_subject_told() -> None:
    assert (NOTE.severity, NOTE.establishment, NOTE.tag) == ("HIGH", "MDI", "K10471")
    bare = replace(NOTE, subject="INC-2026-00042 HIGH")
    assert (bare.severity, bare.establishment, bare.tag) == ("HIGH", "", "")


def test_each_recipient_has_its_channel() -> None:
    inbox = Recipient("establishment", "MDI", "security")
    assert channel_of(inbox, "security.mdi@justice.example") == "mail"
    assert channel_of(inbox, "") == "mail"
    assert channel_of(Recipient("establishment", "MDI", "duty-phone"), "+447700900123") == "sms"
    assert channel_of(Recipient("national", "", "chat"), "") == "chat"
    assert channel_of(Recipient("national", "", "siem"), "") == "siem"
