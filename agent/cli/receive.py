"""`callsteward receive`: takes Zoom's events and Notify's receipts, behind whatever speaks TLS
to the outside."""

import socket
from typing import TYPE_CHECKING, Annotated

import typer

from agent.errors import Misconfigured

if TYPE_CHECKING:
    from agent.domain.policy import Policy
    from agent.settings import Settings
    from agent.store.engine import Store
    from agent.web.asgi import App

SHORTEST = 32  # characters of a token
NO_EXTRA = Misconfigured(
    "receiving events is an optional part that is not installed",
    "Install callsteward with its extra, from a clone: pip install '.[events]'",
)


def receive(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: a free one.")] = 8750,
) -> None:
    """Take Zoom's events, and Notify's delivery receipts, until stopped.

    Each is stored at once and answered, and the agent woken.
    """
    from agent.logs import tell_progress
    from agent.policies import load_policy
    from agent.settings import load
    from agent.wiring import open_store_of

    try:
        from agent.web.serving import serve
    except ModuleNotFoundError as err:
        raise NO_EXTRA from err
    from agent.web.asgi import Places

    tell_progress()
    settings = load()
    policy = load_policy(routes_file=settings.routes_file)
    with open_store_of(settings) as store, listening(host, port) as door:
        taking = _taking(settings, store, policy)
        where = f"http://{host}:{door.getsockname()[1]}"
        lines = [f"callsteward receives {what} at {where}{path}" for path, what, _ in taking]
        app = Places({path: one for path, _, one in taking})
        serve(app, door, lambda: typer.echo("\n".join(lines)))


def _taking(
    settings: "Settings", store: "Store", policy: "Policy"
) -> "list[tuple[str, str, App]]":
    """Path, what comes there, and who takes it. Raises Misconfigured where there is nothing."""
    from agent.services.zoom_events import take
    from agent.web import notify_receipts, zoom_events

    found: list[tuple[str, str, App]] = []
    token = _token_of(settings)
    if token is None or settings.zoom_events_secret_file is not None:
        secret = secret_of(settings)
        events = zoom_events.Receiver(
            secret, store.clock, lambda event, key: take(store, policy, event, key)
        )
        found.append((zoom_events.PATH, "Zoom's events", events))
    if token is not None:
        found.append(
            (notify_receipts.PATH, "Notify's receipts", _receipts(token, store, policy))
        )
    return found


def _receipts(token: str, store: "Store", policy: "Policy") -> "App":
    """Addresses become pseudonyms under the token: with the database alone nobody can guess."""
    from hashlib import sha256

    from agent.services.deliveries import take_receipt
    from agent.store.seal import Seal
    from agent.web.notify_receipts import ReceiptTaker

    seal = Seal(sha256(b"receipts:" + token.encode()).digest())
    return ReceiptTaker(token, seal.pseudonym, lambda found: take_receipt(store, policy, found))


def _token_of(settings: "Settings") -> str | None:
    """Raises Misconfigured where it is too short to be a secret."""
    from agent.settings import read_file

    name, file = "notify_receipts_token_file", settings.notify_receipts_token_file
    token = None if file is None else read_file(name, file).strip()
    if token is not None and len(token) < SHORTEST:
        raise Misconfigured(
            f"the token of Notify's receipts has fewer than {SHORTEST} characters",
            "Write a longer one into its file, and into Notify: API integration, callbacks.",
        )
    return token


def secret_of(settings: "Settings") -> str:
    """Raises Misconfigured where there is none: an event could be anybody's."""
    from agent.settings import read_file

    name, file = "zoom_events_secret_file", settings.zoom_events_secret_file
    secret = "" if file is None else read_file(name, file).strip()
    if not secret:
        raise Misconfigured(
            "CALLSTEWARD_ZOOM_EVENTS_SECRET_FILE names no secret: nobody could tell Zoom's"
            " events from anybody else's",
            "Write the secret token of the app's event subscription into a file, and name it.",
        )
    return secret


def listening(host: str, port: int) -> socket.socket:
    """Raises Misconfigured where nothing can listen there."""
    try:
        return socket.create_server((host, port), family=_family(host))
    except OSError as err:
        raise Misconfigured(
            f"nothing can listen on {host} port {port}: {err.strerror}", "Choose another one."
        ) from err


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
