"""A file of routes: all its faults at once, each with its line and its key."""

import tomllib

import pytest

from agent.domain.check import Severity
from agent.domain.route_file import RouteFile
from agent.domain.toml_lines import Lines

GOOD = """
# a comment
[[route]]
name = "one"
when = { category = "loss", severity = "HIGH", hours = "22:00-06:30", days = ["sat", "sun"] }
tell = ["governor"]

[[route]]
name = "two"
tell = [
  "chat",
  "siem",
]
[route.when]
type = ["zoom.*", "sim.registered"]
establishment = "LEI"
region = "North West"
reason = ["a-reason"]
shared = true

[fallback]
establishment = ["regional-silver", "infosec"]
region = "infosec"
"""


def read(text: str) -> RouteFile:
    return RouteFile(tomllib.loads(text), Lines(text), "own.toml", ("LEI", "MDI"))


def flaws(text: str) -> list[str]:
    file = read(text)
    file.routes()
    file.fallback()
    return [str(flaw) for flaw in sorted(file.flaws)]


def test_a_good_file_is_read_whole() -> None:
    file = read(GOOD)
    one, two = file.routes()
    assert file.flaws == []
    assert (one.name, one.tell, one.origin) == ("one", ("governor",), "own.toml")
    assert one.when.severity is Severity.HIGH
    assert one.when.words() == {
        "category": "loss", "severity": "HIGH", "hours": "22:00-06:30", "days": "sat or sun",
    }  # fmt: skip
    assert two.tell == ("chat", "siem")
    assert two.when.type == ("zoom.*", "sim.registered")
    assert (two.when.establishment, two.when.region) == (("LEI",), ("North West",))
    assert (two.when.reason, two.when.shared) == (("a-reason",), True)
    assert file.fallback() == {
        "establishment": ("regional-silver", "infosec"), "region": ("infosec",),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"loss"', '"lost"', "line 5: when.category: lost is none of security, loss, upkeep"),
        ('"HIGH"', '"BIG"', "line 5: when.severity: BIG is none of LOW, MEDIUM, HIGH"),
        ('"HIGH"', "3", "line 5: when.severity: 3 is none of"),
        ("22:00-06:30", "22:00-22:00", "line 5: when.hours: write UK time from and to"),
        ("22:00-06:30", "22-6", "line 5: when.hours: write UK time from and to"),
        ('"22:00-06:30"', "22", "line 5: when.hours: write UK time from and to"),
        ('"sat", "sun"', '"sat", "Sunday"', "line 5: when.days: Sunday is none of mon, tue"),
        ('"sat", "sun"', "", "line 5: when.days: it must be a text, or a list"),
        ('"sat", "sun"', '"sat", 7', "line 5: when.days: it must be a text, or a list"),
        ("category =", "kategory =", "line 5: when.kategory: kategory is no key"),
        ('["governor"]', '["the cook"]', "line 6: tell: the cook, which is nobody"),
        ('"one"', '""', "line 4: name: it must be a text"),
        ('"one"', '"two"', "line 9: name: another route has the name “two” already"),
        ('tell = ["governor"]', "", "line 3: tell: it is missing"),
        ('tell = ["governor"]', 'tell = "infosec"\ntold = 1', "line 7: told: told is no key"),
        ('"zoom.*"', '"*zoom"', "line 15: when.type: *zoom is no type"),
        ('"LEI"', '"XXX"', "line 16: when.establishment: XXX is no establishment of config"),
        ('"North West"', '""', "line 17: when.region:  is no region"),
        ('"a-reason"', '"A reason"', "line 18: when.reason: A reason is no reason"),
        ("shared = true", 'shared = "yes"', "line 19: when.shared: it must be true or false"),
        ('region = "infosec"', 'region = "spoc"', "line 23: fallback.region: spoc cannot"),
        ('region = "infosec"', 'national = "regional-silver"', "regional-silver cannot stand"),
        ('region = "infosec"', 'region = "infosec-phone"', "infosec-phone cannot stand in"),
        ('region = "infosec"', 'region = "chat"', "line 23: fallback.region: chat cannot"),
        ('region = "infosec"', 'prison = "infosec"', "line 23: fallback.prison: prison is"),
    ],
)  # fmt: skip
def test_a_fault_has_its_line_its_key_and_its_cure(old: str, new: str, says: str) -> None:
    assert old in GOOD
    [flaw] = flaws(GOOD.replace(old, new, 1))
    assert flaw.startswith(says) or says in flaw


def test_every_fault_is_told_at_once_in_the_order_of_the_file() -> None:
    text = GOOD.replace('"loss"', '"lost"').replace('"siem"', '"nobody"').replace("true", "1")
    found = [flaw.split(":")[0] for flaw in flaws(text)]
    assert found == ["line 5", "line 10", "line 19"]


@pytest.mark.parametrize("text", ["route = 1", "[route]\nname = 'x'", "route = ['x']"])
def test_routes_that_are_no_tables_are_a_fault(text: str) -> None:
    assert flaws(text) == ["line 1: route: write it as [[route]]"]


def test_conditions_that_are_no_table_are_a_fault() -> None:
    text = "[[route]]\nname = 'x'\nwhen = 'night'\ntell = 'spoc'\n"
    assert flaws(text) == ['line 3: when: write it as { category = "security" }']


def test_a_fallback_that_is_no_table_is_a_fault() -> None:
    assert flaws("fallback = 'infosec'") == ["line 1: fallback: write it as [fallback]"]
    assert read("").fallback() == {}


def test_a_name_of_the_schemes_cannot_be_taken() -> None:
    file = read(GOOD)
    file.routes({"one"})
    assert [flaw.line for flaw in file.flaws] == [4]


def test_a_file_of_the_operators_has_routes_and_nothing_else() -> None:
    file = read(GOOD + "[collapse]\nshare = 1.0\n")
    file.only_routes()
    assert [(flaw.line, flaw.key) for flaw in file.flaws] == [
        (21, "fallback"),
        (24, "collapse"),
    ]
    allowed = read(GOOD.partition("[fallback]")[0])
    allowed.only_routes()
    assert allowed.flaws == []


def test_the_line_of_a_key_is_found_however_it_is_written() -> None:
    text = """top = 1
"quoted" = { inner = 2 }

[[ route ]]
when . category = "loss"
'name' = "x"
[[route]]
when = { establishment = [
  "LEI",
], severity = "HIGH" }
[other.deep]
key = 1
"""
    lines = Lines(text)
    assert (lines.of("top"), lines.of("quoted"), lines.of("quoted", 0, "inner")) == (1, 2, 2)
    assert lines.of("route", 0, "when.category") == 5
    assert lines.of("route", 0, "name") == 6
    assert lines.of("route", 1, "when.establishment") == 8
    assert lines.of("route", 1, "when.severity") == 8  # its own line is not seen: that of when
    assert lines.of("route", 1, "tell") == 7  # it is not there: where its table begins
    assert lines.of("other", 0, "deep.key") == 12
    assert lines.of("nowhere") == 1
