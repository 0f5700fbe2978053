"""One real sandbox process for all tests of this folder that need sockets."""

from collections.abc import Iterator
from typing import Any

import pytest

from connectors.sandbox.run import Options, running
from tests.connectors.sandbox.support import ESTABLISHMENTS, NOW


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    options = Options(
        establishments_file=ESTABLISHMENTS,
        establishments=10,
        data=tmp_path_factory.mktemp("a folder"),
        now=NOW,
    )
    with running(options) as said:
        yield said
