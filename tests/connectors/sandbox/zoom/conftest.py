"""The control API of the sandbox that runs; what a test changed is undone."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

WAIT = 10


@pytest.fixture
def steer(sandbox: Any) -> Iterator[Any]:
    def ask(method: str, path: str, body: object = None) -> Any:
        url = f"{sandbox['control_url']}/{path}"
        return requests.request(method, url, json=body, timeout=WAIT).json()

    yield ask
    ask("DELETE", "zoom")
    ask("DELETE", "records")
    ask("POST", "clear", {})
