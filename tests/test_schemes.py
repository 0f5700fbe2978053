"""A scheme pack that is wrong stops us at start, with its file and key."""

import shutil
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from agent.domain.check import Category
from agent.domain.checks import all_rules
from agent.errors import Misconfigured
from agent.policies import load_policy
from agent.schemes import config_folder, load_calls, load_incidents, load_scheme


@pytest.fixture
def config(tmp_path: Path) -> Path:
    shutil.copytree(config_folder(), tmp_path / "config")
    (tmp_path / "config" / "establishments.csv").chmod(0o600)
    return tmp_path / "config"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_the_ipad_scheme_has_124_establishments_and_the_protocols_numbers() -> None:
    scheme = load_scheme()
    assert len(scheme.establishments) == 124
    assert scheme.establishments["CFI"].name_welsh == "Carchar Caerdydd"
    assert scheme.register.devices_per_establishment == 2
    assert scheme.register.receipt_due_working_days == 2
    assert scheme.register.device_kind == "iPad"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("device_kind =", "device_sort =", "device_"),
        ("devices_per_establishment = 2", 'devices_per_establishment = "2"', "devices_per"),
        ("due_working_days = 2", "due_working_days = ", "line"),
        ("'^K[0-9A-Z]+$'", "'^K[0-9A-Z+$'", "ids.asset_tag"),
        ("(?P<mark>BT)", "BT", "ids.local_id"),
    ],
)
def test_a_wrong_key_is_named_with_its_file(
    config: Path, old: str, new: str, message: str
) -> None:
    edit(config / "schemes" / "ipad" / "register.toml", old, new)
    with pytest.raises(Misconfigured, match=r"register\.toml") as stopped:
        load_scheme(folder=config)
    assert message in str(stopped.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("code,name,", "code,title,", "column name"),
        ("AGI,Askham", "ACI,Askham", "ACI is there twice"),
    ],
)
def test_a_wrong_list_of_establishments_is_named(
    config: Path, old: str, new: str, message: str
) -> None:
    edit(config / "establishments.csv", old, new)
    with pytest.raises(Misconfigured, match=message):
        load_scheme(folder=config)


def test_an_empty_list_and_a_missing_pack_are_named(config: Path) -> None:
    (config / "establishments.csv").write_text("", encoding="utf-8")
    with pytest.raises(Misconfigured, match=r"establishments\.csv"):
        load_scheme(folder=config)
    with pytest.raises(Misconfigured, match=r"tmpp/register\.toml: cannot be read"):
        load_scheme("tmpp", config)


def test_the_section_170_text_is_the_protocols_to_the_letter() -> None:
    """K9: as it stands there, and with all white space made single spaces."""
    text = load_calls().text("section-170", date(2026, 11, 22))
    plain = " ".join(text.words.split())
    assert len(text.words.split()) == 124
    assert text.version == "a17022c4782b1b47cc1b08c26eac143e08a50d59d5523d03a89c48f2a7789886"
    assert sha256(plain.encode()).hexdigest() == (
        "d3fef46375e98508d9c1c189ca7e8375eba739e41604a0c830e997a2a9cf8bd7"
    )


def test_a_text_in_another_language_is_preferred_and_the_newest_is_in_force(
    config: Path,
) -> None:
    legal = config / "schemes" / "ipad" / "legal.toml"
    more = """
[[text]]
name = "section-170"
requirement = "K9"
from = 2026-01-01
language = "Welsh"
owner = "HMPPS"
words = "Os gwelwch yn dda"
"""
    legal.write_text(legal.read_text(encoding="utf-8") + more, encoding="utf-8")
    rules = load_calls(folder=config)
    assert rules.text("section-170", date(2026, 2, 1), "welsh").words.startswith("Os")
    assert rules.text("section-170", date(2025, 2, 1), "Welsh").words.startswith("Please")
    assert rules.text("section-170", date(2026, 2, 1), "Polish").words.startswith("Please")
    with pytest.raises(Misconfigured, match="no text section-170 in force"):
        rules.text("section-170", date(2019, 1, 1))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('corrects = ["offender-management"]', 'corrects = ["cook"]', "cook, which is no role"),
        ("confirm_hours = 24", "confirm_hours = 0", "confirm_hours"),
        ("reasons = [", "reason = [", "reason"),
    ],
)
def test_a_wrong_key_of_the_calls_is_named(
    config: Path, old: str, new: str, message: str
) -> None:
    edit(config / "schemes" / "ipad" / "calls.toml", old, new)
    with pytest.raises(Misconfigured, match=r"calls\.toml") as stopped:
        load_calls(folder=config)
    assert message in str(stopped.value)


def test_what_may_stop_an_ipad_are_checks_that_there_are() -> None:
    known = all_rules(load_policy().zoom)
    assert {stop.check for stop in load_calls().stops} <= known.keys()
    assert len(load_calls().departments) == 4


def test_the_ipad_scheme_names_what_staff_report_and_why_an_incident_is_closed() -> None:
    rules = load_incidents()
    assert list(rules.kinds) == ["loss", "damage", "compromise", "unexpected"]
    assert [kind.name for kind in rules.kinds.values() if kind.lost] == ["loss"]
    assert rules.kinds["loss"].rule.category is Category.LOSS
    assert rules.kinds["unexpected"].rule.name == "reported.unexpected"
    assert "no-longer-found" in rules.causes
    assert "infosec" in rules.without_phone


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("no-longer-found =", "gone =", "causes lacks no-longer-found"),
        ('"governor", "deputy', '"king", "deputy', "without_phone names king"),
        ('category = "security"', 'category = "operational"', "category"),
        ('name = "damage"', 'name = "loss"', "a name is there twice"),
        ('name = "damage"', 'name = "Damage done"', "name"),
        ("lost = true", "gone = true", "gone"),
        ('severity = "HIGH"', 'severity = "GRAVE"', "severity"),
    ],
)
def test_what_is_wrong_with_the_incidents_of_a_scheme_is_named_with_its_file(
    config: Path, old: str, new: str, message: str
) -> None:
    edit(config / "schemes" / "ipad" / "incidents.toml", old, new)
    with pytest.raises(Misconfigured, match=r"incidents\.toml") as stopped:
        load_incidents(folder=config)
    assert message in str(stopped.value)
