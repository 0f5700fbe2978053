"""The list of all devices as far as it came, and whether it proves that there are no others.

Intune tells a count beside the first page, unasked; it is not documented whether of the list
or of the page, so it counts only where it can be of the list.
"""

import contextlib
from dataclasses import dataclass, field

from agent.errors import ConnectorError, UnknownReply
from connectors.http import parsed
from connectors.mdm.graph import Page
from connectors.mdm.intune_rows import SOURCE, DeviceRow, plain


@dataclass(slots=True)
class Listing:
    """Filled page by page. `error`: why it ended too soon."""

    rows: list[DeviceRow] = field(default_factory=list)
    error: ConnectorError | None = None
    listed: int = 0  # rows, whether they are records or not
    pages: int = 0
    _counts: set[int] = field(default_factory=set)
    _of_pages: bool = True

    def add(self, page: Page) -> None:
        self.pages += 1
        self.listed += len(page.value)
        if isinstance(page.count, int):
            self._counts.add(page.count)
            self._of_pages = self._of_pages and page.count == len(page.value)
        for raw in page.value:
            with contextlib.suppress(UnknownReply):
                self.rows.append(parsed(SOURCE, raw, DeviceRow))

    @property
    def gap(self) -> str | None:
        """Why it proves nothing; None: it is whole."""
        if self.error is not None:
            return str(self.error)
        if self.moved:
            return f"the list changed while it was read: {self.moved}"
        if self.listed > len(self.rows):
            return f"{self.listed - len(self.rows)} of {self.listed} rows are not records"
        if not self.listed:
            return "the list is empty: is this the right tenant, with all rights?"
        return None

    @property
    def moved(self) -> str | None:
        """How a list that came to its end contradicts itself. A record that came twice pushed
        another one to a page that was read before, or shows that one came in there."""
        if self.error is not None:
            return None
        ids = [plain(row.id) for row in self.rows if plain(row.id)]
        twice = len(ids) - len(set(ids))
        counts = set() if self._of_pages and self.pages > 1 else self._counts
        if len(counts) > 1:
            return f"it had {' and then '.join(map(str, sorted(counts)))} records"
        if any(self.listed - twice < count for count in counts):
            return f"{self.listed - twice} of {max(counts)} records came"
        return f"{twice} records came twice" if twice else None
