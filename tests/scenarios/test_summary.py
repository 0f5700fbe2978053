"""What a person reads at the terminal after a sweep."""

import io
import re
from html import unescape
from pathlib import Path

from rich.console import Console

from agent.cli import report_files, show
from agent.cli.sweep import exit_code
from agent.domain.annex_e import Row
from agent.domain.check import Verdict
from agent.domain.checks import RULES, all_rules
from agent.services.report import Report, report
from connectors.sandbox.failures import Failure
from tests.support.cases import POLICY
from tests.support.estates import FIRST_NIGHT, World
from tests.support.zoom_world import with_zoom

ALL = range(6)


def told(world: World) -> str:
    """The summary of the first night, on lines that do not break."""
    world.night()
    return shown(report(world.store, FIRST_NIGHT.isoformat(), RULES))


def shown(found: Report) -> str:
    console = Console(file=io.StringIO(), width=200, highlight=False)
    show.summary(found, {}, console)
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


def of_both_halves(world: World) -> Report:
    """The first night's report, as the command asks for it."""
    world.night()
    rules, night = all_rules(POLICY.zoom), FIRST_NIGHT.isoformat()
    return report(world.store, night, rules, POLICY.zoom.person)


def test_what_only_zoom_s_portal_shows_needs_a_person_and_is_no_verdict(
    world: World, tmp_path: Path
) -> None:
    found = of_both_halves(with_zoom(world, tmp_path, ALL))
    text = shown(found)
    assert "Needs a person: 2 settings that only Zoom's portal shows; see the report.\n" in text
    assert row(text, "2 No unauthorised")[1:] == ["6", "-", "-", "2 settings"]
    assert row(text, "1 Physical")[1:] == ["-", "-", "-", "6"]
    assert "Nothing failed and nothing is unknown." in text
    assert (found.counts[Verdict.FAIL], found.counts[Verdict.UNKNOWN]) == (0, 0)
    assert {device.annex_e[2] for device in found.devices} == {Row.PASS}
    assert exit_code(found) == 0


def test_the_report_s_files_list_what_needs_a_person_in_full(
    world: World, tmp_path: Path
) -> None:
    found = of_both_halves(with_zoom(world, tmp_path, ALL))
    listed = report_files.plain(found)["needs_a_person"]
    assert listed == [
        {
            "name": line.name, "says": line.says, "why": line.why, "cis": line.cis,
            "requirement": line.requirement, "question": 2, "category": "security",
            "remedy": line.remedy,
        }
        for line in POLICY.zoom.person
    ]  # fmt: skip
    page = unescape(report_files.page(found))
    for line in POLICY.zoom.person:
        cells = (line.says, line.why, "security", "2: No unauthorised devices connected")
        assert "".join(f"<td>{text}</td>" for text in (*cells, line.cis, line.remedy)) in page
    says = "; ".join(line.says for line in POLICY.zoom.person)
    everywhere = (
        f"<th scope=row>Every iPad</th><td></td><td>needs a person: {says}</td><td></td>"
    )
    assert everywhere in page


def test_without_zoom_nobody_is_asked_about_its_portal(world: World) -> None:
    found = of_both_halves(world)
    assert found.person == ()
    assert "Needs a person" not in shown(found)
    assert report_files.plain(found)["needs_a_person"] == []
    assert "Every iPad</th>" not in report_files.page(found)
    assert "needs a person, once" not in report_files.page(found)


def test_where_zoom_was_asked_and_did_not_answer_a_person_is_asked_too(
    world: World, tmp_path: Path
) -> None:
    both = with_zoom(world, tmp_path, ALL)
    both.fails(Failure("zoom.token", 503))
    assert of_both_halves(both).person == POLICY.zoom.person
