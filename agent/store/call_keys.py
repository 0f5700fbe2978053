"""One key for each call, in a folder of its own outside the database.

Destroying a call's key is what erases its personal data, in the database, its WAL and every
backup of the database alone. One more key makes pseudonyms: equal for equal people.
"""

import secrets
from dataclasses import dataclass
from pathlib import Path

from agent.errors import Misconfigured
from agent.store.seal import KeyFile, Seal

LOST = (
    "missing, and what a call's people said is sealed with it",
    "Restore the folder of the calls' keys from its backup. If it is lost for good, end the"
    " call on paper and erase it: callsteward call erase",
)
NAMES = "pseudonyms"


@dataclass(frozen=True, slots=True)
class CallKeys:
    """All of them. A name says nothing of the call."""

    folder: Path

    def make(self) -> str:
        """A new key, on the disk before anything is sealed with it; its name."""
        name = secrets.token_hex(16)
        self._file(name).seal(in_use=False)
        return name

    def of(self, name: str) -> Seal:
        """Raises Misconfigured where it is missing or was changed."""
        return self._file(name).seal(in_use=True)

    def destroy(self, name: str) -> None:
        """It can never be read again; twice is once. Raises Misconfigured.

        That it is not there counts only where the others are: a folder that is away for now
        would come back with the key in it.
        """
        if not self._there(name) and not self._there(NAMES):
            raise Misconfigured(f"the folder of the calls' keys {self.folder} is away", LOST[1])
        self._file(name).destroy()

    def pseudonym(self, what: str, text: str, *, in_use: bool) -> str:
        """Of a resident's number, of an address. `in_use`: there are calls already."""
        names = self._file(NAMES).seal(in_use=in_use)
        return names.pseudonym(f"{what}:{text.casefold()}")

    def _there(self, name: str) -> bool:
        return self._file(name).path.exists()

    def _file(self, name: str) -> KeyFile:
        return KeyFile(self.folder / f"{name}.key", LOST)
