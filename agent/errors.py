"""Every error raised on purpose, named for what the caller does next.

A message says what is wrong; `hint` says what to do about it. No message holds a secret, an
address or a name.
"""

from datetime import timedelta


class AgentError(Exception):
    """Raised on purpose. `hint` names the cure."""

    hint = ""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        if hint is not None:
            self.hint = hint


class NotAllowed(AgentError):
    """A gate is shut. The message names each gap and its requirement."""


class BadInput(AgentError):
    """What a person handed in is not usable. The message names each line and its cure."""


class Misconfigured(AgentError):
    """A setting is missing or wrong: stop at start."""


class StoreFailed(AgentError):
    """Our own memory cannot be read or written now. What was not committed did not happen."""

    hint = "Check the disk, its space and the database file; restore a backup if it is damaged."


class StoreBusy(StoreFailed):
    """Our own memory is in use or away for now: the same may succeed a little later."""

    hint = "Try again in a minute; what the agent owes stays owed and is tried again by itself."


class ClockBehind(StoreFailed):
    """The machine's clock is far behind what was written already: time would stand still."""

    hint = (
        "The clock is behind what the database has seen: correct the machine's clock, or"
        " restore a backup."
    )


class Superseded(AgentError):
    """Another claim came after ours: write nothing more."""

    hint = "Nothing to do: another worker has taken over."


class ConnectorError(AgentError):
    """The outside did not give what was asked."""


class TryAgain(ConnectorError):
    """Nothing is wrong with the request; the outside is busy or away.

    `after` is how long it asked us to wait, where it said so.
    """

    hint = "Nothing to do now: it is tried again by itself."
    after: timedelta | None

    def __init__(
        self, message: str, *, after: timedelta | None = None, hint: str | None = None
    ) -> None:
        super().__init__(message, hint)
        self.after = after


class Refused(ConnectorError):
    """The outside system said no, and would say no again."""

    hint = "Check the permissions of the service account."


class NotThere(Refused):
    """What was to be acted on is not there, or not any more."""

    hint = "Nothing to do, unless it should be there."


class UnknownReply(ConnectorError):
    """The vendor's answer is not of the form that we know: it may have changed its API."""

    hint = "Report this with the vendor's name and the time; nothing was taken from the answer."
