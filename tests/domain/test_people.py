"""Who did something, and how far we know it; and how incidents are counted."""

from agent.domain.incident import incident_id
from agent.domain.people import AGENT, Actor, at_the_command_line, nobody_named


def test_a_name_said_at_a_prompt_is_only_asserted() -> None:
    assert at_the_command_line("S-LEI-SPOC", "jo") == Actor(
        "S-LEI-SPOC", "asserted at the command line", "jo", is_staff=True
    )


def test_without_a_name_only_the_systems_user_is_known_and_nobody_of_the_staff() -> None:
    somebody = nobody_named("jo")
    assert (somebody.id, somebody.os_user, somebody.is_staff) == ("os-user", "jo", False)
    assert "without --by" in somebody.how


def test_the_agent_is_nobody_of_the_staff() -> None:
    assert (AGENT.id, AGENT.is_staff, AGENT.os_user) == ("agent", False, "")


def test_incidents_are_counted_through_their_year() -> None:
    assert incident_id(2026, 42) == "INC-2026-00042"
    assert incident_id(2027, 1) == "INC-2027-00001"
    assert incident_id(2026, 123456) == "INC-2026-123456"
