"""`callsteward call`, `today`, `resident`: what a SPOC types, and what it says."""

import io
import json
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.http import utc_now
from tests.support.calls import EMAIL, INFOSEC, NAME, NUMBER, PERSONAL, PHONE, register, staff
from tests.support.commands import Cli

Types = Callable[..., tuple[int, str, str]]
AT = (utc_now() + timedelta(hours=1)).isoformat()
NEW = (
    "call", "new", "--device", "MDIBT001", "--at", AT, "--room", "Chapel office", "--reason",
    "dying-relative", "--by", "S-MDI-SPOC",
)  # fmt: skip
ID = f"C-{utc_now().year}-00001"
LETTER = (
    "authorisation", "record", "--site", "MDI", "--grantor", "governor", "--granted-by",
    "S-MDI-GOV", "--dated", "2026-01-01", "--review", "2099-02-01", "--reference", "40E/7",
    "--tag", "K10004", "--tag", "K10003", "--by", "S-MDI-SPOC",
)  # fmt: skip


@pytest.fixture
def types(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Types:
    """The command line at which somebody answers questions, at a site that is set up."""
    for name, data in (("staff", staff()), ("register", register())):
        (tmp_path / name).write_bytes(data)
        assert cli(name, "import", str(tmp_path / name), "--by", INFOSEC.id, "--yes")[0] == 0
    assert cli(*LETTER)[0] == 0

    def run(*words: str, answers: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(answers))
        return cli(*words)

    return run


def told(result: tuple[int, str, str]) -> dict[str, Any]:
    code, out, err = result
    assert code == 0, err
    found: dict[str, Any] = json.loads(out)
    return found


def test_from_the_application_to_the_confirmed_contact(types: Types) -> None:
    asked = told(types(*NEW, "--json", answers=f"{NUMBER.lower()}\n"))
    assert asked == {
        "call": ID, "step": "ask", "number": 1, "recorded": True, "state": "requested",
        "version": 1, "notes": [],
    }  # fmt: skip
    for department, word in (
        ("chaplaincy", "CHAP"), ("security", "SEC"), ("offender-management", "OMU"),
    ):  # fmt: skip
        types(
            "call", "comment", ID, "--department", department, "--outcome", "no-concern",
            "--given-by", f"S-MDI-{word}", "--by", "S-MDI-SPOC",
        )  # fmt: skip
    decide = (
        "call", "decide", ID, "--approve", "--decided-by", "S-MDI-GOV", "--by", "S-MDI-GOV",
    )  # fmt: skip
    code, _, err = types(*decide)
    assert (code, err) == (
        2,
        "callsteward: cannot approve: Police liaison comment not recorded (P2). Record what is"
        " missing.\n",
    )
    police = ("call", "comment", ID, "--department", "police-liaison")
    types(*police, "--outcome", "no-concern", "--by", "S-MDI-SPOC", answers="A Constable\n")
    assert types(*decide)[1] == f"{ID}: approve recorded. It is approved.\n"
    by = ("--by", "S-MDI-SPOC", "--json")
    witnesses = ("--cannot-sign", "--witness", "S-MDI-SUP", "--witness", "S-MDI-CHAP")
    compact = ("call", "compact", ID, "--explained-by", "S-MDI-CHAP", *witnesses)
    assert told(types(*compact, *by))["recorded"]
    assert not told(types(*compact, *by))["recorded"]
    inform = (
        "call", "inform", ID, "--informed-by", "S-MDI-CHAP", "--told-of-call",
        "--told-to-install",
    )  # fmt: skip
    answers = f"{NAME}\n{EMAIL}\n{EMAIL}\n{PHONE}\n"
    assert told(types(*inform, *by, answers=answers))["recorded"]
    confirm = ("contact", "confirm", ID, "--confirmed-by", "S-MDI-OMU")
    assert told(types(*confirm, "--not-non-contact", "--read-back", *by))["recorded"]
    show = told(types("call", "show", ID, "--json"))
    assert (show["state"], show["debts"], len(show["entries"])) == ("approved", [], 9)
    assert show["keeping"] == ["what is personal is kept until 90 days after the call is over"]
    assert show["keeping"][0] in types("call", "show", ID)[1]
    for shown in (json.dumps(show), types("call", "show", ID)[1]):
        assert not [word for word in PERSONAL if word in shown]
    whole = types("call", "show", ID, "--personal", "--by", "S-MDI-SPOC")[1]
    assert [word for word in PERSONAL if word in whole] == list(PERSONAL)
    assert types("call", "show", ID, "--personal")[0] == 2


def test_what_is_not_answered_or_differs_is_not_recorded(types: Types) -> None:
    code, _, err = types(*NEW)
    assert (code, "a question was not answered" in err) == (2, True)
    types(*NEW, answers=f"{NUMBER}\n")
    inform = ("call", "inform", ID, "--informed-by", "S-MDI-CHAP", "--by", "S-MDI-SPOC")
    code, _, err = types(*inform, answers="Jo\njo@a.example\njo@b.example\n")
    assert (code, "the two addresses differ" in err) == (2, True)
    code, _, err = types(
        "call", "compact", ID, "--explained-by", "S-MDI-CHAP", "--on-paper-by", "S-MDI-SUP",
        "--by", "S-MDI-SPOC",
    )  # fmt: skip
    assert (code, "nobody said when" in err) == (2, True)


def test_a_decision_by_telephone_is_a_task_of_today_until_it_is_confirmed(
    types: Types,
) -> None:
    types(*NEW[:9], "other", *NEW[10:], answers=f"{NUMBER}\na birth\n")
    for department in ("chaplaincy", "security", "offender-management", "police-liaison"):
        types(
            "call", "comment", ID, "--department", department, "--outcome", "unreachable",
            "--asked-by", "S-MDI-DUTY", "--governor-told", "--by", "S-MDI-DUTY",
        )  # fmt: skip
    decide = ("call", "decide", ID, "--approve", "--decided-by", "S-MDI-GOV")
    assert told(types(*decide, "--by-telephone", "--by", "S-MDI-DUTY", "--json"))["recorded"]
    found = told(types("today", "--site", "mdi", "--json"))
    assert len(found["tasks"]) == 5
    assert [call["id"] for call in found["calls"]] == [ID]
    assert (found["swept_at"], found["authorisation"], found["overdue"]) == (None, [], 0)
    told(types("call", "confirm-decision", ID, "--confirmed-by", "S-MDI-GOV", "--by",
               "S-MDI-GOV", "--json"))  # fmt: skip
    out = types("today", "--site", "MDI")[1]
    assert "MDIBT001 K10003: ?" in out
    assert "Police liaison comments (P2), police-liaison, due" in out
    assert "by telephone" not in out
    assert "done by S-MDI-GOV" in types("call", "show", ID)[1]


def test_moved_cancelled_and_erased(types: Types) -> None:
    types(*NEW, answers=f"{NUMBER}\n")
    move = ("call", "move", ID, "--device", "MDIBT002", "--at", AT, "--room", "Library")
    assert told(types(*move, "--by", "S-MDI-SPOC", "--json"))["step"] == "move"
    erase = ("call", "erase", ID, "--with", "S-MDI-CHAP", "--by", "S-MDI-SPOC")
    code, _, err = types(*erase, "--yes")
    assert (code, "it is requested, not over" in err) == (2, True)
    cancel = ("call", "cancel", ID, "--reason", "not-needed", "--by", "S-MDI-SPOC")
    assert types(*cancel)[1] == f"{ID}: cancel recorded. It is cancelled.\n"
    assert types(*erase)[0] == 2
    assert types(*erase, "--yes")[1] == f"{ID}: what was personal in it is erased.\n"
    assert told(types(*erase, "--yes", "--json"))["erased_at"]
    assert types("call", "expire", ID, "--by", "S-MDI-SPOC")[0] == 2


def test_a_resident_is_withdrawn_and_reinstated(types: Types) -> None:
    words = ("--reference", "ADJ 7", "--by", "S-MDI-GOV")
    number = f"{NUMBER}\n"
    assert types("resident", "withdraw", *words, answers=number)[1] == "Access withdrawn.\n"
    again = types("resident", "withdraw", *words, answers=number)[1]
    assert again == "Access was withdrawn already.\n"
    assert types(*NEW, answers=number)[1].endswith("the Governor decides (B2)\n")
    assert told(types("resident", "reinstate", *words, "--json", answers=number)) == {
        "access": "reinstated", "recorded": True,
    }  # fmt: skip


def test_a_task_that_is_overdue_makes_today_exit_1(types: Types) -> None:
    types(*NEW, answers=f"{NUMBER}\n")
    long_ago = (datetime.fromisoformat(AT) - timedelta(days=3)).isoformat()
    types(
        "call", "comment", ID, "--department", "security", "--outcome", "unreachable",
        "--asked-by", "S-MDI-DUTY", "--governor-told", "--by", "S-MDI-DUTY", "--at", long_ago,
        "--on-paper-by", "S-MDI-DUTY",
    )  # fmt: skip
    code, out, _ = types("today", "--site", "MDI")
    assert (code, "OVERDUE" in out) == (1, True)


def approve(types: Types) -> None:
    """Asked, commented, decided; compact, contact and telephone call."""
    types(*NEW, answers=f"{NUMBER}\n")
    by = ("--by", "S-MDI-DUTY")
    for department in ("chaplaincy", "security", "offender-management", "police-liaison"):
        types("call", "comment", ID, "--department", department, "--outcome", "no-concern",
              "--given-by", "S-MDI-SEC", *by)  # fmt: skip
    types("call", "decide", ID, "--approve", "--decided-by", "S-MDI-GOV", "--form", "V 1", *by)
    types("call", "compact", ID, "--explained-by", "S-MDI-CHAP", *by)
    types("call", "inform", ID, "--informed-by", "S-MDI-CHAP", "--told-of-call",
          "--told-to-install", *by, answers=f"{NAME}\n{EMAIL}\n{EMAIL}\n{PHONE}\n")  # fmt: skip
    types("contact", "confirm", ID, "--confirmed-by", "S-MDI-OMU", "--not-non-contact",
          "--read-back", *by)  # fmt: skip


PRECALL = (
    "call", "precall", ID, "--phoned-by", "S-MDI-CHAP", "--told-no-recording",
    "--told-language", "--told-no-filming", "--absence-confirmed", "--signed-in", "--camera",
    "--microphone", "--read-by", "S-MDI-SUP", "--read-to-acceptor", "--by", "S-MDI-SUP",
)  # fmt: skip
START = (
    "call", "start", ID, "--supervisor", "S-MDI-SUP", "--chaplaincy", "S-MDI-CHAP",
    "--room-not-residential", "--no-rec-sign", "--admitted-by", "S-MDI-SUP", "--name-matches",
    "--by", "S-MDI-SUP",
)  # fmt: skip
ATTESTED = ("--present", "S-MDI-SUP", "--present", "S-MDI-CHAP", "--by", "S-MDI-SUP")


def test_the_day_of_a_call(types: Types) -> None:
    approve(types)
    show = types("call", "show", ID)[1]
    assert "before it starts: the family was not telephoned (K7)" in show
    code, _, err = types(*START)
    assert (code, "the family was not telephoned (K7)" in err) == (2, True)
    words = types("call", "text")[1]
    assert words.startswith("Please may I take this opportunity")
    assert told(types("call", "text", "--json"))["version"].startswith("a17022c4")
    code, out, err = types(*PRECALL)
    assert (code, out) == (0, f"{ID}: precall recorded. It is approved.\n")
    assert err == words
    assert "It is in call.\nnote: no sweep has ended" in types(*START)[1]
    by = ("--by", "S-MDI-SUP")
    types("call", "drop", ID, *by)
    types(*START)
    types("call", "staff-change", ID, "--supervisor", "S-MDI-SEC", "--chaplaincy",
          "S-MDI-CHAP", *by)  # fmt: skip
    code, _, err = types("call", "concern", ID, "--kind", "behaviour", "--going-on",
                         "S-MDI-SEC", *by, answers="a word was enough\n")  # fmt: skip
    assert (code, "The protocol says end the call (D3)" in err) == (0, True)
    ended = told(types("call", "end", ID, *ATTESTED, "--json"))
    assert ended["notes"] == ["S-MDI-SEC did not attest to have been there throughout (K11)"]
    assert types("call", "close", ID, *by)[0] == 2
    types("call", "ir", ID, "--reference", "IR 9", *by)
    assert types("call", "close", ID, *by)[1] == f"{ID}: close recorded. It is closed.\n"
    logged = told(types("call", "log", ID, *by, "--json"))
    assert (logged["name"], logged["email"], logged["ir"]) == (NAME, EMAIL, "IR 9")
    assert len(logged["legs"]) == 2
    assert f"name            {NAME}\n" in types("call", "log", ID, *by)[1]
    assert types("call", "log", ID)[0] == 2
    shown = types("call", "show", ID)[1]
    assert "debt: concern: S-MDI-SEC went on after a concern (D3)" in shown


def test_a_lost_ipad_and_the_governors_decision(types: Types) -> None:
    approve(types)
    types(*PRECALL)
    by = ("--by", "S-MDI-SUP")
    assert types("device", "report-lost", "MDIBT001", *by)[1] == "MDIBT001: reported lost.\n"
    again = told(types("device", "report-lost", "K10003", *by, "--json"))
    assert again == {"device": "MDIBT001", "reported": "lost", "recorded": False}
    word = ("device", "not-in-use", "MDIBT001", *by, "--seen-by")
    code, _, err = types(*word, "S-MDI-SUP")
    assert (code, "two different people" in err) == (2, True)
    assert told(types(*word, "S-MDI-CHAP", "--json")) == {
        "device": "MDIBT001", "reported": "not in use", "recorded": True,
    }  # fmt: skip
    assert "MDIBT001 K10003: REPORTED LOST: do not use" in types("today", "--site", "MDI")[1]
    code, _, err = types(*START)
    assert (code, "Use MDIBT002: callsteward call move" in err) == (2, True)
    override = (*START[:-1], "S-MDI-DUTY", "--override-by", "S-MDI-GOV")
    done = told(types(*override, "--json", answers="minutes are left\n"))
    assert "this iPad was reported lost" in done["notes"][0]
    review = ("call", "review", ID, "--decided-by", "S-MDI-GOV", "--by", "S-MDI-GOV")
    assert told(types(*review, "--json"))["recorded"]
    assert types("device", "report-found", "MDIBT001", *by)[1] == "MDIBT001: reported found.\n"
    out = types("device", "report-found", "MDIBT001", *by)[1]
    assert out == "MDIBT001: nothing to report.\n"


def test_a_card_from_paper_is_entered_in_order_and_once(types: Types, tmp_path: Path) -> None:
    types(*NEW, answers=f"{NUMBER}\n")
    by = ("--by", "S-MDI-DUTY")
    for department in ("chaplaincy", "security", "offender-management", "police-liaison"):
        types("call", "comment", ID, "--department", department, "--outcome", "no-concern",
              "--given-by", "S-MDI-SEC", *by)  # fmt: skip
    card = tmp_path / "card.json"
    now = utc_now()
    both = {"supervisor": "S-MDI-SUP", "chaplaincy": "S-MDI-CHAP"}
    steps: list[dict[str, Any]] = [
        {"step": "decide", "granted": True, "decided_by": "S-MDI-GOV", "verbal": True},
        {"step": "start", **both, "no_rec": True, "not_residential": True},
        {"step": "end", "present": ["S-MDI-SUP", "S-MDI-CHAP"]},
    ]
    for one in steps:
        one["at"] = now.isoformat()
    card.write_text(json.dumps({"written_by": "S-MDI-SUP", "steps": steps}))
    code, out, err = types("call", "late-entry", ID, str(card), *by)
    assert (code, err) == (0, "")
    assert "note: compact (Annex B) not signed (P6)" in out
    assert f"{ID}: end recorded. It is ended.\n" in out
    code, out, _ = types("call", "late-entry", ID, str(card), *by, "--json")
    assert [one["recorded"] for one in json.loads(out)] == [False, False, False]
    entry = told(types("call", "show", ID, "--json"))["entries"][-1]
    assert (entry["paper_by"], entry["at"]) == ("S-MDI-SUP", now.isoformat())
    for bad in ("no", "{}", '{"written_by": "S", "steps": [1]}', "[]"):
        card.write_text(bad)
        code, _, err = types("call", "late-entry", ID, str(card), *by)
        assert (code, "the card is not readable" in err) == (2, True)
