"""Whom a letter reaches whose own inbox nobody has told us, and what it says (Q10)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from email.message import EmailMessage

from agent.domain.uk_time import LONDON
from agent.schemes import load_scheme
from agent.services.people import export_contacts, import_contacts
from agent.store.letters import Letters
from tests.support.estates import BY, World

SECURITY, SILVER = "security.aci@justice.example", "silver.northern-dales@justice.example"
INFOSEC = "infosec@justice.example"
NO_INBOX = "For local-security of ACI, who has no inbox in contacts.csv."
NO_TEXTS = "For duty-phone of ACI, to whom nothing here can send a text."
PAUSE = timedelta(minutes=10)


def without(world: World, *addresses: str) -> str:
    """From now on nobody has told us these. Returns the file as it was."""
    contacts = export_contacts(world.store)
    less = contacts
    for address in addresses:
        assert f",{address}" in less
        less = less.replace(f",{address}", ",")
    again(world, less)
    return contacts


def again(world: World, contacts: str) -> None:
    import_contacts(world.store, load_scheme(), contacts.encode(), BY)


def fault(world: World) -> None:
    world.edit(0, isSupervised=False)
    world.night()


def mails(world: World) -> Mapping[str, list[EmailMessage]]:
    found: dict[str, list[EmailMessage]] = {}
    for to, mail in world.postbox.mails:
        found.setdefault(to, []).append(mail)
    return found


def words(mail: EmailMessage) -> str:
    """Its text as people read it, however its lines are broken."""
    return " ".join(str(mail.get_content()).split())


def went(world: World) -> dict[str, str | None]:
    """To whom a letter was, and who stood in."""
    with world.store.read() as tx:
        return {str(one.to): one.went_to for one in Letters(tx).of_incident("INC-2026-00001")}


def test_the_region_stands_in_and_the_letter_says_whose_it_is(world: World) -> None:
    without(world, SECURITY)
    fault(world)
    said = [words(mail) for mail in mails(world)[SILVER]]
    assert sorted(text.split(" Please")[0] for text in said) == [NO_TEXTS, NO_INBOX]
    assert all("INC-2026-00001" in text for text in said)
    assert world.owed("mail") == []
    assert went(world) == {
        "infosec": None,
        "provider-management.ACI": None,
        "security.ACI": "regional-silver.Northern Dales",
        "duty-phone.ACI": "regional-silver.Northern Dales",
    }


def test_the_audit_tells_whose_inbox_it_really_went_to(world: World) -> None:
    without(world, SECURITY)
    fault(world)
    details = [row["details"] for row in world.audited() if row["what"] == "MAIL_ACCEPTED"]
    found = {one["to"]: one["went_to"] for one in details}
    assert found["security.ACI"] == "regional-silver.Northern Dales"
    assert found["infosec"] == "infosec"
    assert "@" not in str(details)
    assert "+44" not in str(details)


def test_a_letter_that_somebody_got_is_not_sent_once_more_when_the_inbox_is_told(
    world: World,
) -> None:
    contacts = without(world, SECURITY)
    fault(world)
    world.told()
    again(world, contacts)
    world.clock.now += PAUSE
    world.settle()
    assert world.told() == []


def test_an_inbox_that_is_told_before_the_letter_went_gets_it_alone(world: World) -> None:
    contacts = without(world, SECURITY)
    world.postbox.away = True
    fault(world)
    again(world, contacts)
    world.postbox.away = False
    world.clock.now += PAUSE
    world.settle()
    assert [to for to in world.told() if to == SECURITY] == [SECURITY]
    assert went(world)["security.ACI"] is None


def test_without_the_region_infosec_stands_in(world: World) -> None:
    without(world, SECURITY, SILVER)
    fault(world)
    said = [words(mail).split(" Please")[0] for mail in mails(world)[INFOSEC]]
    assert sorted(said)[:2] == [NO_TEXTS, NO_INBOX]
    assert went(world)["security.ACI"] == "infosec"


def test_without_anybody_it_waits_and_says_so_until_somebody_is_named(world: World) -> None:
    contacts = without(world, SECURITY, SILVER, INFOSEC)
    fault(world)
    errors = {one.subject.split("/")[2]: str(one.error) for one in world.owed("mail")}
    assert errors.keys() == {"security.ACI", "duty-phone.ACI", "infosec"}
    for to, error in errors.items():
        assert f"nobody has told us the address of {to}, nor of who stands in" in error
        assert "callsteward contacts import" in error
    world.told()
    again(world, contacts)
    world.clock.now += PAUSE
    world.settle()
    assert world.told() == [INFOSEC, SECURITY, SILVER]
    assert world.owed("mail") == []


def test_nothing_is_mailed_to_a_telephone_number(world: World) -> None:
    fault(world)
    assert world.told()
    assert "+44" in export_contacts(world.store)
    assert not [to for to, _ in world.postbox.mails if "@" not in to]


def test_a_fault_of_working_hours_rings_no_telephone(world: World) -> None:
    """The same that is found at 02:00 does."""
    world.edit(0, isSupervised=False)
    world.begin_night()
    monday_noon = datetime(2026, 11, 23, 12, tzinfo=LONDON)
    world.clock.now = monday_noon
    world.settle()
    assert "duty-phone.ACI" not in went(world)
    assert "security.ACI" in went(world)
