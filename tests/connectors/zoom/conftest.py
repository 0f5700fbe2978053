"""The canned account, and the application of the sandbox."""

import pytest

from connectors.sandbox.identity import Identity, identity
from tests.connectors.zoom.canned import Canned


@pytest.fixture(scope="session")
def application() -> Identity:
    return identity(seed=1)


@pytest.fixture
def canned() -> Canned:
    return Canned()
