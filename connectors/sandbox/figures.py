"""Numbers that the control API is told."""

import math

from agent.errors import BadInput


def amount(name: str, raw: object) -> float:
    """A finite number, 0 or more."""
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        raise BadInput(f"`{name}` is a number")
    number = float(raw)
    if not 0 <= number < math.inf:
        raise BadInput(f"`{name}` is a finite number, 0 or more")
    return number
