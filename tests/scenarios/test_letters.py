"""C1, C2, C4: the letter under s.40E is held against the register, every night."""

from dataclasses import replace
from datetime import date, timedelta

from agent.domain.authorisation import Letter
from agent.domain.check import Verdict
from agent.domain.people import at_the_command_line
from agent.schemes import load_calls
from agent.services import authorisations
from agent.store.authorisations import Authorisations
from agent.store.register import Register
from tests.support.estates import FIRST_NIGHT, World

NIGHT = timedelta(days=1)
RULES = {"authorisation.on-file", "authorisation.fits", "authorisation.reviewed"}


def letter(world: World, number: int, **changes: object) -> Letter:
    """The Secretary of State authorised the iPads of this one's place."""
    code = world.ipad(number).establishment
    here = [one for one in world.core.records.estate if one.establishment == code]
    told = Letter(
        establishment=code, grantor="secretary-of-state", to_whom="generally",
        dated=date(2026, 11, 1), review_on=date(2027, 2, 1), reference="40E/7",
        tags=tuple(one.asset_tag for one in here),
    )  # fmt: skip
    return replace(told, **changes)  # type: ignore[arg-type]


def record(world: World, number: int, **changes: object) -> str:
    told = letter(world, number, **changes)
    by = at_the_command_line(f"S-{told.establishment}-SPOC", "alex")
    return authorisations.record(world.store, load_calls(), told, by).letter.establishment


def wrong(world: World, day: date = FIRST_NIGHT) -> dict[str, str]:
    """What is wrong with letters: rule -> reason."""
    return {
        check: found.reason
        for (subject, check), found in world.verdicts(day).items()
        if subject.startswith("authorisation/") and found.verdict is Verdict.FAIL
    }


def test_a_letter_that_fits_is_well_and_a_place_without_calls_needs_none(world: World) -> None:
    code = record(world, 0)
    world.night()
    found = {key: f.verdict for key, f in world.verdicts().items() if "/" in key[0]}
    assert found == {(f"authorisation/{code}", rule): Verdict.PASS for rule in RULES}
    assert world.incidents() == []


def test_an_ipad_that_is_not_listed_is_told_to_the_spoc_and_over_with_a_new_letter(
    world: World,
) -> None:
    code = record(world, 0, tags=(world.tag(0), "K99"))
    world.night()
    assert wrong(world) == {"authorisation.fits": "letter-differs"}
    [incident] = world.incidents()
    assert (incident.type, incident.subject) == ("authorisation.fits", f"authorisation/{code}")
    [(to, mail)] = world.postbox.mails
    assert to == f"spoc.{code.lower()}@justice.example"
    assert mail["Subject"] == f"{incident.id} MEDIUM {code}"
    assert "its authorisation under section 40E" in mail.get_content()
    assert "K99" not in mail.get_content()
    record(world, 0, dated=date(2026, 11, 2))
    world.night(FIRST_NIGHT + NIGHT)
    assert (wrong(world, FIRST_NIGHT + NIGHT), world.incidents()) == ({}, [])


def test_another_difference_is_told_again_and_the_same_one_is_not(world: World) -> None:
    record(world, 0, tags=(world.tag(0),))
    world.nights(2)
    assert len(world.told()) == 1
    record(world, 0, tags=(world.tag(1),), dated=date(2026, 11, 3))
    world.night(FIRST_NIGHT + 2 * NIGHT)
    assert len(world.told()) == 1


def test_a_review_that_passed_is_a_finding_from_that_day_on(world: World) -> None:
    record(world, 0, review_on=FIRST_NIGHT + NIGHT)
    world.night()
    assert wrong(world) == {}
    world.night(FIRST_NIGHT + NIGHT)
    assert wrong(world, FIRST_NIGHT + NIGHT) == {"authorisation.reviewed": "review-passed"}


def test_where_a_call_was_asked_for_and_no_letter_is_on_file_that_is_a_finding(
    world: World,
) -> None:
    code = asked_for_a_call(world)
    world.night()
    assert wrong(world) == {"authorisation.on-file": "authorisation-missing"}
    [incident] = world.incidents()
    assert incident.subject == f"authorisation/{code}"


def asked_for_a_call(world: World) -> str:
    """As the database keeps it; whoever asked."""
    with world.store.begin() as tx:
        asset = Register(tx).get(world.tag(0))
        assert asset is not None
        assert Authorisations(tx).all() == []
        tx.sql.exec_driver_sql(
            "insert into call values ('C-2026-00001', 2026, 1, '"
            f"{asset.establishment}', '{asset.tag}', 'requested', 1, 'dying-relative', 0, 1,"
            " 'Office', 'English', 'S-1', 'r', 'k', 0, null)"
        )
    return asset.establishment


def test_many_places_with_one_fault_are_one_cause(large: World) -> None:
    for number in range(0, 20, 2):
        record(large, number, review_on=date(2026, 11, 20))
    large.night()
    [incident] = large.incidents()
    assert incident.subject.startswith("platform/authorisation.reviewed")
    assert incident.because == "10 establishments"
    assert len(large.told()) == 10
