"""`callsteward silence` and `callsteward maintenance`."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from agent.domain.uk_time import LONDON
from connectors.http import utc_now
from tests.support.calls import INFOSEC, register, staff
from tests.support.commands import Cli

BY = ("--by", INFOSEC.id)
STALE = ("--type", "device.checked-in")


def uk(passes: timedelta) -> str:
    return f"{(utc_now() + passes).astimezone(LONDON):%Y-%m-%dT%H:%M}"


SOON, MUCH_LATER = uk(timedelta(hours=5)), uk(timedelta(days=60))


@pytest.fixture
def site(cli: Cli, tmp_path: Path) -> Cli:
    """Staff and register are imported."""
    for name, data in (("staff", staff()), ("register", register())):
        (tmp_path / name).write_bytes(data)
        assert cli(name, "import", str(tmp_path / name), *BY, "--yes")[0] == 0
    return cli


def test_a_silence_is_made_shown_and_ended(site: Cli) -> None:
    words = ("silence", "add", *STALE, "--until", SOON, "--reason", "known", *BY)
    code, out, err = site(*words, "--device", "MDIBT001", "--json")
    assert (code, err) == (0, "")
    told = json.loads(out)
    assert (told["id"][:4], told["establishment"], told["reason"]) == ("SIL-", "MDI", "known")
    until = datetime.fromisoformat(told["until"]).astimezone(LONDON)
    assert f"{until:%Y-%m-%dT%H:%M}" == SOON
    code, out, _ = site("silence", "list")
    assert (code, out.count("\n")) == (0, 1)
    assert f"{told['id']} device.checked-in, {told['subject']}, until" in out
    assert site("silence", "end", told["id"].lower(), *BY)[1] == f"{told['id']} is over.\n"
    assert (
        site("silence", "list")[1] == "Nothing is silenced, and no maintenance is declared.\n"
    )
    assert len(json.loads(site("silence", "list", "--all", "--json")[1])["quiet"]) == 1


def test_maintenance_waits_for_its_second_person(site: Cli) -> None:
    words = ("maintenance", "declare", "--type", "device.supervised", "--until", SOON)
    code, out, _ = site(*words, "--site", "mdi", "--reason", "new MDM", "--by", "S-MDI-SPOC")
    assert (code, "NOT confirmed yet" in out) == (0, True)
    named = out.split()[0]
    assert (
        "two different people" in site("maintenance", "confirm", named, "--by", "S-MDI-SPOC")[2]
    )
    code, out, _ = site("maintenance", "confirm", named, *BY)
    assert (code, "NOT confirmed" in out) == (0, False)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--type", "device.supervised", "--until", SOON), "never silenced"),
        ((*STALE, "--until", "tomorrow"), "--until is no time: tomorrow. Write it as"),
        ((*STALE, "--until", MUCH_LATER), "14 days at most"),
        ((*STALE, "--until", SOON, "--device", "MDIBT001", "--site", "LEI"), "is not at LEI"),
    ],
)
def test_a_refusal_says_what_would_do(site: Cli, words: tuple[str, ...], why: str) -> None:
    code, out, err = site("silence", "add", *words, "--reason", "known", *BY)
    assert (code, out, why in err, err.count("\n")) == (2, "", True, 1)
