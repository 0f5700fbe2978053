"""The letter by which people try out a route."""

from agent.domain.route_trial import trial_id, trial_letter
from agent.domain.routes import PLACES, Place


def test_it_is_marked_and_says_what_it_is_and_to_whom() -> None:
    trial = trial_id(2026, 7)
    assert trial == "TEST-2026-00007"
    place = Place(code="LEI", region="Ynys Môn, a'r Gogledd")
    inboxes = [place.inbox(*where) for where in PLACES.values()]
    letters = [trial_letter(trial, to) for to in inboxes if to is not None]
    assert {one.subject for one in letters} == {"TEST 2026-00007: nothing has happened"}
    assert len({one.message_id for one in letters}) == len(PLACES)
    assert all(one.message_id.isascii() and " " not in one.message_id for one in letters)
    assert all("This is a test" in one.body for one in letters)
    assert "sent to local-security of LEI to see" in letters[0].body.replace("\n", " ")
    infosec = Place().inbox("national", "infosec")
    assert infosec is not None
    assert "sent to infosec to see" in trial_letter(trial, infosec).body.replace("\n", " ")
