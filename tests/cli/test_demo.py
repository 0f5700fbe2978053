"""`callsteward demo`: the main job with no credentials, and figures that are true."""

import email
import json
from dataclasses import dataclass
from email import policy
from pathlib import Path
from typing import Any

import pytest

from agent.domain.checks import CHECKS
from tests.support.outside import clean_environment, run

KEYS = {
    "establishments", "devices", "planted", "found", "missed", "unexpected",
    "pass_on_unknown", "incidents", "mails", "sweep", "audit", "data_dir",
}  # fmt: skip
SMALL = ("demo", "--seed", "2", "--establishments", "4", "--faults", "6")
PROXIED = {"http_proxy": "http://127.0.0.1:1", "HTTP_PROXY": "http://127.0.0.1:1"}


@dataclass(frozen=True)
class Played:
    """A demo that has ended, and the folder that it left behind."""

    home: Path
    code: int
    err: str
    told: dict[str, Any]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """No proxy of the shell's stands between the demo and its sandbox."""
    home = tmp_path_factory.mktemp("demo") / "a demo's data"
    words = (*SMALL, "--json", "--data", str(home))
    code, out, err = run(*words, settings=PROXIED)
    return Played(home, code, err, json.loads(out.splitlines()[-1]))


def test_the_demo_finds_each_fault_and_says_so_in_figures(played: Played) -> None:
    first, sweep = played.told, played.told["sweep"]
    assert (played.code, played.err) == (0, "")
    assert set(first) == KEYS
    assert set(sweep) == {
        "state", "checks", "pass", "fail", "unknown", "api_calls", "seconds",
    }  # fmt: skip
    assert set(first["audit"]) == {"rows", "ok"}
    assert (first["establishments"], first["devices"], first["planted"]) == (4, 8, 6)
    assert (first["found"], first["missed"], first["unexpected"]) == (6, 0, 0)
    assert (first["pass_on_unknown"], sweep["state"]) == (0, "COMPLETE")
    assert first["audit"]["ok"]
    assert first["data_dir"] == str(played.home)
    assert (
        sweep["checks"] == sweep["pass"] + sweep["fail"] + sweep["unknown"] >= 8 * len(CHECKS)
    )


def test_its_mails_lie_in_its_folder(played: Played) -> None:
    mails = [
        email.message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in (played.home / "mails").glob("*.eml")
    ]
    assert len(mails) == played.told["mails"] > 0
    assert len({mail["Message-ID"] for mail in mails}) == len(mails)
    assert len({mail["Subject"].split()[0] for mail in mails}) <= played.told["incidents"]


def test_a_folder_that_holds_the_demo_of_another_estate_is_refused(played: Played) -> None:
    """Its register would be compared with the wrong truth."""
    before = sorted(played.home.rglob("*"))
    folder = ("--data", str(played.home))
    for other in (("--seed", "3"), ("--establishments", "3")):
        code, out, err = run(*SMALL, *other, *folder, settings={})
        assert (code, out) == (2, "")
        assert err == (
            f"callsteward: {played.home} holds the demo of another estate. Name another"
            " folder, or the same --seed and --establishments as before.\n"
        )
    assert run("demo", "--seed", "2", *folder, settings={})[0] == 2
    assert sorted(played.home.rglob("*")) == before


def test_a_second_time_into_one_folder_tells_of_no_fault_again(played: Played) -> None:
    code, out, _ = run(*SMALL, "--data", str(played.home), settings={})
    assert code == 0
    assert "Planted 6 faults: 6 found for the right reason, 0 missed, 0 unexpected" in out
    assert "Incidents: 0 new" in out
    assert "Nobody had to be told anything new." in out
    assert "the chain holds" in out
    assert str(played.home / "callsteward.db") in out


def test_a_folder_that_cannot_be_used_is_one_line(home: Path) -> None:
    (home / "file").write_text("")
    assert not any(name.startswith("CALLSTEWARD") for name in clean_environment())
    code, out, err = run(*SMALL, "--data", str(home / "file"), settings={})
    assert code == 2
    assert "Traceback" not in out + err
    assert err.splitlines()[-1].startswith("callsteward: ")
