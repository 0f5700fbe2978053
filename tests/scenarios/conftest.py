"""Small worlds to tell stories in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.estates import World, make_world


@pytest.fixture
def world(url: str) -> Iterator[World]:
    """Three establishments, six iPads, all well."""
    made = make_world(url)
    yield made
    made.store.close()


@pytest.fixture
def large(tmp_path: Path) -> Iterator[World]:
    """Twenty establishments, forty iPads, all well."""
    made = make_world(tmp_path, 20)
    yield made
    made.store.close()
