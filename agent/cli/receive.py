"""`callsteward receive`: takes Zoom's events, behind whatever speaks TLS to the outside."""

import socket
from typing import TYPE_CHECKING, Annotated

import typer

from agent.errors import Misconfigured

if TYPE_CHECKING:
    from agent.settings import Settings

NO_EXTRA = Misconfigured(
    "receiving events is an optional part that is not installed",
    "Install callsteward with its extra, from a clone: pip install '.[events]'",
)


def receive(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: a free one.")] = 8750,
) -> None:
    """Take Zoom's events until stopped: stored at once, answered, and the agent woken."""
    from agent.logs import tell_progress
    from agent.policies import load_policy
    from agent.services.zoom_events import take
    from agent.settings import load
    from agent.wiring import open_store_of

    try:
        from agent.web.serving import serve
    except ModuleNotFoundError as err:
        raise NO_EXTRA from err
    from agent.web.zoom_events import PATH, Receiver

    tell_progress()
    settings = load()
    policy = load_policy(routes_file=settings.routes_file)
    secret = secret_of(settings)
    with open_store_of(settings) as store, listening(host, port) as door:
        where = f"http://{host}:{door.getsockname()[1]}{PATH}"
        app = Receiver(secret, store.clock, lambda event, key: take(store, policy, event, key))
        serve(app, door, lambda: typer.echo(f"callsteward receives Zoom's events at {where}"))


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
