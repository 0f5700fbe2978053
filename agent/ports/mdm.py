"""What we need of a mobile device management system to read. Acting is another port."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from agent.domain.device import Device, Tenant
from agent.domain.facts import Fact, Reading

__all__ = ["Beat", "Mdm", "Tenant"]

Beat = Callable[[str, int, int], None]
"""Called after each answer: what is read, how much is done, of how much (0: unknown)."""


class Mdm(Protocol):
    """One MDM, read only. A fault outside never raises: a gap or an Unknown says it."""

    source: str  # the product's name, as people know it

    def devices(self, beat: Beat) -> Reading[Device]:
        """Every managed iPad. `gap` says what was not read; the costly fields are NOT_ASKED."""
        ...

    def find(
        self, serials: Sequence[str], beat: Beat
    ) -> Mapping[str, Fact[tuple[Device, ...]]]:
        """Direct look-up, one answer for each serial: 0, 1 or many records, or why not."""
        ...

    def detailed(self, devices: Sequence[Device], beat: Beat) -> Sequence[Device]:
        """The same devices, in order, with apps, profiles, policies and SIM read."""
        ...

    def tenant(self, beat: Beat) -> Tenant:
        """The settings of the whole tenant."""
        ...

    def calls(self) -> int:
        """How many requests were sent so far, retries and batches counted once each."""
        ...
