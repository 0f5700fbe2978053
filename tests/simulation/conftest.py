"""One bench for all schedules of a test process."""

from collections.abc import Iterator

import pytest

from tests.simulation.bench import Bench, a_bench, a_folder


@pytest.fixture(scope="session")
def bench() -> Iterator[Bench]:
    with a_folder() as folder, a_bench(folder) as made:
        yield made
