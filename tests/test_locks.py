"""The locks hold versions and hashes, and no address: any registry serves them."""

import json
from pathlib import Path

import pytest

HERE = Path(__file__).parents[1]
LOCKS = [*sorted((HERE / "requirements").glob("*.txt")), HERE / "tests/peers/package-lock.json"]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_names_no_address(lock: Path) -> None:
    lines = lock.read_text(encoding="utf-8").splitlines()
    words = ("://", "--index", "--extra-index", '"resolved"')
    assert [line for line in lines if any(word in line for word in words)] == []


@pytest.mark.parametrize("lock", LOCKS[:-1], ids=lambda lock: lock.name)
def test_every_python_package_has_a_hash(lock: Path) -> None:
    entries = lock.read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    assert entries
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


def test_every_node_package_has_a_hash() -> None:
    packages = json.loads(LOCKS[-1].read_text(encoding="utf-8"))["packages"]
    del packages[""]  # ourselves
    assert packages
    assert [name for name, told in packages.items() if "integrity" not in told] == []
