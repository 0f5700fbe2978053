"""What a person reads at the terminal after a sweep."""

import io
import re

from rich.console import Console

from agent.cli import show
from agent.domain.checks import RULES
from agent.services.report import report
from connectors.sandbox.failures import Failure
from tests.support.estates import FIRST_NIGHT, World


def told(world: World) -> str:
    """The summary of the first night, on lines that do not break."""
    world.night()
    console = Console(file=io.StringIO(), width=200, highlight=False)
    show.summary(report(world.store, FIRST_NIGHT.isoformat(), RULES), {}, console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def row(text: str, begin: str) -> list[str]:
    """The cells of the table's row that begins so."""
    line = next(line for line in text.splitlines() if line.startswith(f"│ {begin}"))
    return [cell.strip() for cell in re.split("│", line)[1:-1]]


def test_each_check_that_fails_is_one_row_with_an_example(world: World) -> None:
    world.edit(0, isSupervised=False)
    world.edit(3, isSupervised=False)
    cells = row(told(world), "supervised")
    assert cells == ["supervised", "2", "2", "ACI K10001: enrolled, but not supervised"]


def test_what_is_not_known_is_told_by_its_reason(world: World) -> None:
    world.edit(0, isSupervised=None, osVersion=None)
    text = told(world)
    assert row(text, "Microsoft Intune does not say")[1:] == ["2", "1", "ACI K10001"]
    assert "What failed" not in text


def test_a_source_that_was_not_read_is_named_whatever_it_says(world: World) -> None:
    world.fails(Failure("detectedApps", 403))
    assert "Not read:" in told(world)


def test_a_night_on_which_all_is_well_says_so(world: World) -> None:
    text = told(world)
    assert "Nothing failed and nothing is unknown." in text
    assert "Nobody had to be told anything new." in text
