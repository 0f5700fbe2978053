"""`callsteward demo`: the main job with no credentials, and figures that are true."""

import email
import json
from email import policy
from pathlib import Path

from agent.domain.checks import CHECKS
from tests.support.outside import clean_environment, run

KEYS = {
    "establishments", "devices", "planted", "found", "missed", "unexpected",
    "pass_on_unknown", "incidents", "mails", "sweep", "audit", "data_dir",
}  # fmt: skip
SMALL = ("--establishments", "6", "--faults", "10")


def test_the_demo_twice_into_one_folder_tells_of_each_fault_once(home: Path) -> None:
    code, out, err = run("demo", "--json", *SMALL, "--data", str(home), settings={})
    first = json.loads(out.splitlines()[-1])
    assert (code, err) == (0, "")
    assert set(first) == KEYS
    assert set(first["sweep"]) == {
        "state", "checks", "pass", "fail", "unknown", "api_calls", "seconds",
    }  # fmt: skip
    assert set(first["audit"]) == {"rows", "ok"}
    assert (first["establishments"], first["devices"], first["planted"]) == (6, 12, 10)
    assert (first["found"], first["missed"], first["unexpected"]) == (10, 0, 0)
    assert (first["pass_on_unknown"], first["sweep"]["state"]) == (0, "COMPLETE")
    assert first["audit"]["ok"]
    assert first["data_dir"] == str(home)
    sweep = first["sweep"]
    assert (
        sweep["checks"] == sweep["pass"] + sweep["fail"] + sweep["unknown"] >= 12 * len(CHECKS)
    )
    mails = [
        email.message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in (home / "mails").glob("*.eml")
    ]
    assert len(mails) == first["mails"] > 0
    assert len({mail["Message-ID"] for mail in mails}) == len(mails)
    assert len({mail["Subject"].split()[0] for mail in mails}) <= first["incidents"]

    code, out, _ = run("demo", *SMALL, "--data", str(home), settings={})
    assert code == 0
    assert "Planted 10 faults: 10 found for the right reason, 0 missed, 0 unexpected" in out
    assert "Incidents: 0 new" in out
    assert "Nobody had to be told anything new." in out
    assert "the chain holds" in out
    assert str(home / "callsteward.db") in out


def test_a_folder_that_holds_the_demo_of_another_estate_is_refused(home: Path) -> None:
    """Its register would be compared with the wrong truth."""
    folder = ("--data", str(home))
    proxied = {"http_proxy": "http://127.0.0.1:1", "HTTP_PROXY": "http://127.0.0.1:1"}
    tiny = ("demo", "--faults", "1", "--seed", "2", "--establishments", "2", *folder)
    assert run(*tiny, settings=proxied)[0] == 0  # no proxy stands between it and its sandbox
    before = sorted(home.rglob("*"))
    for other in (("--seed", "3"), ("--establishments", "3")):
        code, out, err = run(*tiny, *other, settings={})
        assert (code, out) == (2, "")
        assert err == (
            f"callsteward: {home} holds the demo of another estate. Name another folder,"
            " or the same --seed and --establishments as before.\n"
        )
    assert run("demo", "--seed", "2", *folder, settings={})[0] == 2
    assert sorted(home.rglob("*")) == before
    assert run(*tiny, "--faults", "2", settings={})[0] == 0


def test_a_folder_that_cannot_be_used_is_one_line(home: Path) -> None:
    (home / "file").write_text("")
    assert not any(name.startswith("CALLSTEWARD") for name in clean_environment())
    code, out, err = run("demo", *SMALL, "--data", str(home / "file"), settings={})
    assert code == 2
    assert "Traceback" not in out + err
    assert err.splitlines()[-1].startswith("callsteward: ")
