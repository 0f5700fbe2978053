"""Q10: who could not be told."""

from agent.domain.contacts import COLUMNS, Entries, Place, plan_contacts
from agent.domain.missing import missing_places as missing
from agent.domain.route_when import When
from agent.domain.routes import Route
from agent.schemes import load_scheme
from tests.support.cases import POLICY
from tests.support.registers import REGION, as_file, contact_rows

SCHEME = load_scheme()
CODES = ("LEI", "MDI")


def entries(*rows: dict[str, str]) -> Entries:
    plan = plan_contacts(as_file(rows, COLUMNS), {}, SCHEME)
    assert plan.problems == ()
    return plan.entries


def missing_places(found: Entries, codes: tuple[str, ...]) -> tuple[Place, ...]:
    return missing(found, codes, POLICY.routes)


def test_nobody_is_missing_from_a_complete_file() -> None:
    assert missing_places(entries(*contact_rows(CODES)), CODES) == ()


def test_every_missing_inbox_is_named() -> None:
    rows = contact_rows(CODES)
    rows[0] |= {"security": "", "region": ""}
    rows[2]["regional_silver"] = ""
    rows[3] |= {"infosec": "", "provider_management": ""}
    assert missing_places(entries(*rows), (*CODES, "BXI")) == (
        Place("establishment", "BXI", "duty-phone"),
        Place("establishment", "BXI", "region"),
        Place("establishment", "BXI", "security"),
        Place("establishment", "BXI", "spoc"),
        Place("establishment", "LEI", "region"),
        Place("establishment", "LEI", "security"),
        Place("national", "", "infosec"),
        Place("national", "", "provider-management"),
        Place("region", REGION, "regional-silver"),
    )
    assert missing_places({}, ()) == (
        Place("national", "", "duty-phone"),
        Place("national", "", "infosec"),
        Place("national", "", "provider-management"),
    )


def test_a_provider_of_every_establishment_stands_for_the_national_one() -> None:
    rows = contact_rows(CODES)
    rows[3]["provider_management"] = ""
    rows[0]["provider_management"] = "operator@lei.example"
    national = Place("national", "", "provider-management")
    assert missing_places(entries(*rows), CODES) == (national,)
    rows[1]["provider_management"] = "operator@mdi.example"
    assert missing_places(entries(*rows), CODES) == ()


def lacking(role: str, *routes: Route) -> set[tuple[str, str]]:
    """Where this role is missed, if these routes were all."""
    rows = [row | {"deputy": "", "duty_phone": ""} for row in contact_rows(CODES)]
    found = missing(entries(*rows), CODES, routes)
    return {(place.scope, place.code) for place in found if place.role == role}


def test_a_deputy_and_a_phone_are_missed_only_where_a_route_tells_them() -> None:
    assert lacking("deputy") == lacking("duty-phone") == set()
    everywhere = Route("r", When(), ("deputy", "duty-phone"))
    assert lacking("deputy", everywhere) == {("establishment", "LEI"), ("establishment", "MDI")}
    assert lacking("duty-phone", everywhere) == lacking("deputy", everywhere)
    wider = Route("r", When(), ("regional-deputy", "infosec-deputy"))
    assert lacking("deputy", wider) == {("region", REGION), ("national", "")}
    assert lacking("duty-phone", wider) == set()


def test_a_route_of_one_place_needs_no_contact_of_another() -> None:
    here = Route("r", When(establishment=("LEI",)), ("deputy",))
    assert lacking("deputy", here) == {("establishment", "LEI")}
    region = Route("r", When(region=("Wales",)), ("deputy", "regional-deputy"))
    assert lacking("deputy", region) == set()
    this = Route("r", When(region=(REGION,)), ("deputy", "regional-deputy"))
    assert len(lacking("deputy", this)) == 3


def test_what_no_people_read_is_not_missed() -> None:
    copies = Route("r", When(), ("chat", "siem"))
    assert lacking("chat", copies) == lacking("siem", copies) == set()
