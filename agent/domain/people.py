"""Who works with the devices, who is told about them, and who did what."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Staff:
    """A line of staff.csv. `establishment` is empty for regional and national roles."""

    id: str
    name: str
    role: str
    establishment: str
    active: bool = True  # False: has left; kept, since the audit names the id


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did something, and how we know: the audit keeps both."""

    id: str
    how: str
    os_user: str = ""
    is_staff: bool = True


AGENT = Actor("agent", "done by the agent itself", is_staff=False)


def nobody_named(os_user: str) -> Actor:
    """Nobody says who they are; only the operating system's user is known."""
    return Actor("os-user", "run at the command line without --by", os_user, is_staff=False)


def at_the_command_line(staff_id: str, os_user: str) -> Actor:
    """Somebody says at a prompt who they are; only the operating system's user is known."""
    return Actor(staff_id, "asserted at the command line", os_user)


@dataclass(frozen=True, slots=True)
class Inbox:
    """Where one role of one place reads its mail.

    `scope` is establishment, region or national; `code` the establishment's or region's.
    """

    scope: str
    code: str
    role: str  # as PLACES in routes.py has it
    address: str  # for duty-phone: a telephone number, +44…
