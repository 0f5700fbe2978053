"""Failures as the control API is told of them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from agent.errors import BadInput
from connectors.sandbox.failures import Failure
from connectors.sandbox.figures import amount
from connectors.sandbox.ill import ILLS
from connectors.sandbox.wire import Break

Kind = Callable[[Any], bool]


def read_failures(told: object, endpoints: Sequence[str], *, tls: bool) -> list[Failure]:
    """A list of objects. Raises BadInput. `tls`: there are certificates that may end."""
    if not isinstance(told, list):
        raise BadInput("`failures` is a list of objects")
    return [_read(row, endpoints, tls=tls) for row in told]


def _read(row: object, endpoints: Sequence[str], *, tls: bool) -> Failure:
    if not isinstance(row, dict) or set(row) - set(KINDS) or "endpoint" not in row:
        raise BadInput(f"a failure is an object of `endpoint` and some of {', '.join(KINDS)}")
    wrong = [name for name, value in row.items() if not KINDS[name](value)]
    if wrong:
        raise BadInput(f"`{wrong[0]}` of a failure is of another kind")
    if row["endpoint"] not in endpoints:
        raise BadInput(f"no endpoint is called {row['endpoint']}: {', '.join(endpoints)}")
    if ("status" in row) == ("fault" in row):
        raise BadInput("a failure has either a `status` or a `fault`")
    _possible(row.get("fault"), tls=tls)
    return Failure(**row)


def _possible(fault: str | None, *, tls: bool) -> None:
    if fault is None:
        return
    if fault not in ILLS:
        raise BadInput(f"no fault is called {fault}: {', '.join(ILLS)}")
    if ILLS[fault].breaks is Break.EXPIRED and not tls:
        raise BadInput("there is no certificate: start the sandbox with --tls")


def _count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _status(value: Any) -> bool:
    """That of a final answer."""
    return _count(value) and 200 <= value < 600


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _seconds(value: Any) -> bool:
    return value is None or (not isinstance(value, str) and amount("seconds", value) >= 0)


def _headers(value: Any) -> bool:
    """What can be sent as headers."""
    return isinstance(value, dict) and all(
        isinstance(text, str) and text.isascii() and text.isprintable()
        for pair in value.items()
        for text in pair
    )


KINDS: Mapping[str, Kind] = {
    "endpoint": _text,
    "status": _status,
    "skip": _count,
    "times": lambda value: value is None or _count(value),
    "body": lambda value: True,
    "headers": _headers,
    "fault": _text,
    "asked": _text,
    "seconds": _seconds,
}
