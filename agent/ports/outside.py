"""What doctor needs of the outside: to reach it, to sign in, and to be told what we may do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from agent.domain.facts import Fact
from agent.domain.zoom import Scopes
from agent.ports.alerts import Route
from agent.ports.mailbox import Mailbox


@dataclass(frozen=True, slots=True)
class Reached:
    """Something answered. `theirs` is the time of its clock; None: it did not say. UTC."""

    ours: datetime
    theirs: datetime | None


@dataclass(frozen=True, slots=True)
class Rate:
    """Calls a second of one label: what we keep to, and what Zoom allows where it says so."""

    kept: int
    told: int | None


class Reachable(Protocol):
    """One host that we call."""

    def reach(self) -> Reached:
        """Any answer will do. Raises TryAgain or Refused, whose words tell where it failed:
        the name, the connection, TLS, the proxy, the answer."""
        ...


class MdmAccess(Protocol):
    """Our way into the MDM."""

    certificate_ends: datetime  # of what we sign in with, UTC

    def permissions(self) -> Fact[Scopes]:
        """What our app may do. `excess` is all that it does not need."""
        ...

    def read_one(self) -> None:
        """Read a little of each kind that the sweep reads. Raises ConnectorError."""
        ...


class ZoomAccess(Protocol):
    """Our way into Zoom, as the app that only reads."""

    def scopes(self) -> Fact[Scopes]:
        """As the port `Zoom`."""
        ...

    def read_one(self) -> Rate:
        """Read one user. Raises ConnectorError."""
        ...


class Acting(Protocol):
    """Our way into Zoom, as the app that acts."""

    def scopes(self) -> Fact[Scopes]:
        """As the port `LiveControl`."""
        ...


class Monitor(Protocol):
    """An outside monitor that expects to hear of us."""

    def beat(self) -> None:
        """We are alive. Raises ConnectorError, whose words never hold the address."""
        ...


class Outside(Protocol):
    """All of it, as these settings name it. Each raises Misconfigured; None: not set up."""

    def hosts(self) -> Mapping[str, Callable[[], Reachable]]:
        """By name. Each raises Misconfigured for itself."""
        ...

    def mdm(self) -> MdmAccess: ...

    def zoom(self) -> ZoomAccess | None: ...

    def zoom_actor(self) -> Acting | None: ...

    def mail(self) -> Route | None: ...

    def channels(self) -> Mapping[str, Callable[[], Route]]:
        """Those beside mail, by name. Each raises Misconfigured for itself."""
        ...

    def mailbox(self) -> Mailbox | None: ...

    def monitor(self) -> Monitor | None: ...
