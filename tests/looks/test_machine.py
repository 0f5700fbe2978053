"""Other software with packages of our names, and where the packages that we use lie."""

import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from agent.domain.diagnosis import Diagnosis, Outcome
from agent.looks.machine import clashes, machine, time_zone
from connectors.http import utc_now


def _names() -> Diagnosis:
    return {one.about: one for one in machine(utc_now())}["machine.names"]


def _distribution(folder: Path, name: str, package: str) -> None:
    """What pip leaves of a distribution that has one package."""
    told = folder / f"{name}-1.0.dist-info"
    told.mkdir(parents=True)
    (told / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (told / "top_level.txt").write_text(f"{package}\n")


def test_nothing_else_has_our_names() -> None:
    assert _names().outcome is Outcome.OK


@pytest.mark.parametrize("package", ["agent", "connectors"])
def test_another_distribution_of_such_a_package_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    _distribution(tmp_path, "letting-agent", package)
    monkeypatch.syspath_prepend(tmp_path)
    assert "letting-agent" in packages_distributions()[package]
    told = _names()
    assert told.outcome is Outcome.WARNING
    assert "letting-agent" in told.says
    assert "virtual environment" in told.cure


def test_other_names_are_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _distribution(tmp_path, "letting-agent", "letting")
    monkeypatch.syspath_prepend(tmp_path)
    assert _names().outcome is Outcome.OK


def test_a_package_that_is_not_ours_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The finder looks afresh once nothing is loaded under that name."""
    (tmp_path / "connectors").mkdir()
    (tmp_path / "connectors" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "connectors")
    (told,) = clashes({})
    assert told.outcome is Outcome.WRONG
    assert "under the name connectors" in told.says


def test_the_time_in_the_uk_is_told() -> None:
    told = {one.about: one for one in machine(utc_now())}["machine.time-zone"]
    assert told.outcome is Outcome.OK
    assert "in the UK" in told.says


def test_a_zone_that_is_not_known_is_told_with_the_cure() -> None:
    (told,) = time_zone(utc_now(), "Europe/Nowhere")
    assert told.outcome is Outcome.WRONG
    assert "tzdata" in told.cure
