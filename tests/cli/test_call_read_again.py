"""`callsteward call start` on an iPad that failed: read again for real, by real HTTP."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.policies import load_policy
from agent.schemes import load_calls, load_scheme
from agent.services.call_office import Office
from agent.services.register import import_register
from agent.store.call_keys import CallKeys
from connectors.http import utc_now
from tests.support.calls import (
    INFOSEC,
    asked_for,
    authorised,
    finding,
    ready,
    staffed,
    swept,
)
from tests.support.commands import Cli
from tests.support.outside import Outside
from tests.support.registers import as_file, register_rows

START = (
    "--supervisor", "S-MDI-SUP", "--chaplaincy", "S-MDI-CHAP", "--room-not-residential",
    "--no-rec-sign", "--admitted-by", "S-MDI-SUP", "--name-matches", "--by", "S-MDI-SUP",
)  # fmt: skip
TAMPERED = "the MDM calls it tampered with (E5)"
Starts = Callable[[], tuple[int, str, str]]


@pytest.fixture
def real(outside: Outside) -> dict[str, str]:
    """An iPad that the MDM knows."""
    file = Path(outside.said["files"]["register"])
    return next(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))


@pytest.fixture
def starts(cli: Cli, home: Path, real: dict[str, str]) -> Starts:
    """MDIBT001 is that iPad; it failed in the last sweep, and its call is ready to start."""
    store = staffed(home, utc_now)
    rows = register_rows(("LEI", "MDI"))
    rows[2]["serial"] = real["serial"]
    import_register(store, load_scheme(), as_file(rows), INFOSEC)
    authorised(store)
    office = Office(store, CallKeys(home / "call-keys"), load_calls(), load_policy())
    call = asked_for(office, at=utc_now())
    ready(office, call)
    swept(store, finding("device.untampered", reason="tampered"))
    store.close()
    return lambda: cli("call", "start", call, *START)


def test_it_is_refused_while_it_fails_again_and_starts_once_it_does_not(
    cli: Cli, home: Path, outside: Outside, real: dict[str, str], starts: Starts
) -> None:
    cli.take(outside.environment(home))
    outside.edit(real["asset_tag"], jailBroken="True")
    code, _, err = starts()
    assert code == 2
    assert err.startswith("MDIBT001 is read again: at most ten seconds.\n")
    assert f"cannot start: {TAMPERED}. Use MDIBT002: callsteward call move" in err
    outside.edit(real["asset_tag"], jailBroken="False")
    code, out, _ = starts()
    assert (code, "It is in call." in out) == (0, True)
    assert "note: device.untampered failed before, and not when it was read again" in out


@pytest.mark.parametrize("configured", [True, False])
def test_where_the_mdm_does_not_answer_or_there_is_none_the_call_goes_on(
    cli: Cli, home: Path, outside: Outside, starts: Starts, *, configured: bool
) -> None:
    if configured:
        cli.take(outside.environment(home))
        outside.fail("token")
    code, out, _ = starts()
    assert code == 0
    assert "note: device.untampered failed before, and could not be read again" in out
