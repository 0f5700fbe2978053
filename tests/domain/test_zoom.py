"""A path that is absent was not told: it is neither on nor off."""

from agent.domain.facts import Unknown
from agent.domain.zoom import locked, setting
from tests.support.zoom_cases import told


def test_a_path_that_is_there_is_as_it_was_told() -> None:
    gap = Unknown("not-read", "why")
    assert setting({"a.b": told(False)}, "a.b") == told(False)
    assert setting({"a.b": gap}, "a.b") is gap
    assert locked({"a.b": told(True)}, "a.b") == told(True)


def test_a_path_that_is_absent_was_not_told() -> None:
    for fact in (setting({"a.b": told(False)}, "a"), locked({}, "a.b")):
        assert isinstance(fact, Unknown)
        assert fact.reason == "not-told"
