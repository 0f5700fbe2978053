"""The card for a call without us: two pages, from the scheme, and all of it can be entered."""

import io
import json
import re
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from agent.domain.late_entry import KINDS
from agent.schemes import load_calls, load_card
from connectors.http import utc_now
from tests.support.calls import INFOSEC, NUMBER, PERSONAL, register, staff
from tests.support.commands import Cli
from tests.support.registers import as_file, contact_rows

RULES = load_calls()
LINES, WIDTH = 66, 94  # of a page of A4, as the card is printed
Types = Callable[..., tuple[int, str, str]]
ID = f"C-{utc_now().year}-00001"


@pytest.fixture
def site(cli: Cli, tmp_path: Path) -> Cli:
    """MDI has staff, iPads, inboxes and a letter."""
    from agent.domain.contacts import COLUMNS

    files = {
        "staff": staff(), "register": register(),
        "contacts": as_file(contact_rows(("LEI", "MDI")), COLUMNS),
    }  # fmt: skip
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
        assert cli(name, "import", str(tmp_path / name), "--by", INFOSEC.id, "--yes")[0] == 0
    letter = ("--site", "MDI", "--grantor", "secretary-of-state", "--dated", "2026-01-01",
              "--review", "2099-02-01", "--reference", "40E/7", "--tag", "K10003",
              "--tag", "K10004", "--by", "S-MDI-SPOC")  # fmt: skip
    assert cli("authorisation", "record", *letter)[0] == 0
    return cli


@pytest.fixture
def booked(site: Cli, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """A call of two hours ago, which nobody could write down."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{NUMBER}\n"))
    at = (utc_now() - timedelta(hours=2)).isoformat()
    new = ("call", "new", "--device", "MDIBT001", "--at", at, "--room", "Chapel office",
           "--reason", "dying-relative", "--by", "S-MDI-SPOC")  # fmt: skip
    assert site(*new)[0] == 0
    return site


def plain(text: str) -> str:
    return " ".join(text.split())


def test_a_blank_card_needs_no_database_and_makes_none(cli: Cli, home: Path) -> None:
    code, out, err = cli("call", "card", "--site", "mdi")
    assert (code, err) == (0, "")
    assert list(home.iterdir()) == []
    pages = out.split("\f")
    assert [len(page.splitlines()) <= LINES for page in pages] == [True, True]
    assert max(map(len, out.splitlines())) <= WIDTH
    assert pages[0].startswith("A CALL WITHOUT CALLSTEWARD   MDI Moorland")


def test_it_has_the_protocols_words(cli: Cli) -> None:
    """The legal text word for word with its version (K9), Infosec's number (X9), the rules."""
    told = plain(cli("call", "card", "--site", "MDI")[1])
    text = RULES.text("section-170", utc_now().date())
    assert f"“{plain(text.words)}” (K9, version {text.version[:12]})" in told
    for words in (
        "Governor, Deputy or Director", "waiting room ON, record nothing", "0203 334 0324",
        "Remove contact", "call history", "Annex E", "not residential", "END THE CALL",
        "Within 24 hours", "version", *RULES.departments.values(), *RULES.concerns,
    ):  # fmt: skip
        assert words in told
    assert "{" not in told


def test_its_parts_stand_in_the_order_in_which_late_entry_takes_them() -> None:
    steps = [part.step for part in load_card().parts if part.step]
    assert set(steps) <= set(KINDS)
    first = [
        step for step in KINDS if step in steps and step not in ("staff-change", "concern")
    ]
    assert [step for step in steps if step in first] == first


def test_a_card_of_a_place_says_its_inboxes_and_of_a_call_how_it_stands(booked: Cli) -> None:
    inboxes = (
        "Inboxes: Security security@mdi.example, SPOC spoc@mdi.example, Infosec"
        " infosec@hq.example, provider duty@provider.example, Regional Silver"
        " nw@silver.example."
    )
    assert inboxes in plain(booked("call", "card", "--site", "MDI")[1])
    code, out, _ = booked("call", "card", "--call", ID)
    told = plain(out)
    assert code == 0
    assert f"Call {ID}, requested: MDIBT001 K10003" in told
    assert "Recorded already: ask. Missing before it starts: it was not decided by then" in told
    assert not [word for word in PERSONAL if word in out]
    assert [len(page.splitlines()) <= LINES for page in out.split("\f")] == [True, True]
    assert max(map(len, out.splitlines())) <= WIDTH


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "nobody said for which establishment"),
        (("--site", "XXX"), "no establishment has this code"),
        (("--call", "C-2000-00001"), "there is no call with this id"),
        (("--call", ID, "--site", "LEI"), "of another establishment"),
    ],
)
def test_what_it_cannot_be_for_is_refused(
    booked: Cli, words: tuple[str, ...], says: str
) -> None:
    code, _, err = booked("call", "card", *words)
    assert (code, says in err) == (2, True)


def test_a_file_to_print_has_both_pages(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "card.html"
    assert cli("call", "card", "--site", "MDI", "--out", str(file)) == (0, "", "")
    page = file.read_text(encoding="utf-8")
    assert page.count("<pre>") == 2
    assert "size: A4" in page
    assert "<script" not in page


def test_a_whole_call_from_paper_is_entered_and_closed(booked: Cli, tmp_path: Path) -> None:
    """Every step of the card, by the skeleton that the card itself gives."""
    blank = json.loads(booked("call", "card", "--json")[1])
    assert [line["step"] for line in blank["steps"]][3:6] == [
        "comment",
        "decide",
        "confirm-decision",
    ]
    file = tmp_path / "card.json"
    file.write_text(json.dumps(filled(blank)), encoding="utf-8")
    enter = ("call", "late-entry", ID, str(file), "--by", "S-MDI-DUTY")
    code, out, err = booked(*enter)
    assert (code, err) == (0, "")
    assert re.findall(r": ([a-z-]+) recorded", out) == [
        *["comment"] * 4, "approve", "confirm-decision", "compact", "inform", "confirm-contact",
        "precall", "start", "staff-change", "concern", "drop", "start", "end", "ir",
    ]  # fmt: skip
    assert "(K" not in out
    assert booked(*enter)[1].count("was recorded already") == 17
    assert booked("call", "close", ID, "--by", "S-MDI-SUP")[1] == (
        f"{ID}: close recorded. It is closed.\n"
    )
    log = booked("call", "log", ID, "--by", "S-MDI-SPOC")[1]
    assert "jo@family.example" in log
    assert "IR 7" in log


def filled(blank: dict[str, Any]) -> dict[str, Any]:
    """As somebody fills it in from paper, a minute for each step."""
    said: dict[str, dict[str, Any]] = {
        "comment": {"outcome": "no-concern", "given_by": "S-MDI-SEC"},
        "decide": {"granted": True, "decided_by": "S-MDI-GOV", "verbal": True},
        "confirm-decision": {"confirmed_by": "S-MDI-GOV", "form": "F 7"},
        "compact": {"explained_by": "S-MDI-CHAP"},
        "inform": {
            "informed_by": "S-MDI-CHAP", "told_of_call": True, "told_to_install": True,
            "name_of_contact": "Jo Bloggs", "email": "jo@family.example",
            "phone": "07700 900123",
        },
        "confirm-contact": {
            "confirmed_by": "S-MDI-OMU", "non_contact": False, "read_back": True,
        },
        "precall": {
            "phoned_by": "S-MDI-CHAP", "told_no_recording": True, "told_language": True,
            "told_no_filming": True, "absence_confirmed": True, "signed_in": True,
            "camera": True, "microphone": True, "read_by": "S-MDI-SUP",
            "read_to_acceptor": True,
        },
        "start": {
            "supervisor": "S-MDI-SUP", "chaplaincy": "S-MDI-CHAP", "not_residential": True,
            "no_rec": True, "admitted_by": "S-MDI-SUP", "name_matches": True,
        },
        "staff-change": {"supervisor": "S-MDI-DUTY", "chaplaincy": "S-MDI-CHAP"},
        "concern": {"kind": "behaviour", "going_on": "S-MDI-DUTY", "why": "it was a cough"},
        "drop": {},
        "end": {"present": ["S-MDI-CHAP", "S-MDI-DUTY"]},
        "ir": {"reference": "IR 7"},
    }  # fmt: skip
    steps = list(blank["steps"])
    again = next(line for line in steps if line["step"] == "start")
    steps.insert(len(steps) - 2, again)
    begin = utc_now() - timedelta(hours=1)
    done = [
        line | said[line["step"]] | {"at": (begin + timedelta(minutes=n)).isoformat()}
        for n, line in enumerate(steps)
    ]
    done[-3] |= {"supervisor": "S-MDI-DUTY"}
    return {"written_by": "S-MDI-SUP", "steps": done}


def test_a_line_without_a_time_did_not_happen_and_what_must_be_said_is_asked_for(
    booked: Cli, tmp_path: Path
) -> None:
    blank = json.loads(booked("call", "card", "--json")[1])
    blank["written_by"] = "S-MDI-SUP"
    file = tmp_path / "card.json"
    file.write_text(json.dumps(blank))
    enter = ("call", "late-entry", ID, str(file), "--by", "S-MDI-DUTY")
    code, out, err = booked(*enter)
    assert (code, out) == (0, "")
    assert err.startswith(
        "left out, without a time: comment, comment, comment, comment, decide"
    )
    decide = next(line for line in blank["steps"] if line["step"] == "decide")
    decide["at"] = utc_now().isoformat()
    file.write_text(json.dumps(blank))
    assert "decide: granted is not true or false" in booked(*enter)[2]
