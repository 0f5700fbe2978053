"""The machine's half of the eight questions of one iPad (X1-X8)."""

from typing import Any

import pytest

from agent.domain.annex_e import PEOPLE_ONLY, QUESTIONS, Row, rows
from agent.domain.checks import RULES
from agent.domain.device import App, Device
from agent.domain.facts import Unknown
from tests.support.cases import DAY, NOT_READ, NOT_TOLD, NOW, a_device, known, verdicts


def _rows(*records: Device, open_incidents: int = 0) -> dict[int, Row]:
    return rows(verdicts(*records).values(), RULES, open_incidents)


WELL = {
    1: Row.PERSON, 2: Row.PASS, 3: Row.PERSON, 4: Row.PERSON,
    5: Row.PASS, 6: Row.PASS, 7: Row.PASS, 8: Row.PASS,
}  # fmt: skip


def test_a_well_ipad_leaves_three_questions_to_people() -> None:
    assert _rows(a_device()) == WELL
    assert {number for number, row in WELL.items() if row is Row.PERSON} == set(PEOPLE_ONLY)


@pytest.mark.parametrize(
    ("field", "value", "question"),
    [
        ("supervised", False, 2),
        ("tampered", True, 2),
        ("apps", (App("Settings", "1.0"),), 6),
        ("model", "iPhone 15", 7),
        ("account", "", 5),
        ("os_version", "9", 6),
        ("certificate_expires", NOW, 6),
        ("enrolled_at", NOW, 7),
        ("iccid", "1", 7),
    ],
)
def test_a_failure_answers_its_own_question(field: str, value: object, question: int) -> None:
    bad: dict[str, Any] = {field: known(value)}
    assert _rows(a_device(**bad)) == WELL | {question: Row.FAIL}


@pytest.mark.parametrize(
    ("field", "questions"),
    [
        ("supervised", {2}),
        ("account", {5}),
        ("apps", {2, 6}),
        ("last_seen", {6}),
        ("iccid", {7}),
        ("model", {7}),
    ],
)
@pytest.mark.parametrize("gap", [NOT_TOLD, NOT_READ])
def test_what_is_not_known_is_never_a_pass_of_its_question(
    field: str, questions: set[int], gap: Unknown
) -> None:
    hidden: dict[str, Any] = {field: gap}
    told = _rows(a_device(**hidden))
    assert told == WELL | dict.fromkeys({*questions, 8}, Row.UNKNOWN)


def test_a_failure_outweighs_what_is_not_known_beside_it() -> None:
    assert _rows(a_device(supervised=known(False), tampered=NOT_TOLD))[2] is Row.FAIL


def test_an_ipad_that_is_not_enrolled_fails_question_6_and_answers_no_other() -> None:
    told = _rows()
    assert told[6] is Row.FAIL
    assert {told[2], told[5], told[7]} == {Row.UNKNOWN}


def test_stale_evidence_is_not_known() -> None:
    assert _rows(a_device(seen=NOW - 31 * DAY))[2] is Row.UNKNOWN


@pytest.mark.parametrize("count", [1, 7])
def test_open_incidents_answer_question_8_alone(count: int) -> None:
    assert _rows(a_device(), open_incidents=count) == WELL | {8: Row.FAIL}


def test_that_there_is_no_incident_counts_only_where_every_check_had_an_answer() -> None:
    well = list(verdicts(a_device()).values())
    silent = verdicts(a_device(tampered=NOT_TOLD))["device.untampered"]
    failed = verdicts(a_device(tampered=known(True)))["device.untampered"]
    assert rows([*well, failed], RULES, 0)[8] is Row.PASS
    assert rows([*well, silent], RULES, 0)[8] is Row.UNKNOWN
    assert rows([silent, *well, failed], RULES, 0)[8] is Row.UNKNOWN
    assert rows([*well, silent], RULES, 1)[8] is Row.FAIL


def test_without_a_single_verdict_nothing_is_answered_by_a_machine() -> None:
    told = rows([], RULES, 0)
    assert list(told) == list(QUESTIONS) == list(range(1, 9))
    assert {told[number] for number in range(1, 8)} == {Row.PERSON}
    assert told[8] is Row.UNKNOWN
