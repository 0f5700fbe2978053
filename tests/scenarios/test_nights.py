"""What one night finds, what the next one makes of it, and who hears of it (E5, X6, X9)."""

from datetime import timedelta
from email.message import EmailMessage

import pytest

from agent.domain.check import Severity, Verdict
from connectors.sandbox.devices import ZOOM
from connectors.sandbox.records import DEVICES, INSTALLED, Edit
from tests.support.estates import FIRST_NIGHT, World

PHONE = "0203 334 0324"
SECOND_NIGHT, THIRD_NIGHT = FIRST_NIGHT + timedelta(days=1), FIRST_NIGHT + timedelta(days=2)
INFOSEC = "infosec@justice.example"
PROVIDER = "management@provider.example"
SILVER = "silver.northern-dales@justice.example"  # stands in for a telephone: no texts here
OF_ACI = [INFOSEC, "management.aci@provider.example", "security.aci@justice.example", SILVER]


def test_a_night_on_which_all_is_well_tells_nobody(world: World) -> None:
    sweep = world.night()
    assert (sweep.state, sweep.gaps) == ("COMPLETE", ())
    found = world.verdicts()
    assert {finding.verdict for finding in found.values()} == {Verdict.PASS}
    assert len(found) == 6 * 17 + 1  # every check of every iPad, and the tenant
    assert (world.incidents(), world.findings(), world.told()) == ([], [], [])
    assert world.owed("sweep")[0].key == "sweep/2026-11-22"


def test_the_second_night_of_one_fault_is_the_same_incident_and_no_second_mail(
    world: World,
) -> None:
    world.edit(0, isSupervised=False)
    world.night(FIRST_NIGHT)
    first = world.incidents()
    assert [(i.type, i.subject, i.establishment) for i in first] == [
        ("device.supervised", "K10001", "ACI")
    ]
    assert world.told() == OF_ACI
    world.night(SECOND_NIGHT)
    assert world.incidents() == first
    assert world.told() == []
    assert [one.opened_at for one in world.findings()] == [first[0].opened_at]


def test_another_device_under_the_serial_of_an_ipad_is_told_as_what_it_is(world: World) -> None:
    """The list leaves it out as no iPad; the look-up by its serial shows what answers there."""
    world.edit(0, model="iPhone 15")
    assert world.night().state == "COMPLETE"
    finding = world.verdicts()[world.tag(0), "device.an-ipad"]
    assert (finding.verdict, finding.reason) == (Verdict.FAIL, "not-an-ipad")
    assert "device.enrolled" in world.passes(world.tag(0))
    assert [(i.type, i.severity) for i in world.incidents()] == [
        ("device.an-ipad", Severity.HIGH)
    ]
    assert not any("iPhone" in mail.as_string() for _, mail in world.postbox.mails)
    assert world.told() == OF_ACI


def test_a_mail_names_incident_severity_place_and_tag_and_the_number_of_infosec(
    world: World,
) -> None:
    world.edit(3, isSupervised=False)
    world.night()
    mails = [mail for _, mail in world.postbox.mails]
    assert {mail["Subject"] for mail in mails} == {"INC-2026-00001 HIGH AGI K10004"}
    assert len({mail["Message-ID"] for mail in mails}) == len(mails) == 4
    for mail in mails:
        assert PHONE in _text(mail)
        assert world.ipad(3).m365_user_id not in mail.as_string()
        assert world.ipad(3).serial not in mail.as_string()


def test_a_fault_that_is_over_clears_its_finding_and_comes_back_as_a_revision(
    world: World,
) -> None:
    world.edit(0, isSupervised=False)
    world.night(FIRST_NIGHT)
    world.edit(0, isSupervised=True)
    world.night(SECOND_NIGHT)
    assert (world.findings(), world.standing()) == ([], [])
    assert [incident.revision for incident in world.incidents()] == [1]  # people close it
    cleared = {"FINDING_CLEARED", "INCIDENT_CLEARED"}
    assert cleared <= {row["what"] for row in world.audited()}
    world.told()
    world.edit(0, isSupervised=False)
    world.night(THIRD_NIGHT)
    found = [(one.id, one.revision) for one in world.standing()]
    assert found == [("INC-2026-00001", 2)]
    assert world.told() == OF_ACI


@pytest.mark.parametrize(
    "hides",
    [
        {"isSupervised": None},
        {"lastSyncDateTime": "2026-09-01T00:00:00Z", "isSupervised": True},
    ],
    ids=["not told", "told too long ago"],
)
def test_not_knowing_neither_clears_a_fault_nor_raises_one(
    world: World, hides: dict[str, object]
) -> None:
    world.edit(0, isSupervised=False)
    world.night(FIRST_NIGHT)
    world.told()
    for number in (0, 1):
        world.edit(number, **hides)
    world.night(SECOND_NIGHT)
    for number in (0, 1):
        verdict = world.verdicts(SECOND_NIGHT)[world.tag(number), "device.supervised"].verdict
        assert verdict is Verdict.UNKNOWN
    standing = [i.subject for i in world.incidents() if i.type == "device.supervised"]
    assert standing == [world.tag(0)]
    assert world.incidents()[0].revision == 1


def test_a_fault_that_gets_worse_is_a_new_revision_and_everybody_is_told_again(
    world: World,
) -> None:
    said = []
    for night, days in enumerate((8, 15, 16, 31)):
        day = FIRST_NIGHT + timedelta(days=night)
        world.begin_night(day)
        world.last_seen(0, days)
        world.settle()
        (incident,) = (i for i in world.incidents() if i.type == "device.checked-in")
        told = world.told()
        said.append((incident.id, incident.revision, incident.severity, told))
    spoc = ["spoc.aci@justice.example"]
    assert said == [
        ("INC-2026-00001", 1, Severity.LOW, []),  # upkeep at LOW needs nobody at the iPad
        ("INC-2026-00001", 2, Severity.MEDIUM, spoc),
        ("INC-2026-00001", 2, Severity.MEDIUM, []),
        ("INC-2026-00001", 3, Severity.HIGH, [SILVER, *spoc]),
    ]


def test_a_cause_of_many_that_gets_worse_is_told_again_too(large: World) -> None:
    """Five iPads without a network since one day: a platform incident that grows."""
    said = []
    for night, days in enumerate((8, 15, 31)):
        large.begin_night(FIRST_NIGHT + timedelta(days=night))
        for number in range(5):
            large.last_seen(number, days)
        large.settle()
        (incident,) = large.incidents()
        said.append((incident.revision, incident.severity, large.told()))
    spocs = [f"spoc.{code}@justice.example" for code in ("aci", "agi", "asi")]
    assert said == [
        (1, Severity.LOW, []),
        (2, Severity.MEDIUM, spocs),
        (3, Severity.HIGH, spocs),
    ]
    large.night(FIRST_NIGHT + timedelta(days=2))
    assert large.told() == []


def test_a_graver_member_makes_the_cause_of_many_graver_for_everybody(large: World) -> None:
    """More than a fifth of the estate is stale, and one of them far longer."""
    large.begin_night(FIRST_NIGHT)
    for number in range(9):
        large.last_seen(number, 15)
    large.settle()
    assert len(large.told()) == 5
    large.begin_night(SECOND_NIGHT)
    for number in range(9):
        large.last_seen(number, 16)
    large.last_seen(39, 40)  # of another establishment, and at once HIGH
    large.settle()
    (incident,) = (i for i in large.incidents() if i.type == "device.checked-in")
    assert (incident.revision, incident.severity) == (2, Severity.HIGH)
    assert len(large.told()) == 6  # the five again, and the one that joined


def test_five_ipads_with_one_cause_are_one_platform_incident(large: World) -> None:
    """DESIGN 8: each Security is told once, with its own iPads in the letter."""
    for number in (0, 1, 2, 4, 6):
        large.edit(number, isSupervised=False)
    large.night(FIRST_NIGHT)
    (incident,) = large.incidents()
    assert incident.subject.startswith("platform/device.supervised/")
    assert incident.because == "5 iPads of 4 establishments"
    told = dict(large.postbox.mails)
    securities = [to for to in large.told() if to.startswith("security.")]
    assert securities == [_security(code) for code in ("aci", "agi", "asi", "ayi")]
    of_aci = _text(told[_security("aci")])
    assert large.ipad(0).local_id in of_aci
    assert large.ipad(1).local_id in of_aci
    assert large.ipad(2).local_id not in of_aci
    assert large.ipad(0).local_id not in _text(told[INFOSEC])
    large.night(SECOND_NIGHT)
    assert (large.incidents(), large.told()) == ([incident], [])


def test_four_ipads_with_one_cause_are_four_incidents(large: World) -> None:
    for number in (0, 2, 4, 6):
        large.edit(number, isSupervised=False)
    large.night()
    assert [i.subject for i in large.incidents()] == [large.tag(n) for n in (0, 2, 4, 6)]


def test_the_same_check_on_more_than_a_fifth_of_the_estate_is_one_incident(
    large: World,
) -> None:
    """Nine of forty, each for another value."""
    for number in range(9):
        large.edit(number, osVersion=f"15.{number}")
    large.night()
    assert [i.subject for i in large.incidents()] == ["platform/os.minimum"]


def test_a_fifth_of_the_estate_is_not_yet_more_than_a_fifth(large: World) -> None:
    for number in range(8):
        large.edit(number, osVersion=f"15.{number}")
    large.night()
    assert len(large.incidents()) == 8


def test_an_establishment_that_joins_a_platform_incident_later_is_told_too(
    large: World,
) -> None:
    for number in range(5):
        large.edit(number, isSupervised=False)
    large.night(FIRST_NIGHT)
    (incident,) = large.incidents()
    large.told()
    large.edit(30, isSupervised=False)
    large.night(SECOND_NIGHT)
    assert large.incidents() == [incident]
    code = large.ipad(30).establishment.lower()
    assert [to for to in large.told() if not to.startswith("management.")] == [_security(code)]


def test_the_second_ipad_of_a_place_is_told_though_its_cause_is_known_already(
    large: World,
) -> None:
    for number in range(0, 10, 2):
        large.edit(number, isSupervised=False)
    large.night(FIRST_NIGHT)
    large.told()
    large.edit(1, isSupervised=False)
    large.night(SECOND_NIGHT)
    assert all(large.ipad(1).local_id in _text(mail) for _, mail in large.postbox.mails)
    assert _local(large.told()) == [_security(large.ipad(1).establishment.lower())]
    large.night(THIRD_NIGHT)
    assert large.told() == []


def test_an_ipad_that_fails_again_while_others_still_do_is_told_again(large: World) -> None:
    for number in range(5):
        large.edit(number, isSupervised=False)
    large.night(FIRST_NIGHT)
    large.edit(0, isSupervised=True)
    large.night(SECOND_NIGHT)
    large.told()
    large.edit(0, isSupervised=False)
    large.night(THIRD_NIGHT)
    assert _local(large.told()) == [_security(large.ipad(0).establishment.lower())]


def test_another_wrong_account_is_told_and_a_better_state_is_not(world: World) -> None:
    world.edit(0, userPrincipalName="one@elsewhere.example")
    world.edit(2, complianceState="noncompliant")
    world.night(FIRST_NIGHT)
    world.told()
    world.edit(0, userPrincipalName="two@elsewhere.example")
    world.edit(2, complianceState="inGracePeriod")
    world.night(SECOND_NIGHT)
    assert _security(world.ipad(0).establishment.lower()) in world.told()
    assert {(i.type, i.revision) for i in world.incidents()} == {
        ("account.assigned", 2),
        ("policy.compliant", 1),
    }


def test_a_platform_incident_ends_with_the_last_of_its_findings(large: World) -> None:
    for number in range(5):
        large.edit(number, isSupervised=False)
    large.night(FIRST_NIGHT)
    for number in range(4):
        large.edit(number, isSupervised=True)
    large.night(SECOND_NIGHT)
    assert len(large.incidents()) == len(large.findings()) == 1
    large.edit(4, isSupervised=True)
    large.night(THIRD_NIGHT)
    assert (large.standing(), large.findings()) == ([], [])


def test_loss_tells_regional_silver_also(world: World) -> None:
    """E5."""
    world.edit(0, jailBroken="True")
    world.night()
    assert world.told() == [*OF_ACI, SILVER]  # once for itself


def test_a_device_that_nobody_registered_is_told_to_the_country_until_it_is_gone(
    world: World,
) -> None:
    subject = _stranger(world)
    world.night(FIRST_NIGHT)
    assert [(i.type, i.subject) for i in world.incidents()] == [("register.listed", subject)]
    assert world.told() == [INFOSEC, PROVIDER]
    world.night(SECOND_NIGHT)
    assert world.told() == []
    world.core.planting.clear()
    world.night(THIRD_NIGHT)
    assert world.standing() == []


def test_an_ipad_that_is_not_enrolled_is_one_incident_and_hides_all_else(world: World) -> None:
    world.core.records.edit(Edit(DEVICES, world.ipad(2).device_id, drop=True))
    world.night()
    tag = world.tag(2)
    assert [(i.type, i.subject) for i in world.incidents()] == [("device.enrolled", tag)]
    assert world.passes(tag) == {"device.one-record", "device.serial"}


def test_answers_that_are_missing_are_one_matter_of_upkeep_for_each_ipad(world: World) -> None:
    world.edit(0, isSupervised=None, jailBroken="", managementState=None)
    world.night(FIRST_NIGHT)
    (incident,) = world.incidents()
    assert (incident.type, incident.subject) == ("evidence.missing", world.tag(0))
    assert world.told() == ["spoc.aci@justice.example"]
    world.edit(0, isSupervised=True, jailBroken="False", managementState="managed")
    world.night(SECOND_NIGHT)
    assert world.incidents() == []


def test_a_night_is_swept_once_however_often_it_is_asked_for(world: World) -> None:
    world.night()
    before = world.audited()
    world.begin_night()
    world.settle()
    assert world.audited() == before


def test_mail_waits_for_its_server_and_is_sent_once(world: World) -> None:
    world.edit(0, isSupervised=False)
    world.postbox.away = True
    world.night()
    waiting = world.owed("mail")
    assert len(waiting) == 4
    assert {(one.failures, one.error) for one in waiting} == {(1, "the mail server is away")}
    world.postbox.away = False
    world.settle()
    assert world.told() == []  # not before its pause is over
    world.clock.now += timedelta(seconds=1)
    world.settle()
    assert world.told() == OF_ACI
    world.clock.now += timedelta(days=1)
    world.settle()
    assert world.told() == []


def test_the_chain_of_a_fault_names_its_sweep_from_finding_to_mail(world: World) -> None:
    world.edit(0, isSupervised=False)
    world.night()
    rows = world.audited()
    of_the_sweep = [row["what"] for row in rows if row["correlationId"] == "2026-11-21"]
    assert of_the_sweep == [
        "SWEEP_STARTED", "FINDING_OPENED", "SWEPT", "SWEPT", "SWEPT", "SWEPT", "SWEEP_ENDED",
    ]  # fmt: skip
    assert [row["what"] for row in rows].count("MAIL_ACCEPTED") == 4
    assert "@" not in str([row["details"] for row in rows])


def test_a_wrong_zoom_is_told_to_the_spoc(world: World) -> None:
    key = f"{world.ipad(5).device_id}/{ZOOM}"
    world.core.records.edit(Edit(INSTALLED, key, drop=True))
    world.night()
    assert [(i.type, i.reason) for i in world.incidents()] == [("app.zoom", "app-missing")]
    assert world.told() == ["spoc.asi@justice.example"]


def _security(code: str) -> str:
    return f"security.{code}@justice.example"


def _local(told: list[str]) -> list[str]:
    """Without the management of a provider that is an establishment's own."""
    return [to for to in told if not to.startswith("management.")]


def _text(mail: EmailMessage) -> str:
    return str(mail.get_content())


def _stranger(world: World) -> str:
    return str(world.core.planting.plant("unknown-device")["subject"])
