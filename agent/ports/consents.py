"""What we need of Zoom to be given a device user's consent."""

from typing import Protocol


class Asking(Protocol):
    """Collects consents. A consent is for one user; the user's own sign-in gives it."""

    def authorise_url(self, state: str) -> str:
        """Where the user signs in and consents. `state` comes back with the answer."""
        ...

    def accept(self, email: str, code: str) -> None:
        """Trade the code of an answer, good once and for minutes; the vault gets the token.

        Raises NotAllowed where somebody else than this user (lower case) signed in, Refused,
        TryAgain or UnknownReply.
        """
        ...
