"""An iPad that goes to another place takes what is wrong with it along (A8, E5)."""

from datetime import timedelta

from tests.support.estates import FIRST_NIGHT, World

SECOND_NIGHT, THIRD_NIGHT = FIRST_NIGHT + timedelta(days=1), FIRST_NIGHT + timedelta(days=2)
SECURITY = "security.agi@justice.example"
SILVER = "silver.mersey-and-fells@justice.example"  # for the duty phone: no texts here
OF_AGI = ["infosec@justice.example", "management@provider.example", SECURITY, SILVER]


def test_the_place_that_it_goes_to_is_told_of_its_fault_once(world: World) -> None:
    world.edit(0, isSupervised=False)
    world.night(FIRST_NIGHT)
    world.told()
    world.move(0, "AGI")
    world.night(SECOND_NIGHT)
    subjects = {mail["Subject"] for _, mail in world.postbox.mails}
    assert subjects == {"INC-2026-00001 HIGH AGI K10001"}
    assert world.told() == OF_AGI
    assert [(i.establishment, i.revision) for i in world.incidents()] == [("AGI", 2)]
    assert [finding.establishment for finding in world.findings()] == ["AGI"]
    assert "FINDING_MOVED" in {row["what"] for row in world.audited()}
    world.night(THIRD_NIGHT)
    assert (world.told(), world.incidents()[0].revision) == ([], 2)


def test_it_is_told_there_also_while_nobody_knows_whether_it_is_well(world: World) -> None:
    """Not knowing ends nothing, so the fault stands at its new place."""
    world.edit(0, isSupervised=False)
    world.night(FIRST_NIGHT)
    world.told()
    world.edit(0, isSupervised=None)
    world.move(0, "AGI")
    world.night(SECOND_NIGHT)
    assert set(OF_AGI) <= set(world.told())
    (fault,) = (i for i in world.incidents() if i.type == "device.supervised")
    assert (fault.establishment, fault.revision) == ("AGI", 2)


def test_one_of_many_is_told_where_it_is_and_its_cause_stays_the_country_s(
    large: World,
) -> None:
    for number in range(5):
        large.edit(number, isSupervised=False)
    large.night(FIRST_NIGHT)
    large.told()
    large.move(0, "AGI")  # which has two of the five already
    large.night(SECOND_NIGHT)
    told = dict(large.postbox.mails)
    assert [to for to in large.told() if to.startswith("security.")] == [SECURITY]
    assert "AGIBT900" in told[SECURITY].get_content()
    assert [(i.establishment, i.revision) for i in large.incidents()] == [("", 1)]
    large.night(THIRD_NIGHT)
    assert large.told() == []
