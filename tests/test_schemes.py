"""A scheme pack that is wrong stops us at start, with its file and key."""

import shutil
from pathlib import Path

import pytest

from agent.errors import Misconfigured
from agent.schemes import config_folder, load_scheme


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
