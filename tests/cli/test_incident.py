"""`callsteward incident`: reported, seen, closed; pages of them; the timeline."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.calls import INFOSEC, register, staff
from tests.support.commands import Cli

SEC, GOV = ("--by", "S-MDI-SEC"), ("--by", "S-MDI-GOV")
Answer = Callable[..., dict[str, Any]]


@pytest.fixture
def site(cli: Cli, tmp_path: Path) -> Cli:
    """Staff and register are imported."""
    for name, data in (("staff", staff()), ("register", register())):
        (tmp_path / name).write_bytes(data)
        words = (name, "import", str(tmp_path / name), "--by", INFOSEC.id, "--yes")
        assert cli(*words)[0] == 0
    return cli


@pytest.fixture
def told(site: Cli) -> Answer:
    """What a command that succeeds says as JSON."""

    def ask(*words: str) -> dict[str, Any]:
        code, out, err = site("incident", *words, "--json")
        assert (code in (0, 1), err) == (True, "")
        found: dict[str, Any] = json.loads(out)
        return found

    return ask


@pytest.fixture
def damaged(told: Answer) -> str:
    """MDIBT001 was dropped: MEDIUM."""
    return str(told("report", "damage", "--device", "MDIBT001", *SEC)["id"])


@pytest.fixture
def lost(told: Answer) -> str:
    """HIGH."""
    return str(told("report", "loss", "--device", "MDIBT002", *SEC)["id"])


def answering(patch: pytest.MonkeyPatch, *lines: str) -> None:
    """What a person types at the prompts."""
    said = iter(lines)
    patch.setattr("sys.stdin", type("Typed", (), {"readline": lambda _: next(said) + "\n"})())


def test_an_incident_is_reported_seen_rung_about_and_closed(
    site: Cli, told: Answer, damaged: str
) -> None:
    assert told("acknowledge", damaged, *SEC)["state"] == "acknowledged"
    assert told("acknowledge", damaged, *GOV)["recorded"] is False
    assert told("take", damaged, *SEC)["taken_by"] == "S-MDI-SEC"
    code, out, err = site("incident", "close", damaged, "--cause", "replaced", *SEC)
    assert (code, out) == (2, "")
    assert "the reference of the call to Infosec is not recorded (X9)" in err
    assert told("phone", damaged, "INC 77", *SEC)["recorded"] is True
    closed = told("close", damaged, "--cause", "replaced", *SEC)
    assert (closed["state"], closed["needs_confirming"]) == ("closed", False)
    assert told("show", damaged)["phone"] == "INC 77"
    assert told("list")["incidents"] == []
    assert [one["id"] for one in told("list", "--state", "closed")["incidents"]] == [damaged]


def test_what_is_high_waits_for_another_person(site: Cli, told: Answer, lost: str) -> None:
    told("acknowledge", lost, *SEC)
    told("phone", lost, "INC 77", *SEC)
    code, out, _ = site("incident", "close", lost, "--cause", "found-again", *SEC)
    assert code == 0
    assert f"{lost}: asked to be closed. It is acknowledged." in out
    assert f"Another person confirms: callsteward incident close {lost} --confirm" in out
    assert (
        "another person than S-MDI-SEC" in site("incident", "close", lost, "--confirm", *SEC)[2]
    )
    assert told("close", lost, "--confirm", *GOV)["state"] == "closed"
    code, _, err = site("incident", "close", lost, "--confirm", "--cause", "mended", *GOV)
    assert (code, "Give it alone" in err) == (2, True)


def test_who_sees_an_incident_of_security_or_loss_is_told_whom_to_ring(
    site: Cli, told: Answer, damaged: str
) -> None:
    """X9: until the reference is there."""
    ring = "Ring Infosec, 0203 334 0324; then: callsteward incident phone"
    assert ring in site("incident", "acknowledge", damaged, *SEC)[1]
    assert ring in site("incident", "report", "loss", "--device", "MDIBT002", *SEC)[1]
    told("phone", damaged, "INC 77", *SEC)
    assert ring not in site("incident", "acknowledge", damaged, *SEC)[1]


def test_words_are_asked_for_and_shown_by_show_alone(
    site: Cli, told: Answer, damaged: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told("acknowledge", damaged, *SEC)
    answering(monkeypatch, "a word of a note", "nobody answered", "a word of a lesson")
    assert site("incident", "note", damaged, *SEC)[0] == 0
    words = ("--cause", "mended", "--override-by", "S-MDI-GOV", "--words")
    assert site("incident", "close", damaged, *words, *SEC)[0] == 0
    shown = site("incident", "show", damaged)[1]
    for one in ("a word of a note", "nobody answered", "a word of a lesson"):
        assert one in shown
        assert one not in site("audit", "export")[1]
        assert one not in site("incident", "list", "--state", "all")[1]
    whys = {one["what"]: one["words"] for one in told("show", damaged)["timeline"]}
    assert whys["override"] == "nobody answered"


def test_show_tells_the_timeline_and_each_recipients_answer(
    site: Cli, told: Answer, damaged: str, lost: str
) -> None:
    told("ir", damaged, "IR 7", *SEC)
    told("relate", damaged, lost, *SEC)
    found = told("show", damaged)
    assert [one["what"] for one in found["timeline"]] == ["open", "ir", "relate"]
    assert {one["to"] for one in found["letters"]} == {
        "security.MDI", "infosec", "provider-management", "regional-silver.MDI",
    }  # fmt: skip
    assert {one["accepted_at"] for one in found["letters"]} == {None}
    assert (found["ir"], found["related"]) == ("IR 7", [lost])
    shown = site("incident", "show", damaged)[1]
    for line in (
        f"{damaged} MEDIUM MDI K10003: damage reported (reported.damage), open, since",
        "  IR: IR 7", f"  related: {lost}", "told infosec (message 1): not accepted yet",
        "ir by S-MDI-SEC, reference IR 7",
    ):  # fmt: skip
        assert line in shown


def test_a_page_goes_on_after_the_last_one_and_of_one_place(site: Cli, told: Answer) -> None:
    for number in range(3):
        told("report", "unexpected", "--device", f"X{number}", *SEC)
    told("report", "unexpected", "--site", "LEI", "--by", INFOSEC.id)
    first = told("list", "--limit", "2")
    assert len(first["incidents"]) == 2
    second = told("list", "--limit", "2", "--after", first["after"])
    assert [one["subject"] for one in (*first["incidents"], *second["incidents"])] == [
        "device/MDI-X0", "device/MDI-X1", "device/MDI-X2", "device/LEI-unmarked",
    ]  # fmt: skip
    last = told("list", "--limit", "2", "--after", second["after"])
    assert last == {"incidents": [], "after": None}
    [here] = told("list", "--site", "lei")["incidents"]
    assert here["establishment"] == "LEI"
    code, out, _ = site("incident", "list", "--limit", "2")
    assert (code, out.splitlines()[-1]) == (1, f"There may be more: --after {first['after']}")
    assert site("incident", "list", "--state", "closed")[:2] == (0, "")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("list", "--state", "boring"), "One of: open, acknowledged, in-hand, closed, all."),
        (("list", "--limit", "0"), "a page has 1 to 200 incidents"),
        (("list", "--after", "7"), "--after is no incident's id"),
        (("show", "INC-2026-99999"), "there is no such incident"),
        (("show", "nonsense"), "there is no such incident"),
        (("acknowledge", "INC-2026-99999", *SEC), "there is no such incident"),
        (("acknowledge", "INC-2026-00001"), "nobody said who does this"),
        (("report", "boredom", *SEC), "One of: loss, damage, compromise, unexpected."),
    ],
)
def test_what_cannot_be_is_one_line_with_its_cure(
    site: Cli, words: tuple[str, ...], says: str
) -> None:
    code, out, err = site("incident", *words)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert says in err


def test_the_day_of_a_place_shows_what_is_not_closed_there(
    site: Cli, told: Answer, damaged: str
) -> None:
    told("report", "unexpected", "--site", "LEI", "--by", INFOSEC.id)
    day = json.loads(site("today", "--site", "MDI", "--json")[1])
    assert [one["id"] for one in day["incidents"]] == [damaged]
    assert f"{damaged} MEDIUM MDI K10003: damage reported" in site("today", "--site", "MDI")[1]


def test_what_is_no_longer_found_says_so_until_it_is_closed(
    site: Cli, told: Answer, lost: str
) -> None:
    assert site("device", "report-found", "MDIBT002", *SEC)[0] == 0
    assert told("show", lost)["cleared_at"] is not None
    assert ", no longer found since " in site("incident", "list")[1]
    assert ", no longer found since " in site("today", "--site", "MDI")[1]
    told("acknowledge", lost, *SEC)
    reopened = site("incident", "reopen", lost, *SEC)
    assert (reopened[0], "cannot reopen: it is acknowledged" in reopened[2]) == (2, True)
