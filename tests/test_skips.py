"""CALLSTEWARD_REQUIRE_ALL=1: a skip is a failure with its reason, but for the shared folder."""

import pytest

from tests.support.skips import REQUIRE_ALL, SHARED, must_run


def _report(reason: str, outcome: str = "skipped") -> pytest.TestReport:
    told = ("tests/x.py", 1, f"Skipped: {reason}")
    return pytest.TestReport("x", ("x", 1, "x"), {}, outcome, told, "setup")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("required", "reason", "outcome"),
    [
        ("1", "there is no PostgreSQL", "failed"),
        ("1", f"{SHARED}: see the README", "skipped"),
        ("", "there is no PostgreSQL", "skipped"),
    ],
)
def test_a_skip_is_a_failure_where_all_is_required(
    monkeypatch: pytest.MonkeyPatch, required: str, reason: str, outcome: str
) -> None:
    monkeypatch.setenv(REQUIRE_ALL, required)
    report = must_run(_report(reason))
    assert report.outcome == outcome
    assert reason in str(report.longrepr)


def test_what_was_expected_to_fail_is_no_skip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(REQUIRE_ALL, "1")
    report = _report("a known fault")
    report.wasxfail = "a known fault"
    assert must_run(report).outcome == "skipped"


def test_what_passed_stays_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(REQUIRE_ALL, "1")
    assert must_run(_report("", "passed")).outcome == "passed"
