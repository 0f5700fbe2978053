"""By which channel a recipient is told."""

from agent.domain.routes import Recipient

MAIL, SMS, CHAT, SIEM = "mail", "sms", "chat", "siem"
WITHOUT_ADDRESS = (CHAT, SIEM)
"""The settings say where these are: contacts.csv has no line of them."""


def channel_of(to: Recipient, address: str) -> str:
    """A telephone number gets a text message. `address` may be empty: nobody told us."""
    if to.role in WITHOUT_ADDRESS:
        return to.role
    return SMS if address.startswith("+") else MAIL
