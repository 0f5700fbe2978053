"""The number that a form, a file or a report is known by. It is kept in the clear."""

import re

from agent.errors import BadInput

REFERENCE = re.compile(r"(?=.*[0-9])[A-Za-z0-9][A-Za-z0-9 ./_-]{0,39}")
SAYS = "a reference is up to 40 letters, digits, spaces and . / _ - with a digit in it"


def reference(text: str) -> str:
    """The reference without space around it. Raises BadInput: it is no place for names."""
    if REFERENCE.fullmatch(text.strip()) is None:
        raise BadInput(SAYS, "Give the number of the form, not a name.")
    return text.strip()
