"""One bench for all schedules of calls of a test process."""

from collections.abc import Iterator

import pytest

from tests.simulation.bench import a_folder
from tests.simulation.calls.bench import CallsBench, a_calls_bench


@pytest.fixture(scope="session")
def calls_bench() -> Iterator[CallsBench]:
    with a_folder() as folder, a_calls_bench(folder) as made:
        yield made
